"""What differs between the asked graph and the one that was built, each difference in words."""

from __future__ import annotations

from dataclasses import dataclass

from resnets.checks.canonical import BLOCKS, Step, by


@dataclass
class Finding:
    """One difference.

    Attributes:
        criterion: of the rubric that it is charged to.
        id: for tests and statistics, e.g. "padding", "missing:relu", "adds-itself".
        message: a sentence in the student's terms.
        asked: what should be there.
        found: what is there.
        key: where in the asked graph, e.g. "main.3"; empty when nowhere in particular.
        setting: the setting that differs.
        values: asked and found value of it, to see later whether it is hard-coded.
        node: position in the student's steps, -1 if it has none.
        after: what stands before it.
        shows: whether other numbers must come out of it; if they do not, it is no mistake.
        excusable: whether right numbers may excuse it at all.
    """

    criterion: str
    id: str
    message: str
    asked: str = ""
    found: str = ""
    key: str = ""
    setting: str = ""
    values: tuple = ()
    node: int = -1
    after: str = ""
    shows: bool = True
    excusable: bool = True


_WHY = {
    "padding": {
        "valid": "so the picture loses its border and the addition would not fit",
        "same": "so the picture keeps a border that should go",
    },
    "momentum": {None: "so the moving averages follow at another pace"},
    "epsilon": {None: "so every number is scaled a little differently"},
    "center": {False: "so batch norm cannot learn an offset (beta)"},
    "scale": {False: "so batch norm cannot learn a scale (gamma)"},
    "use_bias": {False: "so its output cannot be shifted"},
    "axis": {None: "so it does not normalise channel by channel"},
}


def setting_finding(criterion: str, words: str, key: str, asked: Step, found: Step, setting: str):
    """Return the finding that one setting of a step differs."""
    wanted, there = asked.settings.get(setting), found.settings.get(setting)
    if setting == "training":
        message = (
            f"{words}: {found.label} is called with training={there}. Leave training out, so "
            "that Keras decides between batch and moving averages."
        )
    else:
        reason = _why(setting, there)
        if found.kind in BLOCKS:
            wanted, there = f"{setting}={wanted}", f"{setting}={there}"
            message = f"{words}: {found.label} is called with {there}; {wanted} was asked."
            return Finding(criterion, setting, message, wanted, there, key, setting)
        message = (
            f"{words}: {found.label} has {setting} {_value(there)}; {_value(wanted)} was "
            f"asked{', ' + reason if reason else ''}."
        )
    return Finding(
        criterion,
        setting,
        message,
        f"{setting} {_value(wanted)}",
        f"{setting} {_value(there)}",
        key,
        setting,
        (wanted, there),
    )


def _why(setting: str, there) -> str:
    reasons = _WHY.get(setting, {})
    if isinstance(there, str | bool) and there in reasons:
        return reasons[there]
    return reasons.get(None, "")


def _value(value) -> str:
    if isinstance(value, list) and value and all(isinstance(n, int) for n in value):
        return by(value) if len(value) == 2 else str(value)
    return repr(value)


def missing_finding(criterion: str, words: str, key: str, asked: Step, before: str) -> Finding:
    """Return the finding that a step is not there."""
    return Finding(
        criterion,
        f"missing:{asked.kind}",
        f"{words}: {asked.label} is missing{before}.",
        asked.in_words(),
        "nothing",
        key,
    )


def extra_finding(criterion: str, words: str, key: str, found: Step, after: str) -> Finding:
    """Return the finding that there is a step too many."""
    where = " (an activation given to the layer before)" if found.inside else ""
    return Finding(
        criterion,
        f"extra:{found.kind}",
        f"{words}: there is a {found.label} too many{after}{where}.",
        "nothing",
        found.in_words(),
        key,
    )


def other_finding(criterion: str, words: str, key: str, asked: Step, found: Step) -> Finding:
    """Return the finding that a step of another kind stands in its place."""
    return Finding(
        criterion,
        f"instead:{found.kind}",
        f"{words}: {found.label} stands where {asked.label} was asked.",
        asked.in_words(),
        found.in_words(),
        key,
    )
