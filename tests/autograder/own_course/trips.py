"""A small course on pandas, with a file of data beside its notebook: three exercises, one essay."""

from __future__ import annotations

from tests.autograder.own_course.percent import notebook

ASSIGNMENT = "bikes"
NOTEBOOK = "trips"
CSV = b"""\
start,station,minutes,member
2024-05-06 08:01,Harbour,12,yes
2024-05-06 08:15,Market,7,yes
2024-05-06 17:40,Harbour,,no
2024-05-07 09:05,Park,31,no
2024-05-07 18:22,Market,9,yes
2024-05-08 07:58,Harbour,14,yes
2024-05-11 11:30,Park,64,no
2024-05-11 12:10,Park,48,no
2024-05-11 15:45,Market,22,no
2024-05-12 10:20,Harbour,35,yes
2024-05-12 16:05,Park,,yes
2024-05-13 08:03,Harbour,11,yes
"""
SOLVED = notebook('''\
# %% [markdown]
# # Bike trips

# %%
import numpy as np
import pandas as pd
import pytest

# %% [markdown]
# ## 1. Read the data
#
# Drop trips without a length. `start` becomes a time, `member` a truth value.

# %% solution read
def read(path):
    """The trips in a file: start, station, minutes, member; a new index from 0."""
    ### BEGIN SOLUTION
    trips = pd.read_csv(path, parse_dates=["start"]).dropna(subset="minutes")
    trips["member"] = trips["member"] == "yes"
    return trips.reset_index(drop=True)
    ### END SOLUTION

# %% test read_columns 2
trips = read("trips.csv")
assert list(trips.columns) == ["start", "station", "minutes", "member"]
assert len(trips) == 10
assert trips["minutes"].sum() == 253
### BEGIN HIDDEN TESTS
assert trips["member"].tolist() == [True, True, False, True, True, False, False, False, True, True]
assert trips["start"].max() == pd.Timestamp("2024-05-13 08:03")
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Stations

# %% solution by_station
def by_station(trips):
    """The mean length of trips by station, longest first."""
    ### BEGIN SOLUTION
    return trips.groupby("station")["minutes"].mean().sort_values(ascending=False)
    ### END SOLUTION

# %% test by_station_means 3
index = pd.Index(["Park", "Harbour", "Market"], name="station")
means = pd.Series([143 / 3, 18.0, 38 / 3], index=index, name="minutes")
pd.testing.assert_series_equal(by_station(read("trips.csv")), means)
### BEGIN HIDDEN TESTS
few = pd.DataFrame({"station": ["a", "b", "a"], "minutes": [1.0, 5.0, 2.0]})
assert by_station(few).to_dict() == {"b": 5.0, "a": 1.5}
assert by_station(few).index.tolist() == ["b", "a"]
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Weekends

# %% solution weekend_share
def weekend_share(trips):
    """Which part of the trips begins on a Saturday or a Sunday."""
    ### BEGIN SOLUTION
    return float((trips["start"].dt.day_of_week >= 5).mean())
    ### END SOLUTION

# %% test weekend 2
assert weekend_share(read("trips.csv")) == pytest.approx(0.4)
### BEGIN HIDDEN TESTS
days = pd.DataFrame({"start": pd.to_datetime(["2024-06-01", "2024-06-02", "2024-06-03"])})
assert np.isclose(weekend_share(days), 2 / 3)
with pytest.raises(KeyError):
    weekend_share(pd.DataFrame({"begin": []}))
### END HIDDEN TESTS

# %% [markdown]
# ## 4. What would you ask next?

# %% [markdown] answer question 3
# Whether members ride on other days than guests.
''')
HONEST = {
    "right": {},
    "written otherwise": {
        "read": (
            "def read(path):\n"
            "    t = pd.read_csv(path)\n"
            "    t = t[t.minutes.notna()]\n"
            "    t = t.assign(start=pd.to_datetime(t.start), member=t.member.eq('yes'))\n"
            "    t.index = range(len(t))\n"
            "    return t\n"
        ),
        "weekend_share": (
            "def weekend_share(trips):\n"
            "    names = trips['start'].dt.day_name()\n"
            "    return sum(n in ('Saturday', 'Sunday') for n in names) / len(names)\n"
        ),
    },
    "rows kept": {"read": "def read(path):\n    return pd.read_csv(path, parse_dates=['start'])"},
    "not sorted": {
        "by_station": "def by_station(trips):\n"
        "    return trips.groupby('station')['minutes'].mean()"
    },
    "Sunday only": {
        "weekend_share": "def weekend_share(trips):\n"
        "    return float((trips['start'].dt.day_of_week > 5).mean())"
    },
    "not begun": {
        "read": "# YOUR CODE HERE\nraise NotImplementedError()",
        "by_station": "# YOUR CODE HERE\nraise NotImplementedError()",
        "weekend_share": "# YOUR CODE HERE\nraise NotImplementedError()",
        "question": "YOUR ANSWER HERE",
    },
    "no essay": {"question": "YOUR ANSWER HERE"},
    "does not compile": {"by_station": "def by_station(trips)\n    return 1"},
}
"""Submissions by their names: other code in some cells."""
