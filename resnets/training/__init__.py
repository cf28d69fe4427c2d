"""Training: what makes notebook 01's network learn faster, and its pretrained weights."""

from resnets.training.batch_norm import recalibrate_batch_norm

__all__ = ["recalibrate_batch_norm"]
