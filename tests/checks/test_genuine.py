"""Numbers must come from the graph that is shown beside them; who makes them up earns nothing."""

from __future__ import annotations

import copy
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnets.checks import Evidence, expected, hidden_cases, judge, public_cases
from resnets.checks.arithmetic import _ACTIVATIONS, DoesNotRun, NotComputed, compute
from resnets.checks.evidence import TRACE, Graph, Node
from resnets.checks.graphs import Tape
from resnets.checks.seeded import seeded_inputs
from resnets.checks.stand_ins import StandIn
from resnets.reproducible import full_precision
from tests.checks.answers import FUNCTIONS, Answer, Edit
from tests.checks.rates import marked

SECRET = b"a secret of this test"

# --- the arithmetic, against Keras ----------------------------------------------------------------

_SMALL = st.integers(1, 3)
_WINDOW = {"strides": _SMALL, "padding": st.sampled_from(["valid", "same"])}
_NORM = {"epsilon": st.sampled_from([1e-3, 0.1]), "scale": st.booleans(), "center": st.booleans()}
_ACTIVATION = st.sampled_from([None, *sorted(_ACTIVATIONS)])
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
    "BatchNormalization": _NORM | {"axis": st.sampled_from([1, 2, 3, -1])},
    "LayerNormalization": _NORM,
    "MaxPooling2D": _WINDOW | {"pool_size": _SMALL},
    "AveragePooling2D": _WINDOW | {"pool_size": _SMALL},
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
    "Reshape": {"target_shape": st.sampled_from([(-1,), (3, -1)])},
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
    "deep": lambda x: keras.layers.Conv2D(3, 1)(keras.layers.Conv2D(3, 1)(x)),
    "in two depths": lambda x: x + keras.layers.Conv2D(3, 1)(keras.layers.Conv2D(3, 1)(x)),
    "frozen": lambda x: keras.layers.BatchNormalization()(x, training=False),
    "a block": lambda x: StandIn("identity_block", {"f": 3, "filters": (2, 2, 5), "s": 2})(x),
}


def _both(result: Any, given: list[Any], seed: int, training: bool) -> tuple[Any, Any]:
    """The numbers that Keras gives for a graph, and those that are computed here."""
    tape = Tape([result], given)
    arrays = seeded_inputs([tensor.shape for tensor in given], seed)
    feed = {id(t): keras.ops.convert_to_tensor(a) for t, a in zip(given, arrays, strict=True)}
    with full_precision():
        numbers, _ = tape.run(feed, training, seed)
    return numbers[0], compute(tape.graph(given), seed, training=training)


@pytest.mark.parametrize("kind", SETTINGS)
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_computes_what_keras_computes(kind: str, data) -> None:
    chosen = data.draw(st.fixed_dictionaries(SETTINGS[kind]))
    if kind == "AveragePooling2D" and keras.backend.backend() == "torch":
        chosen["padding"] = "valid"  # Keras on PyTorch puts the border elsewhere than on the others
    size = data.draw(st.integers(5, 7)), 6, data.draw(_SMALL)
    _assert_as_keras(lambda x: getattr(keras.layers, kind)(**chosen)(x), size)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_computes_what_operations_compute(way) -> None:
    _assert_as_keras(way, (4, 5, 3))


def _assert_as_keras(build, size: tuple[int, ...]) -> None:
    x = keras.Input(size)
    with keras.StatelessScope(initialize_variables=False):
        result = build(x)
    for training in (False, True):
        keras_gives, computed = _both(result, [x], 3, training)
        np.testing.assert_allclose(computed, keras_gives, rtol=1e-4, atol=1e-5)


def test_a_layer_called_twice_keeps_its_weights() -> None:
    x = keras.Input((4, 4, 2))
    with keras.StatelessScope(initialize_variables=False):
        shared = keras.layers.Conv2D(2, 3, padding="same")
        result = shared(keras.layers.BatchNormalization()(shared(x)))
    keras_gives, computed = _both(result, [x], 5, True)
    np.testing.assert_allclose(computed, keras_gives, rtol=1e-3, atol=1e-4)


def _chain(*nodes: Node) -> Graph:
    shape = nodes[0].shape if nodes[0].op == "Input" else None
    first = [] if shape else [Node("Input", shape=[None, 8, 8, 3])]
    nodes = [*first, *nodes]
    for position, node in enumerate(nodes[1:]):
        node.inputs, node.layer = [position], position
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


@pytest.mark.parametrize(
    "graph",
    [
        _chain(Node("Input", shape=[None, 10**4, 10**4, 10**3])),
        _chain(_conv(filters=10**7)),
        _chain(_conv(kernel_size=[10**4, 10**4])),
        _chain(*(_conv(filters=10**5, kernel_size=[1, 1]) for _ in range(9))),
        _chain(Node("ZeroPadding2D", config={"padding": [[10**6, 10**6], [10**6, 10**6]]})),
        _chain(
            Node(
                "MaxPooling2D",
                config={"pool_size": 10**5, "padding": "same", "data_format": "channels_last"},
            )
        ),
        _chain(
            Node(
                "Conv2DTranspose",
                config={"filters": 1, "kernel_size": [3000, 3000], "padding": "valid"},
            )
        ),
        _chain(Node("identity_block", config={"filters": [10**7]})),
        _chain(*(Node("ZeroPadding2D", config={"padding": [[99, 99]] * 2}) for _ in range(30))),
    ],
)
def test_graphs_that_would_take_the_machine_are_left(graph: Graph) -> None:
    with pytest.raises(NotComputed, match="too large"):
        compute(graph, 0, training=False)


@pytest.mark.parametrize(
    "node",
    [
        _conv(filters="many"),
        _conv(filters=-3),
        _conv(strides=[0, 0]),
        _conv(kernel_size=None),
        _conv(activation={"class_name": "ReLU"}),
        _conv(groups=3),
        Node("ZeroPadding2D", config={"padding": [[-9, -9], [0, 0]]}),
        Node("Reshape", config={"target_shape": ["x"]}),
        Node("BatchNormalization", config={"axis": 9}),
        Node("Add", constants={"x": 1}),
        Node("Where", constants={"9": 1.0}),
        Node("Lambda"),
        Node("Conv2D", own=True),
        Node("identity_block", config={"filters": None}),
    ],
)
def test_what_no_layer_has_is_not_computed(node: Node) -> None:
    with pytest.raises((NotComputed, DoesNotRun)):
        compute(_chain(node), 0, training=False)


# --- evidence that was made up --------------------------------------------------------------------


def _published_for_hidden(name: str) -> tuple[Evidence, Evidence]:
    """What is published, shown for hidden cases too; and what these must show."""
    published = expected(name, public_cases(name))
    forged = Evidence(name, dict(published.runs))
    run = next(iter(published.runs.values()))
    for case in hidden_cases(name, SECRET):
        forged.runs[case.id] = copy.deepcopy(run)
        forged.runs[case.id].case = case.to_json()
    return forged, _wanted(name)


_WANTED: dict[str, Evidence] = {}


def _wanted(name: str) -> Evidence:
    """What the solution shows for the public cases and those of this test's secret."""
    if name not in _WANTED:
        from resnets.checks.collecting import collect

        cases = public_cases(name) + hidden_cases(name, SECRET)
        _WANTED[name] = collect(name, Answer(name, "as it is").build(), cases)
    return _WANTED[name]


def _hidden_runs(evidence: Evidence) -> list[Any]:
    return [run for id, run in evidence.runs.items() if id.startswith("hidden")]


def _with_its_inputs(forged: Evidence, wanted: Evidence) -> None:
    for mine, asked in zip(_hidden_runs(forged), _hidden_runs(wanted), strict=True):
        for place, source in zip(mine.graph.inputs, asked.graph.inputs, strict=True):
            mine.graph.nodes[place].shape = asked.graph.nodes[source].shape


def _with_its_settings(forged: Evidence, wanted: Evidence) -> None:
    for mine, asked in zip(_hidden_runs(forged), _hidden_runs(wanted), strict=True):
        mine.graph = copy.deepcopy(asked.graph)


def _with_other_numbers(forged: Evidence, wanted: Evidence) -> None:
    _with_its_settings(forged, wanted)
    for mine, asked in zip(_hidden_runs(forged), _hidden_runs(wanted), strict=True):
        stream = np.random.default_rng(1)
        mine.arrays = {k: stream.random(v.shape, "float32") for k, v in asked.arrays.items()}


def _without_numbers(forged: Evidence, wanted: Evidence) -> None:
    _with_its_settings(forged, wanted)
    for run in _hidden_runs(forged):
        run.arrays, run.trouble = {}, "They took too long."


def _with_a_layer_of_its_own(forged: Evidence, wanted: Evidence) -> None:
    _with_other_numbers(forged, wanted)
    for run in _hidden_runs(forged):
        last = run.graph.outputs[0]
        run.graph.nodes.append(Node("Mine", own=True, inputs=[last], layer=999))
        run.graph.outputs = [len(run.graph.nodes) - 1]


def _that_does_not_run(forged: Evidence, wanted: Evidence) -> None:
    _without_numbers(forged, wanted)
    for run in _hidden_runs(forged):
        last, more = run.graph.outputs[0], len(run.graph.nodes)
        shape = [None, 2, 2, 2]
        run.graph.nodes.append(Node("Input", shape=shape, layer=998))
        run.graph.nodes.append(Node("Add", shape=shape, inputs=[last, more], layer=999))
        run.graph.outputs = [more + 1]
        run.arrays[TRACE] = np.random.default_rng(2).random(more + 2, "float32")


FORGERIES = {
    "as it is": lambda forged, wanted: None,
    "with its inputs": _with_its_inputs,
    "with its settings": _with_its_settings,
    "with its settings and other numbers": _with_other_numbers,
    "with its settings and no numbers": _without_numbers,
    "with a layer of its own": _with_a_layer_of_its_own,
    "in a graph that does not run": _that_does_not_run,
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_published_graphs_shown_for_hidden_cases_earn_nothing(name, forgery) -> None:
    forged, wanted = _published_for_hidden(name)
    forgery(forged, wanted)
    report = judge(name, forged.to_json(), wanted)
    assert report.points == 0
    assert "runs/not-genuine" in report.blame


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_was_run_is_believed(name) -> None:
    wanted = _wanted(name)
    assert judge(name, wanted.to_json(), wanted).passed


def test_an_unknown_layer_is_named_where_the_numbers_are_wrong() -> None:
    answer = Answer(
        "identity_block",
        "a Lambda at the end",
        (Edit("    return X", "    return keras.layers.Lambda(lambda x: 0.3 * x)(X)"),),
    )
    message = marked(answer).report.items[0].message
    assert "cannot follow the layer Lambda: use the layers that the exercise names" in message
