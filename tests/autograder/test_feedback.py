"""Pages for students: complete, and harmless whatever a student wrote."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from autograder.course.folder import Course, Student
from autograder.course.verdict import CellVerdict, Verdict
from autograder.results import csv_and_json, feedback_pages
from autograder.results.by_hand import ByHand, HandComment, HandGrade, final_mark
from autograder.results.summary import distribution, summary

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m' \" & javascript:x"
ITEM = {
    "title": "The shortcut", "points": 2, "max_points": 5, "passed": False,
    "message": "It is missing.", "expected": "Add", "found": "nothing", "hidden": False,
    "line": 3, "source": "return X",
}  # fmt: skip


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def page(**item: object) -> str:
    cell = CellVerdict("test_block", 2, 5, False, messages=["no"], rubric=[ITEM | item])
    verdict = Verdict("graded", cells=[cell], code={"block": "def block(): pass"})
    return feedback_pages.page(Student("anna"), "01", final_mark(verdict, ByHand()))


def test_it_says_what_the_check_said() -> None:
    text = page()
    for said in ("anna", "2 <small>of 5 points", "The shortcut", "It is missing.", "line 3", "Add"):
        assert said in text


def test_a_hidden_item_shows_points_and_a_reason_only() -> None:
    text = page(hidden=True, message="With other arguments it goes wrong.")
    assert "hidden test: 2 of 5 points" in text
    assert "With other arguments" in text
    for secret in ("expected:", "line 3", "return X", "nothing"):
        assert secret not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_nothing_that_a_student_writes_runs() -> None:
    item = dict.fromkeys(("title", "message", "expected", "found", "source"), EVIL)
    cell = CellVerdict("test_block", 0, 5, False, messages=[EVIL], rubric=[ITEM | item])
    plain = CellVerdict("test_other", 0, 5, False, messages=[EVIL])
    verdict = Verdict(
        "crashed", EVIL, [cell, plain], notes=[EVIL], code={"block": EVIL}, errors={"block": EVIL}
    )
    given = ByHand({}, {"block": HandComment(EVIL), EVIL: HandComment(EVIL)})
    student = Student(EVIL.replace("/", ""))
    text = feedback_pages.page(student, "01", final_mark(verdict, given))
    tags = Tags(text)
    assert not tags.tags & {"script", "img", "iframe", "object", "link", "form", "a"}
    assert not any(name.startswith("on") for name in tags.attributes)
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert "\x1b" not in text


def test_pages_are_written_for_those_with_a_verdict(tmp_path: Path) -> None:
    course = Course(tmp_path)
    for name in ("anna", "bob"):
        (tmp_path / "submitted" / name / "01").mkdir(parents=True)
    course.save(Student("anna"), "01", "key", Verdict("unreadable", "The file is empty."))
    written = feedback_pages.write_all(course, "01")
    assert written == [tmp_path / "feedback" / "anna" / "01" / "01.html"]
    assert "The file is empty." in written[0].read_text()


def test_verdicts_are_kept_with_their_key(tmp_path: Path) -> None:
    course, anna = Course(tmp_path), Student("anna")
    verdict = Verdict("graded", cells=[CellVerdict("t", 1, 2, False, ["no"])], notebook="{}")
    course.save(anna, "01", "key", verdict)
    assert course.saved(anna, "01", "key").cells == verdict.cells
    assert course.saved(anna, "01", "other key") is None
    course.autograded(anna, "01").unlink()
    assert course.saved(anna, "01", "key") is None


def test_a_broken_memory_is_no_verdict(tmp_path: Path) -> None:
    course, anna = Course(tmp_path), Student("anna")
    course.save(anna, "01", "key", Verdict("graded"))
    (tmp_path / ".autograder" / "01" / "anna.json").write_text('{"key": "key"')
    assert course.saved(anna, "01") is None


def test_grades_of_one_student() -> None:
    verdict = Verdict("graded", cells=[CellVerdict("t", 1, 2, False, ["no"])])
    entry = csv_and_json.student_grades(final_mark(verdict, ByHand()))
    assert (entry["score"], entry["max_score"], entry["status"]) == (1, 2, "graded")
    (cell,) = entry["cells"]
    expected = {"grade_id": "t", "points": 1, "max_points": 2, "passed": False, "messages": ["no"]}
    assert expected.items() <= cell.items()


def test_a_page_shows_what_a_person_gave() -> None:
    cell = CellVerdict("test_block", 2, 5, False, rubric=[ITEM])
    verdict = Verdict("graded", cells=[cell], code={"block": "new"})
    given = ByHand(
        {"test_block": HandGrade(4, 0.5, code="of the old code")},
        {"block": HandComment("Look at\nthe shortcut."), "essay": HandComment("Well written.")},
    )
    text = feedback_pages.page(Student("anna"), "01", final_mark(verdict, given))
    for said in (
        "4.5 <small>of 5 points", "A person gave 4.5 of 5 points. The checks gave 2.",
        "for an earlier version", "Look at\nthe shortcut.", "Well written.",
    ):  # fmt: skip
        assert said in text
    assert "about an earlier version" not in text


def test_an_answer_that_waits_for_a_person_has_no_points_yet() -> None:
    essay = CellVerdict("essay", 0, 3, False, manual=True)
    block = CellVerdict("test_block", 5, 5, True)
    verdict = Verdict("graded", cells=[block, essay])
    waits = feedback_pages.page(Student("anna"), "01", final_mark(verdict, ByHand()))
    assert "not marked yet, at most 3" in waits and "0 of 3" not in waits
    assert "At most 3 more for answers that a person still marks." in waits
    given = final_mark(verdict, ByHand({"essay": HandGrade(2, None)}))
    marked = feedback_pages.page(Student("anna"), "01", given)
    assert "2 of 3" in marked and "not marked yet" not in marked and "At most" not in marked


def test_the_summary_counts_draws_and_names() -> None:
    verdicts = {
        "a": Verdict("graded", cells=[CellVerdict("t", 2, 2, True)], seconds=1),
        "b\x1b[2J": Verdict("timeout", "too slow", [CellVerdict("t", 0, 2, False)], seconds=9),
    }
    text = summary(verdicts, skipped=1, seconds=4)
    assert "2 submissions: 1 marked in 4.0 s, 1 before." in text
    assert "mean 50.0 %" in text
    assert "slowest: b 9.0 s" in text
    assert "timeout: b: too slow" in text
    assert "\x1b" not in text


def test_the_bars_are_as_long_as_the_counts() -> None:
    lines = distribution([100, 100, 95, 5])
    assert lines[9].count("█") == 3 * lines[0].count("█") or lines[9].count("█") > 20
    assert lines[9].endswith(" 3")
    assert lines[0].endswith(" 1")
    assert not any("█" in line for line in lines[1:9])


def test_a_page_speaks_the_language_of_its_verdict() -> None:
    cell = CellVerdict("test_block", 2, 5, False, rubric=[ITEM | {"hidden": True}])
    verdict = Verdict("graded", cells=[cell], code={"block": "x = 1"}, language="zh")
    text = feedback_pages.page(Student("anna"), "01", final_mark(verdict, ByHand()))
    assert '<html lang="zh">' in text
    for said in ("（满分 5 分）", "2/5 分", "隐藏测试", "你的代码"):
        assert said in text
    shown = re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    for english in (" of ", "points", "hidden test", "your code"):
        assert english not in shown
