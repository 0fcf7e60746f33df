# Every target sets itself up: Python >= 3.11 and make are all a machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run serve dagster sandbox test faults lint bench bench-quick docs lock sbom audit clean distclean
.DEFAULT_GOAL := run

$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Credit Park needs Python 3.11 or newer; this is $$($(PYTHON) -V). Try: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked requirements into $(VENV) (once, one to two minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.docs requirements-dev.lock
	@echo "Installing the locked test requirements ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.docs: $(VENV)/.run requirements-docs.lock
	@echo "Installing the locked requirements of the documentation ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	@touch $@

run: $(VENV)/.run
	@$(BIN)/creditpark run

serve: $(VENV)/.run
	@$(BIN)/creditpark serve

sandbox: $(VENV)/.run
	@$(BIN)/creditpark sandbox

dagster: $(VENV)/.run
	@$(BIN)/creditpark dagster

lint: $(VENV)/.test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

test: lint
	@$(BIN)/python tests/browser/install.py
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

faults: $(VENV)/.test
	@$(BIN)/python -m tests.faults

bench: $(VENV)/.test
	@$(BIN)/python -m benchmarks

bench-quick: $(VENV)/.test
	@$(BIN)/python -m benchmarks --quick

# Without the network: what is generated, then the site.
docs: $(VENV)/.docs
	@$(BIN)/python -m quality.contracts.documents
	@$(BIN)/python -m orchestration.documents
	@$(BIN)/python docs/tool/build.py dist/docs && echo "dist/docs/index.html"

# The locks name no index: whoever installs uses the index their pip is set up for.
lock: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-strip-extras --no-annotate --no-header --quiet pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-strip-extras --no-annotate --no-header --quiet pyproject.toml --group build --group dev \
	  -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-strip-extras --no-annotate --no-header --quiet pyproject.toml --group build --group docs \
	  -c requirements-dev.lock -o requirements-docs.lock

# Asks an advisory service about every package that runs; fails where none answers.
audit: requirements.lock
	@rm -rf dist/audit && mkdir -p dist && $(PYTHON) -m venv dist/audit
	@dist/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	@dist/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock; \
	  code=$$?; rm -rf dist/audit; exit $$code

# A clean environment of what runs, so that no tool of the tests is listed.
sbom: requirements.lock
	@rm -rf dist/environment dist/tools && mkdir -p dist
	@$(PYTHON) -m venv dist/environment && $(PYTHON) -m venv dist/tools
	@dist/environment/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@dist/tools/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom
	@dist/tools/bin/cyclonedx-py environment dist/environment/bin/python --pyproject pyproject.toml \
	  --output-reproducible --of JSON -o dist/sbom.json
	@dist/tools/bin/python deploy/licences.py dist/sbom.json > dist/licences.md
	@rm -rf dist/environment dist/tools && echo "dist/sbom.json, dist/licences.md"

clean:
	rm -rf var .pytest_cache .mypy_cache .ruff_cache

distclean: clean
	rm -rf $(VENV)
