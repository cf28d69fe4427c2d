"""One submission of a course of the instructor's own becomes one verdict.

Each notebook runs in a kernel of its own, with the files beside it. What its asserts showed is
compared here, outside; a cell's points need every one of them to hold and the cell to have run to
its end. Words come from a run without hidden tests, as in `redaction`.
"""

from __future__ import annotations

import base64
import copy
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.asserts.judging import DID_NOT_RUN, NOT_WRITTEN, Outcome, events_of, outcome
from autograder.course.verdict import CellVerdict, Verdict
from autograder.kernels.maker import KernelMaker
from autograder.kernels.sandbox_process import ForkServerError, KernelLost
from autograder.kernels.submission_kernel import KernelStopped
from autograder.marking.causes import begin_with_error
from autograder.marking.cell_errors import CellError
from autograder.marking.expected import Expected
from autograder.marking.judge_evidence import judge
from autograder.marking.nbval_session import MarkedCell
from autograder.marking.own_job import OwnJob, OwnNotebook
from autograder.marking.runs import NotebookRun, Runner
from autograder.marking.verdict_of_run import RUBRIC, said
from autograder.notebooks import sanitize
from autograder.notebooks.assemble import OWN, Unreadable
from autograder.notebooks.cells import grade_id, is_grade, is_solution, is_test, tags
from autograder.notebooks.hidden_tests import without_hidden_tests
from autograder.notebooks.whole_submission import Whole, whole_submission
from resnets import checks
from resnets.checks.catalogue import declared
from resnets.checks.judging.report import points_in_words
from resnets.language import language, say

PIECE = 2_000_000
"""Bytes of a file that are written by one piece of code."""
WEIGHTS = {"graded": 0, "unreadable": 1, "timeout": 2, "crashed": 3}


def mark_own(session: pytest.Session, kernels: KernelMaker, folder: Path, job: OwnJob) -> Verdict:
    """The verdict on a submission.

    Args:
        session: pytest's.
        kernels: runs the notebooks.
        folder: for files.
        job: the submission.

    Raises:
        ForkServerError: no kernel could be started.
        KernelLost: the fork server ended while it was marked.
    """
    started = time.monotonic()
    runner = Runner(
        session,
        kernels,
        judge,
        folder,
        job.limits,
        started + job.limits.seconds,
        before=_files(job.files),
        environment={"NBGRADER_EXECUTION": "autograde"},
        compares=False,
        blamed=_blamed,
    )
    verdict = Verdict("graded", language=language(), notes=list(job.notes))
    with declared.known(declared.read_declared(job.declaration, job.assignment)):
        for notebook in job.notebooks:
            try:
                _OneNotebook(notebook, job, runner).add_to(verdict)
            except ForkServerError as error:
                if not runner.has_run:
                    raise
                raise KernelLost(str(error)) from None
    verdict.seconds = time.monotonic() - started
    return verdict


def _files(files: dict[str, bytes]) -> list[str]:
    """Code that writes files into the folder in which a notebook runs."""
    code = []
    for name, content in files.items():
        write = "import base64, pathlib\n_p = pathlib.Path({name!r})\n"
        write += "_p.parent.mkdir(parents=True, exist_ok=True)\n"
        write += "with _p.open({mode!r}) as _f: _f.write(base64.b64decode({data!r}))\ndel _p, _f"
        for start in range(0, max(1, len(content)), PIECE):
            data = base64.b64encode(content[start : start + PIECE])
            code.append(write.format(name=name, mode="ab" if start else "wb", data=data))
    return code


def _blamed(run: NotebookRun) -> tuple[NotebookNode, str] | None:
    """The cell on which the kernel ended: whichever it is, the others are run without it."""
    ended = next((cell for cell in run.cells if isinstance(cell.problem, KernelStopped)), None)
    if ended is None:
        return None
    code = [cell for cell in run.notebook.cells if cell.cell_type == "code"]
    at = code[run.cells.index(ended)]
    return (at, str(ended.problem)) if at.source else None


@dataclass
class _OneNotebook:
    """One notebook of a submission, marked."""

    notebook: OwnNotebook
    job: OwnJob
    runner: Runner
    source: NotebookNode = field(init=False)

    def __post_init__(self) -> None:
        self.source = nbformat.reads(self.notebook.source, as_version=4)

    def add_to(self, verdict: Verdict) -> None:
        """Adds what it earns, and the marked notebook."""
        if self.notebook.submission is None:
            self._nothing(verdict, "graded", say("{name} was not handed in.", name=self._file))
            return
        try:
            whole = whole_submission(self.source, self.notebook.submission)
        except Unreadable as error:
            self._nothing(verdict, "unreadable", str(error))
            return
        verdict.notes += whole.notes
        try:
            run = self._run(whole, self.notebook.code)
        except KernelStopped as error:
            self._nothing(verdict, error.kind, str(error))
            return
        _worse(verdict, run.verdict.status, run.verdict.message)
        cells = self._cells(whole, run)
        lost = any(not cell.passed and not cell.manual for cell in cells)
        hidden = any(site["hidden"] for sites in self.notebook.asserts.values() for site in sites)
        shown = run
        if lost and hidden and not self.job.trusted:
            shown = self._again(whole)
        verdict.cells += self._told(cells, whole, shown) if lost else cells
        if shown is not None:
            self._note_errors(verdict, shown)
            self._tell_causes(cells, shown)
        if self.job.record:
            for cell in run.cells:
                if cell.graded:
                    verdict.evidence[self._key(grade_id(cell.cell))] = cell.emitted
        self._add_code(verdict, whole)
        verdict.notebooks[self.notebook.name] = self._marked(whole, shown, cells, lost and hidden)

    @property
    def _file(self) -> str:
        return f"{self.notebook.name}.ipynb"

    def _key(self, name: str | None) -> str:
        return self._item(str(name)).key

    def _item(self, name: str, worth: float = 0.0) -> CellVerdict:
        return CellVerdict(name, 0.0, worth, False, notebook=self.notebook.prefix)

    def _nothing(self, verdict: Verdict, status: str, message: str) -> None:
        _worse(verdict, status, message)
        if status == "graded":
            verdict.notes.append(message)
        for cell in self.source.cells:
            if is_grade(cell) or _is_task(cell):
                points = float(cell.metadata.nbgrader.points)
                item = self._item(grade_id(cell), points)
                item.messages = [message]
                verdict.cells.append(item)

    def _run(self, whole: Whole, code: dict[str, str]) -> NotebookRun:
        notebook = copy.deepcopy(whole.notebook)
        for cell in notebook.cells:
            if is_test(cell) and grade_id(cell) in code:
                cell.source = code[grade_id(cell)]
        return self.runner.run_to_the_end(notebook, {}, None)

    def _again(self, whole: Whole) -> NotebookRun | None:
        """The notebook without hidden tests; None where there is no time, or it ends as badly."""
        if not self.runner.time_is_left():
            return None
        try:
            return self._run(whole, self.notebook.public_code)
        except KernelStopped:
            return None

    def _cells(self, whole: Whole, run: NotebookRun) -> list[CellVerdict]:
        """What each graded cell earns, in the source's order; without words."""
        ran = {grade_id(cell.cell): cell for cell in run.cells if cell.graded}
        cells = []
        for cell in self.source.cells:
            name = grade_id(cell)
            if not is_grade(cell) and not _is_task(cell):
                continue
            points = float(cell.metadata.nbgrader.points)
            item = self._item(name, points)
            if not is_test(cell) or cell.cell_type != "code":
                unanswered = self.notebook.unanswered.get(name)
                item.manual = unanswered is None or whole.code.get(name) != unanswered
                item.messages = [] if item.manual else [say("There is no answer.")]
            else:
                self._give_points(item, ran.get(name), name in run.left_out)
            cells.append(item)
        return cells

    def _give_points(self, item: CellVerdict, ran: MarkedCell | None, left_out: bool) -> None:
        sites = self.notebook.asserts.get(item.grade_id, [])
        to_the_end = not left_out and _ran_to_its_end(ran)
        outcomes = _outcomes(sites, ran)
        decided = [one.holds for one in outcomes.values()]
        open_ones = [to_the_end for s in sites if not s["compared"] and not s["check"]]
        share = _checked_share(sites, ran)
        item.passed = to_the_end and all(decided) and share == 1
        item.points = round(item.max_points * share, 6) if to_the_end and all(decided) else 0.0
        if self.job.partial and not all([to_the_end, *decided]) and (decided or open_ones):
            share = sum([*decided, *open_ones]) / len([*decided, *open_ones])
            item.points = round(item.max_points * min(share, 1.0), 6)
            if share == 1:  # All asserts hold, and the cell ended with an error.
                item.points = 0.0

    def _told(
        self, cells: list[CellVerdict], whole: Whole, shown: NotebookRun | None
    ) -> list[CellVerdict]:
        """The same cells with words on what was lost, from a run that they may be taken from."""
        ran = {grade_id(cell.cell): cell for cell in shown.cells if cell.graded} if shown else {}
        for item in cells:
            if not item.passed and not item.manual and not item.messages:
                sites = self.notebook.asserts.get(item.grade_id, [])
                item.messages = self._messages(item, sites, ran.get(item.grade_id), shown)
        return cells

    def _messages(
        self,
        item: CellVerdict,
        sites: list[dict],
        ran: MarkedCell | None,
        shown: NotebookRun | None,
    ) -> list[str]:
        if shown is None:
            return [say("A test of this cell does not hold.")]
        if why := shown.left_out.get(item.grade_id):
            return [why]
        public = {n: site for n, site in enumerate(sites) if not site["hidden"]}
        self._add_rubric(item, public.values(), ran)
        outcomes = _outcomes(sites, ran)
        ended = ran is not None and ran.error is not None
        told = [
            _in_words(site, outcomes[n])
            for n, site in public.items()
            if n in outcomes
            and not outcomes[n].holds
            and not (ended and outcomes[n].found == say(DID_NOT_RUN))
        ]
        if ran is not None and ran.test_outputs is None:
            return [say("This test did not run, because the notebook was stopped before it.")]
        if ran is not None and isinstance(ran.problem, KernelStopped):
            return [str(ran.problem)]
        if ended:
            told.append(_about_error(ran.error))
        told += [line for line in map(said, item.rubric) if line]
        hidden = any(site["hidden"] for site in sites)
        if hidden and not told:
            told.append(say("A hidden test of this cell does not hold."))
        return list(dict.fromkeys(told)) or [say("The cell did not run to its end.")]

    def _add_rubric(self, item: CellVerdict, sites: Iterable[dict], ran: MarkedCell | None) -> None:
        """The lines of checks, as the public cases show them."""
        for site in sites:
            if site["check"] and not item.rubric:
                report = _report(site, ran)
                lines = report.without_hidden().items if report else ()
                item.rubric = [{name: getattr(line, name) for name in RUBRIC} for line in lines]

    def _note_errors(self, verdict: Verdict, shown: NotebookRun) -> None:
        for cell in shown.cells:
            name = grade_id(cell.cell)
            if is_solution(cell.cell) and cell.error is not None:
                key = self._key(name)
                verdict.errors[key] = str(cell.error)
                verdict.error_lines[key] = (cell.error.line, cell.error.source)

    def _tell_causes(self, cells: list[CellVerdict], shown: NotebookRun) -> None:
        """Under a test whose solution did not run, says why: the rest follows from it."""
        ran = [cell for cell in shown.cells if cell.error is not None and is_solution(cell.cell)]
        failed = {
            grade_id(cell.cell): cell.error
            for cell in ran
            if cell.error.kind != "NotImplementedError"
        }
        by_name = {cell.grade_id: cell for cell in cells}
        tested: list[str] = []
        after_a_test = False
        for cell in self.source.cells:
            name = grade_id(cell)
            if is_test(cell):
                after_a_test, item = True, by_name[name]
                cause = next((one for one in tested if one in failed), None)
                if cause and not item.passed and item.points == 0:
                    error = failed[cause]
                    begin_with_error(item, cause, str(error), (error.line, error.source))
            elif is_solution(cell):
                tested = [*([] if after_a_test else tested), name]
                after_a_test = False

    def _add_code(self, verdict: Verdict, whole: Whole) -> None:
        """Each solution's text, and under each test what was written since the last one."""
        pending: list[str] = []
        for cell in self.source.cells:
            name = grade_id(cell)
            if name in whole.code:
                verdict.code[self._key(name)] = whole.code[name]
                pending.append(whole.code[name])
            elif is_test(cell):
                verdict.code[self._key(name)] = "\n\n".join(pending)
        own = [cell.source for cell in whole.notebook.cells if OWN in tags(cell)]
        if own:
            earlier = [verdict.code[OWN]] if OWN in verdict.code else []
            verdict.code[OWN] = "\n".join([*earlier, *own])

    def _marked(
        self, whole: Whole, shown: NotebookRun | None, cells: list[CellVerdict], words_only: bool
    ) -> str:
        """The notebook with harmless outputs; hidden tests and what they led to are left out."""
        notebook = without_hidden_tests(whole.notebook)
        by_name = {cell.grade_id: cell for cell in cells}
        ran = iter(shown.cells if shown else [])
        tainted = False
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            item = next(ran, None)
            name = grade_id(cell)
            sites = self.notebook.asserts.get(name, [])
            if is_test(cell):
                told = by_name[name]
                said = [points_in_words(told.points, told.max_points), *told.messages]
                text = "\n".join(said) + "\n"
                cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
                tainted |= not words_only and any(site["hidden"] for site in sites)
            elif item is not None and not tainted:
                cell.outputs = sanitize.outputs(item.test_outputs or [])
        return nbformat.writes(notebook)


def _is_task(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("task", False))


def _worse(verdict: Verdict, status: str, message: str) -> None:
    """Lets a notebook's status be the submission's where it is worse."""
    if WEIGHTS[status] > WEIGHTS[verdict.status]:
        verdict.status, verdict.message = status, message


def _ran_to_its_end(ran: MarkedCell | None) -> bool:
    return ran is not None and ran.test_outputs is not None and not (ran.error or ran.problem)


def _outcomes(sites: list[dict], ran: MarkedCell | None) -> dict[int, Outcome]:
    """By number, how the assertions came out that are decided here."""
    events = events_of(ran.emitted if ran else [])
    return {
        number: outcome(number, site, events.get(number, []))
        for number, site in enumerate(sites)
        if site["compared"]
    }


def _about_error(error: CellError) -> str:
    if error.kind == "NotImplementedError":
        return say(NOT_WRITTEN)
    if error.source and not error.source.startswith("__asserted__"):
        where = sanitize.line(error.source, 200)
        said_there = bool(error.words) and error.words in error.source
        told = error.kind if said_there else str(error)
        return say("{test} ended with {error}.", test=where, error=told)
    return say("The test ended with {error}.", error=str(error))


def _checked_share(sites: list[dict], ran: MarkedCell | None) -> float:
    """Which part of its points a cell earns by the checks in it; all where it has none."""
    last = {site["check"]: site for site in sites if site["check"]}
    if not last:
        return 1.0
    reports = [_report(site, ran) for site in last.values()]
    shares = [report.points / report.max_points if report else 0.0 for report in reports]
    return sum(shares) / len(shares)


def _report(site: dict, ran: MarkedCell | None) -> checks.Report | None:
    """What the judge says of a check."""
    payload = site["checked"]
    hidden = bool(payload.get("hidden"))
    emitted = [
        shown
        for shown in (ran.emitted if ran else [])
        if isinstance(shown, dict) and bool(shown.get("hidden")) == hidden
    ]
    expected = Expected(payload["name"], checks.Evidence.from_json(payload["evidence"]))
    if hidden:
        return judge(expected, emitted)
    return judge(expected.of_public_cases(), emitted)


def _in_words(site: dict, result: Outcome) -> str:
    """A public assertion that does not hold."""
    if not result.is_written:
        return say(NOT_WRITTEN)
    text, message = sanitize.line(site["text"], 200), sanitize.line(site["message"], 200)
    expected, found = sanitize.line(result.expected, 200), sanitize.line(result.found, 200)
    if expected and found:
        words = say("{test}: expected {expected}, found {found}.", test=text, expected=expected,
                    found=found)  # fmt: skip
    elif result.where:
        words = say("{test}: {where}.", test=text, where=sanitize.line(result.where, 400))
    elif found:
        words = say("{test} does not hold; found {found}.", test=text, found=found)
    else:
        words = say("{test} does not hold.", test=text)
    return f"{words} {message}".strip()
