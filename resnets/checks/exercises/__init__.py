"""The graded functions of the course, one module a notebook. Importing this registers them all."""

from resnets.checks.exercises import (  # noqa: F401
    building_blocks,
    degradation_and_shortcuts,
    faster_training,
    residual_networks,
)
