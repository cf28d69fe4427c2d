"""Exercises that are declared in a file beside a notebook of an instructor's own.

The file is TOML, `checks.toml`, with a table for each graded function:

    [tower]
    kind = "network"                  # or "block", "small graph", "arrays": see below
    hints = ["…", "…", "…"]
    decided_by = { units = "width" }  # setting of a layer → the argument that decides it
    rubric = [ { id = "runs", title = "It runs", points = 2 }, … ]
    layers = [ { criterion = "dense", words = "the first layer" }, … ]
    public = [ { id = "small", positional = [{ tensor = [8] }], keywords = { width = 4 } }, … ]
    hidden = [ … ]                    # not handed out

A "network" is a chain of layers, compared one by one, where an activation counts as a layer of its
own; a "block" has two paths that meet, and its layers say their `place` ("main.0", "shortcut.0",
"add", "tail.0"). Of a "small graph" only the
numbers count that come out, whatever the layers; "arrays" are functions of arrays. The cases of
these two begin with the criterion that they are charged to: `id = "square.1"`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from resnets.checks.catalogue.array_exercise import ArrayExercise
from resnets.checks.catalogue.cases import Case, draw_seed
from resnets.checks.catalogue.exercise import Criterion, Exercise
from resnets.checks.catalogue.exercises import EXERCISES
from resnets.checks.catalogue.graph_exercise import BlockExercise, NetworkExercise, Part
from resnets.checks.catalogue.numbers_exercise import SmallGraphExercise
from resnets.checks.evidence.case_ids import HIDDEN

FILE = "checks.toml"
KINDS = {
    "network": NetworkExercise,
    "block": BlockExercise,
    "small graph": SmallGraphExercise,
    "arrays": ArrayExercise,
}


class DeclarationError(ValueError):
    """A declaration is not as it must be; the message says where."""


def read_declared(text: str, assignment: str = "") -> list[Exercise]:
    """Return the exercises that a file declares.

    Args:
        text: of the file.
        assignment: to which they belong, where the file does not say.

    Raises:
        DeclarationError: something in it is missing or unknown.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{FILE} is not TOML: {error}") from error
    assignment = tables.pop("assignment", assignment)
    return [_exercise(name, assignment, table) for name, table in tables.items()]


def without_hidden(text: str, assignment: str) -> str:
    """Return a file as it is handed out: without hidden cases, and with its assignment's name."""
    tables = tomllib.loads(text)
    lines = [f"assignment = {_toml(tables.pop('assignment', assignment))}"]
    for name, table in tables.items():
        lines += ["", f"[{name}]"]
        lines += [f"{key} = {_toml(value)}" for key, value in table.items() if key != "hidden"]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """Write a value as TOML has it on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)  # Texts, numbers and truth values are written alike.


def _exercise(name: str, assignment: str, table: Any) -> Exercise:
    try:
        return _build(name, assignment, dict(table))
    except KeyError as error:
        raise DeclarationError(f"{FILE}: [{name}] lacks {error.args[0]!r}.") from None
    except (TypeError, ValueError) as error:
        raise DeclarationError(f"{FILE}: [{name}] cannot be read: {error}.") from error


def _build(name: str, assignment: str, table: dict[str, Any]) -> Exercise:
    if table["kind"] not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}; found {table['kind']!r}")
    if name in EXERCISES and not EXERCISES[name].assignment == assignment:
        raise ValueError("a function of this repository is called so, too; give it another name")
    kind = KINDS[table.pop("kind")]
    hints = table.pop("hints", [])
    if len(hints) != 3:
        raise ValueError(f"hints are three, each nearer to the answer; found {len(hints)}")
    rubric = tuple(Criterion(c["id"], c["title"], c["points"]) for c in table.pop("rubric"))
    hidden = [_case(case, HIDDEN) for case in table.pop("hidden", [])]
    settings: dict[str, Any] = {
        "name": name,
        "assignment": assignment,
        "rubric": rubric,
        "public": tuple(_case(case, "") for case in table.pop("public")),
        "draw_hidden": _drawer(hidden),
        "hints": tuple(hints),
    }
    if kind in (NetworkExercise, BlockExercise):
        settings["parts"] = _parts(table.pop("layers"), {c.id for c in rubric})
        settings["decided_by"] = table.pop("decided_by", {})
    else:
        settings["arguments"] = tuple(table.pop("arguments"))
    if "time_limit" in table:
        settings["time_limit"] = float(table.pop("time_limit"))
    if table:
        raise ValueError(f"nobody knows what {next(iter(table))!r} is")
    return kind(**settings)


def _parts(layers: list[dict[str, Any]], criteria: set[str]) -> tuple[Part, ...]:
    parts = []
    for number, layer in enumerate(layers):
        if layer["criterion"] not in criteria:
            raise ValueError(f"no criterion of the rubric is called {layer['criterion']!r}")
        place = layer.get("place", f"chain.{number}")
        parts.append(Part(place, layer["criterion"], layer["words"], layer.get("settings", {})))
    return tuple(parts)


def _case(plain: dict[str, Any], before: str) -> Case:
    id = plain["id"] if plain["id"].startswith(before) else f"{before}{plain['id']}"
    return Case(
        id,
        list(plain.get("positional", [])),
        dict(plain.get("keywords", {})),
        int(plain.get("seed", 1)),
        bool(plain.get("numbers", True)),
    )


def _drawer(hidden: list[Case]) -> Any:
    def draw(stream: np.random.Generator) -> list[Case]:
        return [replace(case, seed=draw_seed(stream)) for case in hidden]

    return draw


def add(exercises: Iterable[Exercise]) -> None:
    """Make exercises known to `check`, `hint` and the judge, from now on."""
    EXERCISES.update({exercise.name: exercise for exercise in exercises})


@contextmanager
def known(exercises: Iterable[Exercise]) -> Iterator[None]:
    """Make exercises known in the body of a `with`."""
    before = dict(EXERCISES)
    add(exercises)
    try:
        yield
    finally:
        EXERCISES.clear()
        EXERCISES.update(before)
