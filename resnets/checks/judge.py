"""Turn evidence into points and sentences. Imports no Keras, trusts nothing, never fails."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from resnets.checks.array_exercise import ArrayExercise
from resnets.checks.array_judge import judge_arrays
from resnets.checks.canonical import RANDOM_LAYERS, Step, normalise
from resnets.checks.comparison import Comparer, Comparison
from resnets.checks.evidence import Evidence, MalformedEvidence, Run
from resnets.checks.exercise import Exercise, get_exercise
from resnets.checks.findings import Finding
from resnets.checks.report import NOT_REACHED, Item, Report

_RELATIVE, _ABSOLUTE = 2e-3, 2e-4
_LONGEST = 500
_UNREADABLE = "The evidence could not be read, so no points can be given."
_NEVER_EXCUSED = tuple(
    f"extra:{kind}" for kind in ("dropout", *(f"other:{name}" for name in RANDOM_LAYERS))
)


def judge(name: str, evidence: Any, expected: Any) -> Report:
    """Compare evidence with what the solution showed.

    Args:
        name: of the exercise.
        evidence: `Evidence`, or whatever JSON claims to be one.
        expected: `Evidence` recorded from the solution, or its JSON.

    Returns:
        A report. Evidence that cannot be read earns nothing; no evidence raises.

    Raises:
        KeyError: when there is no exercise of that name.
        MalformedEvidence: when `expected` is not readable: that is our mistake, not the student's.
    """
    exercise = get_exercise(name)
    wanted = expected if isinstance(expected, Evidence) else Evidence.from_json(expected)
    try:
        found = evidence if isinstance(evidence, Evidence) else Evidence.from_json(evidence)
        if found.name != name:
            raise MalformedEvidence(f"The evidence is about {found.name!r:.60}, not {name!r}.")
        if isinstance(exercise, ArrayExercise):
            return judge_arrays(exercise, found, wanted)
        return _Judge(exercise, found, wanted).report()
    except MalformedEvidence as error:
        return refuse(name, f"{_UNREADABLE} {error}")
    except Exception:
        # Forged evidence may break an assumption that no honest run breaks.
        return refuse(name, _UNREADABLE)


def refuse(name: str, message: str) -> Report:
    """Return a report that gives nothing for an exercise, and says why in a sentence."""
    exercise = get_exercise(name)
    items = [
        Item(c.id, c.title, passed=False, max_points=c.points, message=message if not n else "")
        for n, c in enumerate(exercise.rubric)
    ]
    return Report(exercise.name, tuple(items), blame=("unreadable",))


class _Judge:
    """Judges one function: every case first, then all cases together, criterion by criterion."""

    def __init__(self, exercise: Exercise, found: Evidence, wanted: Evidence) -> None:
        self._exercise = exercise
        self._criteria = [criterion.id for criterion in exercise.rubric]
        self._comparer = Comparer(exercise)
        self._found, self._wanted = found, wanted
        self._public: list[Finding] = []
        self._hidden: list[Finding] = []
        self._comparisons: dict[str, Comparison] = {}
        self._failures: dict[str, Run] = {}
        self._ran: list[str] = []
        self._drawing: tuple = ()

    def report(self) -> Report:
        order = sorted(self._wanted.runs, key=self._is_hidden)
        numbers = {}
        for id in order:
            numbers[id] = self._look(id)
        self._excuse(numbers)
        self._hard_coded()
        for id in order:
            if numbers[id] and id in self._ran:
                self._add(id, Finding("numbers", "numbers", numbers[id]))
        items = tuple(self._item(criterion) for criterion in self._exercise.rubric)
        return Report(self._exercise.name, items, self._drawing, tuple(self._blame()))

    def _is_hidden(self, id: str) -> bool:
        return self._wanted.runs[id].case.get("hidden") is True

    def _add(self, id: str, finding: Finding) -> None:
        (self._hidden if self._is_hidden(id) else self._public).append(finding)

    def _look(self, id: str) -> str:
        """Compare one case; return what is wrong with its numbers, empty if nothing is."""
        wanted, found = self._wanted.runs[id], self._found.runs.get(id)
        if found is None:
            earlier = any(run.failure for run in self._failures.values())
            if not earlier:
                self._add(id, Finding("runs", "no-evidence", "There is no evidence of a run."))
            self._failures.setdefault(id, Run())
            return "nothing was computed"
        if found.failure is not None:
            self._failures[id] = found
            return "nothing was computed"
        complaint = _returned(found, wanted)
        if complaint is not None:
            self._add(id, complaint)
        if wanted.graph is not None:
            if found.graph is None or not found.graph.outputs:
                self._failures[id] = found
                return "nothing was computed"
            self._ran.append(id)
            self._compare(id, found, wanted)
        else:
            self._ran.append(id)
        return _numbers(found, wanted)

    def _compare(self, id: str, found: Run, wanted: Run) -> None:
        asked, ends = normalise(wanted.graph)
        there, outputs = normalise(found.graph)
        compare = (
            self._comparer.network if self._exercise.shape == "network" else self._comparer.block
        )
        result = compare(asked, ends[0], there, outputs[0])
        self._comparisons[id] = result
        if not found.graph.inputs:
            message = "The result does not depend on the input X: follow X through every line."
            result.findings.insert(0, Finding("runs", "ignores-input", message))
        if len(found.graph.outputs) != len(wanted.graph.outputs):
            message = (
                f"{len(found.graph.outputs)} tensors are handed back; "
                f"{len(wanted.graph.outputs)} was asked."
            )
            result.findings.append(Finding("runs", "outputs", message, shows=False))
        result.findings.extend(_input_shapes(found, wanted))
        result.findings.extend(_shared_layers(result))
        result.findings.extend(_model(found, wanted))
        if not self._drawing and not self._is_hidden(id):
            self._drawing = tuple(result.drawing)

    def _excuse(self, numbers: dict[str, str]) -> None:
        """Where the numbers are right everywhere, another way of writing it is no mistake."""
        counted = [id for id, run in self._wanted.runs.items() if run.arrays]
        right = set(counted) <= set(self._ran) and not any(numbers.values())
        proven = {
            (finding.key, finding.setting, finding.id)
            for id in counted
            if right
            for finding in self._comparisons[id].findings
            if finding.shows and finding.excusable
            if finding.id not in _NEVER_EXCUSED and finding.criterion != "runs"
        }
        for id, result in self._comparisons.items():
            for finding in result.findings:
                if result.opened or (finding.key, finding.setting, finding.id) not in proven:
                    self._add(id, finding)
            if result.opened:
                mathematical = any(finding.shows for finding in result.findings)
                numbers[id] = numbers[id] if mathematical else ""

    def _hard_coded(self) -> None:
        """Say so where a setting stays the same though the arguments change."""
        values: dict[tuple[str, str], list[tuple[Any, Any]]] = {}
        for result in self._comparisons.values():
            for key, (asked, found) in result.pairs.items():
                if asked.kind != found.kind:
                    continue
                for setting, value in asked.settings.items():
                    pair = value, found.settings.get(setting)
                    values.setdefault((key, setting), []).append(pair)
                values.setdefault((key, "name"), []).append((asked.name, found.name))
        for finding in self._public + self._hidden:
            pairs = values.get((finding.key, finding.setting), [])
            asked = {json.dumps(one, default=str) for one, _ in pairs}
            found = {json.dumps(other, default=str) for _, other in pairs}
            if len(asked) > 1 and len(found) == 1 and pairs[0][1]:
                finding.message = finding.message.rstrip(".") + (
                    f". It stays {finding.found} whatever is passed: use the function's arguments."
                )
                finding.id = f"hard-coded:{finding.setting}"

    def _item(self, criterion: Any) -> Item:
        public = [f for f in self._public if f.criterion == criterion.id]
        hidden = [f for f in self._hidden if f.criterion == criterion.id]
        base = {"id": criterion.id, "title": criterion.title, "max_points": criterion.points}
        if criterion.id == self._criteria[0]:
            failed = self._failed(base)
            if failed is not None:
                return failed
        if not self._ran and not (criterion.id == self._criteria[0] and (public or hidden)):
            return Item(**base, passed=False, found=NOT_REACHED)
        if not public and not hidden:
            if criterion.id in ("names", "initializer") and not self._half_there():
                return Item(**base, passed=False, found="too little to judge")
            if (share := self._share_that_ran()) < 1:
                earned = round(share * criterion.points, 6)
                return Item(**base, passed=False, points=earned, found=NOT_REACHED)
            return Item(**base, points=criterion.points)
        shown = public or hidden
        first = shown[0]
        different = {(f.key, f.setting, f.id): f.message for f in reversed(shown)}
        messages = list(dict.fromkeys([first.message, *reversed(different.values())]))
        return Item(
            **base,
            passed=False,
            asked=first.asked[:_LONGEST],
            found=first.found[:_LONGEST],
            message=" ".join(messages[:2])[:1200],
            hidden=not public,
        )

    def _share_that_ran(self) -> float:
        """The share of the hidden cases of which there is something to judge.

        What public cases must show is published, so it proves nothing; and a hidden case that fails
        or is kept from being seen must be no advantage over one that shows a mistake.
        """
        hidden = [id for id in self._wanted.runs if self._is_hidden(id)]
        return sum(id in self._ran for id in hidden) / len(hidden) if hidden else 1.0

    def _half_there(self) -> bool:
        """Whether at least half of the asked layers were found, so that names are worth points."""
        asked = len(self._exercise.parts)
        hidden = [id for id in self._comparisons if self._is_hidden(id)]
        found = [
            sum(one.kind == other.kind for one, other in self._comparisons[id].pairs.values())
            for id in hidden or self._comparisons
        ]
        return asked == 0 or (bool(found) and max(found) * 2 >= asked)

    def _failed(self, base: dict[str, Any]) -> Item | None:
        for hidden in (False, True):
            for id, run in self._failures.items():
                if self._is_hidden(id) != hidden or run.failure is None:
                    continue
                failure = run.failure
                return Item(
                    **base,
                    passed=False,
                    found="an error",
                    message=failure.sentence,
                    hidden=hidden,
                    line=failure.line,
                    source=failure.source,
                    traceback=failure.traceback,
                )
        return None

    def _blame(self) -> list[str]:
        order = {id: n for n, id in enumerate(self._criteria)}
        named = sorted(
            self._public + self._hidden,
            key=lambda f: (f.id == "numbers", order.get(f.criterion, 99)),
        )
        failures = [f"error:{run.failure.kind}" for run in self._failures.values() if run.failure]
        return list(dict.fromkeys([f"{f.criterion}/{f.id}" for f in named] + failures))


def _returned(found: Run, wanted: Run) -> Finding | None:
    if found.returned == wanted.returned:
        return None
    there = {
        "None": "nothing (None); a return is missing at the end",
        "ndarray": "a NumPy array; the layers must be applied to X itself",
        "layer": "a layer that was not called on its input",
        "tensor": "the last tensor",
        "model": "a whole Model",
    }.get(found.returned, f"a {found.returned[:60]}")
    asked = {"tensor": "the last tensor X", "model": "a keras Model"}.get(
        wanted.returned, wanted.returned
    )
    message = f"The function hands back {there}. It should return {asked}."
    return Finding("runs", f"returns:{found.returned[:20]}", message, asked, found.returned[:60])


def _numbers(found: Run, wanted: Run) -> str:
    """Return what is wrong with the numbers, in words; empty when they are the same."""
    if found.trouble:
        return f"The numbers could not be computed: {found.trouble}"
    for key in sorted(wanted.arrays, key=lambda k: (k != "inference", k != "training", k)):
        if key not in found.arrays:
            if key.startswith("average:"):
                return "Batch norm does not keep the moving averages that were asked."
            return "The numbers could not be computed."
        one, other = found.arrays[key], wanted.arrays[key]
        if one.shape != other.shape:
            return (
                f"The result has shape {_shape(one)}; {_shape(other)} was asked."
                if not key.startswith("average:")
                else "Batch norm does not keep the moving averages that were asked."
            )
        if not np.allclose(one, other, rtol=_RELATIVE, atol=_ABSOLUTE, equal_nan=False):
            if key.startswith("average:"):
                return "After a training step batch norm's moving averages are others."
            mode = "in inference mode" if key == "inference" else "in training mode"
            mode = mode if key in ("inference", "training") else ""
            return f"With the same weights other numbers come out {mode}.".replace(" .", ".")
    return ""


def _shape(array: np.ndarray) -> str:
    return "(" + ", ".join(map(str, array.shape)) + ")"


def _input_shapes(found: Run, wanted: Run) -> list[Finding]:
    """Compare what a model takes in; a block is always given its input."""
    if not found.graph.inputs:
        return []
    there, asked = ([run.graph.nodes[n].shape for n in run.graph.inputs] for run in (found, wanted))
    if there == asked or any(shape is None for shape in there):
        return []
    words = [str(tuple(shapes[0][1:])) for shapes in (asked, there)]
    message = f"The model takes pictures of shape {words[1]}; input_shape was {words[0]}."
    return [Finding("runs", "input-shape", message, words[0], words[1], shows=False)]


def _shared_layers(result: Comparison) -> list[Finding]:
    seen: dict[int, str] = {}
    for key, (_, found) in result.pairs.items():
        if found.layer < 0 or found.kind not in ("conv", "norm", "dense"):
            continue
        if found.layer in seen and seen[found.layer] != key:
            message = (
                f"One {found.label} object is used in two places, so both have the same weights: "
                "make a new layer for each."
            )
            return [Finding("runs", "shared-layer", message, shows=False)]
        seen[found.layer] = key
    return []


def _model(found: Run, wanted: Run) -> list[Finding]:
    names = [
        run.graph.nodes[run.graph.outputs[0]].constants.get("model") for run in (found, wanted)
    ]
    if names[1] is None or names[0] == names[1] or found.returned != "model":
        return []
    if re.fullmatch(r"functional(_\d+)?", str(names[0])):
        return []
    message = f"The model is called {names[0]!r:.80}; {names[1]!r} was asked."
    return [Finding("names", "model-name", message, str(names[1]), str(names[0])[:80], shows=False)]


def steps_of(run: Run) -> list[Step]:
    """Return the normalised steps of a run's graph, for pictures."""
    return normalise(run.graph)[0] if run.graph is not None else []
