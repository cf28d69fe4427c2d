"""What takes the place of a function that is graded elsewhere: one module a notebook.

A module is named like the notebook whose functions it stands in for, and is found by itself. It
holds `stand_in(name, theirs)`, which returns what takes the place of the function of that name;
`theirs` is the student's own, or None.

No rubric and no verdict.
"""
