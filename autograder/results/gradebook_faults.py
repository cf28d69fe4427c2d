"""What can be wrong with gradebook.db, each in one sentence that says the way out."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from autograder.errors import AutograderError, what_failed

AFTERWARDS = (
    "the marks are in grades.csv and grades.json, and the next `grade` enters them here too"
)
MOVE = "move the file away, and the next `grade` makes a new one"


class GradebookError(AutograderError):
    """The gradebook cannot be written; the message is one sentence with the way out."""


@contextmanager
def told(path: Path, assignment: str) -> Iterator[None]:
    """Turns whatever nbgrader, SQLAlchemy and SQLite raise into a GradebookError.

    What nbgrader would log about it, with a traceback, is left out.

    Args:
        path: the database.
        assignment: of which it is being told.
    """
    log = logging.getLogger("tornado.application")
    before, log.disabled = log.disabled, True
    try:
        yield
    except GradebookError:
        raise
    except Exception as error:
        raise GradebookError(f"{path} {_why(error, assignment)}") from error
    finally:
        log.disabled = before


def _why(error: Exception, assignment: str) -> str:
    said = str(error)
    if "database is locked" in said or "database table is locked" in said:
        return f"is locked by another program: end that one (formgrader, say); {AFTERWARDS}."
    if "Cannot add or remove cells" in said:
        return (
            f"was made for another version of {assignment}, and holds marks of it that nbgrader "
            f"does not change: {MOVE}, or make a copy and run `nbgrader db assignment remove "
            f"{assignment} --force` in the course folder, which deletes what people graded by hand "
            "in this assignment."
        )
    if "file is not a database" in said or "malformed" in said:
        return f"is not a database, or a damaged one: {MOVE}, or put a copy of it back."
    if "unable to open" in said or "readonly" in said:
        return f"cannot be opened or written: look at its permissions; {AFTERWARDS}."
    if "disk is full" in said or "disk I/O error" in said:
        return f"could not be written (the disk is full, or fails): make room; {AFTERWARDS}."
    first = " ".join(said.partition("\n")[0].split())[:200]
    return f"could not be filled ({what_failed(error)}: {first}); {AFTERWARDS}."


def require_schema(path: Path, tables: Mapping[str, set[str]]) -> None:
    """Raises where an older nbgrader made the database.

    It must be called before nbgrader opens it: nbgrader adds the tables that it misses, and then
    its own `nbgrader db upgrade` stumbles over them.

    Args:
        path: the database; it need not be there.
        tables: the columns that nbgrader will ask for, by their table's name.

    Raises:
        GradebookError: some table or column is missing.
        sqlite3.Error: it cannot be read.
    """
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as database:
        there = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        if not there:
            return
        for table, columns in tables.items():
            rows = database.execute(f'PRAGMA table_info("{table}")')
            if columns - {row[1] for row in rows}:
                raise GradebookError(
                    f"{path} was made by an older nbgrader: run `nbgrader db upgrade` in the "
                    f"course folder, which keeps a copy of it; {AFTERWARDS}."
                )
