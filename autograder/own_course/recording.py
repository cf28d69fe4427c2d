"""What the instructor's own solution shows at each assert, found once and kept.

The solved notebooks run as they are, to see that they pass; then with their asserts rewritten, at
least twice. What cannot be carried out of the kernel, or differs from one run to the next, is taken
apart less and less; in the end the assert stays where it is and is weak.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import nbformat

from autograder.asserts.cells import Depths, TestCells, is_compared, to_plain
from autograder.asserts.judging import Event, events_of, outcome
from autograder.asserts.plans import AS_IT_IS, DEEP
from autograder.asserts.rewriting import Rewritten, Site
from autograder.course.files import write_atomically
from autograder.course.folder import Course, digest
from autograder.course.verdict import Verdict, key_of
from autograder.kernels.limits import Limits
from autograder.marking.job import Job, MarkingFault
from autograder.marking.own_job import OwnJob, OwnNotebook
from autograder.notebooks.cells import grade_id, is_test
from autograder.own_course.release import handed_out
from autograder.own_course.source import OwnCourseError, Source
from autograder.sandboxed.asserted import UNKNOWN
from resnets import checks

LIMITS = Limits(cell_seconds=600, seconds=1800)
MOST_RUNS = 8
UNPLAIN = (
    "{what} has no plain form outside: compare a part of it that is a number, a text or an array"
)
NEVER = "it did not run with your own solution"
CHANGES = "the right answer differs from run to run: seed what is random, or write the answer down"
OTHERWISE = "with your own solution it comes out differently outside, or from one run to the next"

Mark = Callable[[Job], Verdict]
Events = dict[str, dict[str, dict[int, list[Event]]]]
"""By notebook, `grade_id` and number of the site."""


@dataclass(frozen=True)
class WeakAssert:
    """An assert that can be passed without the right values.

    Attributes:
        notebook, cell: where it is.
        text: the assert.
        why: why, and what to write instead.
        hidden: whether students do not see it.
    """

    notebook: str
    cell: str
    text: str
    why: str
    hidden: bool


@dataclass
class Recorded:
    """What submissions are compared with.

    Attributes:
        notebooks: by name, `code`, `public_code` and `asserts` of OwnNotebook, and `unanswered`.
        strong: how many asserts need the right values.
    """

    notebooks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def weak(self) -> list[WeakAssert]:
        """The asserts that do not."""
        return [
            WeakAssert(name, cell, site["text"], site["weak"], site["hidden"])
            for name, notebook in self.notebooks.items()
            for cell, sites in notebook["asserts"].items()
            for site in sites
            if site["weak"]
        ]

    def checked(self) -> list[checks.Evidence]:
        """What the solution showed to declared checks; of each, the public one's where there is."""
        sites = [
            site
            for notebook in self.notebooks.values()
            for sites in notebook["asserts"].values()
            for site in sites
            if site["check"]
        ]
        sites.sort(key=lambda site: not site["hidden"])
        found = {site["check"]: site["checked"]["evidence"] for site in sites}
        return [checks.Evidence.from_json(evidence) for evidence in found.values()]

    @property
    def count(self) -> int:
        """How many asserts there are."""
        parts = [n["asserts"].values() for n in self.notebooks.values()]
        return sum(len(sites) for cells in parts for sites in cells)


def recorded(source: Source, course: Course, mark: Mark, sandbox: str, key: str) -> Recorded:
    """What an assignment's solution showed.

    Args:
        source: the assignment.
        course: where it is kept.
        mark: marks a job; called only where nothing fitting is kept.
        sandbox: as in Job.
        key: a hash of the code that records.

    Raises:
        OwnCourseError: the solution cannot be run, or does not pass its own tests.
    """
    key = digest(key, source.digest())
    path = course.root / ".autograder" / f"expected-{source.name}.json.gz"
    with suppress(OSError, EOFError, ValueError, KeyError, TypeError):
        kept = json.loads(gzip.decompress(path.read_bytes()))
        if kept["key"] == key:
            return Recorded(kept["notebooks"])
    found = Recorded(_Recorder(source, mark, sandbox).record())
    content = json.dumps({"key": key, "notebooks": found.notebooks}).encode()
    with suppress(OSError):  # Where the disk is full, the next call finds it out again.
        write_atomically(path, gzip.compress(content, mtime=0), mode=0o600)
    return found


class _Recorder:
    """Runs a source's notebooks until it is known what each assert can show."""

    def __init__(self, source: Source, mark: Mark, sandbox: str) -> None:
        self.source, self.mark, self.sandbox = source, mark, sandbox
        markers = source.settings.markers
        self.cells = {name: TestCells(nb, markers) for name, nb in source.notebooks.items()}
        self.depths: dict[str, Depths] = {name: {} for name in self.cells}
        self.evidence: dict[str, list[Any]] = {}
        self.why: dict[tuple[str, str, int], str] = {}

    def record(self) -> dict[str, dict[str, Any]]:
        self._require_that_it_passes()
        first: Events | None = None
        for _ in range(MOST_RUNS):
            events = self._run()
            if self._lower_what_is_not_plain(events):
                first = None
            elif first is None:
                first = events
                if not any(self.cells[name].cells for name in self.cells):
                    break
            elif not self._lower_what_does_not_hold(first, events):
                return self._plain(first, events)
            else:
                first = None
        return self._plain(first or {}, first or {})

    def _require_that_it_passes(self) -> None:
        verdict = self._marked({name: {} for name in self.cells})
        for cell in verdict.cells:
            if not cell.passed and not cell.manual and _is_code(self.source, cell):
                why = verdict.message or " ".join(cell.messages)
                raise OwnCourseError(
                    f"The solution of {self.source.name} does not pass its own test {cell.key}: "
                    f"{why}"
                )

    def _marked(self, code: dict[str, dict[str, str]]) -> Verdict:
        """The verdict on the solution, with other code in its test cells."""
        notebooks = tuple(
            OwnNotebook(
                name,
                self.source.prefix(name),
                nbformat.writes(notebook),
                nbformat.writes(notebook).encode(),
                code[name],
            )
            for name, notebook in self.source.notebooks.items()
        )
        job = OwnJob(
            "",
            b"",
            nbformat.writes(self.source.together()),
            "{}",
            None,
            LIMITS,
            record=True,
            sandbox=self.sandbox,
            notebooks=notebooks,
            files=self.source.files,
            modules=self.source.modules(),
            declaration=self.source.declaration,
            assignment=self.source.name,
            trusted=True,
        )
        try:
            verdict = self.mark(job)
        except MarkingFault as error:
            raise OwnCourseError(
                f"The solution of {self.source.name} could not be run ({error}); mend that and run "
                "the same command again."
            ) from error
        if verdict.status != "graded":
            raise OwnCourseError(
                f"The solution of {self.source.name} could not be run: {verdict.message}"
            )
        return verdict

    def _rewritten(self, name: str) -> dict[str, Rewritten]:
        return self.cells[name].recording(self.depths[name])

    def _run(self) -> Events:
        """What the asserts of the solution show."""
        code = {
            name: {cell: one.code for cell, one in self._rewritten(name).items()}
            for name in self.cells
        }
        verdict = self._marked(code)
        self.evidence = verdict.evidence
        return {
            name: {
                cell: events_of(verdict.evidence.get(f"{prefix}/{cell}" if prefix else cell, []))
                for cell in self.cells[name].cells
            }
            for name in self.cells
            for prefix in [self.source.prefix(name)]
        }

    def _lower(self, name: str, cell: str, number: int, why: str, to: int | None = None) -> None:
        depths = self.depths[name].setdefault(cell, {})
        depths[number] = depths.get(number, DEEP) + 1 if to is None else to
        if depths[number] >= AS_IT_IS:
            self.why[name, cell, number] = why

    def _lower_what_is_not_plain(self, events: Events) -> bool:
        """Takes apart less what could not be carried out; whether there was any."""
        lowered = False
        for name, cell, number, _ in self._compared_sites():
            shown = events[name][cell].get(number, [])
            unknown = [
                part[UNKNOWN]
                for event in shown
                for part in event
                if isinstance(part, dict) and UNKNOWN in part
            ]
            if unknown:
                self._lower(name, cell, number, UNPLAIN.format(what=unknown[0]))
            elif not shown:
                self._lower(name, cell, number, NEVER, AS_IT_IS)
            lowered |= bool(unknown) or not shown
        return lowered

    def _lower_what_does_not_hold(self, first: Events, second: Events) -> bool:
        """The same for what does not hold outside, though the solution passes."""
        lowered = False
        for name, cell, number, site in self._compared_sites():
            one, other = first[name][cell][number], second[name][cell].get(number, [])
            live = _live(site, one, other)
            plain = to_plain(site, one, live)
            good = all(outcome(number, plain, shown).holds for shown in (one, other))
            if not good:
                self._lower(name, cell, number, OTHERWISE)
                lowered = True
        return lowered

    def _compared_sites(self) -> list[tuple[str, str, int, Any]]:
        return [
            (name, cell, number, site)
            for name in self.cells
            for cell, one in self._rewritten(name).items()
            for number, site in enumerate(one.sites)
            if is_compared(site)
        ]

    def _checked(self, name: str, cell: str, site: Site) -> dict[str, Any] | None:
        """The evidence that a check of the solution emitted; None where it is no check."""
        if not site.check:
            return None
        key = key_of(name, cell, self.source.name)
        emitted = [p for p in self.evidence.get(key, []) if isinstance(p, dict)]
        of_it = [payload for payload in emitted if payload.get("name") == site.check]
        alike = [payload for payload in of_it if bool(payload.get("hidden")) == site.hidden]
        if of_it:
            return (alike or of_it)[-1]
        raise OwnCourseError(
            f"{name}, cell {cell}: check({site.check!r}) shows nothing with your own solution; is "
            "the function declared in checks.toml?"
        )

    def _plain(self, first: Events, second: Events) -> dict[str, dict[str, Any]]:
        kept = {}
        for name, cells in self.cells.items():
            recording = self._rewritten(name)
            live: dict[str, frozenset[tuple[int, int]]] = {}
            asserts: dict[str, list[dict[str, Any]]] = {}
            lives: dict[tuple[str, int], set[int]] = {}
            for cell, one in recording.items():
                for number, site in enumerate(one.sites):
                    shown = first.get(name, {}).get(cell, {}).get(number, [])
                    again = second.get(name, {}).get(cell, {}).get(number, [])
                    lives[cell, number] = _live(site, shown, again)
                live[cell] = frozenset(
                    (number, position)
                    for (where, number), positions in lives.items()
                    if where == cell
                    for position in positions
                )
            marking = cells.marking(self.depths[name], live)
            public = cells.marking(self.depths[name], live, public=True)
            for cell, one in marking.items():
                asserts[cell] = []
                for number, site in enumerate(one.sites):
                    site.weak = self.why.get((name, cell, number), site.weak)
                    if lives[cell, number]:
                        site.weak = site.weak or CHANGES
                    shown = first.get(name, {}).get(cell, {}).get(number, [])
                    checked = self._checked(name, cell, site)
                    asserts[cell].append(to_plain(site, shown, lives[cell, number], checked))
            kept[name] = {
                "code": {cell: one.code for cell, one in marking.items()},
                "public_code": {cell: one.code for cell, one in public.items()},
                "asserts": asserts,
                "unanswered": _unanswered(self.source, name),
            }
        return kept


def _live(site: Any, one: list[Event], other: list[Event]) -> set[int]:
    """The given operands that differ from run to run: each submission's own are taken."""
    if site.planned is None or site.expects or len(one) != len(other):
        return set()
    return {
        position
        for position, operand in enumerate(site.planned.operands)
        if operand.given
        and any(a[position : position + 1] != b[position : position + 1]
                for a, b in zip(one, other, strict=True))
    }  # fmt: skip


def _is_code(source: Source, cell: Any) -> bool:
    """Whether a graded cell is a test that runs."""
    notebook = source.notebooks[cell.notebook or source.name]
    return any(
        grade_id(c) == cell.grade_id and c.cell_type == "code" and is_test(c)
        for c in notebook.cells
    )


def _unanswered(source: Source, name: str) -> dict[str, str]:
    """The texts of cells that people grade as they are handed out."""
    return {
        grade_id(cell): cell.source
        for cell in handed_out(source, name).cells
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.metadata.nbgrader.get("grade")
    }
