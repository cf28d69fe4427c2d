"""Training: what makes notebook 01's network learn faster, and its pretrained weights."""

from resnets.training.batch_norm import recalibrate_batch_norm
from resnets.training.pretrained import load_pretrained

__all__ = ["load_pretrained", "recalibrate_batch_norm"]
