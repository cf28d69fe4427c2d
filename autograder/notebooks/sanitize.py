"""Output of a submission made harmless to look at: no markup, no scripts, no control characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

LONGEST_TEXT = 20_000
LARGEST_PICTURE = 2_000_000
MOST_OUTPUTS = 100
PICTURES = ("image/png", "image/jpeg")

_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def text(raw: Any, longest: int = LONGEST_TEXT) -> str:
    """`raw` as text without terminal or direction controls, cut to `longest` characters."""
    if isinstance(raw, list):
        raw = "".join(part for part in raw if isinstance(part, str))
    if not isinstance(raw, str):
        return ""
    cut = raw[: longest * 2].replace("\r\n", "\n")
    cut = _CONTROL.sub("", _ESCAPE_SEQUENCE.sub("", cut))
    cut = cut.encode("utf-8", "replace").decode()
    return cut if len(cut) <= longest and len(raw) <= longest * 2 else cut[:longest] + " […]"


def line(raw: Any, longest: int = 300) -> str:
    """`raw` as one line of harmless text."""
    return " ".join(text(raw, longest).split())


def outputs(raw: Iterable[Any]) -> list[NotebookNode]:
    """A cell's outputs as text and pictures; all other kinds are left out."""
    kept = []
    for output in list(raw)[:MOST_OUTPUTS]:
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            kept.append(new_output("stream", name=name, text=text(output.get("text"))))
        elif kind == "error":
            fields = {"ename": line(output.get("ename"), 100), "evalue": line(output.get("evalue"))}
            trace = output.get("traceback")
            lines = [text(part, 5_000) for part in trace[:50]] if isinstance(trace, list) else []
            kept.append(new_output("error", traceback=lines, **fields))
        elif kind in ("display_data", "execute_result"):
            data = _data(output.get("data"))
            if data:
                kept.append(new_output("display_data", data=data))
    return kept


def _data(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        return {}
    data = {}
    if "text/plain" in raw:
        data["text/plain"] = text(raw["text/plain"])
    for kind in PICTURES:
        picture = raw.get(kind)
        if (
            isinstance(picture, str)
            and len(picture) <= LARGEST_PICTURE
            and _BASE64.fullmatch(picture)
        ):
            data[kind] = picture
    return data
