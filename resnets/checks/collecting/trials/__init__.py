"""Prepared worlds in which functions are tried that do something: one module a notebook.

A module is named like the notebook whose functions it tries, and is found by itself. It holds one
function a trial, `one_step(function, stream, **settings)`, which the notebook's exercises name by
the ids of their cases: see `resnets.checks.catalogue.procedure_exercise`. It makes what the
student's function needs (a small model, batches, a folder), calls it, and returns a list of what
can be seen afterwards, as numbers. Everything is drawn from `stream`, a NumPy generator. What a
student's function returns may be anything, so it is only passed on.

No rubric and no verdict.
"""
