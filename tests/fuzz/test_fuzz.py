"""Whatever a file holds, its reader reads it or says in a sentence why not.

`python -m tests.fuzz` does the same with 100,000 files.
"""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import with_hypothesis
from tests.fuzz.readers import READERS

INPUTS = 200
"""For each reader: 3,000 in all."""


@pytest.mark.parametrize("name", READERS)
def test_malformed_files_are_read_or_refused(name: str) -> None:
    tried, finding = with_hypothesis(READERS[name], INPUTS, start=1)
    assert not finding, finding
    assert tried >= INPUTS / 2


@pytest.mark.parametrize("name", READERS)
def test_good_files_are_not_refused(name: str) -> None:
    for content in READERS[name].seeds():
        READERS[name].read(content)
