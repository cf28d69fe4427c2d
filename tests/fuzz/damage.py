"""How a good file becomes a bad one: by edits of its bytes, or of the values in its JSON."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

ODD_VALUES = [
    None, True, False, 0, -1, 1.5, 1e308, 10**30, float("nan"), float("inf"), "", "x", "NaN",
    "\ud800", "\x00", "=1+1", "<script>", "../..", "x" * 10_000, [], {}, [[]], [None], {"": None},
    [0] * 100, {"cells": []}, {"tuple": [1]}, {"tensor": None}, [[[[[]]]]],
]  # fmt: skip
ODD_BYTES = [
    b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n", b'"', b"\\", b"{", b"[",
    b"]", b"}", b",", b":", b"'", b"\t=", b"1e999", b"-", b"NaN", b"null", b"[" * 2_000, b"\\ud800",
    b"\x1b[2J", b"PK\x03\x04", b"\x1f\x8b", b"%PDF", "é".encode(), "﷽".encode(), b"9" * 500,
]  # fmt: skip
_BYTE_EDITS = st.lists(
    st.tuples(
        st.integers(0, 2**20),
        st.sampled_from(["flip", "cut", "insert", "replace", "repeat", "end"]),
        st.sampled_from(ODD_BYTES) | st.binary(max_size=6),
    ),
    min_size=1,
    max_size=4,
)
_JSON_EDITS = st.lists(
    st.tuples(
        st.integers(0, 2**20),
        st.sampled_from(["replace", "drop", "rename", "double", "wrap"]),
        st.sampled_from(ODD_VALUES),
    ),
    min_size=1,
    max_size=4,
)


def damaged(seeds: list[bytes], as_json: bool) -> st.SearchStrategy[bytes]:
    """Files that come from good ones, and now and then from nowhere.

    Args:
        seeds: good files.
        as_json: whether they are JSON whose values are to be damaged, too.
    """
    chosen = st.sampled_from(seeds)
    ways = [st.builds(edited, chosen, _BYTE_EDITS), st.binary(max_size=60)]
    if as_json:
        ways = [st.builds(edited_json, chosen, _JSON_EDITS)] * 3 + ways
    return st.one_of(ways)


def edited(content: bytes, edits: list[tuple[int, str, bytes]]) -> bytes:
    """A file after edits of its bytes: where, what, and with what."""
    for where, what, piece in edits:
        at = where % (len(content) + 1)
        rest = {
            "flip": bytes([content[at] ^ (1 << where % 8)]) + content[at + 1 :]
            if at < len(content)
            else b"",
            "cut": content[at + 1 + where % 40 :],
            "insert": piece + content[at:],
            "replace": piece + content[at + len(piece) :],
            "repeat": content[at : at + 30] * 3 + content[at:],
            "end": piece,
        }[what]
        content = content[:at] + rest
    return content


def edited_json(content: bytes, edits: list[tuple[int, str, Any]]) -> bytes:
    """A JSON file after edits of its values."""
    top = [json.loads(content)]
    for where, what, value in edits:
        top = top or [None]
        places = list(_places(top))
        container, key = places[where % len(places)]
        _edit(container, key, what, copy.deepcopy(value))
    return json.dumps(top[0] if top else None).encode()


def _places(value: Any) -> Any:
    """Every place in a tree of lists and dictionaries, as container and key."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        for key in one if isinstance(one, dict) else range(len(one)):
            yield one, key
            if isinstance(one[key], dict | list):
                waiting.append(one[key])


def _edit(container: Any, key: Any, what: str, value: Any) -> None:
    if what == "drop":
        del container[key]
    elif what == "rename" and isinstance(container, dict):
        container[str(value)[:40]] = container.pop(key)
    elif what == "double" and isinstance(container, list):
        container.insert(key, copy.deepcopy(container[key]))
    elif what == "wrap":
        container[key] = [container[key]]
    else:
        container[key] = value
