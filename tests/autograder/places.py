"""The four places where a student's marks stand, and what is in them."""

from __future__ import annotations

import csv
import json
import re

from nbgrader.api import Gradebook

from autograder.course.folder import Course, Student
from autograder.results import feedback_pages


def row(course: Course, student: str) -> dict[str, str]:
    """A student's row in grades.csv."""
    with (course.root / "grades.csv").open(newline="") as file:
        return next(row for row in csv.DictReader(file) if row["student"] == student)


def entry(course: Course, student: str) -> dict:
    """A student's entry in grades.json."""
    return json.loads((course.root / "grades.json").read_text())["students"][student]


def page(course: Course, assignment: str, student: str) -> str:
    """A student's feedback page, written anew."""
    feedback_pages.write_all(course, assignment, [student])
    return course.feedback(Student(student), assignment).read_text()


def totals(course: Course, assignment: str, student: str) -> list[float]:
    """A student's total in gradebook.db, grades.csv, grades.json and the feedback page."""
    with Gradebook(f"sqlite:///{course.gradebook}") as book:
        gradebook = book.find_submission(assignment, student).score
    shown = re.search(r'class="total">([\d.e+-]+) ', page(course, assignment, student))
    places = [gradebook, row(course, student)["score"], entry(course, student)["score"], shown[1]]
    return [float(place) for place in places]
