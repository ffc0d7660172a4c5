# make run     the application on http://127.0.0.1:7860, in an environment of its own (.venv)
# make test    every check: format, lint, types, layers, tests
#
# Only what POSIX sh and GNU make 3.81 know stands here, so that macOS runs it as it is.

PYTHON = python3
BIN = .venv/bin
PACKAGES = corpus index ingest page qa cli.py ui.py

.PHONY: run test chromium

run: .venv/installed
	$(BIN)/pincite ui

# The tests come last: their summary is the last thing printed.
test: .venv/installed-dev chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict $(PACKAGES)
	$(BIN)/lint-imports
	$(BIN)/pytest

# Editable, so that a changed source file needs no new install; a changed pyproject.toml does.
.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Pincite needs Python 3.11 or newer; '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)."; \
	    echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; \
	    exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --editable .
	touch $@

# pip knows dependency groups from 25.1 on.
.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --group dev
	touch $@

# The page's tests drive Chromium. Where there is none and none can be installed, they skip and say why.
chromium:
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" -eq 0 ]; then \
	    apt-get update && DEBIAN_FRONTEND=noninteractive \
	    apt-get install --yes --no-install-recommends chromium fonts-dejavu-core; \
	else \
	    echo "No Chromium on the PATH, and only root can install it, with apt-get: without it the page's tests skip."; \
	fi
