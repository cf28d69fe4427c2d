"""Test cases: the arguments with which a student's function is tried, as plain data.

A case never holds an expected value, so it may travel to wherever the student's code runs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from resnets.checks.evidence.case_ids import is_hidden


@dataclass(frozen=True)
class Case:
    """One call of a graded function.

    Attributes:
        id: unique within the exercise; see `resnets.checks.evidence.case_ids`.
        positional: arguments passed by position. `{"tensor": [4, 4, 6]}` becomes a symbolic
            tensor of that shape without its batch axis, `{"array": [3, 4, 4, 6], "scale": 1.0}`
            an array of normal numbers (`"within": 3.0`: pictures that are zero further than this
            from their middle), `{"numbers": [[1, 2]]}` an array of just these,
            `{"list": […]}` a list of such forms, `{"function": "Bottleneck"}` the function that
            has this name beside the student's, and everything else is passed on as it is.
        keywords: arguments passed by name, in the same forms.
        seed: of the numbers that go through the graph, or that arrays are drawn from.
        numbers: whether numbers are sent through the graph; else it is only read.
    """

    id: str
    positional: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    numbers: bool = True

    @property
    def hidden(self) -> bool:
        """Whether students may not see the arguments."""
        return is_hidden(self.id)

    def to_json(self) -> dict[str, Any]:
        """Return the case as a dictionary that JSON can hold."""
        return {
            "id": self.id,
            "positional": self.positional,
            "keywords": self.keywords,
            "seed": self.seed,
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
                positional=list(data["positional"]),
                keywords=dict(data["keywords"]),
                seed=int(data["seed"]),
                numbers=bool(data["numbers"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"A case needs id, positional, keywords, seed and numbers; found {data!r:.200}"
            ) from error


def case_of(id: str, *positional: Any, seed: int = 0, **keywords: Any) -> Case:
    """Return the case in which a function is called with just these arguments."""
    return Case(id, list(positional), keywords, seed)


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
