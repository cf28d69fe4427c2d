"""grades.json and grades.csv: the marks for other programs."""

from __future__ import annotations

import csv
import io
import json

from .course import Course
from .files import write_atomically
from .verdict import Verdict


def write(course: Course, assignment: str) -> None:
    """Writes both files anew from the verdicts that are kept."""
    verdicts = {student.id: v for student, v in course.verdicts(assignment).items()}
    students = {name: student_grades(verdict) for name, verdict in verdicts.items()}
    grades = {"assignment": assignment, "students": students}
    write_atomically(course.root / "grades.json", json.dumps(grades, indent=1) + "\n")
    write_atomically(course.root / "grades.csv", _table(course))


def student_grades(verdict: Verdict) -> dict[str, object]:
    """One student's entry in grades.json."""
    return {
        "score": verdict.score,
        "max_score": verdict.max_score,
        "status": verdict.status,
        "seconds": round(verdict.seconds, 3),
        "message": verdict.message,
        "cells": [
            {
                "grade_id": cell.grade_id,
                "points": cell.points,
                "max_points": cell.max_points,
                "passed": cell.passed,
                "messages": cell.messages,
            }
            for cell in verdict.cells
        ],
    }


def _table(course: Course) -> str:
    """All assignments' grades; it holds no times, so marking again gives the same table."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["assignment", "student", "score", "max_score", "status", "message"])
    for assignment in course.assignments():
        for student, verdict in course.verdicts(assignment).items():
            score = [f"{verdict.score:g}", f"{verdict.max_score:g}"]
            writer.writerow([assignment, student.id, *score, verdict.status, verdict.message])
    return table.getvalue()
