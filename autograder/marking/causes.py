"""Where marks were lost for a reason that the check could not know, says the reason.

A check sees a function, or that there is none. Why there is none is known elsewhere: the cell ended
with an error, the name is defined where marking does not run the code, or the cell was left out
because it had ended the kernel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from autograder.course.verdict import CellVerdict, Verdict
from autograder.marking.verdict_of_run import said
from resnets.language import N_, say, together

_NOT_DEFINED = N_("{name} is not defined.")
"""As `resnets.checks` says it; Python's own words are the same without the full stop."""


def tell_causes(
    verdict: Verdict, left_out: Mapping[str, str], stopped: Mapping[str, str] | None = None
) -> None:
    """Puts causes that are known into the words of a verdict, in place.

    Args:
        verdict: its words are those that the student may read.
        left_out: names that are defined where marking runs no code, and where that is.
        stopped: by `grade_id` of solution cells that ended the kernel, what became of them.
    """
    for cell in verdict.cells:
        name = cell.grade_id.removeprefix("test_")
        if cell.passed or cell.manual:
            continue
        if verdict.given_error and cell.points == 0:
            given = N_("A cell that is given in the notebook ended with {error}.")
            begin_with(cell, _about_error(given, verdict.given_error))
        elif stopped and name in stopped:
            begin_with(cell, stopped[name])
        elif cell.points == 0 and name in verdict.errors:
            begin_with_error(cell, name, verdict.errors[name], verdict.error_lines.get(name))
        _say_where_names_are(cell, left_out, verdict)


def begin_with_error(
    cell: CellVerdict, name: str, error: str, where: tuple[int, str] | None = None
) -> None:
    """Makes the error of a solution cell the first that is said of the test after it.

    Args:
        cell: the test's verdict, which is changed.
        name: of the solution cell.
        error: that it ended with, in words.
        where: the number and the text of its line, where they are known.
    """
    template = N_("The cell {name} ended with an error: {error}.")
    begin_with(cell, _about_error(template, error, name), *(where or (0, "")))


def _about_error(template: str, error: str, name: str = "") -> str:
    words = say(template, name=name, error=error)
    return words.replace("..", ".").replace("。。", "。").replace(".。", "。")


def begin_with(cell: CellVerdict, words: str, line: int = 0, source: str = "") -> None:
    """Makes this the first that is said of a cell; what follows from it is left out."""
    lost = [item for item in cell.rubric if not item["passed"] and not item["hidden"]]
    for item in lost:
        item |= {"message": "", "line": 0, "source": ""}
    if lost:
        lost[0] |= {"message": words, "line": line, "source": source}
    at = say("Line {line}: {source}", line=line, source=source) if line else ""
    cell.messages = [together(words, at)]


def _names_not_defined(message: str) -> list[str]:
    """The names in quotes of which a message says, in either language, that they are unknown."""
    sayings = {template.rstrip(".。") for template in (_NOT_DEFINED, say(_NOT_DEFINED))}
    patterns = [re.escape(one).replace(r"\{name\}", r"'(\w+)'") for one in sayings]
    return [name for pattern in patterns for name in re.findall(pattern, message)]


def _say_where_names_are(cell: CellVerdict, left_out: Mapping[str, str], verdict: Verdict) -> None:
    def explained(message: str) -> str:
        for name in dict.fromkeys(_names_not_defined(message)):
            if name in verdict.errors:
                ended = N_("The cell {name} ended with an error; correct that one first.")
                message = together(message, say(ended, name=name))
            elif name in verdict.own_errors:
                line, error = verdict.own_errors[name]
                failed = N_(
                    "When marked, your line `{line}` ended with {error}. Marking uses only the "
                    "code in the notebook: put the code that you need into the graded cell."
                )
                message = together(message, say(failed, line=line, error=error))
            elif name in left_out:
                where = say(
                    "'{name}' is defined in {place}. Of your own cells above the graded cell, "
                    "marking runs only imports, definitions and plain constants. Put the code "
                    "that you need into the graded cell.",
                    name=name,
                    place=left_out[name],
                )
                message = together(message, where)
        return message

    for item in cell.rubric:
        item["message"] = explained(item["message"])
    if cell.rubric:
        cell.messages = [line for item in cell.rubric if (line := said(item))] or cell.messages
    else:
        cell.messages = [explained(message) for message in cell.messages]
