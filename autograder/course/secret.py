"""The course's secret, from which hidden tests draw their inputs.

It never leaves the instructors' hands; kernels are told a value derived from it. With another
secret hidden tests have other inputs, so verdicts do not carry over and all is marked again. Those
who mark a class together therefore use one file, which is looked for

1. where `--secret FILE` says;
2. in the course folder: `COURSE/.course-secret`;
3. in this clone of the repository: `.course-secret`, of which other clones know nothing;

and made in the course folder where there is none.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.course.files import write_atomically
from autograder.errors import AutograderError
from autograder.paths import ROOT

NAME = ".course-secret"
OF_THIS_CLONE = ROOT / NAME
_OTHERS = 0o077
"""Permissions of anybody but the file's owner."""


class SecretError(AutograderError):
    """The secret cannot be read or kept; the message is one sentence."""


@dataclass(frozen=True)
class CourseSecret:
    """A course's secret.

    Attributes:
        path: the file that holds it.
        made: whether it was made just now.
    """

    path: Path
    made: bool = False

    def of_cases(self, assignment: str) -> str:
        """What the hidden cases of an assignment are drawn from, in hex.

        Raises:
            SecretError: the file is missing, empty or unreadable.
        """
        return hmac.new(self._read(), assignment.encode(), hashlib.sha256).hexdigest()

    def is_private(self) -> bool:
        """Whether nobody but the file's owner may read it, as far as that can be told."""
        try:
            return os.name != "posix" or not self.path.stat().st_mode & _OTHERS
        except OSError:
            return True

    def has_changed(self, course: Path) -> bool:
        """Whether the course was marked before with another secret."""
        try:
            return _fingerprint_file(course).read_text() != self._fingerprint()
        except (OSError, UnicodeDecodeError):
            return False

    def note_use(self, course: Path) -> None:
        """Notes that the course is marked with this secret; what is noted does not give it away.

        Where it cannot be noted, all that is lost is a warning.
        """
        with suppress(OSError):
            write_atomically(_fingerprint_file(course), self._fingerprint(), mode=0o600)

    def _fingerprint(self) -> str:
        return hmac.new(self._read(), b"fingerprint", hashlib.sha256).hexdigest()

    def _read(self) -> bytes:
        try:
            secret = self.path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SecretError(
                f"The course's secret cannot be read from {self.path}: {error}."
            ) from error
        if not secret:
            raise SecretError(
                f"The course's secret in {self.path} is empty; write a long random text."
            )
        return secret.encode()


def find_secret(course: Path, given: Path | None = None) -> CourseSecret:
    """The secret of a course, made in its folder where there is none.

    Args:
        course: its folder.
        given: a file that takes precedence.

    Raises:
        SecretError: it cannot be made.
    """
    if given is not None:
        return CourseSecret(given)
    own = course / NAME
    for path in (own, OF_THIS_CLONE):
        if path.exists():
            return CourseSecret(path)
    return CourseSecret(own, made=_write_new(own, secrets.token_hex(32)))


def keep_in_course(course: Path) -> CourseSecret:
    """Puts the secret into the course folder, so that whoever has the folder has it.

    A clone that has marked already has one: it is copied, and what is marked stays marked.
    """
    found = find_secret(course)
    if found.path == course / NAME:
        return found
    made = _write_new(course / NAME, found._read().decode())
    return CourseSecret(course / NAME, made)


def _fingerprint_file(course: Path) -> Path:
    return course / ".autograder" / "secret-fingerprint"


def _write_new(path: Path, secret: str) -> bool:
    """Writes a secret, readable by its owner only; False where somebody else was faster.

    Raises:
        SecretError: it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise SecretError(
            f"A secret for the hidden tests cannot be kept in {path} ({error.strerror}); "
            "mend that, or name a file with --secret."
        ) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(secret + "\n")
    return True
