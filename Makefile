# One command per job; `make help` lists them. The first use of any of them makes the virtual environment.
PYTHON ?= python3
VENV := .venv
PORT ?= 5006
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help reproduce test test-all lint bench explorer docs baseline clean
.DEFAULT_GOAL := reproduce

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "evanesce needs Python 3.11 or newer; $(PYTHON) is older: make PYTHON=python3.12 ..."; exit 1; }
	@echo "First use: a virtual environment in $(VENV) ($$($(PYTHON) --version)), and in it evanesce with every extra"
	@echo "and what its tests need, from the Python Package Index: 1.3 GB on disk, a few minutes."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

help:                      ## this list
	@echo "make            the same as make reproduce"
	@sed -n 's/^\([a-z-]*\):[^#]*## /make \1|/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-15s %s\n", $$1, $$2}'

reproduce: $(READY)        ## every number and figure of the paper, into build/reproduce (a minute or two)
	$(BIN)/evanesce reproduce --output build/reproduce
	@echo
	@echo "Try next:"
	@echo "  $(BIN)/evanesce limit belle2 --mass 0.02:0.2:50   a limit with the best physics"
	@echo "  $(BIN)/evanesce experiments show belle2           a card to start your own from"
	@echo "  $(BIN)/evanesce physics                           the available presets, options and models"

test: $(READY)             ## the test suite (under nine minutes on two cores)
	$(BIN)/python -m pytest

test-all: $(READY)         ## the same with the long physics runs and random examples
	$(BIN)/python -m pytest -m '' --hypothesis-profile explore

lint: $(READY)             ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)            ## speed, as ratios against a naive reference in the same run
	$(BIN)/python -m pytest benchmarks -n 0 --benchmark-enable --benchmark-only -s -q

explorer: $(READY)         ## limits in a browser, recomputed while you choose (make explorer PORT=5007)
	$(BIN)/evanesce serve --port $(PORT)

docs: $(READY)             ## the tables and pictures of the documentation
	$(BIN)/python docs/make.py

baseline: $(READY)         ## redraw the golden figures (look at them before committing)
	$(BIN)/python -m pytest tests/figures -n 0 -o mpl-baseline-path= --mpl-generate-path=tests/figures/baseline

clean:                     ## remove the virtual environment, caches of tools and build/
	rm -rf build $(VENV) .pytest_cache .mypy_cache .ruff_cache
