"""Three forms of one block are equal to 1e-5, and what is grouped trains: everywhere."""

from __future__ import annotations

import json

import pytest

from tests.backends.running import BACKENDS, output_of

_PROGRAM = ["-m", "tests.resnext.forms"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_forms_and_grouped_convolutions_agree(backend: str) -> None:
    differences = json.loads(output_of(backend, _PROGRAM)[-1])
    assert {name: number for name, number in differences.items() if not number < 1e-5} == {}


def test_they_do_without_onednn() -> None:
    """There TensorFlow's own grouped convolution has no gradient; see the next test."""
    differences = json.loads(output_of("tensorflow", _PROGRAM, _WITHOUT)[-1])
    assert {name: number for name, number in differences.items() if not number < 1e-5} == {}


_WITHOUT = {"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": ""}
_BARE = """
import tensorflow as tf
x, w = tf.ones((1, 4, 4, 4)), tf.ones((3, 3, 2, 4))
with tf.GradientTape() as tape:
    tape.watch(w)
    y = tf.nn.conv2d(x, w, 1, "SAME")
try:
    print(tape.gradient(y, w).shape)
except tf.errors.InvalidArgumentError as error:
    print(error.message)
"""


@pytest.mark.parametrize(("onednn", "says"), [("1", "(3, 3, 2, 4)"), ("0", "not supported")])
def test_what_the_notebook_says_of_tensorflow_itself(onednn: str, says: str) -> None:
    lines = output_of("tensorflow", ["-c", _BARE], _WITHOUT | {"TF_ENABLE_ONEDNN_OPTS": onednn})
    assert says in lines[-1]
