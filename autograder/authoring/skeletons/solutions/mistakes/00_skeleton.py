"""Mistakes that the checks of notebook 00 recognise by the numbers that come out of them.

Function → mistake → edits (old text, new text) of its solution cell. Each edit replaces all
occurrences. What the student is told about a mistake stands in resnets/checks/catalogue/exercises.
"""

MISTAKES = {
    "skeleton_example_mean": {
        "sum": [("ops.mean", "ops.sum")],
        "largest": [("ops.mean", "ops.max")],
    },
}
