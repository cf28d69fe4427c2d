"""The answers to every notebook that are tried: wrong ones and right ones."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.building_blocks import right_answers as right_02
from tests.building_blocks import wrong_answers as wrong_02
from tests.checks import right_answers as right_01
from tests.checks import wrong_answers as wrong_01
from tests.degradation import answers as answers_03
from tests.faster_training import answers as answers_08


class Suite(NamedTuple):
    """Answers to one notebook, and how many there have to be at least."""

    wrong: list[Any]
    right: list[Any]
    least: tuple[int, int]


SUITES = {
    "01_residual_networks": Suite(wrong_01.WRONG, right_01.RIGHT, (70, 25)),
    "02_building_blocks": Suite(wrong_02.WRONG, right_02.RIGHT, (30, 10)),
    "03_degradation_and_shortcuts": Suite(answers_03.WRONG, answers_03.RIGHT, (30, 10)),
    "08_faster_training": Suite(answers_08.WRONG, answers_08.RIGHT, (20, 8)),
}
