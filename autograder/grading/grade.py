"""`python -m autograder grade`: marks a class, several at a time, and remembers what is marked."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType

from autograder.course.folder import Course, HandedIn, Student, digest, without_words
from autograder.course.packed import PackedVerdicts
from autograder.course.verdict import Verdict
from autograder.errors import AutograderError
from autograder.grading.executors import MarkingExecutor, executor_for
from autograder.grading.faults import verdict_of_fault
from autograder.grading.keeper import Keeper
from autograder.grading.own import OwnHandedIn, OwnReference, read_own_reference
from autograder.grading.reference import Reference, autograder_digest, read_reference
from autograder.grading.slim import is_for_another, slim
from autograder.kernels.limits import Limits
from autograder.marking.job import Job
from autograder.own_course.source import is_own
from autograder.results import by_hand, csv_and_json, lateness
from autograder.results.by_hand import FinalMarks
from autograder.results.gradebook_faults import GradebookError

IN_FLIGHT = 2
"""Jobs handed out for each that is marked at a time, so that none waits; more only fill memory."""


@dataclass
class Outcome:
    """What one call of `grade` did.

    Attributes:
        verdicts: of the students asked for, by their id.
        skipped: how many of these were marked already.
        warnings: about single students or files, one sentence each.
        gradebook: why the gradebook is not up to date, in a sentence; empty where it is.
        reference: what submissions were compared with.
        waiting: answers of the class that a person has still to mark.
    """

    verdicts: PackedVerdicts[str] = field(default_factory=PackedVerdicts)
    skipped: int = 0
    warnings: list[str] = field(default_factory=list)
    gradebook: str = ""
    reference: Reference | OwnReference | None = None
    waiting: int = 0


@dataclass(frozen=True)
class Options:
    """How to mark.

    Attributes:
        assignment: what.
        secret: of the hidden cases, in hex.
        workers: how many submissions at a time on this machine.
        scheduler: the address of a Dask scheduler whose workers mark instead.
        sandbox: "bwrap" or "none".
        limits: of each submission.
        force: mark again what is marked already.
        language: in which all students are told; None for that of each one's notebook.
        late: a rule for what is late, see `late_rule`; None for the one that holds already.
        partial: whether a cell of a course of the instructor's own earns the share of its asserts
            that hold.
    """

    assignment: str
    secret: str
    workers: int = 2
    scheduler: str | None = None
    sandbox: str = "bwrap"
    limits: Limits = field(default_factory=Limits)
    force: bool = False
    language: str | None = None
    late: str | None = None
    partial: bool = False


def grade(
    course: Course,
    students: list[Student],
    options: Options,
    announce: Callable[[int, int], Callable[[Verdict], None]],
) -> Outcome:
    """Marks the students' submissions and writes gradebook, grades.json and grades.csv.

    Safe to interrupt at any moment: each verdict is kept as soon as it is there, and the next call
    goes on with the rest. Whatever fails over one submission becomes its verdict (see `faults`),
    and what fails over the gradebook does not keep the marks from the files beside it.

    Args:
        course: the course folder.
        students: whose submissions.
        options: how.
        announce: called with how many are to be marked and how many are already; what it returns
            is called with each new verdict.

    Raises:
        UnusableReference: the solution is not built or does not pass.
        SandboxError, ForkServerError: no kernel can be started (any more).
        CourseError: grades.csv or grades.json cannot be written.
    """
    assignment = options.assignment
    by_hand.remember(course, assignment)  # Before the code that it was given for is replaced.
    with executor_for(options.workers, options.scheduler) as executor:
        reference = reference_for(course, options, lambda job: executor.submit(job).result())
        outcome, left = _known(course, students, options, reference)
        outcome.reference = reference
        if left:
            executor.prepare(len(left), options.sandbox, modules_of(reference))
        # nbgrader takes seconds to be imported and to make a database; workers warm up meanwhile.
        nbgrader = importlib.import_module("autograder.results.nbgrader_gradebook")
        outcome.gradebook = _declare(nbgrader, course, assignment, reference)
        report, stopped = announce(len(left), outcome.skipped), None
        with Keeper(course, assignment) as keeper:
            try:
                for submission, verdict in marked(course, left, options, reference, executor):
                    keeper.keep(submission.student, submission.key, verdict)
                    outcome.verdicts[submission.student.id] = without_words(verdict)
                    report(verdict)
            except AutograderError as error:  # Nothing can be marked any more; what is, is written.
                stopped = error
    outcome.warnings += course.strays(assignment)
    if outcome.gradebook:  # Whatever held it may be gone.
        outcome.gradebook = _declare(nbgrader, course, assignment, reference)
    write_results(course, assignment, outcome, options.late)
    if stopped is not None:
        raise stopped
    return outcome


def reference_for(
    course: Course,
    options: Options,
    mark: Callable[[Job], Verdict],
    memory: Course | None = None,
) -> Reference | OwnReference:
    """What submissions are compared with: this repository's, or the course's own.

    Args:
        course: its folder.
        options: how submissions are marked.
        mark: marks the solution.
        memory: where what it showed is kept; in the course where nothing is said.
    """
    assignment, sandbox = options.assignment, options.sandbox
    if is_own(course.root, assignment):
        return read_own_reference(course, assignment, mark, sandbox, options.partial, memory)
    return read_reference(assignment, options.secret, memory or course, mark, sandbox)


def modules_of(reference: Reference | OwnReference) -> tuple[str, ...] | None:
    """What kernels import before they are forked; None for what this repository's need."""
    return reference.source.modules() if isinstance(reference, OwnReference) else None


def _declare(nbgrader: ModuleType, course: Course, assignment: str, reference: Reference) -> str:
    """Tells the gradebook about the assignment; why that failed, in a sentence, or ''."""
    try:
        if isinstance(reference, OwnReference):
            nbgrader.declare_all(course.gradebook, assignment, reference.declared())
        else:
            nbgrader.declare(course.gradebook, assignment, reference.notebook)
    except GradebookError as error:
        return str(error)
    return ""


def write_results(
    course: Course, assignment: str, outcome: Outcome, late: str | None = None
) -> None:
    """Writes the marks that are kept, and those that people gave, wherever marks are told.

    Args:
        course: the course folder.
        assignment: its name.
        outcome: its verdicts get the points that count; what went wrong is added to it. Where it
            says that the gradebook cannot be written, that is left as it is.
        late: a new rule for late notebooks, or None.
    """
    if trouble := by_hand.remember(course, assignment):
        outcome.warnings.append(trouble)
    nbgrader = importlib.import_module("autograder.results.nbgrader_gradebook")
    before = lateness.load(course, assignment).extensions
    verdicts = course.verdicts(assignment)
    times, complaints = nbgrader.hand_in_times(course, assignment, list(verdicts))
    outcome.warnings += complaints + lateness.remember(course, assignment, times, late)
    marks = by_hand.final_marks(course, assignment, verdicts)
    if not outcome.gradebook:
        extensions = dict.fromkeys(before) | lateness.load(course, assignment).extensions
        outcome.gradebook = _fill(nbgrader, course, assignment, marks, times, extensions)
    csv_and_json.write(course, assignment, marks)
    for student, mark in marks.items():
        outcome.waiting += len(mark.waiting)
        if student.id in outcome.verdicts:
            outcome.verdicts[student.id] = mark.verdict


def _fill(
    nbgrader: ModuleType,
    course: Course,
    assignment: str,
    marks: FinalMarks,
    times: dict[str, datetime],
    extensions: dict[str, float | None],
) -> str:
    """Enters marks and times into the gradebook; why that failed, in a sentence, or ''."""
    automatic = _Automatic(marks)
    given, to_look_at = by_hand.load(course, assignment), by_hand.outdated(marks)
    try:
        nbgrader.write(
            course.gradebook, assignment, automatic, times, given, to_look_at, extensions
        )
    except GradebookError as error:
        return str(error)
    by_hand.note_told(course, assignment, to_look_at)
    return ""


class _Automatic(Mapping[str, Verdict]):
    """The automatic verdicts by the students' ids, as the gradebook holds them."""

    def __init__(self, marks: FinalMarks) -> None:
        self._marks = marks
        self._students = {student.id: student for student in marks}

    def __getitem__(self, student: str) -> Verdict:
        return self._marks[self._students[student]].late_and_automatic

    def __contains__(self, student: object) -> bool:
        return student in self._students

    def __iter__(self) -> Iterator[str]:
        return iter(self._students)

    def __len__(self) -> int:
        return len(self._students)


def _known(
    course: Course, students: list[Student], options: Options, reference: Reference
) -> tuple[Outcome, list[Submission]]:
    """The verdicts that are kept from before, and the submissions that are left."""
    outcome, left = Outcome(), []
    marker = [repr(options.limits), options.sandbox, autograder_digest()]
    marker += [options.language] if options.language else []
    same = digest(reference.text, reference.expected, options.secret, *marker)
    for student in students:
        submission = Submission(student, same, reference)
        if course.is_in_its_folder(student, options.assignment) and (
            options.force or not course.may_be_saved(student, options.assignment)
        ):
            left.append(submission)  # It is read when its turn comes.
            continue
        handed_in = submission.read(course, options)
        if isinstance(handed_in, HandedIn) and is_for_another(handed_in, reference.notebook):
            outcome.warnings.append(
                f"submitted/{student.id}.ipynb was not marked: it holds no cell of "
                f"{options.assignment}."
            )
            continue
        known = None if options.force else course.saved(student, options.assignment, submission.key)
        if known is None:
            left.append(submission)
        else:
            outcome.verdicts[student.id] = without_words(known)
    outcome.skipped = len(outcome.verdicts)
    return outcome, left


@dataclass
class Submission:
    """A submission to be marked, and a hash of all that its verdict depends on.

    Attributes:
        student: whose.
        same: a hash of what is the same for all students.
        reference: what it is compared with.
        key: of that and of what was read last; a verdict that is kept with it still holds.
        note: for the student, on where it was found; empty where it was in its place.
    """

    student: Student
    same: str
    reference: Reference | OwnReference
    key: str = ""
    note: str = ""

    def read(self, course: Course, options: Options) -> HandedIn | Exception:
        """What was handed in, or why it cannot be read."""
        try:
            if isinstance(self.reference, OwnReference):
                found = self.reference.read(course, self.student, options.limits)
            else:
                limit = options.limits.file
                found = course.read_submission(self.student, options.assignment, limit)
        except Exception as error:  # Whatever it is: the next student's is read.
            self.key = digest(self.same, str(error))
            return error
        self.key, self.note = digest(self.same, found.note, found.content), found.note
        return found


def marked(
    course: Course,
    submissions: list[Submission],
    options: Options,
    reference: Reference,
    executor: MarkingExecutor,
) -> Iterator[tuple[Submission, Verdict]]:
    """The verdicts as they come, with no more submissions in memory than are being marked."""
    waiting = iter(submissions)
    running: dict[Future[Verdict], Submission] = {}
    most = IN_FLIGHT * executor.at_once()
    try:
        while True:
            for submission in waiting:
                try:
                    job = _job(course, submission, options, reference)
                    running[executor.submit(job)] = submission
                except Exception as error:
                    yield submission, verdict_of_fault(reference.notebook, error)
                if len(running) >= most:
                    break
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            # What stops the whole class comes after the verdicts that are there.
            for future in sorted(done, key=_stops_the_class):
                submission = running.pop(future)
                yield submission, _verdict(future, submission, reference)
    finally:
        for future in running:
            future.cancel()


def _stops_the_class(future: Future[Verdict]) -> bool:
    return not future.cancelled() and isinstance(future.exception(), AutograderError)


def _verdict(future: Future[Verdict], submission: Submission, reference: Reference) -> Verdict:
    """The verdict on a job that is done."""
    try:
        verdict = future.result()
    except Exception as error:
        return verdict_of_fault(reference.notebook, error)
    if submission.note:
        verdict.notes.insert(0, submission.note)
    return verdict


def _job(course: Course, submission: Submission, options: Options, reference: Reference) -> Job:
    """What a worker needs to mark a student's submission.

    Raises:
        NotAFile: there is none that can be read.
    """
    handed_in = submission.read(course, options)
    if isinstance(handed_in, Exception):
        raise handed_in
    if isinstance(handed_in, OwnHandedIn):
        how = (options.limits, options.sandbox, options.language)
        return reference.job(submission.student, handed_in, *how)
    return Job(
        submission.student.id,
        slim(handed_in.content, options.limits.notebook),
        reference.text,
        reference.expected,
        options.secret,
        options.limits,
        sandbox=options.sandbox,
        language=options.language,
    )
