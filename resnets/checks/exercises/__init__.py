"""The graded functions of the course, one module a notebook. Importing this registers them all."""

from resnets.checks.exercises import building_blocks, residual_networks  # noqa: F401
