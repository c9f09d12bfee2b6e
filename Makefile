PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run test drills load check format words lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/ready  ## install, prepare the database, serve
	@$(BIN)/backoffice serve

# Tests of one file and database run one after the other; the longest come first.
SPREAD = --numprocesses logical --maxprocesses 8 --dist loadgroup --no-loadscope-reorder

test: .venv/ready-dev  ## run the tests; ARGS=tests/models runs some, BOTH=1 every one on both databases
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(or $(ARGS),$(SPREAD))

drills: .venv/ready-dev  ## the tests that take an hour: many kills, edits, walks and hostile values
	@CRASH_FULL=1 HOSTILE_FULL=1 SCOPE_FULL=1 TWO_AT_ONCE_FULL=1 SEALS_FULL=1 BOTH=1 $(BIN)/python -m pytest $(SPREAD) \
		$(addprefix tests/test_,crash.py hostile.py scope_machine.py two_at_once.py) tests/models/workflow/test_table.py

load: .venv/ready  ## how long the lists take over a million rows
	@$(BIN)/python -m bench.lists 1000000

check: .venv/ready-dev  ## format, lint, layers, types, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --quiet --lint backoffice/templates
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/deptry .

format: .venv/ready-dev  ## format the code, mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

PYBABEL = PYTHONPATH=. $(BIN)/pybabel --quiet
TRANSLATIONS = backoffice/translations
TEMPLATE = build/messages.pot

words: .venv/ready  ## collect the words to translate, compile the translations
	@mkdir -p $(dir $(TEMPLATE))
	$(PYBABEL) extract --mapping-file pyproject.toml --no-location --sort-output --output-file $(TEMPLATE) .
	$(PYBABEL) update --input-file $(TEMPLATE) --output-dir $(TRANSLATIONS) --width 120 --ignore-obsolete \
		--no-fuzzy-matching --ignore-pot-creation-date
	$(PYBABEL) compile --directory $(TRANSLATIONS) --domain "messages admin"

LOCK = $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command "make lock" --quiet $(if $(UPGRADE),--upgrade)

lock: .venv/ready-dev  ## pin what pyproject.toml asks for; UPGRADE=1 takes the newest
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## remove what can be made again; the database stays
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, for example: make run PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv

# pip needs no network to install the project itself: its build tool is in the lock.
.venv/ready: requirements.lock pyproject.toml | $(BIN)/pip
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
