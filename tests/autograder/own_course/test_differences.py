"""Where two tables, arrays or lists differ is said in one sentence."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.asserts.differences import difference

TABLE = pd.DataFrame({"n": [1, 2], "price": [1.5, 2.5]})
SERIES = pd.Series([1.0, 2.0], index=["a", "b"], name="x")
CASES = [
    (TABLE, TABLE.assign(price=[1.5, 3.0]), "row 1, column 'price': expected 2.5, found 3.0"),
    (TABLE, TABLE.iloc[:1], "the number of rows: expected 2, found 1"),
    (TABLE, TABLE[["price", "n"]], "the columns: expected ['n', 'price'], found ['price', 'n']"),
    (TABLE, TABLE.assign(n=[1.0, 2]), "the type of column 'n': expected 'int64', found 'float64'"),
    (TABLE, TABLE.set_axis([1, 2]), "the index: expected [0, 1], found [1, 2]"),
    (SERIES, SERIES[::-1], "the index: expected ['a', 'b'], found ['b', 'a']"),
    (SERIES, SERIES + 1, "row 'a': expected 1.0, found 2.0"),
    (SERIES, SERIES.rename("y"), "the name: expected 'x', found 'y'"),
    (SERIES, SERIES.rename_axis("k"), "the name of the index: expected [None], found ['k']"),
    (SERIES, SERIES.astype("float32"), "the type: expected 'float64', found 'float32'"),
    (np.eye(2), np.eye(2)[::-1], "at [0, 0]: expected 1.0, found 0.0"),
    (np.eye(2), np.ones(2), "the shape: expected (2, 2), found (2,)"),
    (np.eye(2), np.eye(2, dtype="int8"), "the type: expected 'float64', found 'int8'"),
    ([1, 2, 3], [1, 2], "the length: expected 3, found 2"),
    ([1, [2], 3], [1, [4], 3], "at [1]: expected [2], found [4]"),
    (SERIES, SERIES.copy(), ""),
    (TABLE, "a text", ""),
    (3, 4, ""),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "found", "said"), CASES)
def test_the_first_difference_is_told(expected: Any, found: Any, said: str) -> None:
    assert difference(expected, found) == said


def test_missing_values_are_the_same() -> None:
    holed = pd.DataFrame({"n": [1.0, np.nan], "t": [pd.NaT, pd.Timestamp("2026-01-01")]})
    assert difference(holed, holed.copy()) == ""
    assert "row 1, column 'n': expected nan, found 0.0" in difference(holed, holed.fillna({"n": 0}))


@given(
    st.lists(st.lists(st.floats() | st.text(max_size=200), min_size=3, max_size=3), max_size=5),
    st.data(),
)
def test_one_changed_cell_of_any_table_is_found(rows: list[list[Any]], data: st.DataObject) -> None:
    table = pd.DataFrame(rows, columns=["a", "b", "c"], dtype=object)
    assert difference(table, copy.deepcopy(table)) == ""
    if rows:
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, 2))
        changed = copy.deepcopy(table)
        changed.iat[row, column] = ("another", "thing")
        said = difference(table, changed)
        assert said.startswith(f"row {row}, column '{'abc'[column]}': ") and len(said) < 250
