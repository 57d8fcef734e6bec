# Huiying: every task of daily work. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
JOBS ?= 2
# Some machines forbid it: then each of the many processes of the tests would compile every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo run test acceptance lint format bench bench-large time-limits clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.runtime ## make .venv with the `huiying` command in it

.venv/.runtime: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Huiying needs Python 3.11 or newer; say which: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Huiying and what it needs into .venv (about a minute) …"
	@PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.development: .venv/.runtime
	@echo "Installing what tests and lint need …"
	@PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: .venv/.runtime ## the whole product with an embedded database and sample messages; prints address and sign-ins
	@$(BIN)/huiying demo

run: .venv/.runtime ## web and scheduler with the settings of .env
	@$(BIN)/huiying serve

test: .venv/.development ## the tests (under 3 minutes; needs neither PostgreSQL nor a browser)
	@$(BIN)/python -m pytest tests --ignore=tests/acceptance --ignore=tests/bench -n $(JOBS) --dist worksteal

acceptance: .venv/.development ## the long tests: kills, browsers, many processes (wants PostgreSQL and Chromium)
	@$(BIN)/python -m pytest tests/acceptance -n $(JOBS) --dist loadfile --no-loadscope-reorder --durations=10
	@test -z "$$HUIYING_TEST_POSTGRES_URL" || \
	  $(BIN)/python -m pytest tests --ignore=tests/acceptance --ignore=tests/bench -m postgresql -n $(JOBS)

lint: .venv/.development ## ruff, mypy, import rules
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: .venv/.development ## put the code into its one format
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: .venv/.development ## speed and memory: medians of five
	@$(BIN)/python -m tests.bench

bench-large: .venv/.development ## a million open clocks; a million cases (built once, kept in var/bench)
	@$(BIN)/python -m tests.bench deadlines-large casework-large

time-limits: .venv/.development ## write docs/time-limits.md from the table of limits
	@$(BIN)/python -m tests.handlers.deadlines.worked_examples

clean: ## remove what was built (never data)
	@rm -rf .venv *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
