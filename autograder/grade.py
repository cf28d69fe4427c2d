"""`python -m autograder grade`: marks a class, several at a time, and remembers what is marked."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from . import evidence, grades, pool
from .course import Course, Student, digest
from .files import NotAFile
from .job import Job
from .limits import Limits
from .verdict import Verdict, without_points

IN_FLIGHT = 2
"""Jobs handed out for each worker, so that none waits; more would only fill memory."""


@dataclass
class Run:
    """What one call of `grade` did.

    Attributes:
        verdicts: of the students asked for, by their id.
        skipped: how many of these were marked already.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    skipped: int = 0


@dataclass(frozen=True)
class Order:
    """How to mark.

    Attributes:
        assignment: what.
        secret: of the hidden cases, in hex.
        workers: how many submissions at a time on this machine.
        scheduler: the address of a Dask scheduler whose workers mark instead.
        sandbox: "bwrap" or "none".
        limits: of each submission.
        force: mark again what is marked already.
    """

    assignment: str
    secret: str
    workers: int = 2
    scheduler: str | None = None
    sandbox: str = "bwrap"
    limits: Limits = field(default_factory=Limits)
    force: bool = False


def grade(
    course: Course,
    students: list[Student],
    order: Order,
    announce: Callable[[int, int], Callable[[Verdict], None]],
) -> Run:
    """Marks the students' submissions and writes gradebook, grades.json and grades.csv.

    Safe to interrupt at any moment: each verdict is kept as soon as it is there, and the next call
    goes on with the rest.

    Args:
        course: the course folder.
        students: whose submissions.
        order: how.
        announce: called with how many are to be marked and how many are already; what it returns
            is called with each new verdict.

    Raises:
        UnusableReference: the solution is not built or does not pass.
        SandboxError, WarmError: no kernel can be started.
    """
    with pool.executor(order.workers, order.scheduler) as executor:
        source = evidence.solved(order.assignment)
        expected = evidence.hidden_expected(
            order.assignment,
            order.secret,
            course,
            lambda job: executor.submit(pool.mark, job).result(),
            order.sandbox,
        )
        reference = Reference(source, nbformat.writes(source), expected)
        run, left = _known(course, students, order, reference)
        if left and order.scheduler is None:
            pool.start(min(order.workers, len(left)), order.sandbox)
        # nbgrader takes seconds to be imported and to make a database; workers warm up meanwhile.
        gradebook = importlib.import_module(".gradebook", __package__)
        gradebook.declare(course.gradebook, order.assignment, source)
        report = announce(len(left), run.skipped)
        for submission, verdict in _verdicts(course, left, order, reference, executor):
            course.save(submission.student, order.assignment, submission.key, verdict)
            run.verdicts[submission.student.id] = verdict
            report(verdict)
    marks = {s.id: verdict for s, verdict in course.verdicts(order.assignment).items()}
    gradebook.write(course.gradebook, order.assignment, marks)
    grades.write(course, order.assignment)
    return run


def _known(
    course: Course, students: list[Student], order: Order, reference: Reference
) -> tuple[Run, list[_Submission]]:
    """The verdicts that are kept from before, and the submissions that are left."""
    run, left = Run(), []
    marker = (repr(order.limits), order.sandbox, evidence.autograder_digest())
    same = digest(reference.text, reference.expected, order.secret, *marker)
    for student in students:
        submission = _Submission.read(course, student, order, same)
        known = None if order.force else course.saved(student, order.assignment, submission.key)
        if known is None:
            left.append(submission)
        else:
            run.verdicts[student.id] = known
    run.skipped = len(run.verdicts)
    return run, left


@dataclass(frozen=True)
class Reference:
    """The solved notebook, the same as text, and what its checks must show."""

    notebook: NotebookNode
    text: str
    expected: str


@dataclass(frozen=True)
class _Submission:
    """Whose, and a hash of all that its verdict depends on."""

    student: Student
    key: str

    @classmethod
    def read(cls, course: Course, student: Student, order: Order, same: str) -> _Submission:
        try:
            content = course.read_submission(student, order.assignment, order.limits.notebook)
        except NotAFile as error:
            content = str(error).encode()
        return cls(student, digest(same, content))


def _verdicts(
    course: Course,
    submissions: list[_Submission],
    order: Order,
    reference: Reference,
    executor: Executor,
) -> Iterator[tuple[_Submission, Verdict]]:
    """The verdicts as they come, with no more submissions in memory than are being marked."""
    waiting = iter(submissions)
    running: dict[Future[Verdict], _Submission] = {}
    at_once = IN_FLIGHT * _workers(executor, order)
    try:
        while True:
            for submission in waiting:
                try:
                    content = course.read_submission(
                        submission.student, order.assignment, order.limits.notebook
                    )
                except NotAFile as error:
                    yield submission, without_points(reference.notebook, "unreadable", str(error))
                    continue
                job = Job(
                    submission.student.id,
                    content,
                    reference.text,
                    reference.expected,
                    order.secret,
                    order.limits,
                    sandbox=order.sandbox,
                )
                running[executor.submit(pool.mark, job)] = submission
                if len(running) >= at_once:
                    break
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()


def _workers(executor: Executor, order: Order) -> int:
    client = getattr(executor, "_client", None)
    return order.workers if client is None else max(1, sum(client.ncores().values()))
