"""What students call in a notebook: `check`, `hint`, `total`, `progress` and `reset`."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from resnets.checks.catalogue.cases import Case
from resnets.checks.catalogue.exercise import Exercise
from resnets.checks.catalogue.exercises import ASSIGNMENTS, EXERCISES
from resnets.checks.catalogue.graph_exercise import NetworkExercise
from resnets.checks.catalogue.lookup import exercises, hidden_cases, public_cases
from resnets.checks.display.html import hint_to_html, report_to_html
from resnets.checks.evidence.facts import EVIDENCE_TYPE, Evidence, Failure, Run
from resnets.checks.first_texts import give_back
from resnets.checks.judging.judge import judge
from resnets.checks.judging.report import Report
from resnets.checks.points import Points, last_report, remember, total_of
from resnets.checks.progress_file import keep_points
from resnets.checks.progress_panel import line_under_a_check, panel
from resnets.checks.recorded.store import NothingRecorded, expected
from resnets.language import N_, listed, say, together

PUBLIC_SECRET = b"public"
_hints_given: dict[str, int] = {}


def check(
    name: str | Callable[..., Any],
    function: Callable[..., Any] | None = None,
    *,
    hidden: bool = False,
) -> Points | None:
    """Check a graded function, show what is right and wrong, and return the points earned.

    Args:
        name: of the function, e.g. "identity_block"; or the function itself.
        function: the function; without it the caller's variable of that name is taken.
        hidden: judge hidden cases too, and show only the points and a reason.

    Returns:
        The points, as a number; nbgrader takes it as partial credit. None when marking is done
        elsewhere and only evidence is wanted.
    """
    space = sys._getframe(1).f_globals
    if callable(name):
        name, function = getattr(name, "__name__", str(name)), function or name
    exercise = EXERCISES.get(name)
    if exercise is None:
        _show({"text/plain": _no_such_exercise(str(name), space, "check")})
        return Points(0)
    if function is None:
        function = space.get(name)
    grading = os.environ.get("RESNETS_GRADING") == "1"
    cases = public_cases(name)
    if hidden and grading and isinstance(exercise, NetworkExercise):
        # The hidden case sends numbers through the network, too; twice would take long.
        cases = [replace(case, numbers=False) for case in cases]
    if hidden:
        cases += hidden_cases(name, _secret() if grading else PUBLIC_SECRET)
    evidence = _evidence(exercise, function, cases)
    if grading:
        _show(
            {
                EVIDENCE_TYPE: {"name": name, "hidden": hidden, "evidence": evidence.to_json()},
                "text/plain": f"evidence: {name}",
            }
        )
        return None
    try:
        recorded = expected(name, cases)
    except NothingRecorded:
        if not hidden:
            raise
        # Students are not given what hidden cases must show.
        _show({"text/plain": say("Hidden tests are run only when your notebook is marked.")})
        return None
    report = judge(name, evidence, recorded)
    if hidden:
        _show(_hidden_verdict(report))
        return Points(report.points)
    under: dict[str, str] = {}
    if exercise.assignment in ASSIGNMENTS:  # Not one that is declared in another course.
        keep_points(name, report.points)
        under = line_under_a_check(exercise.assignment)
    shown = {"text/plain": report.to_plain(), "text/html": report_to_html(report)}
    _show({kind: "\n".join(filter(None, [text, under.get(kind)])) for kind, text in shown.items()})
    return remember(report)


def hint(name: str | Callable[..., Any]) -> None:
    """Show the next of three hints for a graded function, and where its last check stopped."""
    name = getattr(name, "__name__", name)
    exercise = EXERCISES.get(name)
    if exercise is None:
        space = sys._getframe(1).f_globals
        _show({"text/plain": _no_such_exercise(str(name), space, "hint")})
        return
    given, count = _hints_given.get(name, 0), len(exercise.hints)
    _hints_given[name] = given + 1
    template = (
        N_("Hint {number} of {count} for {name}")
        if given < count
        else N_(
            "Hint {number} of {count} for {name} (there are no more; this is the last one again)"
        )
    )
    title = say(template, number=min(given + 1, count), count=count, name=name)
    its_text = say(exercise.hints[min(given, count - 1)])
    text = together(_where_the_last_check_stopped(name), its_text)
    plain = say("{title}: {text}", title=title, text=text)
    _show({"text/plain": plain, "text/html": hint_to_html(title, text)})


def total() -> None:
    """Show what the functions of this notebook earned when they were last checked."""
    if os.environ.get("RESNETS_GRADING") != "1":
        _show(total_of())


def progress() -> None:
    """Show what is done in all notebooks, and what is next; it outlives the kernel."""
    if os.environ.get("RESNETS_GRADING") != "1":
        _show(panel())


def reset(name: str | Callable[..., Any]) -> None:
    """Give the cell that runs its first text back; the student's is kept in a file beside it.

    Args:
        name: of the graded function whose cell it is.
    """
    name = getattr(name, "__name__", name)
    if os.environ.get("RESNETS_GRADING") == "1":
        return
    if name not in EXERCISES:
        space = sys._getframe(1).f_globals
        _show({"text/plain": _no_such_exercise(str(name), space, "reset")})
        return
    text = give_back(name)
    _show({"text/plain": text, "text/html": hint_to_html(f"reset: {name}", text)})


def _where_the_last_check_stopped(name: str) -> str:
    report = last_report(name)
    if report is None:
        return ""
    if report.passed:
        return say("The last check gave all points. For comparison, here is the hint.")
    lost = [item for item in report.items if not item.passed]
    # That it does not run, or gives other numbers, follows from a mistake that is named.
    named = [item for item in lost if item.message and item.id not in ("runs", "numbers")] or lost
    return say("The last check found a mistake here: {title}.", title=named[0].title)


def _no_such_exercise(name: str, space: dict[str, Any], call: str) -> str:
    """What to type in place of a name that no exercise has.

    Args:
        name: what was typed.
        space: the notebook's names, which tell its exercises from those of other notebooks.
        call: "check" or "hint".
    """
    assignments = [exercise.assignment for exercise in EXERCISES.values() if exercise.name in space]
    own = [e.name for e in exercises(max(assignments, key=assignments.count, default=None))]
    near = difflib.get_close_matches(name, own, 1) or difflib.get_close_matches(name, EXERCISES, 1)
    meant = f'{call}("{near[0]}")' if near else ""
    return together(
        say("There is no exercise called {name}.", name=f"{name!r:.80}"),
        say("Did you mean {call}?", call=meant) if near else "",
        say("There are: {names}.", names=listed(own)) if assignments else "",
    )


def _secret() -> bytes:
    try:
        return bytes.fromhex(os.environ.get("RESNETS_CASE_SECRET", ""))
    except ValueError:
        raise ValueError(
            "RESNETS_CASE_SECRET must be hexadecimal digits; it is not. Set it as the autograder "
            "does."
        ) from None


def _evidence(exercise: Exercise, function: Any, cases: list[Case]) -> Evidence:
    if callable(function):
        from resnets.checks.collecting.collect import collect

        return collect(exercise.name, function, cases)
    if function is None:
        sentence = _no_function(exercise.name)
    else:
        kind = type(function).__name__
        sentence = say("{name} is a {kind}, not a function.", name=exercise.name, kind=kind)
    failure = Failure(kind="NameError", sentence=sentence)
    return Evidence(exercise.name, {case.id: Run(failure=failure) for case in cases})


def _no_function(name: str) -> str:
    if os.environ.get("RESNETS_GRADING") == "1":  # Nobody can run a cell then.
        return say(
            "There is no function {name}: its cell is missing, or it ended with an error.",
            name=name,
        )
    return say("There is no function {name} yet: run the cell that defines it first.", name=name)


def _hidden_verdict(report: Report) -> dict[str, Any]:
    title = say("hidden test: {points}", points=report.points_in_words)
    only_hidden = all(item.passed or item.hidden for item in report.items)
    reason = report.hidden_reason if only_hidden else ""
    if not report.passed and not reason:
        reason = say('check("{name}") shows what is missing.', name=report.name)
    plain = say("{title}. {text}", title=title, text=reason) if reason else title
    return {"text/plain": plain, "text/html": hint_to_html(title, reason)}


def _show(bundle: dict[str, Any]) -> None:
    """Display a MIME bundle in a notebook; print its plain text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        shell = None
    else:
        shell = get_ipython()
    if shell is None:
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)
