"""From an assertion in a test cell to a plan: its operands, and how they are compared outside.

As much of it as can be is compared outside: of `abs(f(2) - 4) < 0.1` only `f(2)` is an operand that
a submission sends. Operands that do not depend on students' code are not computed beside it at all.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.asserts.comparing import (
    ARITHMETIC,
    ASSERTIONS,
    BUILTINS,
    FUNCTIONS,
    METHODS,
    UNITTEST,
    Plan,
)
from autograder.asserts.names import Names
from autograder.asserts.tables import without_columns

DEEP, SHALLOW, AS_IT_IS = 0, 1, 2
"""How far an assertion is taken apart."""

_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
_ARITHMETIC = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip
_SIDE_EFFECTS = re.compile(
    r"\brandom|\brng\b|\bseed|\bshuffle|\bchoice|\bnext\(|\bopen\(|\binput\(|\.pop\(|\bprint\("
    r"|\btime\b|\buuid|\bread|\bwrite|\bsetattr|\bappend|\bexec\(|\beval\("
)
_BINDS = ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom

NOT_TAKEN_APART = (
    "its form is not known here: write the value that you expect on one side of ==, or use "
    "expect(value, name)"
)
DECIDED_INSIDE = (
    "the comparison itself happens beside the student's code: compare a plain value with =="
)
NOTHING_TO_COMPARE = "both sides come from the student's code: write down the value that you expect"
GUESSED = (
    "a value that is computed beside the student's code need only be in a range: compare it with =="
)


@dataclass
class Operand:
    """A part of an assertion whose value is needed.

    Attributes:
        code: Python.
        given: whether it does not depend on students' code.
        effects: whether computing it may change something else; then it is computed always.
    """

    code: str
    given: bool
    effects: bool = False


@dataclass
class Planned:
    """An assertion taken apart.

    Attributes:
        plan: how it is compared; see `comparing`.
        operands: in their order.
        weak: why it can be passed without the right values, in words; empty where it cannot.
    """

    plan: Plan
    operands: list[Operand] = field(default_factory=list)
    weak: str = ""


class NoPlan(Exception):
    """An assertion stays as it is; the message says why."""


class Planner:
    """Takes assertions of one notebook apart.

    Args:
        names: of the notebook.
        depth: DEEP or SHALLOW.
    """

    def __init__(self, names: Names, depth: int) -> None:
        self.names, self.depth = names, depth
        self.operands: list[Operand] = []
        self.more: frozenset[str] = frozenset()

    def assertion(self, test: ast.expr) -> Planned:
        """The plan of what an `assert` asks.

        Raises:
            NoPlan: it has none.
        """
        self._require_plain_names([test])
        self.operands = []
        plan = self._truth(test)
        if not any(not operand.given for operand in self.operands):
            raise NoPlan(NOT_TAKEN_APART)  # It asks nothing of the student.
        return Planned(plan, self.operands, self._weakness(test))

    def call(self, call: ast.Call) -> Planned:
        """The plan of a library's assertion, as `np.testing.assert_equal(a, b)`.

        Raises:
            NoPlan: it is none, or has no plan.
        """
        name = assertion_name(call, self.names)
        if name is None:
            raise NoPlan(NOT_TAKEN_APART)
        self._require_plain_names([call])
        self.operands = []
        args, keywords = list(call.args), {k.arg: k.value for k in call.keywords}
        if name in UNITTEST:
            args = args[: UNITTEST[name] + ("Almost" in name)]
            keywords.pop("msg", None)
        if None in keywords or any(isinstance(a, ast.Starred) for a in args):
            raise NoPlan(NOT_TAKEN_APART)
        keywords.pop("err_msg", None)
        compared = args[: UNITTEST.get(name, 2)]
        one = len(compared) == 1
        plans = [self._truth(a) if one else self._value(a) for a in args]
        keyword_plans = {k: self._value(v) for k, v in keywords.items()}
        if not any(not operand.given for operand in self.operands):
            raise NoPlan(NOT_TAKEN_APART)
        both = all(self._depends(a) for a in compared)
        weak = NOTHING_TO_COMPARE if both and not one else ""
        if one:
            weak = self._weakness(args[0])
        elif name in ("assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual"):
            weak = weak or self._guessed(compared)
        return Planned(["assertion", name, plans, keyword_plans], self.operands, weak)

    def _require_plain_names(self, parts: Iterable[ast.AST]) -> None:
        for part in parts:
            if any(isinstance(node, _BINDS) for node in ast.walk(part)):
                raise NoPlan(NOT_TAKEN_APART)

    def _depends(self, node: ast.AST) -> bool:
        return self.names.depends(node, self.more)

    def _leaf(self, node: ast.expr) -> Plan:
        code = ast.unparse(node)
        given = not self._depends(node)
        self.operands.append(Operand(code, given, bool(_SIDE_EFFECTS.search(code))))
        return ["leaf", len(self.operands) - 1]

    def _truth(self, node: ast.expr) -> Plan:
        """The plan of something that is true or false."""
        if not self._depends(node):
            return self._leaf(node)
        match node:
            case ast.BoolOp(op=op, values=values):
                return ["and" if isinstance(op, ast.And) else "or", [*map(self._truth, values)]]
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return ["not", self._truth(inner)]
            case ast.Call(
                func=ast.Name(id="all" | "any" as name),
                args=[ast.GeneratorExp() | ast.ListComp() as rounds],
                keywords=[],
            ):
                return self._quantified("every" if name == "all" else "some", rounds)
        return self._value(node)

    def _value(self, node: ast.expr) -> Plan:
        """The plan of a value."""
        if self._is_approx(node):  # What it makes is no plain value.
            return self._call(node, ["call", "pytest.approx"])
        if not self._depends(node):
            return self._leaf(node)
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                parts = [self._operand(part) for part in (left, *others)]
                return ["cmp", [_COMPARISONS[type(op)] for op in ops], parts]
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                return self._truth(node)
        return self._inner(node)

    def _operand(self, node: ast.expr) -> Plan:
        if self.depth == SHALLOW and not self._is_approx(node):
            return self._leaf(node)
        return self._value(node)

    def _is_approx(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self.names.full_name(node.func) == "pytest.approx"

    def _inner(self, node: ast.expr) -> Plan:
        """A value as deep as it is known here how to compute it."""
        match node:
            case ast.BinOp(left=left, op=op, right=right) if (
                self.depth == DEEP and _ARITHMETIC.get(type(op)) in ARITHMETIC
            ):
                return ["bin", _ARITHMETIC[type(op)], self._value(left), self._value(right)]
            case ast.UnaryOp(op=ast.USub(), operand=inner) if self.depth == DEEP:
                return ["neg", self._value(inner)]
            case (
                ast.Tuple(elts=parts, ctx=ast.Load())
                | ast.List(elts=parts, ctx=ast.Load())
                | ast.Set(elts=parts)
            ) if not any(isinstance(part, ast.Starred) for part in parts):
                return [type(node).__name__.lower(), [*map(self._value, parts)]]
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if (
                name in METHODS and isinstance(inner, ast.Compare | ast.BinOp | ast.Call)
            ) and self._depends(inner):
                if not self._is_known(node.func) and (
                    self.depth == DEEP or isinstance(inner, ast.Compare)
                ):
                    return self._call(node, ["method", name], self._value(inner))
            case ast.Call(func=function) if not self._depends(function):
                name = self.names.full_name(function)
                is_known = name in BUILTINS | FUNCTIONS
                if is_known and (self.depth == DEEP or name in _COMPARE):
                    return self._call(node, ["call", name])
        return self._leaf(node)

    def _is_known(self, function: ast.expr) -> bool:
        return self.names.full_name(function) in FUNCTIONS

    def _call(self, call: ast.Call, head: list, inner: Plan | None = None) -> Plan:
        starred = any(isinstance(a, ast.Starred) for a in call.args)
        if starred or any(k.arg is None for k in call.keywords):
            return self._leaf(call)
        args = [self._value(a) for a in call.args]
        keywords = {k.arg: self._value(k.value) for k in call.keywords}
        if inner is not None:
            return [*head, inner, args, keywords]
        return [*head, args, keywords]

    def _quantified(self, kind: str, rounds: ast.GeneratorExp | ast.ListComp) -> Plan:
        """`all(… for x in …)`: each operand becomes the list of its values."""
        if len(rounds.generators) != 1 or rounds.generators[0].is_async:
            return self._leaf(ast.Call(ast.Name(kind, ast.Load()), [rounds], []))
        [generator] = rounds.generators
        if isinstance(generator.iter, ast.GeneratorExp | ast.Call) and not (
            isinstance(generator.iter, ast.Call)
            and isinstance(generator.iter.func, ast.Name | ast.Attribute)
            and ast.unparse(generator.iter.func).rpartition(".")[2]
            in ("range", "zip", "enumerate", "items", "keys", "values", "linspace", "arange")
        ):
            return self._whole(kind, rounds)
        before, first = self.more, len(self.operands)
        if self._depends(generator.iter):
            bound = {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
            self.more = self.more | bound
        plan = self._truth(rounds.elt)
        targets = {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        for operand in self.operands[first:]:
            used = {n.id for n in ast.walk(ast.parse(operand.code)) if isinstance(n, ast.Name)}
            used |= {n.id for part in generator.ifs for n in ast.walk(part) if hasattr(n, "id")}
            rounds = copy.copy(generator)
            rounds.iter = without_columns(generator.target, generator.iter, targets - used)
            operand.code = f"[{operand.code} {ast.unparse(rounds).strip()}]"
            operand.given = operand.given and not self._depends(generator)
        self.more = before
        return [kind, plan]

    def _whole(self, kind: str, rounds: ast.expr) -> Plan:
        name = "all" if kind == "every" else "any"
        return self._leaf(ast.Call(ast.Name(name, ast.Load()), [rounds], []))

    def _weakness(self, node: ast.expr) -> str:
        """Why something true or false needs no right value; empty where it does."""
        if not self._depends(node):
            return ""
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                weak = [self._weakness(value) for value in values if self._depends(value)]
                return next(filter(None, weak), "")
            case ast.BoolOp(values=values):
                weak = [self._weakness(value) for value in values if self._depends(value)]
                return next(filter(None, weak), "")
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._weakness(inner)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._weak_comparison([left, *others], ops)
            case ast.Call(
                func=ast.Name(id="all" | "any"),
                args=[ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner)],
            ):
                return self._weakness(inner) if self._depends(inner) else ""
            case ast.Call(func=ast.Attribute(value=inner, attr="all" | "any")) if isinstance(
                inner, ast.Compare
            ):
                return self._weakness(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr="equals"), args=[other, *_]):
                both = self._depends(inner) and self._depends(other)
                return NOTHING_TO_COMPARE if both else ""
            case ast.Call(func=function, args=args) if not self._depends(function):
                return self._weak_call(self.names.full_name(function), args)
            case ast.Call() | ast.Name() | ast.Attribute() | ast.Subscript():
                return "" if self._is_written(node) else DECIDED_INSIDE
        return DECIDED_INSIDE

    def _weak_call(self, name: str | None, args: list[ast.expr]) -> str:
        if name in _COMPARE and len(args) > 1:
            both = all(self._depends(arg) for arg in args[:2])
            return NOTHING_TO_COMPARE if both else ""
        if name in ("numpy.all", "numpy.any", "all", "any", "bool") and args:
            return self._weakness(args[0])
        if name in BUILTINS and self.depth == DEEP:
            return ""
        return DECIDED_INSIDE

    def _weak_comparison(self, parts: list[ast.expr], ops: list[ast.cmpop]) -> str:
        if all(self._depends(part) for part in parts):
            return NOTHING_TO_COMPARE
        truths = [p for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, bool)]
        if truths:
            weak = [self._weakness(part) for part in parts if self._depends(part)]
            return next(filter(None, weak), "")
        if all(isinstance(op, ast.Eq) for op in ops):
            return ""
        return self._guessed(parts)

    def _guessed(self, parts: list[ast.expr]) -> str:
        """Whether a value that need only be in a range is computed by what may be changed."""
        for part in parts:
            for leaf in self._leaf_nodes(part):
                if not self._is_written(leaf):
                    return GUESSED
        return ""

    def _leaf_nodes(self, node: ast.expr) -> list[ast.expr]:
        """The operands of a value that depend on students' code, as nodes."""
        if not self._depends(node):
            return []
        inner: list[ast.expr] | None = None
        if self.depth == DEEP:
            match node:
                case ast.BinOp(left=left, right=right):
                    inner = [left, right]
                case ast.UnaryOp(operand=operand):
                    inner = [operand]
                case ast.Call(func=function, args=args) if not self._depends(function):
                    if self.names.full_name(function) in BUILTINS | FUNCTIONS:
                        inner = args
                case ast.Tuple(elts=parts) | ast.List(elts=parts):
                    inner = parts
        if inner is None:
            return [node]
        return [leaf for part in inner for leaf in self._leaf_nodes(part)]

    def _is_written(self, node: ast.expr) -> bool:
        """Whether a value is what a student's own name stands for, or gives when it is called."""
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        theirs = (self.names.dependent | self.more) - self.names.helpers
        return isinstance(node, ast.Name) and node.id in theirs


_COMPARE = frozenset(
    name
    for name in FUNCTIONS
    if name.rpartition(".")[2] in ("allclose", "isclose", "array_equal", "array_equiv", "equal")
)


def assertion_name(call: ast.Call, names: Names) -> str | None:
    """The full name of a library's assertion that is known here, or unittest's method's."""
    full = names.full_name(call.func)
    if full in ASSERTIONS:
        return full
    if full is not None and full.startswith("pandas.util.testing."):
        full = full.replace("pandas.util.testing", "pandas.testing")
        return full if full in ASSERTIONS else None
    own = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if own in UNITTEST and len(call.args) >= UNITTEST[own]:
        return own
    return None
