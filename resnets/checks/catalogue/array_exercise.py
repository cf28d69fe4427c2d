"""Graded functions from arrays to arrays."""

from __future__ import annotations

from dataclasses import dataclass

from resnets.checks.catalogue.numbers_exercise import NumbersExercise


@dataclass(frozen=True, kw_only=True)
class ArrayExercise(NumbersExercise):
    """A function from arrays to arrays.

    Attributes:
        differentiable: parameters through which gradients must flow; criterion "gradient".
        whole: whether the result must be an integer; criterion "whole".
        numpy: whether arrays are handed over as NumPy's and not as the backend's tensors, as to a
            function that prepares data.
        keeps_arguments: whether the arrays handed over must stay as they were; criterion "kept".
        own_work: functions of keras.ops that would do the whole exercise, and are refused.
    """

    differentiable: tuple[str, ...] = ()
    whole: bool = False
    numpy: bool = False
    keeps_arguments: bool = False
    own_work: tuple[str, ...] = ()
