# make run       notebook 01's solution, end to end: marked, trained, drawn
# make lab       JupyterLab on notebook 01
# make test      every test
# make bench     every measured claim, beside its peer
# make site      the web site, in build/site
# make gpu-test  seeded values and checks on a GPU (without one, on the CPU), on three backends
#
# Each of them first sets up what it needs: system packages where apt-get may be used, and .venv.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run lab test gpu-test lint rooms bench site build lock system clean

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
# The backends on which the checks run besides TensorFlow; `make test BACKENDS=jax` leaves out torch.
BACKENDS ?= jax torch

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: $(INSTALLED)
	@$(PYTHON) -m autograder.showcase

lab: $(INSTALLED)
	$(PYTHON) -m jupyterlab notebooks/01_residual_networks.ipynb

test: $(INSTALLED) lint
	@if [[ " $(BACKENDS) " == *" torch "* ]]; then \
	  $(PYTHON) -c "import torch" 2>/dev/null || $(PYTHON) -m pip install --quiet torch==2.13.0; fi
	$(PYTHON) -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder

lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/zizmor --quiet --offline .github
	@$(PYTHON) tools/rooms.py --check || { echo "The map in CONTRIBUTING.md is old: make rooms"; exit 1; }

# Draws the map of the rooms in CONTRIBUTING.md from the imports.
rooms: $(INSTALLED)
	$(PYTHON) tools/rooms.py

# Each script's figures are kept in benchmarks/last/; the site shows them.
bench: $(INSTALLED)
	@$(PYTHON) tools/bench.py

site: $(INSTALLED)
	@$(PYTHON) -m autograder site --to build/site

gpu-test: $(INSTALLED)
	@if compgen -G "/dev/nvidia[0-9]*" >/dev/null; then \
	  $(PYTHON) -m pip install --quiet --requirement requirements-gpu.txt --constraint requirements.lock \
	    || exit 1; export RESNETS_GPU=1; \
	else echo "There is no NVIDIA GPU here, so the same tests run on the CPU."; fi; \
	$(PYTHON) -m pytest tests/backends tests/notebooks/test_published_values.py

build: $(INSTALLED)
	$(PYTHON) -m autograder build

# Resolves the bounds of requirements*.txt anew, for every system and Python version.
lock: $(INSTALLED)
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	  requirements.txt requirements-instructor.txt requirements-dev.txt requirements-site.txt \
	  --output-file requirements.lock

$(INSTALLED): requirements.lock tools/set-up
	@tools/set-up $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
