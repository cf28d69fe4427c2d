"""`check` and `hint` as a student and as the autograder meet them."""

from __future__ import annotations

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbgrader.utils import get_partial_grade

from resnets.checks import EVIDENCE_TYPE, Evidence, check, exercises, expected, hint, judge, total
from resnets.checks.display.html import report_to_html
from resnets.checks.judging.report import Item, Report
from tests.answers import Answer, Edit

FUNCTIONS = tuple(exercise.name for exercise in exercises("01_residual_networks"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_points_are_plain_numbers(name, capsys) -> None:
    points = check(name, Answer(name, "").build())
    assert repr(points) in ("30", "40")
    assert f"{name}: {points} of {points} points" in capsys.readouterr().out


def test_the_function_is_found_by_its_name(capsys) -> None:
    space = {"check": check, "identity_block": Answer("identity_block", "").build()}
    assert eval('check("identity_block")', space) == 30


def test_a_missing_function_is_a_sentence(capsys) -> None:
    assert check("ResNet50") == 0
    assert "There is no function ResNet50 yet" in capsys.readouterr().out


def test_something_else_under_the_name_is_a_sentence(capsys) -> None:
    assert check("ResNet50", 7) == 0
    assert "is a int, not a function" in capsys.readouterr().out


@pytest.mark.parametrize("call", ["check", "hint"])
@pytest.mark.parametrize(
    ("typed", "near", "others"),
    [
        ("indentity_block", "identity_block", "ResNet50"),
        ("resnet50", "ResNet50", "identity_block"),
        ("conv2d", "conv2d", "identity_block"),
        ("zzz", "", "identity_block"),
    ],
)
def test_a_typo_names_the_nearest_exercise_of_this_notebook(call, typed, near, others, capsys):
    if typed == "conv2d":
        typed = "convd2"  # of another notebook, but nearer than anything in this one
    space = {"check": check, "hint": hint, "identity_block": None, "ResNet50": None}
    assert not eval(f"{call}({typed!r})", space)
    said = capsys.readouterr().out
    assert f"There is no exercise called {typed!r}." in said
    assert (f'Did you mean {call}("{near}")?' in said) == bool(near)
    assert others in said and "max_pool" not in said


def test_a_function_without_quotes_is_checked(capsys) -> None:
    assert check(Answer("identity_block", "").build()) == 30
    hint(Answer("identity_block", "").build())
    assert "for identity_block" in capsys.readouterr().out


def test_points_show_nothing_of_their_own_and_nbgrader_reads_them() -> None:
    points = check("identity_block", Answer("identity_block", "").build())
    data, _ = InteractiveShell.instance().display_formatter.format(points)
    InteractiveShell.clear_instance()
    assert data == {"text/plain": "30", "text/html": ""}
    assert get_partial_grade({"data": data}, 40.0) == 30


def test_the_total_adds_up_the_last_checks(capsys, monkeypatch) -> None:
    monkeypatch.setattr("resnets.checks.points._last", {})
    total()
    assert "Nothing is checked yet" in capsys.readouterr().out
    check("identity_block", Answer("identity_block", "").build())
    check("ResNet50", 7)
    check("identity_block", 7)
    check("identity_block", Answer("identity_block", "").build())
    capsys.readouterr()
    total()
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "01_residual_networks: 30 of 100 points"
    assert [line.split(maxsplit=1) for line in said[1:]] == [
        ["identity_block", "30 of 30"],
        ["convolutional_block", "not checked yet (30)"],
        ["ResNet50", "0 of 40"],
    ]


def test_hidden_shows_points_and_a_reason_only(capsys) -> None:
    edit = Edit("F1, F2, F3 = filters", "F1, F2, F3 = filters\n    f = f if f == 2 else 3")
    points = check("identity_block", Answer("identity_block", "", (edit,)).build(), hidden=True)
    text = capsys.readouterr().out
    assert text.startswith(f"hidden test: {points} of 30 points. The result is wrong with")
    assert len(text.splitlines()) == 1


def test_grading_emits_evidence_and_no_verdict(monkeypatch, capsys) -> None:
    monkeypatch.setenv("RESNETS_GRADING", "1")
    monkeypatch.setenv("RESNETS_CASE_SECRET", b"public".hex())
    shown = []
    monkeypatch.setattr("resnets.checks.notebook._show", shown.append)
    function = Answer("identity_block", "").build()
    assert check("identity_block", function, hidden=True) is None
    (bundle,) = shown
    assert bundle["text/plain"] == "evidence: identity_block"
    payload = json.loads(json.dumps(bundle[EVIDENCE_TYPE]))
    assert payload["name"] == "identity_block"
    evidence = Evidence.from_json(payload["evidence"])
    assert judge("identity_block", evidence, expected("identity_block")).points == 30


def test_a_secret_that_is_no_hexadecimal_is_said_so(monkeypatch) -> None:
    monkeypatch.setenv("RESNETS_GRADING", "1")
    monkeypatch.setenv("RESNETS_CASE_SECRET", "zz")
    with pytest.raises(ValueError, match="hexadecimal"):
        check("identity_block", Answer("identity_block", "").build(), hidden=True)


def test_hints_lead_on_and_say_when_there_are_no_more(capsys, monkeypatch) -> None:
    monkeypatch.setattr("resnets.checks.notebook._hints_given", {})
    monkeypatch.setattr("resnets.checks.points._last", {})
    for _ in range(4):
        hint("identity_block")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in lines] == [f"Hint {n} of 3" for n in (1, 2, 3, 3)]
    assert "there are no more" in lines[3] and "there are no more" not in lines[2]


def test_hints_know_where_the_last_check_stopped(capsys, monkeypatch) -> None:
    monkeypatch.setattr("resnets.checks.points._last", {})
    edit = Edit('padding="same"', 'padding="valid"')
    check("identity_block", Answer("identity_block", "", (edit,)).build())
    hint("identity_block")
    assert "Main path, second component: convolution" in capsys.readouterr().out.splitlines()[-1]
    check("identity_block", Answer("identity_block", "").build())
    hint("identity_block")
    assert "For comparison, here is the hint." in capsys.readouterr().out.splitlines()[-1]


def test_a_notebook_gets_a_table_and_a_picture(monkeypatch) -> None:
    shell = InteractiveShell.instance()
    published = []
    monkeypatch.setattr(
        type(shell.display_pub), "publish", lambda self, data, *_, **__: published.append(data)
    )
    edit = Edit('padding="same"', 'padding="valid"')
    check("identity_block", Answer("identity_block", "", (edit,)).build())
    page = published[-1]["text/html"]
    assert "<svg" in page and "padding &#x27;valid&#x27;" in page
    assert published[-1]["text/plain"].startswith("identity_block:")
    InteractiveShell.clear_instance()


def test_html_shows_a_students_text_as_text() -> None:
    item = Item("runs", "<b>", message="<script>", passed=False, line=1, source="a<b", max_points=1)
    page = report_to_html(Report("identity_block", (item,)))
    assert "<script>" not in page and "a&lt;b" in page
