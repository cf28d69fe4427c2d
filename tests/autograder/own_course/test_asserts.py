"""Asserts taken apart: what is sent, what stays away from the student's code, what is judged."""

from __future__ import annotations

import ast
import contextlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from autograder.asserts.cells import to_plain
from autograder.asserts.judging import Outcome, events_of, outcome
from autograder.asserts.names import names_of
from autograder.asserts.plain_forms import Malformed, value
from autograder.asserts.rewriting import Markers, Rewritten, rewritten
from autograder.sandboxed.asserted import ASSERTED, NotPlain, plain

IMPORTS = "import numpy as np\nimport pandas as pd\nimport pytest\nimport unittest\nimport math\n"
RIGHT = """
def square(n):
    if isinstance(n, str):
        raise TypeError("a number, please")
    return n * n
def table(n):
    return pd.DataFrame({"n": range(n), "square": [float(i * i) for i in range(n)]})
def words(text):
    return text.split()
answer = 42
"""
WRONG = """
def square(n):
    return n + n if n != 2 else 5
def table(n):
    return pd.DataFrame({"n": range(n), "square": [float(i) for i in range(n)]})
def words(text):
    return list(text)
answer = 41
"""


class Equal:
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None
    __lt__ = __gt__ = __le__ = __ge__ = __eq__


def rewrite(test: str, recording: bool, public: bool = False) -> Rewritten:
    names = names_of([ast.parse(RIGHT)], [ast.parse(IMPORTS), ast.parse(test)])
    return rewritten(test, names, {}, recording, Markers(), public=public)


def shown(code: str, solution: str, monkeypatch: pytest.MonkeyPatch) -> dict[int, list[Any]]:
    """What a rewritten cell sends with a solution."""
    sent: list[str] = []

    def flush() -> None:
        waiting, ASSERTED._waiting = ASSERTED._waiting, []
        sent.append(json.dumps(waiting))

    monkeypatch.setattr(ASSERTED, "flush", flush)
    space: dict[str, Any] = {"Equal": Equal, "__name__": "notebook"}
    exec(compile(IMPORTS + solution, "solution", "exec"), space)
    with contextlib.suppress(Exception):
        exec(compile(code, "test", "exec"), space)
    return events_of(sent)


def outcomes(test: str, solution: str, monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """How the assertions of a cell come out for a solution."""
    recording = rewrite(test, recording=True)
    recorded = shown(recording.code, RIGHT, monkeypatch)
    marking = rewrite(test, recording=False)
    events = shown(marking.code, solution, monkeypatch)
    return [
        outcome(n, to_plain(site, recorded.get(n, []), set()), events.get(n, []))
        for n, site in enumerate(marking.sites)
        if site.planned or site.raises
    ]


STRONG = [
    "assert square(3) == 9",
    "assert square(3) == 9, 'three'",
    "assert 9 == square(3)",
    "assert not square(3) != 9",
    "assert square(3) == 9 and square(4) == 16",
    "assert abs(square(3) - 9) < 0.1",
    "assert square(3) in (9, 10)",
    "assert 8 < square(3) < 10",
    "assert square(0.5) == pytest.approx(0.25)",
    "assert [square(1), square(3)] == [1, 9]",
    "assert [square(1.0), square(3)] == pytest.approx([1, 9])",
    "assert math.isclose(square(0.5), 0.25)",
    "assert round(square(0.7), 2) == 0.49",
    "assert np.allclose(square(np.arange(3)), [0, 1, 4])",
    "assert (square(np.arange(4)) == np.arange(4) ** 2).all()",
    "assert np.all(square(np.arange(4)) == np.array([0, 1, 4, 9]))",
    "assert np.array_equal(square(np.arange(4)), [0, 1, 4, 9])",
    "np.testing.assert_allclose(square(np.arange(4.0)), np.arange(4.0) ** 2)",
    "np.testing.assert_array_equal(square(np.arange(4)), np.arange(4) ** 2)",
    "np.testing.assert_equal(square(3), 9)",
    "pd.testing.assert_frame_equal(table(2), pd.DataFrame({'n': [0, 1], 'square': [0.0, 1.0]}))\n"
    "assert table(3)['square'].max() == 4",
    "pd.testing.assert_series_equal(table(3)['square'], pd.Series([0., 1, 4], name='square'))",
    "assert table(3).equals(pd.DataFrame({'n': [0, 1, 2], 'square': [0.0, 1.0, 4.0]}))",
    "assert table(4)['square'].sum() == 14",
    "assert words('a b') == ['a', 'b']",
    "assert len(words('a bc')) == 2",
    "assert sorted(words('b a')) == ['a', 'b']",
    "assert set(words('b a')) == {'a', 'b'}",
    "assert all(square(i) == i ** 2 for i in range(5))",
    "assert all([square(i) == right for i, right in [(1, 1), (3, 9)]])",
    "assert answer == 42",
    "for n, right in [(1, 1), (3, 9)]:\n    assert square(n) == right",
    "for n, right in {1: 1, 3: 9}.items():\n    assert square(n) == right",
    "for n, right in zip([1, 3], [1, 9]):\n    assert square(n) == right",
    "def try_it(n, right):\n    assert square(n) == right\ntry_it(1, 1)\ntry_it(3, 9)",
    "def right(n):\n    return n ** 2\nfor n in range(4):\n    assert square(n) == right(n)",
    "expected = [1, 9]\nassert [square(1), square(3)] == expected",
    "result = square(3)\nassert result == 9",
    "if square(3) != 9:\n    raise ValueError('wrong')",
    "with pytest.raises(TypeError):\n    square('3')",
    "with pytest.raises(TypeError, match='number'):\n    square('3')",
    "try:\n    square('3')\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError('none')",
    "try:\n    square('3')\n    assert False\nexcept TypeError:\n    pass",
    "tc = unittest.TestCase()\ntc.assertEqual(square(3), 9)",
    "tc = unittest.TestCase()\ntc.assertAlmostEqual(square(0.5), 0.25, places=5)",
    "tc = unittest.TestCase()\ntc.assertTrue(square(3) == 9)",
    "tc = unittest.TestCase()\ntc.assertIn(square(3), [9])",
    "tc = unittest.TestCase()\nwith tc.assertRaises(TypeError):\n    square('3')",
    "unittest.TestCase().assertRaises(TypeError, square, '3')",
    "class T(unittest.TestCase):\n    def test(self):\n        self.assertListEqual(words('a b'), "
    "['a', 'b'])\nunittest.TextTestRunner().run("
    "unittest.defaultTestLoader.loadTestsFromTestCase(T))",
    "expect(square(3), 'three')",
    "expect(table(3), name='a table')",
]


@pytest.mark.parametrize("test", STRONG)
def test_a_strong_assert(test: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = rewrite(test, recording=False).sites
    assert [site.weak for site in sites] == [""] * len(sites)
    assert all(one.holds for one in outcomes(test, RIGHT, monkeypatch))
    assert outcomes(test, RIGHT, monkeypatch)
    assert not all(one.holds for one in outcomes(test, WRONG, monkeypatch))


@pytest.mark.parametrize("test", STRONG)
def test_objects_equal_to_everything_pass_no_strong_assert(
    test: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    equal = "square = table = words = lambda *a: Equal()\nanswer = Equal()"
    assert not all(one.holds for one in outcomes(test, equal, monkeypatch))


SECRETS = [
    ("assert square(3) == 98765", "98765"),
    ("for n, right in [(3, 98765)]:\n    assert square(n) == right", "98765"),
    ("for n, right in {3: 98765}.items():\n    assert square(n) == right", "98765"),
    ("expected = [98765]\nassert [square(3)] == expected", "98765"),
    ("def reference(n):\n    return n ** 98765\nassert square(3) == reference(3)", "98765"),
    ("def try_it(n, right):\n    assert square(n) == right\ntry_it(3, 98765)", "98765"),
    ("np.testing.assert_allclose(square(3.0), 98765.5)", "98765"),
    ("assert np.allclose(square(np.arange(2)), [0, 98765])", "98765"),
    ("assert all(square(i) == i * 98765 for i in range(2))", "98765"),
]


@pytest.mark.parametrize(("test", "answer"), SECRETS)
def test_no_right_answer_is_near_while_the_students_code_runs(test: str, answer: str) -> None:
    done = rewrite(test, recording=False)
    assert answer not in done.code
    assert answer in rewrite(test, recording=True).code
    assert not any(site.weak for site in done.sites)


WEAK = [
    "assert square(3) == square(-3)",
    "assert callable(square)",
    "assert hasattr(table(3), 'sum')",
    "def fits(a, b):\n    return a == b\nassert fits(square(3), 9)",
    "try:\n    assert square(3) == 9\nexcept AssertionError:\n    print('wrong')",
    "assert np.linalg.det(np.eye(2) * square(2)) > 3",
    "limit = 9\nsquare(limit)\nassert square(3) == limit",
    "assert (lambda: square(3) == 9)()",
]


@pytest.mark.parametrize("test", WEAK)
def test_a_weak_assert_is_named_with_what_to_do(test: str) -> None:
    weak = [site.weak for site in rewrite(test, recording=False).sites]
    assert any(weak)


def test_a_public_assert_tells_both_values(monkeypatch: pytest.MonkeyPatch) -> None:
    [one] = outcomes("assert square(3) == 9", WRONG, monkeypatch)
    assert (one.expected, one.found) == ("9", "6")
    [one] = outcomes("with pytest.raises(TypeError):\n    square('3')", WRONG, monkeypatch)
    assert (one.expected, one.found) == ("TypeError", "no error")
    [one] = outcomes("assert square(3) == 9", "def square(n): return 1 / 0", monkeypatch)
    assert one.found == "ZeroDivisionError: division by zero"


def test_a_function_that_is_not_written_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = "def square(n): raise NotImplementedError()\ntable = square"
    for test in ("assert square(3) == 9", "pd.testing.assert_frame_equal(table(2), table(2))"):
        for one in outcomes(test, stub, monkeypatch):
            assert not one.holds and not one.is_written and not one.found


def test_of_two_tables_only_the_difference_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = "pd.DataFrame({'n': [0, 1, 2], 'square': [0.0, 1.0, 4.0]})"
    test = f"pd.testing.assert_frame_equal(table(3), {frame})"
    [one] = outcomes(test, WRONG, monkeypatch)
    assert one.where == "row 2, column 'square': expected 4.0, found 2.0"
    assert not one.expected and not one.found


def test_an_asserts_own_message_stands_beside_it_and_not_in_it() -> None:
    [site] = rewrite("assert square(3) == 9, 'nine, please'", recording=False).sites
    assert (site.text, site.message) == ("assert square(3) == 9", "nine, please")
    [site] = rewrite("assert square(3) == 9, f'{1 + 1}'", recording=False).sites
    assert (site.text, site.message) == ("assert square(3) == 9, f'{1 + 1}'", "")


def test_hidden_tests_are_left_out_of_the_public_cell() -> None:
    test = (
        "assert square(3) == 9\n### BEGIN HIDDEN TESTS\nnumber = 71\n"
        "assert square(number) == 5041\n### END HIDDEN TESTS\nassert square(1) == 1"
    )
    public, whole = rewrite(test, False, public=True), rewrite(test, False)
    assert "71" in whole.code and "71" not in public.code
    assert [site.hidden for site in public.sites] == [False, True, False]
    assert "values(2," in public.code


def test_an_or_needs_only_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    test = "assert answer == 42 or answer.real == 1"
    assert all(one.holds for one in outcomes(test, RIGHT, monkeypatch))
    assert all(one.holds for one in outcomes("assert answer == 42 or nothing", RIGHT, monkeypatch))


FORGED: list[tuple[str, Callable[[list], Any]]] = [
    ("twice", lambda event: [event, event]),
    ("none", lambda event: []),
    ("no form", lambda event: [[{"=": {"unknown": 1}}]]),
    ("not a list", lambda event: [[17]]),
    ("too few", lambda event: [[]]),
    ("an unknown thing", lambda event: [[{"?": "an object"}]]),
    ("true", lambda event: [[{"=": True}]]),
    ("an error", lambda event: [[{"!": [["builtins.ValueError"], "x"]}]]),
    ("an odd error", lambda event: [[{"!": [[3], "x"]}]]),
    ("an enormous number", lambda event: [[{"=": {"int": "0x" + "f" * 200_000}}]]),
    ("an enormous array", lambda event: [[{"=": {"array": ["<f8", [10**9, 10**9], ""]}}]]),
    ("an object array", lambda event: [[{"=": {"array": ["|O", [1], "AAAAAAAAAAA="]}}]]),
]


@pytest.mark.parametrize(("kind", "forge"), FORGED, ids=[kind for kind, _ in FORGED])
def test_forged_evidence_earns_nothing(
    kind: str, forge: Callable[[list], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    test = "assert square(3) == 9"
    recorded = shown(rewrite(test, True).code, RIGHT, monkeypatch)
    site = to_plain(rewrite(test, False).sites[0], recorded[0], set())
    assert outcome(0, site, [[{"=": 9}, None]]).holds
    assert not outcome(0, site, forge([{"=": 9}, None])).holds


@pytest.mark.parametrize(
    "payload",
    [17, None, "", "[", "{}", "[1]", "[[true, []]]", "[[0, 1]]", "[[0]]", "[" * 100_000, "9" * 10],
)
def test_what_does_not_read_is_left_out(payload: Any) -> None:
    assert events_of([payload]) == {}


FRAME = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "text": ["x", None, "z"],
        "time": pd.to_datetime(["2020-01-01", "2021-02-03", None]),
        "kind": pd.Categorical(["u", "v", "u"]),
        "maybe": pd.array([1, None, 3], dtype="Int64"),
        "number": [1.5, np.nan, 3],
    }
)
FRAMES = [
    FRAME,
    FRAME.set_index(["whole", "text"]),
    FRAME.describe(),
    FRAME.groupby("kind", observed=True)[["whole"]].sum(),
    FRAME.pivot_table(index="whole", columns="kind", values="number", observed=True),
    FRAME.iloc[:0],
]


@pytest.mark.parametrize("frame", FRAMES)
def test_tables_come_back_as_they_were(frame: pd.DataFrame) -> None:
    back = value(json.loads(json.dumps(plain(frame))))
    pd.testing.assert_frame_equal(back, frame)
    for column in frame:
        back = value(json.loads(json.dumps(plain(frame[column]))))
        pd.testing.assert_series_equal(back, frame[column])


VALUES = [
    0, -5, 2**70, 1.5, float("inf"), -0.0, "é\n", b"x", True, None, ..., 1 + 2j, range(3),
    [1, (2, [3])], {1: {"a"}}, frozenset([1]), np.float32(3), np.bool_(True), np.dtype("f4"), int,
    np.int64, np.arange(6.0).reshape(2, 3), np.array([1, None], object), np.array(["a", "bc"]),
    np.array(["2020-01-01"], "datetime64[D]"), pd.Timestamp("2020-01-01", tz="Europe/Paris"),
    pd.Timedelta("3h"), pd.Index([1, 2], name="n"),
]  # fmt: skip


@pytest.mark.parametrize("one", VALUES, ids=repr)
def test_values_come_back_as_they_were(one: Any) -> None:
    back = value(json.loads(json.dumps(plain(one))))
    assert type(back) is type(one)
    assert np.all(back == one)


class List(list):
    """Compares as it likes."""


class Number(float):
    """Compares as it likes."""


@pytest.mark.parametrize(
    "one",
    [Equal(), List([1]), Number(1), [Number(1)], lambda: 1, iter([]), np.ma.array([1]), object],
    ids=lambda one: type(one).__name__,
)
def test_what_may_compare_as_it_likes_has_no_plain_form(one: Any) -> None:
    if one is object:
        assert value(plain(one)) is object
        return
    with pytest.raises(NotPlain):
        plain(one)


@pytest.mark.parametrize(
    "form",
    [{}, {"a": 1, "b": 2}, [1], {"array": 1}, {"float": []}, {"dict": [1]}, {"type": 3},
     {"DataFrame": [1, 2, 3]}, {"list": 5}, {"Timestamp": ["x", "ns", None]}, {"range": [1]}],
    ids=str,
)  # fmt: skip
def test_a_malformed_form_is_refused(form: Any) -> None:
    with pytest.raises(Malformed):
        value(form)
