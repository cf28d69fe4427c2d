"""Dominators and paths, against their definitions."""

from hypothesis import given
from hypothesis import strategies as st

from resnets.plots.graph import Step, between, dominators, read_graph

from .networks import Subclassed, on_a_base, plain, unbuilt


@st.composite
def graphs(draw) -> list[Step]:
    """Graphs with one input, in which every other step has one to three parents before it."""
    steps = [Step(None, (), ())]
    for position in range(1, draw(st.integers(1, 14))):
        parents = draw(st.sets(st.integers(0, position - 1), min_size=1, max_size=3))
        steps.append(Step(None, tuple(parents), ()))
    return steps


def reachable(steps: list[Step], without: int) -> set[int]:
    found: set[int] = set()
    for position, step in enumerate(steps):
        if position != without and (not step.parents or found & set(step.parents)):
            found.add(position)
    return found


@given(graphs())
def test_dominator_is_the_nearest_step_that_no_path_avoids(steps):
    above = dominators(steps)
    assert above[0] == -1
    for position in range(1, len(steps)):
        unavoidable = [d for d in range(position) if position not in reachable(steps, without=d)]
        assert above[position] == max(unavoidable)


@given(graphs())
def test_between_are_the_steps_on_paths(steps):
    above, end = dominators(steps), len(steps) - 1
    fork = above[end]
    if fork < 0:
        return
    ancestors = {end}
    for position in range(end, -1, -1):
        if position in ancestors:
            ancestors |= set(steps[position].parents)
    descendants = {fork}
    for position, step in enumerate(steps):
        if descendants & set(step.parents):
            descendants.add(position)
    assert between(steps, fork, [end]) == (ancestors & descendants) - {fork}


def test_two_inputs_meet_outside_of_the_model():
    steps = [Step(None, (), ()), Step(None, (), ()), Step(None, (0, 1), ())]
    assert dominators(steps) == [-1, -1, -1]


def test_a_model_used_as_a_layer_is_opened():
    kinds = [step.kind for step in read_graph(on_a_base())]
    assert kinds.count("Add") == 4 and "Functional" not in kinds and kinds[1] == "Rescaling"


def test_parents_come_first():
    steps = read_graph(on_a_base())
    assert all(parent < position for position, s in enumerate(steps) for parent in s.parents)


def test_sequential_models_have_a_graph_once_built():
    assert [step.kind for step in read_graph(plain())][:2] == ["InputLayer", "Conv2D"]
    assert read_graph(unbuilt()) is None
    assert read_graph(Subclassed()) is None
