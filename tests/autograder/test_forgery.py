"""Layers that a hidden case shows must have been run; who makes them up earns nothing."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.marking.expected import Expected
from autograder.marking.judge_evidence import judge
from autograder.marking.replay import numpy_layers
from autograder.marking.replay.forgery import ENORMOUS, FORGED, doubt, doubt_about
from autograder.marking.replay.numpy_layers import (
    _ACTIVATIONS,
    DoesNotRun,
    NotComputed,
    Steps,
    TooLarge,
)
from resnets.checks import (
    Case,
    Evidence,
    Report,
    exercises,
    expected,
    hidden_cases,
    public_cases,
)
from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.catalogue.procedure_exercise import ProcedureExercise
from resnets.checks.collecting.collect import collect
from resnets.checks.collecting.graph_execution import trace
from resnets.checks.collecting.stand_ins.residual_networks import StandIn
from resnets.checks.collecting.tape import Tape
from resnets.checks.collecting.unchecked_addition import unchecked_addition
from resnets.checks.evidence.case_ids import criterion_of
from resnets.checks.evidence.facts import UNREADABLE, Graph, Node, Run
from resnets.checks.judging.graphs.canonical import normalise
from resnets.reproducible import full_precision
from tests.answers import Answer, Edit
from tests.suites.residual_networks import containers

SECRET = b"a secret of this test"
IN_CONTAINERS = [*containers.RIGHT, *containers.WRONG]
FUNCTIONS = tuple(exercise.name for exercise in exercises("01_residual_networks"))
GRAPHS = tuple(exercise.name for exercise in exercises() if isinstance(exercise, GraphExercise))
"""The functions of all notebooks whose layers are judged."""
PROCEDURES = tuple(e.name for e in exercises() if isinstance(e, ProcedureExercise))
"""Those that are judged by what they do."""

# --- the arithmetic, against Keras ----------------------------------------------------------------

_SMALL = st.integers(1, 3)
_WINDOW = {"strides": _SMALL, "padding": st.sampled_from(["valid", "same"])}
_NORM = {"epsilon": st.sampled_from([1e-3, 0.1]), "scale": st.booleans(), "center": st.booleans()}
_ACTIVATION = st.sampled_from([None, *sorted(filter(None, _ACTIVATIONS))])
SETTINGS = {
    "Conv2D": _WINDOW
    | {
        "filters": _SMALL,
        "kernel_size": st.tuples(_SMALL, _SMALL),
        "use_bias": st.booleans(),
        "activation": _ACTIVATION,
    },
    "SeparableConv2D": {"filters": _SMALL, "kernel_size": _SMALL, "depth_multiplier": _SMALL},
    "Conv2DTranspose": _WINDOW | {"filters": _SMALL, "kernel_size": st.integers(1, 4)},
    "BatchNormalization": _NORM | {"axis": st.sampled_from([3, -1])},
    "LayerNormalization": _NORM,
    "MaxPooling2D": _WINDOW | {"pool_size": _SMALL},
    "AveragePooling2D": {"strides": _SMALL, "pool_size": _SMALL},
    "GlobalAveragePooling2D": {"keepdims": st.booleans()},
    "ZeroPadding2D": {"padding": st.tuples(st.tuples(_SMALL, _SMALL), st.tuples(_SMALL, _SMALL))},
    "ReLU": {
        "max_value": st.sampled_from([None, 0.7]),
        "negative_slope": st.sampled_from([0.0, 0.3]),
        "threshold": st.sampled_from([0.0, 0.2]),
    },
    "LeakyReLU": {"negative_slope": st.sampled_from([0.1, 0.3])},
    "Activation": {"activation": _ACTIVATION},
    "Softmax": {},
    "Dense": {"units": _SMALL, "activation": _ACTIVATION},
    "Flatten": {},
}
WAYS = {
    "doubled": lambda x: x + x,
    "from one": lambda x: 1 - x,
    "halved": lambda x: x - x / 2,
    "the larger": lambda x: keras.ops.maximum(x, 0.1),
    "chosen": lambda x: keras.ops.where(x > 0, x, 0.5),
    "averaged": lambda x: keras.layers.Average()([x, x, keras.ops.abs(x)]),
    "chained": lambda x: keras.layers.Concatenate()([x, -x]),
    "scaled": lambda x: keras.layers.Multiply()([x, keras.layers.Conv2D(1, 1)(x)]),
    "in groups": lambda x: keras.layers.Conv2D(6, 2, padding="same", groups=3)(x),
    "deep": lambda x: keras.layers.Conv2D(3, 1)(keras.layers.Conv2D(3, 1)(x)),
    "in two depths": lambda x: x + keras.layers.Conv2D(3, 1)(keras.layers.Conv2D(3, 1)(x)),
    "frozen": lambda x: keras.layers.BatchNormalization()(x, training=False),
    "a block": lambda x: StandIn("identity_block", {"f": 3, "filters": (2, 2, 5), "s": 2})(x),
}


_RELU = '    X = Activation("relu")(X)\n'
_ADD = "    X = Add()([X, X_shortcut])\n"
_NORM_CALL = 'X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)'


def _instead(old: str, new: str) -> Answer:
    return Answer("identity_block", new.strip(), (Edit(old, new),))


HONEST = [
    *(
        _instead(_RELU, f"    X = {call}(X)\n")
        for call in [
            'Activation("gelu")',
            "Activation(lambda x: 2 * x)",
            "keras.layers.PReLU()",
            "keras.ops.sigmoid",
            "keras.layers.Lambda(lambda x: 2 * x)",
            "keras.layers.Dropout(0.5)",
            "keras.layers.GroupNormalization(1)",
            "keras.layers.DepthwiseConv2D(3)",
            'keras.layers.AveragePooling2D(2, padding="same")',
            "keras.layers.Conv2D(3, 1, activation=lambda x: 2 * x)",
            "keras.layers.Conv2D(3, 1, activation=keras.layers.ReLU())",
            'keras.layers.Conv2D(3, 1, data_format="channels_first")',
            'keras.layers.BatchNormalization(dtype="mixed_bfloat16")',
            'keras.Sequential([keras.layers.Activation("tanh")])',
        ]
    ),
    _instead(_NORM_CALL, _NORM_CALL + "\n    X = keras.layers.Dropout(0.5)(X, training=True)"),
    _instead(_NORM_CALL, _NORM_CALL.replace("(X)", "(X, training=1)")),
    _instead(_NORM_CALL, _NORM_CALL.replace("axis=3", "axis=3, trainable=False")),
    _instead(_ADD, "    X = Add()([X, keras.Input(X.shape[1:])])\n"),
    _instead(_ADD, "    X = keras.layers.MaxPooling2D()(X)\n" + _ADD),
    _instead(_ADD, "    X = X[:, :2] + X_shortcut[:, :2]\n"),
    _instead("    return X", "    return keras.layers.BatchNormalization(epsilon=-1)(X)"),
    _instead(_ADD, "    X = keras.ops.reshape(X, (-1, 7))\n"),
    _instead("    X_shortcut = X\n", "    I = X = X_shortcut = keras.Input((6, 6, filters[2]))\n"),
    _instead(_ADD, "    X = X_shortcut ** 2 + keras.ops.mean(X, axis=1, keepdims=True)\n"),
]


@pytest.mark.parametrize("kind", SETTINGS)
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_computes_what_keras_computes(kind: str, data) -> None:
    chosen = data.draw(st.fixed_dictionaries(SETTINGS[kind]))
    size = data.draw(st.integers(5, 7)), 6, data.draw(_SMALL)
    _assert_as_keras(lambda x: getattr(keras.layers, kind)(**chosen)(x), size)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_computes_what_operations_compute(way) -> None:
    _assert_as_keras(way, (4, 5, 3))


def _assert_as_keras(build, size: tuple[int, ...]) -> None:
    x = keras.Input(size)
    with keras.StatelessScope(initialize_variables=False):
        tape = Tape([build(x)], [x])
    with full_precision():
        keras_gives = trace(tape, seed=3)
    graph = (
        Evidence.from_json(Evidence("identity_block", {"": Run(graph=tape.graph([x]))}).to_json())
        .runs[""]
        .graph
    )
    steps = Steps(graph, 3)
    assert np.isnan(keras_gives[0])
    for position in range(1, len(graph.nodes)):
        try:
            computed = np.abs(steps.result(position)).mean()
        except DoesNotRun:
            computed = np.nan
        assert computed == pytest.approx(keras_gives[position], rel=1e-4, abs=1e-6, nan_ok=True)


def test_a_layer_that_is_called_again_keeps_its_weights() -> None:
    shared = keras.layers.Conv2D(2, 3, padding="same")
    _assert_as_keras(lambda x: shared(keras.layers.BatchNormalization()(shared(x))), (4, 4, 2))


def test_shapes_that_do_not_fit_give_nothing_on_either_side() -> None:
    def build(x):
        with unchecked_addition():
            return keras.layers.Add()([keras.layers.Conv2D(5, 1)(x), x])

    _assert_as_keras(build, (4, 4, 2))


def _chain(*nodes: Node) -> Graph:
    shape = nodes[0].shape if nodes[0].op == "Input" else None
    first = [] if shape else [Node("Input", shape=[None, 8, 8, 3])]
    nodes = [*first, *nodes]
    for position, node in enumerate(nodes[1:]):
        node.inputs, node.layer = [position], position
        node.shape = node.shape or [None, 8, 8, 3]
    return Graph(nodes, [len(nodes) - 1], [0])


def _conv(**settings: Any) -> Node:
    config = {
        "filters": 4,
        "kernel_size": [3, 3],
        "strides": [1, 1],
        "padding": "same",
        "data_format": "channels_last",
    }
    return Node("Conv2D", config=config | settings)


def _wide() -> Node:
    node = _conv(filters=700)
    node.shape = [None, 20, 20, 700]
    return node


LAST = {"data_format": "channels_last"}


@pytest.mark.parametrize(
    "graph",
    [
        _chain(Node("Input", shape=[None, 4, 4, 10**7]), _conv()),
        _chain(Node("Input", shape=[None, 10**9]), Node("Flatten")),
        _chain(_conv(filters=10**8)),
        _chain(_conv(kernel_size=[10**4, 10**4])),
        _chain(*(_wide() for _ in range(30))),
        _chain(Node("ZeroPadding2D", config=LAST | {"padding": [[10**6, 10**6]] * 2})),
        _chain(Node("MaxPooling2D", config=LAST | {"pool_size": 10**5, "padding": "same"})),
        _chain(
            Node(
                "Conv2DTranspose",
                config={"filters": 1, "kernel_size": [3000, 3000], "padding": "valid"},
            )
        ),
        _chain(Node("identity_block", config={"filters": [10**7]})),
        _chain(
            Node("Input", shape=[None, 4, 4, 70_000]),
            Node("Add", constants={str(n): 1.0 for n in range(1, 3)}),
            *(Node("ReLU", shape=[None, 4, 4, 70_000]) for _ in range(40)),
        ),
    ],
)
def test_graphs_that_would_take_the_machine_are_left(graph: Graph) -> None:
    steps = Steps(graph, 0)
    with pytest.raises(TooLarge):
        for position in range(1, len(graph.nodes)):
            steps.result(position)


@pytest.mark.parametrize(
    "node",
    [
        _conv(filters="many"),
        _conv(filters=-3),
        _conv(strides=[0, 0]),
        _conv(kernel_size=None),
        Node("ZeroPadding2D", config=LAST | {"padding": [[-9, -9], [0, 0]]}),
        Node("identity_block", config={"filters": None}),
    ],
)
def test_settings_that_no_layer_has_are_not_believed(node: Node) -> None:
    graph = _chain(node)
    for shown in (np.nan, 0.0, 0.5):
        run = Run(graph=graph, trace=np.array([np.nan, shown], "float32"))
        assert doubt_about(run, Case("hidden", seed=1)) == FORGED


@pytest.mark.parametrize("name", ["LINEAR", "identity", "Relu", "SOFTMAX", None, "linear"])
def test_a_name_of_an_activation_means_the_same_to_both(name: str | None) -> None:
    """To the judge, who gives points for it, and to the one who computes it."""
    graph = _chain(Node("Dense", config={"units": 3, "activation": name}))
    kinds = [step.kind for step in normalise(graph)[0][2:]]
    plain = _chain(Node("Dense", config={"units": 3, "activation": (kinds or [None])[0]}))
    assert np.array_equal(Steps(graph, 0).result(1), Steps(plain, 0).result(1))


@pytest.mark.parametrize(
    "node",
    [
        _conv(data_format="channels_first"),
        _conv(activation={"class_name": "function", "config": "gelu"}),
        _conv(activation={"value": ["4wEA"]}),
        _conv(unreadable=True),
        Node("Conv2D", own=True, config=_conv().config),
        Node("MaxPooling2D", config={"pool_size": 2, "data_format": "channels_first"}),
        Node("AveragePooling2D", config=LAST | {"pool_size": 2, "padding": "same"}),
        Node("ZeroPadding2D", config={"padding": [[1, 1]] * 2, "data_format": "channels_first"}),
        Node("Softmax", config={"axis": 1}),
        Node("BatchNormalization", config={"axis": 1}),
        Node("Add", constants={"1": "x"}),
        Node("Add", constants={"1": 0, "2": None}),
        Node("Maximum", constants={"1": 0, "2": []}),
        Node("Dense", config={"units": 3, "activation": "gelu"}),
        Node("Dropout", constants={"training": True}, config={"rate": 0.5}),
        Node("Lambda"),
        Node("Softmax", config={"axis": 7}),
        Node("Maximum", constants={"y": 0}),
        Node("Add", constants={"y": 0}),
        Node("MaxPool2D", config={"pool_size": 2}),
        Node("Convolution2D", config=_conv().config),
    ],
)
def test_what_cannot_be_computed_is_no_layer_that_earns_points(node: Node) -> None:
    """Else a forger would show only such layers."""
    graph = _chain(node)
    with pytest.raises(NotComputed):
        Steps(graph, 0).result(1)
    (_, *made), _ = normalise(graph)
    plain = _chain(copy.deepcopy(PLAIN[node.op])) if node.op in PLAIN else None
    earning = [(step.kind, step.settings) for step in (normalise(plain)[0][1:] if plain else [])]
    assert [(step.kind, step.settings) for step in made] != earning
    assert plain or all(step.kind.startswith(("other:", "dropout")) for step in made)


PLAIN = {
    "Conv2D": _conv(),
    "MaxPooling2D": Node("MaxPooling2D", config=LAST | {"pool_size": 2}),
    "AveragePooling2D": Node(
        "AveragePooling2D", config=LAST | {"pool_size": 2, "padding": "valid"}
    ),
    "ZeroPadding2D": Node("ZeroPadding2D", config=LAST | {"padding": [[1, 1]] * 2}),
    "Dense": Node("Dense", config={"units": 3, "activation": "softmax"}),
    "BatchNormalization": Node("BatchNormalization", config={"axis": 3}),
}

# --- evidence that was made up --------------------------------------------------------------------


def _marked(name: str, evidence: Evidence) -> Report:
    payload = {"name": name, "hidden": True, "evidence": evidence.to_json()}
    return judge(Expected(name, _wanted(name)), [payload])


@functools.cache
def _wanted(name: str) -> Evidence:
    """What the solution shows for the public cases and those of this test's secret."""
    cases = public_cases(name) + hidden_cases(name, SECRET)
    return collect(name, Answer(name, "as it is").build(), cases)


def _hidden(evidence: Evidence) -> list[Run]:
    return [run for id, run in evidence.runs.items() if id.startswith("hidden")]


def _published_for_hidden(name: str) -> Evidence:
    """What is published, shown for hidden cases too."""
    forged = copy.deepcopy(expected(name, public_cases(name)))
    published = {criterion_of(id): run for id, run in forged.runs.items()}
    first = next(iter(forged.runs.values()))
    for case in hidden_cases(name, SECRET):
        forged.runs[case.id] = copy.deepcopy(published.get(criterion_of(case.id), first))
        forged.runs[case.id].case = case.to_json()
    return forged


def _with_its_settings(name: str) -> Evidence:
    """The same with each case's arguments written in where they belong."""
    forged = _published_for_hidden(name)
    for mine, asked in zip(_hidden(forged), _hidden(_wanted(name)), strict=True):
        mine.graph = copy.deepcopy(asked.graph)
        stream = np.random.default_rng(1)
        mine.arrays = {k: stream.random(v.shape, "float32") for k, v in asked.arrays.items()}
    return forged


def _trace(size: float) -> Callable[[Run], None]:
    def edit(run: Run) -> None:
        run.trace = np.full(len(run.graph.nodes), size, "float32")

    return edit


def _guessed(run: Run) -> None:
    run.trace = np.random.default_rng(2).random(len(run.graph.nodes), "float32")


def _append(op: str, constants: dict[str, Any], parents: int = 1) -> Callable[[Run], None]:
    """One more operation behind the output, guessed like all others."""

    def edit(run: Run) -> None:
        graph, last = run.graph, run.graph.outputs[0]
        shape = graph.nodes[last].shape
        graph.nodes.append(Node(op, inputs=[last] * parents, constants=constants, layer=900))
        graph.nodes[-1].shape = shape
        graph.outputs = [len(graph.nodes) - 1]
        run.arrays = {key: np.full_like(one, 1e30) for key, one in run.arrays.items()}
        _guessed(run)

    return edit


def _unused(run: Run) -> None:
    """All right layers stand there, but the input itself is handed back."""
    run.graph.outputs = list(run.graph.inputs)
    _trace(np.nan)(run)


def _all_inputs(run: Run) -> None:
    """The output is said to be an input, so that nothing has to be computed."""
    run.graph.inputs = [*run.graph.inputs, *run.graph.outputs]
    _guessed(run)


def _everything(**fields: Any) -> Callable[[Run], None]:
    """Every operation gets a setting that might keep it from being looked at."""

    def edit(run: Run) -> None:
        for node in run.graph.nodes:
            for key, value in fields.items():
                if isinstance(value, dict):
                    getattr(node, key).update(value)
                else:
                    setattr(node, key, value)
        _guessed(run)

    return edit


def _both(*edits: Callable[[Run], None]) -> Callable[[Run], None]:
    def edit(run: Run) -> None:
        for one in edits:
            one(run)

    return edit


EDITS = {
    "with nothing else": lambda run: None,
    "with guesses": _guessed,
    "that does not run": _trace(np.nan),
    "of nothing": _trace(0.0),
    "that overflows": _trace(np.inf),
    "with an addition of nothing and much": _append("Add", {"1": 0, "2": 1e30}),
    "with a maximum": _append("Maximum", {"1": 0, "2": 1e30}),
    "with a layer of its own": _append("Mine", {}),
    "with an addition": _append("Add", {}, parents=2),
    "that is not used": _unused,
    "that is all inputs": _all_inputs,
    "in half precision": _everything(config={"dtype_policy": "float16"}),
    "of unreadable layers": _everything(config={UNREADABLE: True}),
    "with channels first": _everything(config={"data_format": "channels_first"}),
    "of layers of its own": _everything(own=True),
    "of inputs": _everything(op="Input"),
    "of empty tensors": _both(_everything(shape=[None, 0, 0, 4]), _trace(np.nan)),
    "of single pixels": _both(_everything(shape=[None, 1, 1, 1]), _trace(np.nan)),
    "of no shape": _both(_everything(shape=None), _trace(np.nan)),
    "called in training": _everything(constants={"training": True}),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("made", [_published_for_hidden, _with_its_settings])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_graph_that_was_not_run_earns_nothing(name, made, edit) -> None:
    forged = made(name)
    for run in _hidden(forged):
        edit(run)
    assert _marked(name, forged).points <= 1


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("made", [_published_for_hidden, _with_its_settings])
def test_what_is_published_earns_nothing_in_any_notebook(name, made) -> None:
    assert _marked(name, made(name)).points <= 1


@pytest.mark.parametrize("name", PROCEDURES)
@pytest.mark.parametrize("made", [_published_for_hidden, _with_its_settings])
def test_what_was_not_done_earns_nothing(name, made) -> None:
    """Neither what public cases must show, nor guesses of the right shape."""
    assert _marked(name, made(name)).points <= 1


@pytest.mark.parametrize("name", PROCEDURES)
def test_every_fact_depends_on_the_secret(name) -> None:
    """Else it could be written down beforehand."""
    other = collect(name, Answer(name, "as it is").build(), hidden_cases(name, b"another secret"))
    for run, of_another in zip(_hidden(_wanted(name)), other.runs.values(), strict=True):
        for key, fact in run.arrays.items():
            assert fact.size
            assert not np.array_equal(fact, of_another.arrays[key]), key


@pytest.mark.parametrize("name", [*FUNCTIONS, *PROCEDURES])
def test_what_was_run_is_believed(name) -> None:
    assert _marked(name, _wanted(name)).passed


@pytest.mark.parametrize("name", FUNCTIONS[:2])
def test_a_hidden_case_left_out_does_not_help(name) -> None:
    forged = _with_its_settings(name)
    del forged.runs["hidden-0"]
    assert _marked(name, forged).points == 0


@pytest.mark.parametrize("answer", HONEST, ids=[answer.id for answer in HONEST])
def test_mistakes_are_believed(answer: Answer) -> None:
    """Unusual layers and graphs that do not run: they were there all the same."""
    cases = hidden_cases(answer.function, SECRET)
    evidence = collect(answer.function, answer.build(), cases)
    assert doubt(Evidence.from_json(evidence.to_json()), _wanted(answer.function)) == ""


@pytest.mark.parametrize("answer", IN_CONTAINERS, ids=[answer.id for answer in IN_CONTAINERS])
def test_layers_in_containers_are_believed_one_by_one(answer: Answer) -> None:
    """Also where the whole graph's numbers do not vouch for them."""
    case, *_ = (case for case in hidden_cases(answer.function, SECRET) if case.numbers)
    evidence = collect(answer.function, answer.build(), [case])
    run = Evidence.from_json(evidence.to_json()).runs[case.id]
    assert run.graph is not None and run.trace is not None
    assert doubt_about(run, case) == ""


def test_what_is_enormous_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numpy_layers, "_MOST_AT_ONCE", 10_000)
    evidence = copy.deepcopy(_wanted("ResNet50"))
    for run in _hidden(evidence):
        run.arrays = {}
    assert _marked("ResNet50", evidence).items[0].message == ENORMOUS
