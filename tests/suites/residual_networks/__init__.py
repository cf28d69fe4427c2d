"""Answers to notebook 01, a package since there are so many: edits of its solution."""

from tests.suites.residual_networks import containers, right, wrong
from tests.suites.residual_networks.equivalent import EQUIVALENT as EQUIVALENT
from tests.suites.residual_networks.equivalent import ONLY_WHEN_MARKED as ONLY_WHEN_MARKED

RIGHT = [*right.RIGHT, *containers.RIGHT]
WRONG = [*wrong.WRONG, *containers.WRONG]

LEAST = (70, 25)
