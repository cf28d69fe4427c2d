# make run    notebook 01's solution, end to end: marked, trained, drawn
# make lab    JupyterLab on notebook 01
# make test   every test
# make bench  every measured claim, beside its peer
#
# Each of them first sets up what it needs: system packages where apt-get may be used, and .venv.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run lab test lint bench build lock system clean

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
	$(PYTHON) -m pytest --numprocesses=2 --dist=loadfile

lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

bench: $(INSTALLED)
	@for script in benchmarks/*.py; do echo "== $$script"; $(PYTHON) $$script || exit 1; done

build: $(INSTALLED)
	$(PYTHON) -m autograder build

# Resolves the bounds of requirements*.txt anew, for every system and Python version.
lock: $(INSTALLED)
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	  requirements.txt requirements-instructor.txt requirements-dev.txt --output-file requirements.lock

$(INSTALLED): requirements.lock tools/set-up
	@tools/set-up $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
