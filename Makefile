# `make demo` shows Punchcard, `make test` checks it. Both set themselves up in .venv; Python 3.11 or newer is all they need.
# With uv on the PATH they use it, else venv and pip. Everything comes from requirements.lock.

.DEFAULT_GOAL := demo
.SUFFIXES:
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
ARGS ?=
ONLY ?=

ifdef UV
make_venv = uv venv --quiet --allow-existing --python '>=3.11' .venv
install = uv pip install --quiet --python $(BIN)/python
else
make_venv = $(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make a virtual environment here; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517
endif

.PHONY: demo test check format lock bench chaos fuzz mutants faces image-check clean

demo: .venv/.ready-demo
	@$(BIN)/punchcard demo $(ARGS)

# Four at once on two cores, too: they wait for databases and browsers more than they reckon.
test: check
	$(BIN)/pytest -n 4 $(ARGS)

# What a machine can say without running the house, cheapest first.
check: .venv/.ready-test
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run 'make format'" >&2; exit 1; }
	$(BIN)/ruff check --quiet .
	$(BIN)/python .ci/dead.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

format: .venv/.ready-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.ready-bench
	@$(BIN)/python -m tests.bench $(ONLY)

# Long searches, each bounded: faults between processes, hostile requests, the suite against broken copies of the house.
# PUNCHCARD_ROUNDS (chaos) and PUNCHCARD_EXAMPLES (fuzz) make them longer; make mutants ONLY=outbox tries some.
chaos: .venv/.ready-test
	$(BIN)/pytest tests/chaos -s $(ARGS)

fuzz: .venv/.ready-test
	$(BIN)/pytest tests/fuzz $(ARGS)

# Every screen in every language, light and dark, where make test looks at one of them each; PICTURES=1 takes docs/pictures anew.
faces: .venv/.ready-test
	PUNCHCARD_EVERY_LOOK=1 $(BIN)/pytest tests/browser/test_screens.py tests/browser/test_app_me.py tests/browser/test_app_points.py -k everybody $(ARGS)
	$(if $(PICTURES),$(BIN)/python -m tests.browser.gallery)

mutants: .venv/.ready-test
	@$(BIN)/python -m tests.mutants $(ONLY)

image-check: .venv/.ready-test
	PUNCHCARD_IMAGE_CHECK=1 $(BIN)/pytest tests/test_dockerfile.py

lock: $(BIN)/python
	uv pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 --upgrade \
	  --no-header --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# The stamps below say what .venv already holds; a second run finds nothing to do.
.venv/.ready-demo: EXTRAS := journey
.venv/.ready-test: EXTRAS := test journey
.venv/.ready-bench: EXTRAS := test journey bench
.venv/.ready-demo .venv/.ready-test .venv/.ready-bench: requirements.lock pyproject.toml .ci/pick.py | $(BIN)/python
	@echo "Setting up .venv ($(EXTRAS)) …"
	@$(BIN)/python .ci/pick.py $(EXTRAS) > .venv/wanted.txt
	@$(install) --require-hashes -r .venv/wanted.txt
	@$(install) --no-deps -e .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Punchcard needs Python 3.11 or newer; this is %s. Another one: make PYTHON=python3.12" % sys.version.split()[0])'
	@$(make_venv)
