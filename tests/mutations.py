"""Single edits of every solution: does the check judge what the text asks?

    python -m tests.mutations                  # every mutant of every graded function
    python -m tests.mutations bottleneck       # of the functions whose name holds a word
    python -m tests.mutations --every 10       # each tenth mutant only
    python -m tests.mutations --every 10 --first 3   # the tenths that begin with the fourth

A mutant is a solution with one small edit, as a slip of the pen makes it: a number one more or
less, an operator exchanged, a keyword left out, a default changed, a statement dropped, a condition
fixed, the first two arguments swapped. Each must lose points, with a word that fits, or stand among
its notebook's `EQUIVALENT` mutants (see `tests.suites`) with the reason why nothing that was asked
has changed. And what loses points when it is marked must lose some in the notebook, too.
"""

from __future__ import annotations

import argparse
import ast
import copy
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.notebooks.sources import assignments, read_source, solution_cells
from resnets import checks
from resnets.checks.catalogue.graph_exercise import GraphExercise
from resnets.checks.judging.report import EXPLAINED_ABOVE, HIDDEN_REASON, Report
from tests.answers import Answer
from tests.judged import both_reports, is_guess_honest
from tests.suites import SUITES, Suite

EXCHANGED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}  # fmt: skip
SECONDS = 5.0
"""For one call of a mutant: some loop for ever."""
OTHER_TEXTS = {
    "same": "valid", "valid": "same", "relu": "linear", "softmax": "relu",
    "he_normal": "he_uniform",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A solution with one edit.

    Attributes:
        function: the exercise.
        edit: what was changed, in the words of the code: unique within the function.
        source: the solution cell.
    """

    function: str
    edit: str
    source: str

    @property
    def id(self) -> str:
        """Its name: unique."""
        return f"{self.function}: {self.edit}"

    @property
    def suite(self) -> Suite:
        """The suite of its notebook; an empty one where there is none yet."""
        return SUITES.get(checks.get_exercise(self.function).assignment, Suite([], []))

    @property
    def equivalent(self) -> str:
        """The entry of `EQUIVALENT` that it stands under; empty where there is none."""
        entries = self.suite.equivalent.get(self.function, {})
        return next((entry for entry in entries if _is_meant(entry, self.edit)), "")


@dataclass(frozen=True)
class Outcome:
    """What the check says of a mutant.

    Attributes:
        mutant: which.
        report: hidden cases included.
        public: of the check in the notebook.
    """

    mutant: Mutant
    report: Report
    public: Report

    @property
    def survives(self) -> bool:
        """Whether it earns every point."""
        return self.report.points >= self.report.max_points

    @property
    def is_named(self) -> bool:
        """Whether something is said that only this mistake brings about.

        That other numbers come out is said of every mistake, so it names none in an exercise whose
        layers are read.
        """
        by_layers = isinstance(checks.get_exercise(self.mutant.function), GraphExercise)
        return any(
            item.message and item.message not in (HIDDEN_REASON, EXPLAINED_ABOVE)
            for item in self.report.without_hidden().items
            if not item.passed and not (by_layers and item.id == "numbers")
        )

    @property
    def is_only_marked(self) -> bool:
        """Whether the check gives full points, and marking fewer, without a reason for that."""
        reasons = self.mutant.suite.only_when_marked
        full = self.public.points >= self.public.max_points
        return full and not self.survives and self.mutant.id not in reasons

    @property
    def trouble(self) -> str:
        """What is wrong with how this mutant is judged, in words; empty when nothing is."""
        if self.survives:
            return "" if self.mutant.equivalent else "survives"
        if self.mutant.equivalent:
            return f"loses points, but is said to be equivalent ({self.mutant.equivalent})"
        if self.is_only_marked:
            return "loses points only when marked"
        if not self.is_named:
            return "no word"
        return "" if is_guess_honest(self.report) else "a hint that does not fit"


def _is_meant(entry: str, edit: str) -> bool:
    """Whether an entry, in which * is any text, means an edit."""
    return re.fullmatch(".*".join(map(re.escape, entry.split("*"))), edit) is not None


def stale_entries(assignment: str) -> list[str]:
    """The entries of `EQUIVALENT` that no mutant has any more."""
    suite = SUITES.get(assignment, Suite([], []))
    used = {(mutant.function, mutant.equivalent) for mutant in mutants(assignment)}
    return [
        f"{function}: {entry}"
        for function, entries in suite.equivalent.items()
        for entry in entries
        if (function, entry) not in used
    ]


def mutants(assignment: str) -> Iterator[Mutant]:
    """Every mutant of every graded function of a notebook."""
    cells = solution_cells(read_source(assignment))
    for exercise in checks.exercises(assignment):
        yield from mutants_of(exercise.name, cells[exercise.name].source)


def mutants_of(function: str, source: str) -> Iterator[Mutant]:
    """Every mutant of one solution cell; edits of the same words are numbered."""
    seen: dict[str, int] = {}
    tree = ast.parse(source)
    for edit, changed in _edits(tree):
        ast.fix_missing_locations(changed)
        code = ast.unparse(changed)
        if code == ast.unparse(tree):
            continue
        seen[edit] = seen.get(edit, 0) + 1
        number = f" ({seen[edit]})" if seen[edit] > 1 else ""
        yield Mutant(function, f"{edit}{number}", code)


def _edits(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """The edits of a tree, each in words with a tree of its own."""
    nodes = list(ast.walk(tree))
    for position, node in enumerate(nodes):
        for words, change in _changes(node):
            changed = copy.deepcopy(tree)
            change(list(ast.walk(changed))[position])
            yield words, changed


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    match node:
        case ast.Constant(value=bool(value)):
            yield f"{value} → {not value}", _set("value", not value)
        case ast.Constant(value=int(value)):
            for other in (value + 1, value - 1):
                yield f"{value} → {other}", _set("value", other)
        case ast.Constant(value=float(value)):
            yield f"{value} → {2 * value}", _set("value", 2 * value)
        case ast.Constant(value=str(value)) if value in OTHER_TEXTS:
            yield f"{value!r} → {OTHER_TEXTS[value]!r}", _set("value", OTHER_TEXTS[value])
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op) if type(op) in EXCHANGED:
            other = EXCHANGED[type(op)]()
            yield f"operator in {_short(node)}", _set("op", other)
        case ast.Compare(ops=[op]) if type(op) in EXCHANGED:
            yield f"comparison in {_short(node)}", _set("ops", [EXCHANGED[type(op)]()])
        case ast.Call(args=args, keywords=keywords):
            if len(args) > 1 and not any(isinstance(a, ast.Starred) for a in args[:2]):
                yield f"arguments swapped in {_short(node)}", _swap_arguments
            for number, keyword in enumerate(keywords):
                if keyword.arg:
                    yield f"without {keyword.arg} in {_short(node)}", _drop("keywords", number)
        case ast.Dict(keys=keys):
            for number, key in enumerate(keys):
                yield f"without {_short(key)} in {_short(node)}", _drop_entry(number)
        case ast.FunctionDef(body=body):
            yield from _defaults(node)
            yield from _dropped(body)
        case ast.For(body=body) | ast.While(body=body) | ast.With(body=body):
            yield from _dropped(body)
        case ast.If(body=body, orelse=orelse, test=test):
            for value in (True, False):
                yield f"if {_short(test)} → {value}", _set("test", ast.Constant(value))
            yield from _dropped(body)
            yield from _dropped(orelse, "orelse")
        case ast.IfExp(test=test):
            for value in (True, False):
                yield f"if {_short(test)} → {value}", _set("test", ast.Constant(value))


def _defaults(function: ast.FunctionDef) -> Iterator[tuple[str, object]]:
    arguments = function.args
    named = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    for number, argument in enumerate(named):
        yield f"no default of {argument.arg}", _drop_default(number)


def _dropped(body: list[ast.stmt], where: str = "body") -> Iterator[tuple[str, object]]:
    for number, statement in enumerate(body):
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not text and not isinstance(statement, ast.FunctionDef | ast.Pass):
            yield f"without {_short(statement)}", _replace(where, number)


def _set(name: str, value: object):
    return lambda node: setattr(node, name, copy.deepcopy(value))


def _drop(name: str, number: int):
    return lambda node: getattr(node, name).pop(number)


def _drop_entry(number: int):
    def change(node: ast.Dict) -> None:
        node.keys.pop(number)
        node.values.pop(number)

    return change


def _drop_default(number: int):
    def change(node: ast.FunctionDef) -> None:
        default = node.args.defaults[number]
        other = ast.Constant(None)
        if isinstance(default, ast.Constant) and isinstance(default.value, bool):
            other = ast.Constant(not default.value)
        elif isinstance(default, ast.Constant) and isinstance(default.value, int | float):
            other = ast.Constant(default.value + 1)
        elif isinstance(default, ast.Constant) and default.value in OTHER_TEXTS:
            other = ast.Constant(OTHER_TEXTS[default.value])
        node.args.defaults[number] = other

    return change


def _replace(where: str, number: int):
    def change(node: ast.AST) -> None:
        getattr(node, where)[number] = ast.Pass()

    return change


def _swap_arguments(node: ast.Call) -> None:
    node.args[0], node.args[1] = node.args[1], node.args[0]


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).split("\n")[0]
    return text if len(text) <= 60 else f"{text[:59]}…"


def outcome(mutant: Mutant) -> Outcome:
    """What the check says of a mutant."""
    answer = Answer(mutant.function, mutant.edit, source=mutant.source, seconds=SECONDS)
    public, whole = both_reports(answer)
    return Outcome(mutant, whole, public)


HEAD = """
| notebook | mutants | lose points, with a word that fits | change nothing that was asked |
| --- | --- | --- | --- |"""


def row(assignment: str, outcomes: Iterable[Outcome]) -> str:
    """What became of mutants, as a row of a Markdown table."""
    counts = Counter(
        "bad" if one.trouble else "same" if one.survives else "good" for one in outcomes
    )
    return f"| `{assignment}` | {counts.total()} | {counts['good']} | {counts['same']} |"


def main() -> int:
    """Judges mutants; the exit status says whether each loses points with a word that fits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="only functions or notebooks whose name holds one")
    parser.add_argument("--every", type=int, default=1, help="each n-th mutant only")
    parser.add_argument("--first", type=int, default=0, help="how many to leave out before")
    options = parser.parse_args()
    bad, rows = 0, []
    for assignment in assignments():
        chosen = [
            mutant
            for mutant in list(mutants(assignment))[options.first :: options.every]
            if not options.words
            or any(word in f"{assignment} {mutant.function}" for word in options.words)
        ]
        outcomes = []
        for mutant in chosen:
            outcomes.append(outcome(mutant))
            if trouble := outcomes[-1].trouble:
                bad += 1
                print(f"  {mutant.id}: {trouble}", flush=True)
        if chosen:
            for entry in stale_entries(assignment):
                bad += 1
                print(f"  {entry}: no mutant is called that any more", flush=True)
            rows.append(row(assignment, outcomes))
            print(rows[-1], flush=True)
    print(HEAD, *rows, sep="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
