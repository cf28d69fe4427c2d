"""The course's secret, from which hidden tests draw their inputs.

It never leaves the instructor's machine; kernels are told a value derived from it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from .sources import ROOT

SECRET_FILE = ROOT / ".course-secret"


class SecretError(Exception):
    """The secret cannot be read; the message is one sentence."""


def make_secret(path: Path = SECRET_FILE) -> Path:
    """Makes the file with a secret of its own, readable by its owner only, unless it is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    return path


def case_secret(assignment: str, path: Path | None = None) -> str:
    """What the hidden cases of an assignment are drawn from, in hex.

    Args:
        assignment: its name.
        path: the file that holds the course's secret; `SECRET_FILE`, made if need be, without it.

    Raises:
        SecretError: the file is missing, empty or unreadable.
    """
    path = make_secret() if path is None else path
    try:
        secret = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"The course's secret cannot be read from {path}: {error}.") from error
    if not secret:
        raise SecretError(f"The course's secret in {path} is empty; write a long random text.")
    return hmac.new(secret.encode(), assignment.encode(), hashlib.sha256).hexdigest()
