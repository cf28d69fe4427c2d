"""Settings that every test and every notebook under test runs with."""

import os

# Numbers in notebooks must not lie on a rounding boundary: see resnets/printing.py.
os.environ.setdefault("RESNETS_STRICT", "1")
os.environ.setdefault("MPLBACKEND", "agg")
