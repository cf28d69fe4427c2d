"""The one exception of everything that touches pictures and their files."""


class DatasetError(ValueError):
    """Pictures, labels or their files are not usable; the message is one sentence for a reader.

    It says what was expected, what was found and what to do next. In a notebook that sentence is
    shown alone: the stack trace of our own code would tell a student nothing more.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a stack trace."""
        return [f"{type(self).__name__}: {self}"]
