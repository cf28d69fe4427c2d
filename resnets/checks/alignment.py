"""Lay two chains of steps side by side, so that a step left out does not shift all the others."""

from __future__ import annotations

from resnets.checks.canonical import Step

_OUT = 1.0
_LIKE, _TOGETHER = 0.04, 0.02
_LOOSE = ("stage", "block", "padding", "use_bias", "momentum", "epsilon")


def distance(asked: Step, found: Step) -> float:
    """Return how unlike two steps are: 0 the same, 2 or more nothing in common."""
    if asked.kind != found.kind:
        return 1.5 if asked.family == found.family else 3.0
    settings = [key for key in asked.settings if asked.settings[key] != found.settings.get(key)]
    unlike = sum(0.05 if key in _LOOSE else 0.2 for key in settings)
    if asked.name != found.name and asked.name:
        unlike += 0.1 if found.name else 0.05
    return min(unlike, 1.2)


def align(asked: list[Step], found: list[Step]) -> tuple[list[tuple[int, int]], float]:
    """Pair the steps of two chains, in order, at the least cost.

    Args:
        asked: the chain there should be.
        found: the chain there is.

    Returns:
        Pairs (position in asked, position in found), -1 where there is no counterpart; the cost.
    """
    rows, columns = len(asked) + 1, len(found) + 1
    cost = [[0.0] * columns for _ in range(rows)]
    for i in range(1, rows):
        cost[i][0] = i * _OUT
    for j in range(1, columns):
        cost[0][j] = j * _OUT
    apart = [[distance(one, other) for other in found] for one in asked]

    def paired(i: int, j: int) -> float:
        # Of two ways that cost the same, steps that stay together are the better guess.
        together = i > 1 and j > 1 and apart[i - 2][j - 2] < _LIKE
        return cost[i - 1][j - 1] + apart[i - 1][j - 1] - (_TOGETHER if together else 0)

    for i in range(1, rows):
        for j in range(1, columns):
            cost[i][j] = min(
                paired(i, j),
                cost[i - 1][j] + _OUT,
                cost[i][j - 1] + _OUT,
            )
    pairs = []
    i, j = len(asked), len(found)
    while i or j:
        if i and j and abs(cost[i][j] - paired(i, j)) < 1e-9:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif j and abs(cost[i][j] - cost[i][j - 1] - _OUT) < 1e-9:
            j -= 1
            pairs.append((-1, j))
        else:
            i -= 1
            pairs.append((i, -1))
    return pairs[::-1], cost[-1][-1]
