"""Trying a student's function: what is seen, and that nothing outlasts the call."""

from __future__ import annotations

import random
import signal
import threading
import time

import keras
import numpy as np
import pytest

from resnets.checks import expected, judge, public_cases
from resnets.checks.collecting.collect import collect
from resnets.checks.collecting.safe_call import call
from resnets.checks.collecting.time_limit import time_limit
from tests.answers import Answer, Edit, given_names, run_cell, solution


def _answer(function: str, *edits: Edit):
    return Answer(function, "", edits).build()


def test_state_is_put_back() -> None:
    def meddler(X, f, filters, stage, block):
        keras.utils.set_random_seed(1)
        keras.config.set_floatx("float64")
        keras.config.set_epsilon(0.5)
        keras.config.set_image_data_format("channels_first")
        np.random.seed(9)
        random.seed(9)
        filters.clear()
        return keras.layers.Conv2D(2, 1)(X)

    config = keras.config
    settings = config.floatx(), config.epsilon(), config.image_data_format()
    np.random.seed(4)
    random.seed(4)
    numbers = np.random.rand(3), random.random()
    np.random.seed(4)
    random.seed(4)
    cases = public_cases("identity_block")
    collect("identity_block", meddler, cases)
    assert (config.floatx(), config.epsilon(), config.image_data_format()) == settings
    assert np.array_equal(np.random.rand(3), numbers[0])
    assert random.random() == numbers[1]
    assert cases == public_cases("identity_block")


def test_names_that_keras_makes_up_are_not_used_up() -> None:
    first = keras.layers.Conv2D(1, 1).name
    collect("identity_block", _answer("identity_block"), public_cases("identity_block"))
    second = keras.layers.Conv2D(1, 1).name
    number = int(first.rpartition("_")[2]) if first != "conv2d" else 0
    assert second == f"conv2d_{number + 1}"


def test_global_seed_generator_goes_on_where_it_was() -> None:
    keras.utils.set_random_seed(3)
    one = keras.ops.convert_to_numpy(keras.random.normal((2,)))
    keras.utils.set_random_seed(3)
    collect("identity_block", _answer("identity_block"), public_cases("identity_block"))
    assert np.array_equal(one, keras.ops.convert_to_numpy(keras.random.normal((2,))))


def test_nothing_is_printed(capsys) -> None:
    function = _answer("identity_block", Edit("    return X", "    print('loud')\n    return X"))
    collect("identity_block", function, public_cases("identity_block"))
    assert capsys.readouterr().out == ""


def test_error_names_the_students_line() -> None:
    function = _answer("identity_block", Edit("[X, X_shortcut]", "[X, shortcut]"))
    evidence = collect("identity_block", function, public_cases("identity_block"))
    failure = evidence.runs["course"].failure
    source = solution("identity_block").splitlines()
    assert failure.source == "X = Add()([X, shortcut])"
    assert "Add()" in source[failure.line - 1]
    assert "Traceback" in failure.traceback


def test_error_in_a_helper_names_the_helpers_line() -> None:
    source = (
        "def helper(X):\n    return X + undefined\n\n"
        "def identity_block(X, f, filters, stage, block):\n    return helper(X)\n"
    )
    evidence = collect(
        "identity_block", run_cell(source, "identity_block"), public_cases("identity_block")
    )
    assert evidence.runs["course"].failure.line == 2


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here")
def test_endless_loops_end_and_earlier_alarms_come_back() -> None:
    rung = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 100)

        def endless():
            while True:
                try:
                    time.sleep(0.001)
                except BaseException:
                    continue

        _, failure = call(endless, 0.1)
        assert failure.kind == "TimeLimit"
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
        assert signal.getsignal(signal.SIGALRM) is not handler
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_other_threads_run_without_a_limit() -> None:
    results = []

    def work() -> None:
        with time_limit(0.01):
            results.append(sum(range(1000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [499500]


def test_an_interrupted_kernel_stays_interrupted() -> None:
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, 1)


def test_a_mistake_in_a_block_is_not_charged_to_the_network() -> None:
    network = _answer("ResNet50")
    for broken in (lambda *args, **kwargs: None, lambda X, *args, **kwargs: X):
        network.__globals__["identity_block"] = broken
        evidence = collect("ResNet50", network, public_cases("ResNet50"))
        report = judge("ResNet50", evidence, expected("ResNet50", public_cases("ResNet50")))
        assert report.points == report.max_points
        assert network.__globals__["identity_block"] is broken


def test_a_network_is_judged_without_blocks() -> None:
    space = given_names("01_residual_networks")
    exec(solution("ResNet50"), space)
    evidence = collect("ResNet50", space["ResNet50"], public_cases("ResNet50"))
    report = judge("ResNet50", evidence, expected("ResNet50", public_cases("ResNet50")))
    assert report.passed
    assert "identity_block" not in space


def test_keras_adds_as_strictly_as_before() -> None:
    collect("identity_block", _answer("identity_block"), public_cases("identity_block"))
    one, other = keras.Input((4, 4, 2)), keras.Input((3, 3, 2))
    with pytest.raises(ValueError, match="incompatible shapes"):
        keras.layers.Add()([one, other])
    with pytest.raises(ValueError):
        one + other
