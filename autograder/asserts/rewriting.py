"""A test cell rewritten: what an assert compares is sent, and the assert itself happens elsewhere.

Each assertion is a site, numbered in the order of the text. What has a plan becomes a call that
sends the operands; all else stays as it is. Of a submission, only operands that depend on
students' code are computed, and what the others were put together from goes out of the text:
while a student's code runs, no right answer is near.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.asserts.names import Names
from autograder.asserts.plans import (
    AS_IT_IS,
    DEEP,
    NOT_TAKEN_APART,
    NoPlan,
    Operand,
    Planned,
    Planner,
)
from autograder.asserts.tables import emptied_names, without_columns
from autograder.notebooks.own_code import parsed

SENDER = "__asserted__"
_IMPORT = f"from autograder.sandboxed.asserted import ASSERTED as {SENDER}"
EXPECT, CHECK = "expect", "check"
RAISES = ("raises", "assertRaises", "assert_raises")
NO_PYTHON = "its cell holds more than plain Python"
IN_A_TRY = "it stands in a try whose errors are caught: let it stand by itself"
SEEN = (
    "the right answer stands in the cell where the student's code can read it: write it into the "
    "assert itself"
)


@dataclass(frozen=True)
class Markers:
    """How hidden tests are marked, as nbgrader's settings say."""

    begin: str = "BEGIN HIDDEN TESTS"
    end: str = "END HIDDEN TESTS"


@dataclass
class Site:
    """One assertion of a test cell.

    Attributes:
        text: as it stands there.
        line: of the cell, counted from 1.
        hidden: whether students do not get to see it.
        planned: how it is taken apart; None where it stays as it is.
        weak: why it can be passed without the right values; empty where it cannot.
        message: what the instructor says where it does not hold.
        name: of an `expect`.
        raises: whether an error should come.
        match: what that error must say.
        expects: whether it is an `expect`.
        check: the function that it checks by a declaration; see `own_course.toolbox`.
        varying: whether how often it happens depends on students' code.
    """

    text: str
    line: int
    hidden: bool
    planned: Planned | None = None
    weak: str = ""
    message: str = ""
    name: str = ""
    raises: bool = False
    match: str = ""
    expects: bool = False
    check: str = ""
    varying: bool = False


@dataclass
class Rewritten:
    """A test cell to be run.

    Attributes:
        code: Python.
        sites: its assertions.
        others: whether something besides can fail.
    """

    code: str
    sites: list[Site] = field(default_factory=list)
    others: bool = False


def hidden_lines(source: str, markers: Markers) -> set[int]:
    """The lines, counted from 1, that students do not get to see."""
    hidden, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = (inside or markers.begin in line) and markers.end not in line
        if inside:
            hidden.add(number)
    return hidden


def rewritten(
    source: str,
    names: Names,
    depths: Mapping[int, int],
    recording: bool,
    markers: Markers,
    sent: frozenset[tuple[int, int]] = frozenset(),
    used_later: frozenset[str] = frozenset(),
    public: bool = False,
) -> Rewritten:
    """Rewrites a test cell.

    Args:
        source: the cell.
        names: of its notebook.
        depths: by number of the site, how far it is taken apart (DEEP where it is not in it).
        recording: whether all operands are sent, as from the instructor's solution.
        markers: of hidden tests.
        sent: operands, as (site, operand), that every submission sends although they are given.
        used_later: names that cells below use.
        public: whether hidden tests are left out; the numbers of sites stay the same.
    """
    tree = parsed(source)
    if tree is None:
        hidden = bool(hidden_lines(source, markers))
        found = re.search(r"^\s*assert\b.*|^.*\bassert_?\w+\(.*", source, re.MULTILINE)
        sites = [Site(found[0].strip(), 1, hidden, weak=NO_PYTHON)] if found else []
        shown = _as_it_is(source, hidden_lines(source, markers), public)
        return Rewritten(shown, sites, others=True)
    rewriter = _Rewriter(source, names, depths, recording, markers, sent)
    rewriter.public = public
    body = rewriter.block(copy.deepcopy(tree).body)
    if not any(site.planned or site.raises for site in rewriter.sites):
        return Rewritten(_as_it_is(source, rewriter.hidden, public), rewriter.sites, others=True)
    module = ast.Module(body, type_ignores=[])
    if not recording:
        blanked = _without_answers(module, tree, names, used_later)
        _note_what_is_seen(rewriter.sites, module, blanked)
    sending = ast.parse(f"try:\n    pass\nfinally:\n    {SENDER}.flush()").body[0]
    futures = [s for s in module.body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    sending.body = [s for s in module.body if s not in futures] or [ast.Pass()]
    whole = ast.Module([*futures, *ast.parse(_IMPORT).body, sending], type_ignores=[])
    code = ast.unparse(ast.fix_missing_locations(whole))
    return Rewritten(code, rewriter.sites, rewriter.others)


def _as_it_is(source: str, hidden: set[int], public: bool) -> str:
    lines = source.split("\n")
    kept = [line for n, line in enumerate(lines, start=1) if not (public and n in hidden)]
    return "\n".join(kept)


class _Rewriter:
    public = False
    varying = False

    def __init__(
        self,
        source: str,
        names: Names,
        depths: Mapping[int, int],
        recording: bool,
        markers: Markers,
        sent: frozenset[tuple[int, int]],
    ) -> None:
        self.source, self.names, self.depths = source, names, depths
        self.recording, self.sent = recording, sent
        self.hidden = hidden_lines(source, markers)
        self.sites: list[Site] = []
        self.others = False

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Statements with their assertions rewritten."""
        new = []
        for statement in statements:
            instead = self.statement(statement)
            if not (self.public and statement.lineno in self.hidden):
                new += instead
        return new or [ast.Pass()]

    def statement(self, node: ast.stmt) -> list[ast.stmt]:
        """What takes the place of a statement."""
        match node:
            case ast.Assert(test=test, msg=message):
                return self._assertion(node, test, _constant(message))
            case ast.If(test=test, body=[ast.Raise()], orelse=[]):
                return self._assertion(node, ast.UnaryOp(ast.Not(), test), "")
            case ast.Expr(value=ast.Call() as call):
                return self._call(node, call)
            case ast.With(items=[item], body=body) if self._is_raises(item.context_expr):
                if item.optional_vars is None:
                    return self._raises(node, item.context_expr, body)
            case ast.Try(body=body, handlers=[_, *_]):
                return self._try(node, body)
        return self._inside(node)

    def _inside(self, node: ast.stmt) -> list[ast.stmt]:
        """A statement whose blocks are rewritten."""
        simple = not hasattr(node, "body") and not isinstance(node, ast.Match)
        if simple and not _is_harmless(node):
            self.others = True
        before = self.varying
        match node:
            case ast.For(iter=decides) | ast.While(test=decides) | ast.If(test=decides):
                self.varying = before or self.names.depends(decides)
        if isinstance(node, ast.Match):
            for case in node.cases:
                case.body = self.block(case.body)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                setattr(node, name, self.block(block))
        self.varying = before
        return [node]

    def _site(self, node: ast.stmt) -> Site:
        text = self._text(node)
        first = next((line for line in text.split("\n") if line.strip()), "").strip()
        if len(text.strip().split("\n")) > 1 and not isinstance(node, ast.With | ast.Try):
            first = " ".join(text.split())
        site = Site(first[:300], node.lineno, node.lineno in self.hidden, varying=self.varying)
        self.sites.append(site)
        return site

    def _text(self, node: ast.stmt) -> str:
        """A statement as it stands there; of an assert whose message is a text, without that."""
        if isinstance(node, ast.Assert) and _constant(node.msg):
            test = ast.get_source_segment(self.source, node.test) or ast.unparse(node.test)
            return f"assert {test}"
        return ast.get_source_segment(self.source, node) or ast.unparse(node)

    def _assertion(self, node: ast.stmt, test: ast.expr, message: str) -> list[ast.stmt]:
        return self._planned(node, lambda planner: planner.assertion(test), message)

    def _planned(self, node: ast.stmt, plan, message: str) -> list[ast.stmt]:
        number, site = len(self.sites), self._site(node)
        site.message = message
        depth = self.depths.get(number, DEEP)
        try:
            if depth == AS_IT_IS:
                raise NoPlan(NOT_TAKEN_APART)
            site.planned = plan(Planner(self.names, depth))
        except NoPlan as why:
            site.weak = str(why)
            return [node]
        site.weak = site.planned.weak
        return [self._sending(number, site.planned.operands, node)]

    def _sending(self, number: int, operands: list[Operand], node: ast.stmt) -> ast.stmt:
        shown = []
        for position, operand in enumerate(operands):
            needed = self.recording or not operand.given or operand.effects
            needed = needed or (number, position) in self.sent
            shown.append(f"lambda: {operand.code}" if needed else "None")
        return _line(f"{SENDER}.values({number}, {', '.join(shown)})", node)

    def _call(self, node: ast.stmt, call: ast.Call) -> list[ast.stmt]:
        name = self.names.full_name(call.func) or ast.unparse(call.func)
        own = name.rpartition(".")[2]
        if own == EXPECT and call.args and name not in self.names.dependent:
            return self._expect(node, call)
        if name in (f"toolbox.{CHECK}", CHECK) and _constant(next(iter(call.args), None)):
            self._site(node).check = _constant(call.args[0])
            return [node]
        if own in RAISES and len(call.args) > 1 and self._is_raises_name(call.func):
            [accepted, function, *rest] = call.args
            inner = ast.Expr(ast.Call(function, rest, call.keywords))
            ast.copy_location(inner, node)
            return self._raises(node, ast.Call(call.func, [accepted], []), [inner])
        if own.startswith("assert"):
            return self._planned(node, lambda planner: planner.call(call), "")
        self.others = True
        return [node]

    def _expect(self, node: ast.stmt, call: ast.Call) -> list[ast.stmt]:
        number, site = len(self.sites), self._site(node)
        site.expects = True
        named = [*call.args[1:], *(k.value for k in call.keywords if k.arg == "name")]
        site.name = _constant(named[0]) if named else ""
        operand = Operand(ast.unparse(call.args[0]), given=False)
        expected = Operand(operand.code, given=True)
        if self.depths.get(number, DEEP) == AS_IT_IS:
            site.weak = NOT_TAKEN_APART
            return [node]
        plan = ["call", "same", [["leaf", 0], ["leaf", 1]], {}]
        site.planned = Planned(plan, [operand, expected])
        return [self._sending(number, [operand], node)]

    def _is_raises(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and len(node.args) == 1
            and self._is_raises_name(node.func)
            and all(k.arg == "match" and isinstance(k.value, ast.Constant) for k in node.keywords)
        )

    def _is_raises_name(self, function: ast.expr) -> bool:
        name = self.names.full_name(function) or ast.unparse(function)
        return name in ("pytest.raises", "numpy.testing.assert_raises") or name.endswith(
            ".assertRaises"
        )

    def _raises(
        self, node: ast.stmt, call: ast.Call, body: list[ast.stmt], rest: str = ""
    ) -> list[ast.stmt]:
        """A block that should end with an error."""
        number, site = len(self.sites), self._site(node)
        site.text = " ".join([site.text, *(ast.unparse(s) for s in body[:1])]).strip()[:300]
        accepted = call.args[0]
        if self.names.depends(accepted) or self.depths.get(number) == AS_IT_IS:
            site.weak = NOT_TAKEN_APART
            return [node]
        site.raises = True
        site.match = next((_constant(k.value) for k in call.keywords if k.arg == "match"), "")
        known = f", lambda: {ast.unparse(accepted)}" if self.recording else ""
        block = ast.parse(f"with {SENDER}.raises({number}{known}):\n    pass").body[0]
        block.body = body
        ast.copy_location(block, node)
        return [block]

    def _try(self, node: ast.Try, body: list[ast.stmt]) -> list[ast.stmt]:
        """`try: f(0) / except ValueError: pass / else: raise …`: an error that should come."""
        caught = [h for h in node.handlers if h.type is not None]
        silent = all(_is_pass(handler.body) for handler in node.handlers)
        fails = node.orelse and all(map(_fails, node.orelse[-1:]))
        last_fails = len(body) > 1 and _fails(body[-1]) and not node.orelse
        if silent and (fails or last_fails) and len(caught) == len(node.handlers):
            tried = body[:-1] if last_fails else body
            types = [h.type for h in caught]
            accepted = types[0] if len(types) == 1 else ast.Tuple(types, ast.Load())
            call = ast.Call(ast.Name("raises", ast.Load()), [accepted], [])
            instead = self._raises(node, call, tried)
            if instead == [node] or not node.finalbody:
                return instead
            after = ast.Try(instead, [], [], self.block(node.finalbody))
            return [ast.copy_location(after, node)]
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assert):
                self._site(inner).weak = IN_A_TRY
        self.others = True
        return [node]


def _line(code: str, node: ast.stmt) -> ast.stmt:
    return ast.copy_location(ast.parse(code).body[0], node)


def _constant(node: ast.expr | None) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else ""


def _is_pass(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(s, ast.Pass) or (isinstance(s, ast.Expr) and not isinstance(s.value, ast.Call))
        for s in body
    ) or (len(body) == 1 and ast.unparse(body[0]).startswith("print("))


def _fails(statement: ast.stmt) -> bool:
    """Whether a statement does nothing but fail: `raise …`, `assert False`, `self.fail()`."""
    match statement:
        case ast.Raise():
            return True
        case ast.Assert(test=ast.Constant(value=value)):
            return not value
        case ast.Expr(value=ast.Call(func=function)):
            return ast.unparse(function).rpartition(".")[2] == "fail"
    return False


def _is_harmless(node: ast.stmt) -> bool:
    """Whether a statement can hardly fail by what students have written."""
    return isinstance(
        node, ast.Pass | ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal | ast.Delete
    ) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


_PURE = (
    "array", "zeros", "ones", "arange", "linspace", "eye", "full", "DataFrame", "Series", "Index",
    "list", "dict", "set", "tuple", "range", "float", "int", "str", "sorted", "len", "sum", "max",
    "min", "abs", "round", "approx", "Timestamp", "to_datetime", "date", "datetime",
)  # fmt: skip


def _without_answers(
    module: ast.Module, before: ast.Module, names: Names, used_later: frozenset[str]
) -> set[str]:
    """Takes out, in place, what nothing needs any more: right answers, and what makes them.

    Returns:
        The parameters of functions that were emptied.
    """
    loaded_before = _loads(before)
    blanked: set[str] = set()
    while True:
        loads = _loads(module) | used_later
        dead = loaded_before - loads
        remover = _Remover(dead, names)
        remover.visit(module)
        _blank_tables(module, dead)
        blanked |= _blank_arguments(module, dead)
        if not remover.removed:
            return blanked


def _loads(tree: ast.AST) -> set[str]:
    return {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)
    }


class _Remover(ast.NodeTransformer):
    """Takes out statements that bind names which nothing uses."""

    def __init__(self, dead: set[str], names: Names) -> None:
        self.dead, self.names, self.removed = dead, names, 0

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | None:
        match node.targets:
            case [ast.Name(id=name)] if name in self.dead and self._is_pure(node.value):
                self.removed += 1
                return ast.copy_location(ast.Pass(), node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        if node.name in self.dead and not self.names.depends(node):
            self.removed += 1
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def _is_pure(self, value: ast.expr) -> bool:
        calls = [n for n in ast.walk(value) if isinstance(n, ast.Call)]
        known = all(ast.unparse(c.func).rpartition(".")[2] in _PURE for c in calls)
        return known and not self.names.depends(value)


def _blank_tables(module: ast.Module, dead: set[str]) -> None:
    """`for x, y in [(1, 2), (3, 4)]`, where nothing uses y any more: its values become None."""
    for node in ast.walk(module):
        if isinstance(node, ast.For):
            node.iter = without_columns(node.target, node.iter, dead)


def _blank_arguments(module: ast.Module, dead: set[str]) -> set[str]:
    """`check(2, 4)`, where the function uses its second parameter no more: 4 becomes None.

    Returns:
        The parameters that nothing is passed to any more.
    """
    blanked = set()
    functions = [n for n in ast.walk(module) if isinstance(n, ast.FunctionDef)]
    for function in functions:
        calls = [
            n
            for n in ast.walk(module)
            if isinstance(n, ast.Call)
            and isinstance(n.func, ast.Name)
            and n.func.id == function.name
        ]
        for position, parameter in enumerate(function.args.args):
            plain = all(
                len(c.args) > position and not any(isinstance(a, ast.Starred) for a in c.args)
                for c in calls
            )
            if parameter.arg in dead and plain:
                for call in calls:
                    call.args[position] = ast.Constant(None)
                blanked.add(parameter.arg)
    return blanked


def _note_what_is_seen(sites: list[Site], module: ast.Module, blanked: set[str]) -> None:
    """Says of sites whose right answer is still in the cell that it can be read there."""
    bound = {
        n.id for n in ast.walk(module) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    bound |= {a.arg for n in ast.walk(module) if isinstance(n, ast.arguments) for a in n.args}
    bound -= _blanked(module) | blanked
    for site in sites:
        if site.planned is None or site.weak or site.expects:
            continue
        for operand in site.planned.operands:
            near = _free(operand.code) & bound
            if operand.given and near - _shown(site.planned.operands):
                site.weak = SEEN


def _blanked(module: ast.Module) -> set[str]:
    """Loop variables whose values have all become None."""
    loops = [node for node in ast.walk(module) if isinstance(node, ast.For)]
    return set().union(*(emptied_names(node.target, node.iter) for node in loops))


def _free(code: str) -> set[str]:
    """The names that an expression takes from around it."""
    tree = ast.parse(code, mode="eval")
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return _loads(tree) - own


def _shown(operands: list[Operand]) -> set[str]:
    """The names that the student's code is given anyway."""
    sent = (_free(operand.code) for operand in operands if not operand.given)
    return set().union(*sent)
