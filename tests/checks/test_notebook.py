"""`check` and `hint` as a student and as the autograder meet them."""

from __future__ import annotations

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell

from resnets.checks import EVIDENCE_TYPE, Evidence, check, expected, hint, judge
from resnets.checks.report import Item, Report
from tests.checks.answers import FUNCTIONS, Answer, Edit


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


def test_an_unknown_exercise_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="identity_block"):
        check("indentity_block")


def test_hidden_shows_points_and_a_reason_only(capsys) -> None:
    edit = Edit("F1, F2, F3 = filters", "F1, F2, F3 = filters\n    f = f if f == 2 else 3")
    points = check("identity_block", Answer("identity_block", "", (edit,)).build(), hidden=True)
    text = capsys.readouterr().out
    assert text.startswith(f"hidden test: {points} of 30 points. With other arguments")
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


def test_hints_lead_on_and_stop_at_the_third(capsys, monkeypatch) -> None:
    monkeypatch.setattr("resnets.checks.notebook._hints_given", {})
    for _ in range(4):
        hint("identity_block")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in lines] == [f"Hint {n} of 3" for n in (1, 2, 3, 3)]
    assert len(set(lines)) == 3


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
    page = Report("identity_block", (item,)).to_html()
    assert "<script>" not in page and "a&lt;b" in page
