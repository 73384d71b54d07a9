# Holdfast's commands. Each makes what it needs in .venv; a fresh machine needs Python 3.11 or newer and make, nothing else.
#
#   make demo    a record store's data goes through Holdfast, on a SQLite file
#   make test    all tests (PostgreSQL, MariaDB: private servers where they can be had, else their tests are skipped visibly)
#   make soak    the machines of docs/explanation/reliability.md for hours; what they counted goes to soak-figures.txt.
#                Shorter: make soak SOAK_STEPS=100000 SOAK_MINUTES=10; one of them: SOAK_TESTS=tests/crash
#   make lint    ruff, mypy and pyright on the public face and the typed examples
#   make docs    the documentation site, in site/
#   make bench   Holdfast beside the raw drivers and six other mappers, as ratios: make bench DATABASE=postgresql ROUNDS=5
#                OPERATIONS='load insert' CONTENDERS=raw,holdfast,django; everything else: ARGS='--help'

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
OLD_PYTHON := Holdfast needs Python 3.11 or newer: install one, or name it: make PYTHON=/path/to/python3
NO_PIP := There is no pip in $(VENV): install it for your Python (Debian and Ubuntu: python3-venv), remove $(VENV), run again
IS_NEW := import sys; sys.exit(sys.version_info < (3, 11))
CHECK_VENV = $(BIN)/python -c '$(IS_NEW)' || { echo "$(OLD_PYTHON); and remove $(VENV), whose Python is older" >&2; exit 1; }

# The first Python that is new enough; a name given as PYTHON=... is taken alone.
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for name in $(PYTHONS); do $$name -c '$(IS_NEW)' 2>/dev/null && { echo $$name; break; }; done)

PYTEST_ARGS ?= -n auto -q

# The long runs: HOLDFAST_TEST_SOAK=1 gives each machine its soak size, the other variables what has a size of its own.
SOAK_STEPS ?= 1000000
SOAK_MINUTES ?= 60
SOAK_TESTS ?= $(wildcard tests/stateful tests/crash tests/hostile tests/faults tests/threads tests/differential/test_session_programs.py)
SOAK = HOLDFAST_TEST_SOAK=1 HOLDFAST_TEST_STEPS=$(SOAK_STEPS) HOLDFAST_TEST_SOAK_MINUTES=$(SOAK_MINUTES) HOLDFAST_TEST_FIGURES=soak-figures.txt

.PHONY: help demo test soak lint format docs bench clean
help:
	@sed -n 's/^#   //p' Makefile

# The demo and the library need the standard library alone, so this works without a network.
demo: $(BIN)/python
	@$(CHECK_VENV)
	@$(BIN)/python -m examples.record_store $(ARGS)

test: $(VENV)/.ready-test
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

# A single test may run for an hour here.
soak: $(VENV)/.ready-test
	@rm -f soak-figures.txt
	@$(SOAK) $(BIN)/python -m pytest $(PYTEST_ARGS) -o faulthandler_timeout=0 $(SOAK_TESTS)
	@cat soak-figures.txt

lint: $(VENV)/.ready-test $(VENV)/.ready-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright

format: $(VENV)/.ready-lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.ready-docs
	@$(BIN)/python -m tools.docs

BENCH_OPTIONS = $(if $(DATABASE),--database '$(DATABASE)') $(if $(CONTENDERS),--contenders $(CONTENDERS)) $(if $(ROUNDS),--rounds $(ROUNDS))
bench: $(VENV)/.ready-bench
	@$(BIN)/python -m bench $(OPERATIONS) $(BENCH_OPTIONS) $(ARGS)

clean:
	rm -rf $(VENV) site build dist docs/changelog.md .pytest_cache .mypy_cache .ruff_cache .hypothesis

# A .venv that is there is used as it is, whoever made it, if its Python is new enough.
$(BIN)/python:
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(IS_NEW)' 2>/dev/null || { echo "$(OLD_PYTHON)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)

# One mark per extra: installed anew whenever pyproject.toml has changed.
$(VENV)/.ready-%: pyproject.toml | $(BIN)/python
	@$(CHECK_VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "$(NO_PIP)" >&2; exit 1; }
	@echo "Installing what 'make $(or $(MAKECMDGOALS),$*)' needs into $(VENV) ..."
	@$(PIP) install --editable '.[$*]'
	@touch $@
