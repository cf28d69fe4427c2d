"""Judge functions on arrays: numbers against numbers, and against those of known mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from resnets.checks.array_differences import difference, shape_in_words
from resnets.checks.array_exercise import ArrayExercise
from resnets.checks.evidence import MISTAKE, Evidence, Run
from resnets.checks.exercise import Criterion
from resnets.checks.graph_differences import graph_difference
from resnets.checks.report import Item, Report

_CLOSE = {"rtol": 1e-4, "atol": 2e-5}
_CLOSE_GRADIENT = {"rtol": 1e-3, "atol": 1e-4}


@dataclass
class _Wrong:
    """One array that is not what it should be."""

    case: str
    key: str
    criterion: str


def judge_arrays(exercise: ArrayExercise, found: Evidence, wanted: Evidence) -> Report:
    """Compare what a function on arrays computed with what the solution did.

    Args:
        exercise: the function.
        found: evidence of the student's function.
        wanted: evidence of the solution; where `record` was given mistakes, of these, too.
    """
    return _ArrayJudge(exercise, found, wanted).report()


class _ArrayJudge:
    def __init__(self, exercise: ArrayExercise, found: Evidence, wanted: Evidence) -> None:
        self._exercise = exercise
        self._found, self._wanted = found, wanted
        self._cases = sorted(wanted.runs, key=self._is_hidden)
        self._wrong: list[_Wrong] = []
        self._failed: dict[str, Run] = {}
        self._blame: list[str] = []
        for case in self._cases:
            self._look(case)
        self._mistakes = self._recognised()

    def _is_hidden(self, case: str) -> bool:
        return self._wanted.runs[case].case.get("hidden") is True

    def _look(self, case: str) -> None:
        wanted, found = self._wanted.runs[case], self._found.runs.get(case)
        if found is None or found.failure is not None:
            self._failed[case] = found or Run()
            return
        criteria = self._exercise.criteria(case)
        if _results(found) != _results(wanted) or _is_other_kind(found, wanted):
            self._wrong += [_Wrong(case, "results", c) for c in dict.fromkeys(criteria)]
            return
        for key, criterion in zip(_results(wanted), criteria, strict=True):
            if not _close(found.arrays[key], wanted.arrays[key], _CLOSE):
                self._wrong.append(_Wrong(case, key, criterion))
        if self._is_gradient_wrong(case, found, wanted):
            self._wrong.append(_Wrong(case, "gradient", "gradient"))
        if self._exercise.keeps_arguments and not _kept(found, wanted):
            self._wrong.append(_Wrong(case, "kept", "kept"))
        if self._exercise.whole and not found.returned.startswith(("int", "uint")):
            self._wrong.append(_Wrong(case, "whole", "whole"))

    def _is_gradient_wrong(self, case: str, found: Run, wanted: Run) -> bool:
        # Where the result is wrong its gradient is, too: that is not a second mistake.
        if any(wrong.case == case for wrong in self._wrong):
            return False
        keys = [key for key in wanted.arrays if key.startswith("gradient ")]
        return any(
            key not in found.arrays
            or not _close(found.arrays[key], wanted.arrays[key], _CLOSE_GRADIENT)
            for key in keys
        )

    def _recognised(self) -> list[str]:
        """Known mistakes, those first that explain most of what is wrong and nothing else."""

        def rank(mistake: str) -> tuple[bool, int]:
            explained = [wrong for wrong in self._wrong if self._explains(mistake, wrong)]
            consistent = all(
                self._predicts(mistake, case, key)
                for case in self._cases
                if case not in self._failed and not self._is_hidden(case)
                for key in _results(self._wanted.runs[case])
            )
            return consistent, len(explained)

        ranks = {mistake: rank(mistake) for mistake in self._exercise.mistakes}
        known = [mistake for mistake in ranks if ranks[mistake][1]]
        return sorted(known, key=lambda mistake: ranks[mistake], reverse=True)

    def _explains(self, mistake: str, wrong: _Wrong) -> bool:
        return wrong.key.startswith("result ") and self._predicts(mistake, wrong.case, wrong.key)

    def _predicts(self, mistake: str, case: str, key: str) -> bool:
        recorded = self._wanted.runs[case].arrays.get(f"{MISTAKE}{mistake}/{key}")
        found = self._found.runs[case].arrays.get(key)
        return recorded is not None and found is not None and _close(found, recorded, _CLOSE)

    def report(self) -> Report:
        items = tuple(self._item(criterion) for criterion in self._exercise.rubric)
        failures = [f"error:{run.failure.kind}" for run in self._failed.values() if run.failure]
        blame = tuple(dict.fromkeys(self._blame + failures))
        return Report(self._exercise.name, items, blame=blame)

    def _item(self, criterion: Criterion) -> Item:
        base = {"id": criterion.id, "title": criterion.title, "max_points": criterion.points}
        if criterion.id == "runs":
            return self._runs(base)
        failed = [case for case in self._failed if criterion.id in self._criteria(case)]
        wrong = [wrong for wrong in self._wrong if wrong.criterion == criterion.id]
        if not wrong and not failed and self._was_reached(criterion.id):
            return Item(**base, points=criterion.points)
        if not wrong:
            hidden = bool(failed) and all(self._is_hidden(case) for case in failed)
            return Item(**base, passed=False, found="not reached", hidden=hidden)
        wrong.sort(key=lambda one: self._is_hidden(one.case))
        asked, there, message = self._told(criterion.id, wrong)
        return Item(
            **base,
            passed=False,
            asked=asked,
            found=there,
            message=message,
            hidden=self._is_hidden(wrong[0].case),
        )

    def _criteria(self, case: str) -> set[str]:
        return set(self._exercise.criteria(case))

    def _was_reached(self, criterion: str) -> bool:
        """Whether some case could show that a criterion about all cases is met."""
        if criterion not in ("gradient", "whole", "kept"):
            return True
        # Where there are hidden cases these decide: what public ones must show is published.
        decisive = [case for case in self._cases if self._is_hidden(case)] or self._cases
        wrong = {one.case for one in self._wrong if one.key not in ("whole", "kept")}
        return any(case not in wrong and case not in self._failed for case in decisive)

    def _runs(self, base: dict[str, Any]) -> Item:
        for case, run in self._failed.items():
            failure = run.failure
            if failure is None:
                return Item(**base, passed=False, message="There is no evidence of a run.")
            where = "" if len(self._failed) == len(self._cases) else f"{self._where(case)} "
            return Item(
                **base,
                passed=False,
                found="an error",
                message=f"{where}{failure.sentence}",
                hidden=self._is_hidden(case),
                line=failure.line,
                source=failure.source,
                traceback=failure.traceback,
            )
        return Item(**base, points=base["max_points"])

    def _where(self, case: str) -> str:
        return f"With {self._exercise.call_in_words(self._wanted.runs[case].case)}:"

    def _told(self, criterion: str, wrong: list[_Wrong]) -> tuple[str, str, str]:
        """Return what was asked, what was found, and the sentence about it."""
        first = wrong[0]
        for mistake in self._mistakes:
            explained = self._explained(mistake, wrong)
            if explained:
                self._blame.append(f"{criterion}/{mistake}")
                sentence = self._exercise.mistakes[mistake]
                asked, there, _ = self._compared(explained[0])
                return (
                    asked,
                    there,
                    f"{sentence} Seen {_lower(self._where(explained[0].case))[:-1]}.",
                )
        asked, there, (id, sentence) = self._compared(first)
        self._blame.append(f"{criterion}/{id}")
        return asked, there, f"{self._where(first.case)} {sentence}"

    def _explained(self, mistake: str, wrong: list[_Wrong]) -> list[_Wrong]:
        """Those of the wrong arrays whose case the mistake explains altogether."""
        unexplained = {one.case for one in wrong if not self._explains(mistake, one)}
        return [one for one in wrong if one.case not in unexplained]

    def _compared(self, wrong: _Wrong) -> tuple[str, str, tuple[str, str]]:
        wanted, found = self._wanted.runs[wrong.case], self._found.runs[wrong.case]
        if wrong.key == "results":
            asked = f"{len(_results(wanted))} values" if len(_results(wanted)) > 1 else "one array"
            asked = f"a {wanted.returned}" if wanted.graph else asked
            there = "nothing (None)" if found.returned == "None" else found.returned[:60]
            advice = " Is there a return at the end?" if found.returned == "None" else ""
            verb = "were" if asked.endswith("values") else "was"
            sentence = f"The function hands back {there}; {asked} {verb} asked.{advice}"
            sentence += f" {found.trouble}" if found.trouble else ""
            return asked, there, ("returns", sentence)
        if wrong.key == "whole":
            sentence = f"The result is a {found.returned[:40]}; a size must be an integer (//)."
            return "an integer", f"a {found.returned[:40]}", ("whole", sentence)
        if wrong.key == "kept":
            sentence = (
                "The function changes the arrays or the list that it is given (+= does that, and "
                "so does assigning to an element). Make new ones."
            )
            return "arguments as they were", "changed ones", ("kept", sentence)
        if wrong.key == "gradient":
            return self._about_gradients(found)
        asked, there = wanted.arrays[wrong.key], found.arrays[wrong.key]
        name = self._exercise.results[int(wrong.key.split()[1])]
        told = (
            self._otherwise_built(wrong)
            or self._exchanged(wrong, name)
            or difference(name, asked, there)
        )
        return _short(asked, asked, there), _short(there, asked, there), told

    def _otherwise_built(self, wrong: _Wrong) -> tuple[str, str] | None:
        """For functions that build a graph: which layers differ."""
        wanted, found = self._wanted.runs[wrong.case].graph, self._found.runs[wrong.case].graph
        return graph_difference(wanted, found) if wanted and found else None

    def _exchanged(self, wrong: _Wrong, name: str) -> tuple[str, str] | None:
        """Whether this result is what was asked as another one."""
        found = self._found.runs[wrong.case].arrays[wrong.key]
        wanted = self._wanted.runs[wrong.case].arrays
        for key, other in zip(
            _results(self._wanted.runs[wrong.case]), self._exercise.results, strict=True
        ):
            if key != wrong.key and _close(found, wanted[key], _CLOSE):
                return (
                    "exchanged",
                    f"Where {name} was asked stands {other}: look at the order of the results.",
                )
        return None

    def _about_gradients(self, found: Run) -> tuple[str, str, tuple[str, str]]:
        names = " and ".join(self._exercise.differentiable)
        gradients = [a for key, a in found.arrays.items() if key.startswith("gradient ")]
        asked = f"gradients of {names}"
        if found.trouble:
            return asked, "none", ("no-gradient", f"No gradient can be taken: {found.trouble}")
        if not any(np.any(gradient) for gradient in gradients):
            sentence = (
                f"The numbers are right, but no gradient reaches {names}: NumPy's functions (np.…) "
                "and plain numbers leave no track. Use those of keras.ops (ops.…)."
            )
            return asked, "none", ("no-gradient", sentence)
        sentence = (
            "The numbers are right, but their gradients are not: something on the way is "
            "taken out of the calculation, by NumPy or by ops.stop_gradient."
        )
        return asked, "others", ("other-gradient", sentence)


def _results(run: Run) -> list[str]:
    return sorted(key for key in run.arrays if key.startswith("result "))


def _kept(found: Run, wanted: Run) -> bool:
    """Whether the arguments that were handed over are still what they were."""
    names = [key for key in wanted.arrays if key.startswith("argument ")]
    return all(
        key in found.arrays and _close(found.arrays[key], wanted.arrays[key], _CLOSE)
        for key in names
    )


def _is_other_kind(found: Run, wanted: Run) -> bool:
    """Whether a function that builds a graph hands back a tensor for a model, or the reverse."""
    return wanted.graph is not None and found.returned != wanted.returned


def _close(one: np.ndarray, other: np.ndarray, tolerance: dict[str, float]) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, **tolerance))


def _short(array: np.ndarray, asked: np.ndarray, there: np.ndarray) -> str:
    """Write an array in few characters: a number, the shape if it is wrong, or first numbers."""
    if array.size == 1:
        return f"{array.flat[0]:g}"
    if asked.shape != there.shape:
        return f"shape {shape_in_words(array)}"
    place = np.unravel_index(_largest(asked, there), asked.shape)
    return f"[{', '.join(map(str, place))}] = {array[place]:.4g}"


def _largest(asked: np.ndarray, there: np.ndarray) -> int:
    return int(np.argmax(np.nan_to_num(np.abs(asked - there), nan=np.inf)))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
