# One command per job. The first use of any of them makes the virtual environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: reproduce test test-all lint bench docs baseline clean
.DEFAULT_GOAL := reproduce

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

reproduce: $(READY)        ## every number and figure of the paper, into build/reproduce
	$(BIN)/evanesce reproduce --output build/reproduce

test: $(READY)             ## the test suite (under eight minutes on two cores)
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

docs: $(READY)             ## the tables and pictures that the documentation shows
	$(BIN)/python docs/make.py

baseline: $(READY)         ## draw the golden figures anew (look at them before committing)
	$(BIN)/python -m pytest tests/figures -n 0 -o mpl-baseline-path= --mpl-generate-path=tests/figures/baseline

clean:
	rm -rf build $(VENV) .pytest_cache .mypy_cache .ruff_cache
