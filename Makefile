# Everything here needs make and a Python from 3.11 on. `PYTHON=python3.13 make test` takes another one than
# python3; .venv is made anew when the version differs from the one it was made with.

PYTHON ?= python3
TOUR ?= 0
ARGS ?=

VERSION := $(shell $(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null)
NEW_ENOUGH = $(shell $(PYTHON) -c 'import sys; print("yes" if sys.version_info >= (3, 11) else "")')
BIN := .venv/bin
VENV := .venv/made-by-$(VERSION)
RUNTIME := .venv/has-requirements
DEV := .venv/has-requirements-dev
BENCH := .venv/has-requirements-bench
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

# The tests start many processes. Where the environment forbids to keep what was compiled, each would do it anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install demo quick test test-shuffled test-faults test-browser test-shared test-mutants \
	check lint types imports coverage screenshots bench

help:
	@echo 'make demo          the whole bot on a page, with stand-ins for Slack and SMSFactor (TOUR=1: a tour in the terminal)'
	@echo 'make quick         lint, types and the nearest tests of what differs from main, in a minute'
	@echo 'make test          all but the stories of test-faults and the browser (ARGS="-k flood": some of them)'
	@echo 'make test-shuffled the same in a random order, whose seed is printed (ARGS=--randomly-seed=7: in that order again)'
	@echo 'make test-faults   the stories that kill at every write, cut, delay and flood'
	@echo 'make test-browser  the page in chromium, as people use it (CHROMIUM=/path/to/one: another browser of its kind)'
	@echo 'make test-shared   are the copies in tests/contracts what ../shared says, where that lies beside this folder?'
	@echo 'make check         format, lint, types, import rules, and make test with coverage'
	@echo 'make test-mutants  known faults, put into copies of the code: do the tests notice them? (ARGS="name …": some of them)'
	@echo 'make screenshots   its main scenes, into docs/images'
	@echo 'make bench         how fast it is, beside simpler ways (ARGS=--quick: a look; Linux, some quiet minutes)'

install: $(DEV)

demo: $(RUNTIME)
	@$(BIN)/python -m bot demo $(if $(filter 1,$(TOUR)),--tour) $(ARGS)

quick: $(DEV)
	@$(BIN)/python -m tests.quick

test: $(DEV)
	@$(BIN)/python -m pytest -n auto -m 'not faults' $(ARGS)

test-shuffled: $(DEV)
	@$(BIN)/python -m pytest -o addopts='--strict-markers --import-mode=importlib' -n auto -m 'not faults' $(ARGS)

test-faults: $(DEV)
	@$(BIN)/python -m pytest -n 3 -m faults tests/rules $(ARGS)

test-browser: $(DEV)
	@$(BIN)/python -m pytest -n 2 tests/browser $(ARGS)

test-shared: $(DEV)
	@$(BIN)/python -m pytest -n 0 -rs tests/shared $(ARGS)

check: lint types imports coverage

lint: $(DEV)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .

types: $(DEV)
	@$(BIN)/mypy --no-error-summary

imports: $(DEV)
	@$(BIN)/lint-imports --no-cache >.venv/imports.txt || { cat .venv/imports.txt; exit 1; }

coverage: $(DEV)
	@$(BIN)/python -m pytest -n auto -m 'not faults' --cov --cov-report=term-missing:skip-covered $(ARGS)

test-mutants: $(DEV)
	@$(BIN)/python -m tests.mutants $(ARGS)

screenshots: $(DEV)
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

bench: $(BENCH)
	@$(BIN)/python -m tests.bench $(ARGS)

$(VENV):
	$(if $(VERSION),,$(error $(PYTHON) was not found. Install Python 3.11 or later, or name one: make PYTHON=…))
	$(if $(NEW_ENOUGH),,$(error $(PYTHON) is Python $(VERSION), this needs 3.11 or later. Name one: make PYTHON=…))
	@echo 'Making .venv with Python $(VERSION) …'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

$(RUNTIME): requirements.txt $(VENV)
	@echo 'Installing what the bot needs …'
	@$(INSTALL) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo 'Installing what its tests need …'
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

$(BENCH): requirements-bench.txt $(DEV)
	@echo 'Installing what the bot is compared with …'
	@$(INSTALL) -r requirements-bench.txt
	@touch $@
