# Two commands for a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PLUGINS := ./plugins/coinvec-classic ./plugins/coinvec-unet ./plugins/coinvec-arcface ./plugins/coinvec-rerank
TRAINING := ./plugins/coinvec-train
PROJECTS := pyproject.toml $(PLUGINS:%=%/pyproject.toml) $(TRAINING:%=%/pyproject.toml) constraints.txt

.PHONY: demo test lint bench clean

demo: $(VENV)/.demo ## install the core with the plugins that search, and show what it does
	$(BIN)/coinvec demo

test: $(VENV)/.test ## install everything and run all tests and checks
	$(BIN)/python -m pytest -n auto --dist worksteal --durations=15

lint: $(VENV)/.test ## formatting, types and import rules alone
	$(BIN)/python -m pytest tests/test_lint.py

bench: $(VENV)/.test ## run the benchmarks; they print ratios and write nothing
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(PROJECTS) | $(BIN)/python
	$(PIP) ".[classic]" $(PLUGINS)
	touch $@

$(VENV)/.test: $(PROJECTS) | $(BIN)/python
	$(PIP) --editable ".[test]" $(addprefix --editable ,$(PLUGINS) $(TRAINING))
	touch $@
