PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run test check format words lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/ready  ## install, prepare the database, serve
	@$(BIN)/backoffice serve

test: .venv/ready-dev  ## run the tests, those on PostgreSQL beside the others
	@log=$$(mktemp); $(BIN)/python -m pytest -k postgresql >$$log 2>&1 & beside=$$!; trap "kill $$beside" INT TERM; \
	$(BIN)/python -m pytest -k "not postgresql"; here=$$?; \
	wait $$beside; there=$$?; cat $$log; rm $$log; exit $$((here | there))

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
