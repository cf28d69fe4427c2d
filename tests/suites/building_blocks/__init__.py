"""Answers to notebook 02, a package since there are so many.

The wrong ones expect the words of TensorFlow's errors. What the checks find on other backends is
tested in tests/backends.
"""

from tests.suites.building_blocks.equivalent import EQUIVALENT as EQUIVALENT
from tests.suites.building_blocks.equivalent import ONLY_WHEN_MARKED as ONLY_WHEN_MARKED
from tests.suites.building_blocks.right import RIGHT as RIGHT
from tests.suites.building_blocks.wrong import WRONG as WRONG

BACKENDS = ("tensorflow",)
