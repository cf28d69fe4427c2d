"""Hard-coded settings: they stay the same though the function's arguments change."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from resnets.checks.judging.graphs.comparison import Comparison
from resnets.checks.judging.graphs.finding import Finding
from resnets.language import N_, say, together

Values = Mapping[tuple[str, str], list[tuple[Any, Any]]]
"""(place, setting) → expected and found value of it, one pair a case."""
_IN_WORDS = {
    "strides": N_("stride"),
    "kernel_size": N_("kernel size"),
    "pool_size": N_("pool size"),
    "filters": N_("number of filters"),
    "units": N_("number of units"),
}
_ONE = N_("The {what} is always {value}, whatever {argument} is. Use {argument}.")
_SEVERAL = N_("The {what} is always {value}, whatever {argument} are. Use {argument}.")


def values_by_place(comparisons: Iterable[Comparison]) -> Values:
    """Return the values that each setting has in all cases."""
    values: dict[tuple[str, str], list[tuple[Any, Any]]] = defaultdict(list)
    for comparison in comparisons:
        for place, (expected, found) in comparison.pairs.items():
            if expected.kind != found.kind:
                continue
            for setting, value in expected.settings.items():
                values[place, setting].append((value, found.settings.get(setting)))
            if expected.name:
                values[place, "name"].append((expected.name, found.name))
    return values


def named_hard_coded(finding: Finding, values: Values, decided_by: Mapping[str, str]) -> Finding:
    """Return a finding that says so where its setting is hard-coded; any other as it is.

    Args:
        finding: one of all cases'.
        values: of all settings in all cases.
        decided_by: setting → the function's argument that decides it, where that is known.
    """
    pairs = values.get((finding.place, finding.setting), [])
    expected = {json.dumps(one, default=str) for one, _ in pairs}
    found = {json.dumps(other, default=str) for _, other in pairs}
    if len(expected) <= 1 or len(found) != 1 or not pairs[0][1]:
        return finding
    advice = _advice(finding, decided_by.get(finding.setting, ""))
    return replace(
        finding,
        id=f"hard-coded:{finding.setting}",
        message=together(finding.message, advice),
    )


def _advice(finding: Finding, argument: str) -> str:
    words = {
        "what": say(_IN_WORDS.get(finding.setting, finding.setting)),
        "value": finding.found.removeprefix(finding.setting).lstrip(" ="),
    }
    if not argument:
        return say(
            "The {what} is always {value}, whatever is passed. Use the function's arguments.",
            **words,
        )
    sentence = _SEVERAL if " and " in argument else _ONE
    return say(sentence, argument=say(argument), **words)
