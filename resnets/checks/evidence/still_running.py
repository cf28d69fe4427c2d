"""The sentence on a function that exceeded its time: one text, wherever it is said.

Whoever marks may repeat no words of a submission's own, but may say this with the limit it knows.
"""

from __future__ import annotations

from resnets.language import N_, say

_WORDS = N_("It was still running after {seconds} seconds: is there a loop without an end?")


def still_running(seconds: float) -> str:
    """Return the sentence on a function that ran longer than its time limit in seconds."""
    return say(_WORDS, seconds=f"{seconds:g}")


def says_still_running(message: str) -> bool:
    """Return whether a message holds the sentence, with whatever number."""
    return all(part in message for part in say(_WORDS).split("{seconds}"))
