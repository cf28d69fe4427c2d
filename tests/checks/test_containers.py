"""Layers in a Sequential or a nested Model count as if they were called one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import Input, Model, Sequential, layers

from resnets.checks.catalogue.cases import case_of
from resnets.checks.collecting.containers import MAX_LEVELS, UnreadableGraph
from resnets.checks.collecting.graph_execution import trace
from resnets.checks.collecting.graph_runs import _with_graph
from resnets.checks.collecting.tape import Tape
from resnets.checks.evidence.facts import Graph, Run

SHAPE = (5, 6, 3)
LAYERS: dict[str, Callable[[], Any]] = {
    "conv": lambda: layers.Conv2D(4, 3, padding="same"),
    "strided": lambda: layers.Conv2D(3, 1, strides=2),
    "norm": layers.BatchNormalization,
    "relu": layers.ReLU,
    "pool": lambda: layers.MaxPooling2D(2, padding="same"),
}


def run_of(build: Callable[[Any], Any]) -> Run:
    """The evidence of what is built on one tensor."""
    keras.utils.clear_session()
    given_tensor = Input(SHAPE)
    case = case_of("hidden-0", seed=3)
    return _with_graph(Run(), build(given_tensor), [given_tensor], case, 20)


def facts(graph: Graph) -> Graph:
    """The graph without layers' names, which Keras makes up and numbers."""
    nodes = [
        replace(node, name="", config={k: v for k, v in node.config.items() if k != "name"})
        for node in graph.nodes
    ]
    return replace(graph, nodes=nodes)


def same(one: Run, other: Run) -> bool:
    """Whether evidence agrees: layers, numbers, moving averages and each operation by itself."""
    return (
        facts(one.graph) == facts(other.graph)
        and one.arrays.keys() == other.arrays.keys()
        and all(np.allclose(array, other.arrays[key]) for key, array in one.arrays.items())
        and np.allclose(one.trace, other.trace, equal_nan=True)
        and not one.trouble
        and not other.trouble
    )


def in_turn(made: list[Any]) -> Callable[[Any], Any]:
    """A function that calls layers or models one after the other."""

    def call(x: Any) -> Any:
        for layer in made:
            x = layer(x)
        return x

    return call


class TestEqual:
    @settings(max_examples=8, deadline=None)
    @given(
        kinds=st.lists(st.sampled_from(sorted(LAYERS)), min_size=1, max_size=6),
        cuts=st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=4),
    )
    def test_however_layers_are_put_into_containers(self, kinds, cuts) -> None:
        def contained(x: Any) -> Any:
            rest: list[Any] = [LAYERS[kind]() for kind in kinds]
            for start, as_sequential in cuts:
                inner = rest[start:]
                if inner:
                    rest = [*rest[:start], self._container(inner, as_sequential)]
            return in_turn(rest)(x)

        written_out = run_of(lambda x: in_turn([LAYERS[kind]() for kind in kinds])(x))
        assert same(run_of(contained), written_out)

    @staticmethod
    def _container(inner: list[Any], as_sequential: bool) -> Any:
        if as_sequential and all(isinstance(one, layers.Layer) for one in inner):
            return Sequential(inner)

        def model(x: Any) -> Any:
            start = Input(x.shape[1:])
            return Model(start, in_turn(inner)(start))(x)

        return model

    def test_a_container_with_two_inputs_and_two_outputs(self) -> None:
        def contained(x: Any) -> Any:
            one, other = Input(SHAPE), Input(SHAPE)
            crossed = Model([one, other], [layers.ReLU()(other), layers.Conv2D(3, 1)(one)])
            return layers.Subtract()(crossed([x, layers.Activation("tanh")(x)]))

        def written_out(x: Any) -> Any:
            bent = layers.Activation("tanh")(x)
            return layers.Subtract()([layers.ReLU()(bent), layers.Conv2D(3, 1)(x)])

        assert np.allclose(
            run_of(contained).arrays["inference"], run_of(written_out).arrays["inference"]
        )

    def test_a_container_that_is_called_twice_shares_its_weights(self) -> None:
        def contained(x: Any) -> Any:
            twice = Sequential([layers.Conv2D(3, 1), layers.BatchNormalization()])
            return twice(twice(x))

        def written_out(x: Any) -> Any:
            conv, norm = layers.Conv2D(3, 1), layers.BatchNormalization()
            return norm(conv(norm(conv(x))))

        assert same(run_of(contained), run_of(written_out))

    def test_a_container_made_for_pictures_of_any_size(self) -> None:
        def contained(x: Any) -> Any:
            start = Input((None, None, 3))
            return Model(start, layers.Conv2D(2, 2, strides=2)(layers.MaxPooling2D(2)(start)))(x)

        shapes = [node.shape for node in run_of(contained).graph.nodes]
        assert shapes == [[None, 5, 6, 3], [None, 2, 3, 3], [None, 1, 1, 2]]

    def test_a_container_called_as_in_training(self) -> None:
        frozen = run_of(lambda x: Sequential([layers.BatchNormalization()])(x, training=False))
        written_out = run_of(lambda x: layers.BatchNormalization()(x, training=False))
        assert same(frozen, written_out)


class TestBounds:
    def test_containers_that_lie_too_deep(self) -> None:
        def nested(x: Any) -> Any:
            layer: Any = layers.ReLU()
            for _ in range(MAX_LEVELS + 1):
                layer = Sequential([Input(SHAPE), layer])
            return layer(x)

        assert "nested" in run_of(nested).trouble

    @pytest.mark.parametrize("inside", [[], [layers.ReLU]], ids=["nothing", "a ReLU"])
    def test_containers_that_double_at_every_level(self, inside) -> None:
        start = Input(SHAPE)
        model = Model(start, in_turn([make() for make in inside])(start))
        for _ in range(MAX_LEVELS - 2):
            model = Model(start, model(model(start)))
        with pytest.raises(UnreadableGraph, match="more than"):
            Tape([model(start)], [start])

    def test_a_model_of_ones_own_class_stays_one_step(self) -> None:
        class Own(Model):
            def __init__(self) -> None:
                super().__init__()
                self.conv = layers.Conv2D(3, 1)

            def call(self, x: Any) -> Any:
                return self.conv(x)

        class Changed(Sequential):
            def call(self, x: Any, **settings: Any) -> Any:
                return 2 * super().call(x, **settings)

        for made in (Own(), Changed([layers.Conv2D(3, 1)])):
            start = Input(SHAPE)
            tape = Tape([made(start)], [start])
            nodes = tape.graph([start]).nodes
            assert [(node.op, node.own) for node in nodes[1:]] == [(type(made).__name__, True)]
            assert trace(tape, 1).shape == (2,)
