# One command per job; `make help` lists them. The first use of any of them makes the virtual environment.
PYTHON ?= python3
VENV := .venv
PORT ?= 5006
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOWEST := tests/limits tests/statistics tests/experiments tests/interchange tests/formats tests/test_representation.py \
	tests/cli/test_json.py tests/web/test_model.py tests/web/test_state.py

.PHONY: help reproduce test test-all test-wheel test-lowest lint bench explorer docs tables baseline clean
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
	@echo "make               the same as make reproduce"
	@sed -n 's/^\([a-z-]*\):[^#]*## /make \1|/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

reproduce: $(READY)        ## every number and figure of the paper, into build/reproduce (a minute or two)
	@echo "Every number and figure of arXiv:2212.04252, into build/reproduce: a minute or two."
	$(BIN)/evanesce reproduce --output build/reproduce
	@echo
	@echo "The tables and figures are in build/reproduce. Try next:"
	@echo "  $(BIN)/evanesce limit belle2 --mass 0.02:0.2:50   a limit with the best physics"
	@echo "  $(BIN)/evanesce experiments new mine              a commented card to start your own from"
	@echo "  $(BIN)/evanesce physics                           the available presets, options and models"

test: $(READY)             ## the test suite (under nine minutes on two cores)
	@echo "The test suite: some minutes on two cores, with a line of progress; what failed is listed at the end."
	$(BIN)/python -m pytest
	@echo
	@echo "All passed. Try next:"
	@echo "  make reproduce                                    every number and figure of the paper"
	@echo "  make test-all                                     the long physics runs, too"

test-all: $(READY)         ## the same with the long physics runs and random examples
	$(BIN)/python -m pytest -m '' --hypothesis-profile explore

test-wheel: $(READY)       ## build wheel and sdist, and install the wheel with each extra in fresh environments
	$(BIN)/python tests/release/wheel.py build/wheel

test-lowest:               ## the core's tests with the oldest dependencies that pyproject.toml allows
	$(PYTHON) -m venv build/venv-lowest
	build/venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check -c constraints-lowest.txt \
		-e '.[all]' hypothesis pytest pytest-benchmark pytest-mpl pytest-xdist
	build/venv-lowest/bin/python -m pytest -W default -W ignore::DeprecationWarning -p no:cacheprovider $(LOWEST) \
		--deselect tests/statistics/test_pyhf.py::test_toys_of_pyhf_fail_with_this_numpy

lint: $(READY)             ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)            ## speed, as ratios in one run and against earlier runs, into build/bench/report.md
	@mkdir -p build/bench
	$(BIN)/python -m pytest benchmarks -n 0 --benchmark-enable --benchmark-only --benchmark-json=build/bench/benchmarks.json -s -q; \
	status=$$?; $(BIN)/python benchmarks/bench_report.py build/bench/benchmarks.json --output build/bench/report.md $(BENCH) \
		&& echo "The report is build/bench/report.md; make bench BENCH=--store adds this run to benchmarks/history" && exit $$status

explorer: $(READY)         ## limits in a browser, recomputed while you choose (make explorer PORT=5007)
	$(BIN)/evanesce serve --port $(PORT)

docs: $(READY)             ## the documentation, notebooks executed, into build/docs/html (a minute)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs/html
	@! grep -rlE '(src|href)="https?://[^"]*\.(js|css|woff2?)"' build/docs/html --include='*.html' || { echo "these pages load something from another host"; exit 1; }
	@echo "The documentation is in build/docs/html/index.html"

tables: $(READY)           ## the tables and pictures that the documentation shows (some minutes)
	$(BIN)/python docs/make.py

baseline: $(READY)         ## redraw the golden figures (look at them before committing)
	$(BIN)/python -m pytest tests/figures -n 0 -o mpl-baseline-path= --mpl-generate-path=tests/figures/baseline

clean:                     ## remove the virtual environment, caches of tools and build/
	rm -rf build $(VENV) .pytest_cache .mypy_cache .ruff_cache
