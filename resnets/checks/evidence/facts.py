"""Evidence: what a student's function did when it was tried, as plain data without a verdict.

Evidence is gathered beside the student's code and judged elsewhere, so what comes in may be
forged. `Evidence.from_json` therefore checks every type and every size, and never guesses.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

EVIDENCE_TYPE = "application/vnd.resnets.evidence+json"
"""MIME type under which a check shows evidence to whoever marks."""
VERSION = 1
MAX_CASES = 64
MAX_NODES = 1500
MAX_INPUTS = 16
MAX_TEXT = 4000
MAX_NUMBERS = 2_000_000
MAX_DEPTH = 12
MAX_ITEMS = 4000
UNREADABLE = "unreadable"
"""The setting of a layer that does not tell its own."""
MISTAKE = "mistake:"
"""Begins the names of arrays that a known mistake gave; only recorded evidence has them."""


class MalformedEvidence(ValueError):
    """The evidence is not in the form in which this package writes it."""


@dataclass
class Node:
    """One operation of a graph.

    Attributes:
        op: class of the layer or operation, e.g. "Conv2D", "Add"; "Input" for an input, and for a
            block that was replaced by a stand-in the block function's name.
        name: the layer's name.
        own: whether the class is the student's (or anybody's) and not Keras' own.
        config: the layer's configuration, initializers reduced to class, module and config.
        inputs: positions of the nodes it reads, always smaller than its own position.
        constants: plain arguments of the call, by position or name.
        layer: number of the layer object; two nodes with the same number share weights.
        shape: of the output; None where the size is free.
    """

    op: str
    name: str = ""
    own: bool = False
    config: dict[str, Any] = field(default_factory=dict)
    inputs: list[int] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    layer: int = 0
    shape: list[int | None] | None = None


@dataclass
class Graph:
    """Operations in topological order, and the positions of those that are handed back."""

    nodes: list[Node] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)


@dataclass
class Failure:
    """An error in the student's function, in their terms.

    Attributes:
        kind: class of the exception, or "TimeLimit".
        sentence: what went wrong, in one sentence.
        line: number of their line, counted from the first of its cell or file; 0 if unknown.
        source: text of that line.
        traceback: the whole story, for those who want it.
    """

    kind: str
    sentence: str
    line: int = 0
    source: str = ""
    traceback: str = ""


@dataclass
class Run:
    """What one case showed.

    Attributes:
        case: the case as `Case.to_json` writes it; only trusted in recorded evidence.
        returned: in words, what the function handed back: "tensor", "model", "None", "ndarray", …
        graph: what it built.
        arrays: results by name; for graphs "inference", "training" and "average:…" (moving
            averages after one call in training mode).
        failure: the error that ended the call.
        slip: a slip of the pen that ended nothing: a layer that was made and never called.
        trouble: why there are no numbers though there is a graph.
        trace: of a hidden case's graph, what each operation does by itself: see
            `collecting.graph_execution.trace`.
    """

    case: dict[str, Any] = field(default_factory=dict)
    returned: str = ""
    graph: Graph | None = None
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    failure: Failure | None = None
    slip: Failure | None = None
    trouble: str = ""
    trace: np.ndarray | None = None


@dataclass
class Evidence:
    """All runs of one exercise, by the id of their case."""

    name: str
    runs: dict[str, Run] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the evidence as a dictionary that JSON can hold."""
        return {
            "version": VERSION,
            "name": self.name,
            "runs": {key: _run_to_json(run) for key, run in self.runs.items()},
        }

    @classmethod
    def from_json(cls, data: Any) -> Evidence:
        """Read evidence from whatever JSON held.

        Raises:
            MalformedEvidence: when anything in it is not what `to_json` writes.
        """
        top = _mapping(data, "the evidence")
        if top.get("version") != VERSION:
            raise MalformedEvidence(
                f"The evidence is of version {top.get('version')!r:.40}; expected {VERSION}."
            )
        runs = _mapping(top.get("runs"), "runs")
        if len(runs) > MAX_CASES:
            raise MalformedEvidence(f"{len(runs)} runs; at most {MAX_CASES} are read.")
        budget = [MAX_NUMBERS]
        return cls(
            name=_text(top.get("name"), "name"),
            runs={_text(key, "run"): _run_from_json(run, budget) for key, run in runs.items()},
        )


def _run_to_json(run: Run) -> dict[str, Any]:
    return {
        "case": run.case,
        "returned": run.returned,
        "graph": None if run.graph is None else _graph_to_json(run.graph),
        "arrays": {key: array_to_json(value) for key, value in run.arrays.items()},
        "failure": None if run.failure is None else dict(vars(run.failure)),
        "slip": None if run.slip is None else dict(vars(run.slip)),
        "trouble": run.trouble,
        "trace": None if run.trace is None else array_to_json(run.trace),
    }


def _graph_to_json(graph: Graph) -> dict[str, Any]:
    return {
        "nodes": [dict(vars(node)) for node in graph.nodes],
        "outputs": graph.outputs,
        "inputs": graph.inputs,
    }


def array_to_json(array: np.ndarray) -> dict[str, Any]:
    """Return an array as its shape and its float32 numbers in base64."""
    numbers = np.asarray(array, dtype="<f4")
    return {
        "shape": list(numbers.shape),
        "float32": base64.b64encode(numbers.tobytes()).decode("ascii"),
    }


def array_from_json(data: Any, budget: list[int] | None = None) -> np.ndarray:
    """Read what `array_to_json` wrote.

    Args:
        data: the dictionary.
        budget: one number, how many elements may still be read; it is lowered.

    Raises:
        MalformedEvidence: when shape and numbers do not fit, or the budget does not suffice.
    """
    budget = [MAX_NUMBERS] if budget is None else budget
    fields = _mapping(data, "an array")
    shape = fields.get("shape")
    if not isinstance(shape, list) or len(shape) > 8 or not all(_is_size(n) for n in shape):
        raise MalformedEvidence("An array's shape must be a list of at most 8 sizes.")
    count = math.prod(shape)
    budget[0] -= count
    if budget[0] < 0:
        raise MalformedEvidence(f"The evidence holds more than {MAX_NUMBERS} numbers.")
    text = fields.get("float32")
    if not isinstance(text, str) or len(text) > 8 * (count + 2):
        raise MalformedEvidence("An array's numbers must be text in base64, as long as its shape.")
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedEvidence("An array's numbers are not base64.") from error
    if len(raw) != 4 * count:
        raise MalformedEvidence(f"An array of shape {shape} needs {4 * count} bytes: {len(raw)}.")
    return np.frombuffer(raw, dtype="<f4").reshape(shape).astype(np.float32)


def _run_from_json(data: Any, budget: list[int]) -> Run:
    fields = _mapping(data, "a run")
    arrays = _mapping(fields.get("arrays", {}), "arrays")
    if len(arrays) > 1000:
        raise MalformedEvidence("A run holds more than 1000 arrays.")
    graph, failure, slip, trace = (fields.get(key) for key in ("graph", "failure", "slip", "trace"))
    return Run(
        case=_plain(_mapping(fields.get("case", {}), "case")),
        returned=_text(fields.get("returned", ""), "returned"),
        graph=None if graph is None else _graph_from_json(graph),
        arrays={_text(k, "array"): array_from_json(v, budget) for k, v in arrays.items()},
        failure=None if failure is None else _failure_from_json(failure),
        slip=None if slip is None else _failure_from_json(slip),
        trouble=_text(fields.get("trouble", ""), "trouble"),
        trace=None if trace is None else array_from_json(trace, budget),
    )


def _graph_from_json(data: Any) -> Graph:
    fields = _mapping(data, "a graph")
    nodes = fields.get("nodes")
    if not isinstance(nodes, list) or len(nodes) > MAX_NODES:
        raise MalformedEvidence(f"A graph's nodes must be a list of at most {MAX_NODES}.")
    read = [_node_from_json(node, position) for position, node in enumerate(nodes)]
    return Graph(
        nodes=read,
        outputs=_positions(fields.get("outputs"), len(read), "outputs"),
        inputs=_positions(fields.get("inputs"), len(read), "inputs"),
    )


def _node_from_json(data: Any, position: int) -> Node:
    fields = _mapping(data, "a node")
    shape = fields.get("shape")
    if shape is not None and not (
        isinstance(shape, list) and len(shape) <= 8 and all(n is None or _is_size(n) for n in shape)
    ):
        raise MalformedEvidence("A node's shape must be a list of at most 8 sizes.")
    layer = fields.get("layer", 0)
    return Node(
        op=_text(fields.get("op"), "op"),
        name=_text(fields.get("name", ""), "name"),
        own=fields.get("own", False) is True,
        config=_plain(_mapping(fields.get("config", {}), "config")),
        inputs=_positions(fields.get("inputs"), position, "inputs"),
        constants=_plain(_mapping(fields.get("constants", {}), "constants")),
        layer=layer if isinstance(layer, int) else 0,
        shape=shape,
    )


def _failure_from_json(data: Any) -> Failure:
    fields = _mapping(data, "a failure")
    line = fields.get("line", 0)
    return Failure(
        kind=_text(fields.get("kind", ""), "kind"),
        sentence=_text(fields.get("sentence", ""), "sentence"),
        line=line if _is_size(line) else 0,
        source=_text(fields.get("source", ""), "source"),
        traceback=str(fields.get("traceback", ""))[: 4 * MAX_TEXT],
    )


def _mapping(data: Any, what: str) -> dict[str, Any]:
    if not isinstance(data, dict) or len(data) > MAX_ITEMS:
        raise MalformedEvidence(f"Expected a dictionary as {what}, found {type(data).__name__}.")
    return data


def _text(data: Any, what: str) -> str:
    if not isinstance(data, str) or len(data) > MAX_TEXT:
        raise MalformedEvidence(f"Expected a text of at most {MAX_TEXT} characters as {what}.")
    return data


def _is_size(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= 10**7


def _positions(data: Any, below: int, what: str) -> list[int]:
    if not isinstance(data, list) or len(data) > MAX_INPUTS:
        raise MalformedEvidence(f"Expected a list of at most {MAX_INPUTS} positions as {what}.")
    if not all(_is_size(n) and n < below for n in data):
        raise MalformedEvidence(f"A position in {what} points nowhere, or forward.")
    return list(data)


def _plain(data: Any, depth: int = 0, budget: list[int] | None = None) -> Any:
    """Return data if it is JSON of sane size; MalformedEvidence if not."""
    budget = [MAX_ITEMS] if budget is None else budget
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise MalformedEvidence("A configuration is too large or too deep.")
    if data is None or isinstance(data, bool | float):
        return data
    if isinstance(data, int):
        if abs(data) > 2**63:
            raise MalformedEvidence("A configuration holds an absurdly large number.")
        return data
    if isinstance(data, str):
        return _text(data, "a setting")
    if isinstance(data, list):
        return [_plain(item, depth + 1, budget) for item in data]
    if isinstance(data, dict):
        return {
            _text(key, "a setting"): _plain(item, depth + 1, budget) for key, item in data.items()
        }
    raise MalformedEvidence(f"A configuration holds a {type(data).__name__}.")
