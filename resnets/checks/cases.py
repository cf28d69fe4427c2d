"""The arguments with which a student's function is tried: plain data, drawn once, the same for all.

A case never holds an expected value, so it may travel to wherever the student's code runs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One call of a graded function.

    Attributes:
        id: unique within the exercise; hidden cases start with "hidden".
        kind: "graph" (the function builds on `keras.Input`s) or "arrays" (it computes on arrays).
        positional: arguments passed by position. `{"tensor": [4, 4, 6]}` becomes a symbolic
            tensor of that shape without its batch axis, `{"array": [3, 4, 4, 6], "scale": 1.0}`
            an array of normal numbers, `{"numbers": [[1, 2]]}` an array of just these,
            `{"list": […]}` a list of such forms, and everything else is passed on as it is.
        keywords: arguments passed by name, in the same forms.
        seed: of the numbers that go through the graph, or that arrays are drawn from.
        hidden: whether students may not see the arguments.
        numbers: whether numbers are sent through the graph; else it is only read.
    """

    id: str
    kind: str = "graph"
    positional: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    hidden: bool = False
    numbers: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the case as a dictionary that JSON can hold."""
        return {
            "id": self.id,
            "kind": self.kind,
            "positional": self.positional,
            "keywords": self.keywords,
            "seed": self.seed,
            "hidden": self.hidden,
            "numbers": self.numbers,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Case:
        """Rebuild a case that `to_json` wrote.

        Raises:
            ValueError: when `data` is not such a dictionary.
        """
        try:
            return cls(
                id=str(data["id"]),
                kind=str(data["kind"]),
                positional=list(data["positional"]),
                keywords=dict(data["keywords"]),
                seed=int(data["seed"]),
                hidden=bool(data["hidden"]),
                numbers=bool(data["numbers"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                "A case needs id, kind, positional, keywords, seed, hidden and numbers; found "
                f"{data!r:.200}"
            ) from error


def array_case(id: str, *positional: Any, seed: int = 0, **keywords: Any) -> Case:
    """Return a call on arrays; it is hidden where its id says so."""
    hidden = id.startswith("hidden-")
    return Case(id, "arrays", list(positional), keywords, seed, hidden)


def whole(stream: np.random.Generator, low: int, high: int) -> int:
    """Draw a whole number from `low` to `high`, both included."""
    return int(stream.integers(low, high + 1))


def draw_seed(stream: np.random.Generator) -> int:
    """Draw a hidden case's seed, so that its numbers are in no table made beforehand."""
    return whole(stream, 1, 2**30)


def generator(secret: bytes, *words: object) -> np.random.Generator:
    """Return a random stream that depends on the secret and the words, and on nothing else."""
    text = "\x1f".join(str(word) for word in words).encode()
    digest = hashlib.blake2b(text, key=secret[:64], digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))
