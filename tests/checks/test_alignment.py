"""Aligning chains of steps: nothing is lost, and what was left out is all that has no partner."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from resnets.checks.judging.graphs.alignment import align, distance
from resnets.checks.judging.graphs.step import Step

STEPS = st.builds(
    Step,
    kind=st.sampled_from(["conv", "norm", "relu", "softmax", "add", "maxpool"]),
    settings=st.fixed_dictionaries({}, optional={"filters": st.integers(1, 3)}),
    name=st.sampled_from(["", "a", "b"]),
)
CHAINS = st.lists(STEPS, max_size=7)


@given(CHAINS, CHAINS)
def test_every_step_occurs_once_and_in_its_order(expected: list[Step], found: list[Step]) -> None:
    pairs, _ = align(expected, found)
    assert [i for i, _ in pairs if i >= 0] == list(range(len(expected)))
    assert [j for _, j in pairs if j >= 0] == list(range(len(found)))
    assert (-1, -1) not in pairs


@given(CHAINS)
def test_a_chain_is_aligned_with_itself_step_by_step(chain: list[Step]) -> None:
    pairs, cost = align(chain, chain)
    assert pairs == [(n, n) for n in range(len(chain))]
    assert cost <= 0


@given(st.data(), st.lists(STEPS, min_size=1, max_size=7))
def test_a_step_left_out_shifts_no_other(data: st.DataObject, chain: list[Step]) -> None:
    gone = data.draw(st.integers(0, len(chain) - 1))
    pairs, _ = align(chain, chain[:gone] + chain[gone + 1 :])
    assert sum(j == -1 for _, j in pairs) == 1
    assert all(distance(chain[i], chain[j if j < gone else j + 1]) == 0 for i, j in pairs if j >= 0)


@given(STEPS, STEPS)
def test_only_equal_steps_are_no_distance_apart(one: Step, other: Step) -> None:
    assert distance(one, one) == 0
    if one.kind != other.kind:
        assert distance(one, other) >= 1.5
