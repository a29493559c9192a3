# What people and CI run. `make run` and `make test` need only Python 3.11+, git and make.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
SCRATCH = PYTEST_DEBUG_TEMPROOT="$$(sh tools/scratch.sh)"
# The tests start the program some hundred times: it is not to be compiled anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint deep bench images words lock clean

help:
	@echo "make run     install, fill an empty store with demonstration cards, serve on http://127.0.0.1:$(PORT)"
	@echo "make test    install what the tests need and run all checks and tests (what CI runs)"
	@echo "make deep    the long runs: many Hypothesis examples, every kill point, long races"
	@echo "make bench   times and sizes, in one run"
	@echo "make images  take the pictures of the documentation anew"
	@echo "make words   write the texts of the interface to build/messages.pot, for a translator"
	@echo "make lock    write the lock files anew"

.venv/run: requirements.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh requirements.lock
	@touch $@

.venv/test: requirements-test.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh requirements-test.lock
	@touch $@ .venv/run

run: .venv/run
	@sh tools/port_free.sh $(PORT)
	@$(BIN)/kaarten demo
	@exec $(BIN)/kaarten serve --demonstration --port $(PORT)

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/bandit -q -c pyproject.toml -r app

test: .venv/test lint
	@sh tools/needs.sh
	@$(SCRATCH) $(BIN)/pytest -n 2 --dist worksteal -m "not deep"

deep: .venv/test
	@sh tools/needs.sh
	@$(SCRATCH) HYPOTHESIS_PROFILE=deep $(BIN)/pytest -n 2 --dist worksteal -s

bench: .venv/test
	@$(BIN)/python -m tests.bench

images: .venv/test
	@sh tools/needs.sh
	@$(BIN)/python -m tests.images

words: .venv/run
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F babel.cfg -k _n:1,2 --no-location --sort-output -o build/messages.pot .
	@echo "The texts are in build/messages.pot. Further: docs/languages.md"

lock:
	@sh tools/lock.sh

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
