# `make run` builds everything and shows the results; `make test` checks everything. Needs Python 3.11+, git and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Nothing is ever loaded from a model hub; say so to the libraries, which would otherwise try.
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
READY := $(VENV)/.ready

.PHONY: help run test lint check report clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: check $(READY)  ## install, run the pipeline (what changed), show the headline figures
	@dvc repro --quiet
	@dvc status -q || { echo "make run: outputs do not match dvc.lock; is the disk full? 'dvc status' lists them." >&2; exit 1; }
	@twainbot report

test: check $(READY) lint  ## install, lint, type check and run all tests
	@python -m pytest

lint: check $(READY)  ## ruff and the type checker
	@ruff check .
	@ruff format --check .
	@pyrefly check --summary=none

report: check $(READY)  ## show the headline figures of the last run
	@twainbot report

clean:  ## remove the virtual environment and what the pipeline wrote (the DVC cache stays)
	rm -rf $(VENV) data/raw data/parsed data/clean data/dedupe data/tag data/toolcalls data/instruct data/split data/gate
	rm -rf data/generations data/likelihoods data/evaluate data/report models/adapters .checkpoints

check:  ## say what this machine lacks, if anything
	@bash .ci/check.sh "$(PYTHON)" "$(VENV)"

# Reinstalled when the dependencies change, not when the code does (the package is installed in place).
$(READY): pyproject.toml .ci/constraints.txt | check
	@bash .ci/install.sh "$(PYTHON)" "$(VENV)"
	@touch $@
