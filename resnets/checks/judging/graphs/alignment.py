"""Sequence alignment of two chains of steps, so that one left out does not shift all the others."""

from __future__ import annotations

from resnets.checks.judging.graphs.step import Step

_GAP = 1.0
"""Cost of a step without a counterpart."""
_LIKE, _TOGETHER = 0.04, 0.02
_LOOSE = ("stage", "block", "padding", "use_bias", "momentum", "epsilon")


def distance(expected: Step, found: Step) -> float:
    """Return how unlike two steps are: 0 the same, 2 or more nothing in common."""
    if expected.kind != found.kind:
        return 1.5 if expected.family == found.family else 3.0
    unlike = sum(
        0.05 if key in _LOOSE else 0.2
        for key, value in expected.settings.items()
        if value != found.settings.get(key)
    )
    if expected.name != found.name and expected.name:
        unlike += 0.1 if found.name else 0.05
    return min(unlike, 1.2)


def align(expected: list[Step], found: list[Step]) -> tuple[list[tuple[int, int]], float]:
    """Pair the steps of two chains, in order, at the least cost.

    Args:
        expected: the chain there should be.
        found: the chain there is.

    Returns:
        Pairs (position in expected, position in found), -1 where there is no counterpart; the cost.
    """
    if not expected:
        return [(-1, j) for j in range(len(found))], len(found) * _GAP
    apart = [[distance(one, other) for other in found] for one in expected]
    bonus = _bonuses(apart)
    cost = _least_costs(apart, bonus)
    return _traced_back(cost, apart, bonus), cost[-1][-1]


def _bonuses(apart: list[list[float]]) -> list[list[float]]:
    """Return what a pair saves: of two ways that cost the same, steps that stay together win."""
    return [
        [_TOGETHER if i and j and apart[i - 1][j - 1] < _LIKE else 0.0 for j in range(len(row))]
        for i, row in enumerate(apart)
    ]


def _least_costs(apart: list[list[float]], bonus: list[list[float]]) -> list[list[float]]:
    """Return the cost of aligning the first i expected steps with the first j found ones."""
    rows, columns = len(apart) + 1, len(apart[0]) + 1
    cost = [[(i + j) * _GAP for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            cost[i][j] = min(
                _paired(cost, apart, bonus, i, j),
                cost[i - 1][j] + _GAP,
                cost[i][j - 1] + _GAP,
            )
    return cost


def _paired(
    cost: list[list[float]], apart: list[list[float]], bonus: list[list[float]], i: int, j: int
) -> float:
    return cost[i - 1][j - 1] + apart[i - 1][j - 1] - bonus[i - 1][j - 1]


def _traced_back(
    cost: list[list[float]], apart: list[list[float]], bonus: list[list[float]]
) -> list[tuple[int, int]]:
    """Read the pairs off the table of costs, from its end."""
    pairs = []
    i, j = len(cost) - 1, len(cost[0]) - 1
    while i or j:
        if i and j and abs(cost[i][j] - _paired(cost, apart, bonus, i, j)) < 1e-9:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif j and abs(cost[i][j] - cost[i][j - 1] - _GAP) < 1e-9:
            j -= 1
            pairs.append((-1, j))
        else:
            i -= 1
            pairs.append((i, -1))
    return pairs[::-1]
