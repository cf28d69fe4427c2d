"""Gradescope: one `results.json` a student, as its autograders write it.

Format: Gradescope's documentation, "Autograder Specifications", Output Format: `score`,
`execution_time`, `output`, `visibility`, and `tests` with name, score, max_score, status, output.
Where `tests` and `score` are both there, `score` counts.
"""

from __future__ import annotations

import json

from autograder.results.lms.marks import CellMark, StudentMark
from resnets.language import speaking


def export(mark: StudentMark) -> str:
    """The content of one student's results.json."""
    with speaking(mark.language):
        result = {
            "score": mark.score,
            "execution_time": round(mark.seconds),
            "output": mark.message,
            "output_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": [_test(number, cell) for number, cell in enumerate(mark.cells, 1)],
            "extra_data": {
                "student": mark.student,
                "raw_score": mark.raw_score,
                "late_penalty": mark.penalty,
                "max_score": mark.max_score,
            },
        }
    return json.dumps(result, indent=1) + "\n"


def _test(number: int, cell: CellMark) -> dict[str, object]:
    return {
        "name": cell.name,
        "number": str(number),
        "score": cell.points,
        "max_score": cell.max_points,
        "status": "passed" if cell.points >= cell.max_points else "failed",
        "output": "\n".join([cell.in_words, *cell.messages]),
        "output_format": "text",
        "visibility": "visible",
    }
