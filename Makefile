# Two commands matter: `make demo` runs the main job, `make test` passes the tests. Both make what they need.
VENV := .venv
PY := $(VENV)/bin/python
# Any Python from 3.11 on: `make PYTHON=python3.12 setup`.
PYTHON ?= python3
STAMP := $(VENV)/.installed
# TYPLORA_EXTRAS=dev is enough to convert with rules and to develop without torch.
TYPLORA_EXTRAS ?= cpu,train,nf4,serve,dev

.PHONY: demo test setup lint format bench data-check clean

demo: setup
	$(VENV)/bin/typlora models pull smollm2-135m
	mkdir -p demo
	$(VENV)/bin/typlora convert sample/sample_small.tex sample/article.tex --out-dir demo --engine auto --pdf --report demo/report.html
	@echo "The Typst, the PDFs and the report are in demo/ (open demo/report.html in a browser)."

# Tests of the embedded base run where it is in the cache; without a network they are skipped and say so.
test: setup lint
	-$(VENV)/bin/typlora models pull smollm2-135m
	$(PY) -m pytest

setup: $(STAMP)

# A finished installation is left alone, so that a second run needs no network.
$(STAMP): pyproject.toml
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -e '.[$(TYPLORA_EXTRAS)]'
	touch $(STAMP)

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: setup
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: setup
	$(PY) benchmarks/verifier.py
	$(PY) benchmarks/league.py

data-check: setup
	$(VENV)/bin/typlora data check jsonl/*.jsonl

clean:
	rm -rf demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
