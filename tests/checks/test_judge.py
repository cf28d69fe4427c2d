"""Judging: pure, strict about its input, and never the one that fails."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnets.checks import (
    Evidence,
    MalformedEvidence,
    exercises,
    expected,
    get_exercise,
    hidden_cases,
    judge,
    public_cases,
)
from resnets.checks.collecting.collect import collect
from resnets.checks.display.html import report_to_html
from resnets.checks.evidence.facts import array_from_json, array_to_json
from tests.answers import Answer, Edit

FUNCTIONS = tuple(exercise.name for exercise in exercises("01_residual_networks"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=30,
)


@pytest.fixture(scope="module")
def honest() -> dict:
    return {name: expected(name).to_json() for name in FUNCTIONS}


@given(JSON)
@settings(max_examples=60, deadline=None)
def test_any_json_gets_a_verdict(data) -> None:
    assert judge("identity_block", data, expected("identity_block")).points == 0


def _places(data, path=()):
    """Return paths to all values of nested JSON."""
    yield path
    if isinstance(data, dict | list):
        items = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in items:
            yield from _places(value, (*path, key))


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_evidence_with_one_value_forged_gets_a_verdict(data) -> None:
    name = data.draw(st.sampled_from(FUNCTIONS))
    forged = json.loads(json.dumps(expected(name).to_json()))
    paths = [path for path in _places(forged) if path]
    path = paths[data.draw(st.integers(0, len(paths) - 1))]
    target = forged
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = data.draw(JSON)
    report = judge(name, forged, expected(name))
    assert 0 <= report.points <= report.max_points
    report.to_plain(), report_to_html(report)


def test_the_solution_itself_gets_all_points(honest) -> None:
    for name in FUNCTIONS:
        report = judge(name, json.loads(json.dumps(honest[name])), expected(name))
        assert report.passed and report.points == report.max_points


@pytest.mark.parametrize(
    "path, value",
    [
        (("version",), 2),
        (("name",), "convolutional_block"),
        (("runs", "course", "graph", "nodes", 1, "inputs"), [5]),
        (("runs", "course", "graph", "outputs"), [99]),
        (("runs", "course", "arrays", "inference", "shape"), [10**6, 10**6]),
        (("runs", "course", "arrays", "inference", "float32"), "not base64!"),
        (("runs", "course", "graph", "nodes", 1, "config"), {"a": 10**40}),
    ],
)
def test_malformed_evidence_earns_nothing(honest, path, value) -> None:
    forged = copy.deepcopy(honest["identity_block"])
    target = forged
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    report = judge("identity_block", forged, expected("identity_block"))
    assert report.points == 0
    assert "could not be read" in report.items[0].message


def test_malformed_expectations_are_our_mistake(honest) -> None:
    with pytest.raises(MalformedEvidence):
        judge("identity_block", honest["identity_block"], {"version": 1})


def test_judging_imports_no_keras() -> None:
    code = (
        "import sys; from resnets.checks import expected, judge;"
        "print(judge('ResNet50', expected('ResNet50'), expected('ResNet50')).points);"
        "print(sorted({'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == ["40", "[]"]


@given(
    st.lists(st.integers(0, 4), max_size=4).map(tuple),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_arrays_survive_json(shape, seed) -> None:
    array = np.random.default_rng(seed).standard_normal(shape).astype("float32")
    assert np.array_equal(array_from_json(json.loads(json.dumps(array_to_json(array)))), array)


def test_cases_depend_on_the_secret_alone() -> None:
    for name in FUNCTIONS:
        assert hidden_cases(name, b"one") == hidden_cases(name, b"one")
        assert hidden_cases(name, b"one") != hidden_cases(name, b"two")
        assert all(case.hidden for case in hidden_cases(name, b"one"))
        assert not any(case.hidden for case in public_cases(name))


def test_hidden_mistakes_give_no_input_away() -> None:
    edit = Edit("F1, F2, F3 = filters", "F1, F2, F3 = filters\n    f = f if f == 2 else 3")
    function = Answer("identity_block", "", (edit,)).build()
    cases = public_cases("identity_block") + hidden_cases("identity_block", b"public")
    full = judge(
        "identity_block", collect("identity_block", function, cases), expected("identity_block")
    )
    shown = full.without_hidden()
    assert shown.points == full.points < full.max_points
    lost = [item for item in shown.items if not item.passed]
    assert lost and all(item.hidden for item in lost)
    assert not re.search(r"\d", " ".join(i.message + i.expected + i.found for i in lost))


def test_public_cases_alone_cannot_be_satisfied_by_their_numbers() -> None:
    for name in FUNCTIONS:
        assert {c.id for c in public_cases(name)} < set(expected(name).runs)


LAYERS = (
    lambda x: keras.layers.Conv2D(3, 3, padding="same")(x),
    lambda x: keras.layers.Conv2D(4, 2, 2)(x),
    lambda x: keras.layers.BatchNormalization()(x),
    lambda x: keras.layers.ReLU()(x),
    lambda x: keras.layers.Dropout(0.3)(x),
    lambda x: x + x,
    lambda x: keras.ops.transpose(x, (0, 2, 1, 3)),
    lambda x: keras.layers.GlobalAveragePooling2D(keepdims=True)(x),
    lambda x: keras.ops.split(x, 1, axis=-1)[0],
    lambda x: keras.layers.Lambda(lambda t: t * 2)(x),
    lambda x: keras.ops.sum(x),
    lambda x: keras.layers.Flatten()(x),
)


@given(
    st.lists(
        st.tuples(st.integers(0, len(LAYERS) - 1), st.integers(0, 9), st.integers(0, 9)),
        max_size=9,
    ),
    st.sampled_from(FUNCTIONS),
)
@settings(max_examples=40, deadline=None)
def test_random_graphs_never_crash_the_check(steps, name) -> None:
    def build(X=None, *args, **kwargs):
        tensors = [keras.Input((6, 6, 3)) if name == "ResNet50" else X]
        for kind, one, other in steps:
            made = LAYERS[kind](tensors[one % len(tensors)])
            if other % 3 == 0:
                made = keras.layers.Add()([made, tensors[other % len(tensors)]])
            tensors.append(made)
        return keras.Model(tensors[0], tensors[-1]) if name == "ResNet50" else tensors[-1]

    cases = public_cases(name)[:1]
    evidence = collect(name, build, cases)
    json.dumps(evidence.to_json())
    report = judge(name, evidence.to_json(), expected(name, cases))
    assert report.points < get_exercise(name).max_points
    assert "unreadable" not in report.blame
    report.to_plain(), report_to_html(report)


def test_evidence_survives_json() -> None:
    for name in FUNCTIONS:
        data = expected(name).to_json()
        assert Evidence.from_json(json.loads(json.dumps(data))).to_json() == data
