"""Settings of a whole process, from a call or from a file, do not spoil a right answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from autograder.authoring.solved_namespace import solved_namespace
from resnets.checks import collect, expected, judge, public_cases
from resnets.checks.collecting.process_switches import EAGER_IS_OFF

ROOT = Path(__file__).resolve().parents[1]
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


def points() -> float:
    function = solved_namespace("01_residual_networks")["identity_block"]
    cases = public_cases("identity_block")
    evidence = collect("identity_block", function, cases)
    return judge("identity_block", evidence, expected("identity_block", cases)).points


@pytest.mark.parametrize(
    ("switch", "thrown", "back"),
    [
        ("set_dtype_policy", "mixed_float16", "float32"),
        ("set_dtype_policy", "mixed_bfloat16", "float32"),
        ("set_floatx", "float64", "float32"),
        ("set_image_data_format", "channels_first", "channels_last"),
    ],
)
def test_a_switch_does_not_spoil_a_right_answer(switch: str, thrown: str, back: str) -> None:
    throw = getattr(keras.config, switch)
    throw(thrown)
    try:
        assert points() == 30
        read = getattr(keras.config, switch.removeprefix("set_"))()
        assert thrown in (read, getattr(read, "name", None))
    finally:
        throw(back)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="a switch of TensorFlow's")
def test_functions_that_run_eagerly_do_not_matter() -> None:
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        assert points() == 30
    finally:
        tf.config.run_functions_eagerly(False)


def run(code: str, **variables: str) -> subprocess.CompletedProcess:
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment | variables, capture_output=True,
        text=True,
    )  # fmt: skip


@pytest.mark.skipif(not ON_TENSORFLOW, reason="a switch of TensorFlow's")
def test_switching_eager_execution_off_is_named() -> None:
    code = (
        "import resnets_utils, tensorflow as tf\n"
        "tf.compat.v1.disable_eager_execution()\n"
        "def identity_block(X, f, filters, stage, block): return X\n"
        "resnets_utils.check('identity_block')"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert EAGER_IS_OFF in done.stdout


def settings(folder: Path, **content: object) -> dict[str, str]:
    (folder / "keras.json").write_text(json.dumps(content), encoding="utf-8")
    return {"KERAS_HOME": str(folder)}


def test_a_backend_that_is_none_of_ours_is_named_with_its_file(tmp_path: Path) -> None:
    done = run("import resnets_utils", **settings(tmp_path, backend="theano"))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert str(tmp_path / "keras.json") in last and "'theano'" in last and "tensorflow" in last


def test_a_backend_in_the_environment_is_named() -> None:
    last = run("import resnets_utils", KERAS_BACKEND="theano").stderr.strip().splitlines()[-1]
    assert "KERAS_BACKEND" in last and "'theano'" in last


def test_other_settings_in_the_file_are_set_aside_and_told(tmp_path: Path) -> None:
    found = {"floatx": "float16", "image_data_format": "channels_first", "backend": "tensorflow"}
    shown = "print(keras.config.floatx(), keras.config.image_data_format())"
    code = f"import resnets_utils, keras\n{shown}"
    done = run(code, **settings(tmp_path, **found))
    assert done.stdout.split() == ["float32", "channels_last"]
    assert "sets floatx to float16" in done.stderr
    assert "sets image_data_format to channels_first" in done.stderr
