"""What is sent to a worker of a submission: the notebook without outputs, read within bounds."""

from __future__ import annotations

import re
import subprocess
import sys

from nbformat import NotebookNode

from autograder.course.files import NotAFile
from autograder.course.folder import HandedIn
from autograder.kernels.limits import MEBIBYTE, READ_HERE, READING_MEMORY, READING_SECONDS
from autograder.notebooks import without_outputs as program
from autograder.notebooks.cells import grade_id
from resnets.language import say

WAIT = 10
"""Seconds of waiting for each processor second that reading may take, on a busy machine."""


def slim(content: bytes, largest: int) -> bytes:
    """A notebook file without its outputs; a small file that is no notebook stays as it is.

    Whatever is in the file, this process holds little more than the file itself.

    Args:
        content: the file.
        largest: bytes that may be left.

    Raises:
        NotAFile: it is not a notebook, or too large without its outputs too; the message is for
            the student.
    """
    try:
        slimmed = program.without_outputs(content) if len(content) <= READ_HERE else _apart(content)
    except (ValueError, RecursionError):
        if len(content) <= largest:
            return content  # Whoever reads it next says what is wrong.
        raise NotAFile(
            say(
                "The file has {size} MB and is not a notebook: Jupyter's notebooks are JSON, and "
                "this is not (or it was cut off).",
                size=_mebibytes(content),
            )
        ) from None
    if len(slimmed) > largest:
        raise NotAFile(
            say(
                "The notebook has {size} MB without its outputs, and at most {most} MB are read: "
                "take out data that is written into its cells.",
                size=_mebibytes(slimmed),
                most=largest // MEBIBYTE,
            )
        )
    return slimmed


def is_for_another(handed_in: HandedIn, reference: NotebookNode) -> bool:
    """Whether a notebook whose place names no assignment shows no sign of this one.

    It shows one where a graded cell's name, or the function that is to be written there, is in it.
    """
    if not handed_in.flat:
        return False
    names = [re.escape(grade_id(cell)).encode() for cell in reference.cells if grade_id(cell)]
    sign = rb'"grade_id"\s*:\s*"(?:%b)"|\b(?:def|class)\s+(?:%b)\b' % ((b"|".join(names),) * 2)
    return re.search(sign, handed_in.content) is None


def _apart(content: bytes) -> bytes:
    """The same as `without_outputs`, by a process of its own."""
    command = [sys.executable, "-I", "-S", program.__file__]
    bounds = [str(READING_MEMORY), str(READING_SECONDS)]
    try:
        done = subprocess.run(
            [*command, *bounds],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WAIT * READING_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotAFile(_too_much(content)) from None
    if done.returncode == program.NOT_A_NOTEBOOK:
        raise ValueError
    if done.returncode:
        raise NotAFile(_too_much(content))
    return done.stdout


def _too_much(content: bytes) -> str:
    return (
        f"The file has {_mebibytes(content)} MB and takes more than {READING_SECONDS} seconds or "
        f"{READING_MEMORY // MEBIBYTE} MB of memory to read: clear the notebook's outputs and save "
        "it again."
    )


def _mebibytes(content: bytes) -> str:
    return f"{len(content) / MEBIBYTE:.0f}"
