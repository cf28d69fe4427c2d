"""What stands behind `resnets_utils`: data, initializers, checks, plots and training."""
