# One front door for people and CI. `make help` lists the targets.
# Needs only Python >= 3.11, make and a package index; everything else is installed into .venv from uv.lock.
PYTHON   ?= python3
PLAN     ?= ninh-binh-2020
REGISTRY ?= sample
AS_OF    ?=
LANGUAGE ?= vi
AUDIENCE ?= internal

VENV := .venv
BIN  := $(VENV)/bin
KTTT := $(BIN)/kttt

# Without bytecode every process recompiles the stack (106 s against 48 s for six notebooks).
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(VENV)

.DEFAULT_GOAL := help
.PHONY: help setup report test nbval lab sample notebooks docs lint bench bench-efficiency nightly clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.ready  ## install everything from the lock into .venv (report and test do this by themselves)

# uv from the PATH, else our own copy in .uv (a venv where Python can make one, else a plain pip target).
# A package index configured for pip alone is handed on to uv.
$(VENV)/.ready: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Cần Python 3.11 trở lên (PYTHON=...) / Python 3.11 or newer is needed (PYTHON=...)" >&2; exit 2; }
	@echo "Đang cài môi trường vào $(VENV) theo uv.lock / installing from uv.lock into $(VENV) (once, about a minute) ..."
	@set -e; uv=$$(command -v uv || true); \
	if [ -z "$$uv" ]; then \
	  if [ ! -x .uv/bin/uv ]; then \
	    rm -rf .uv; \
	    { $(PYTHON) -m venv .uv >/dev/null 2>&1 && .uv/bin/python -m pip install -q uv; } || \
	    { rm -rf .uv; $(PYTHON) -m pip install -q --root-user-action=ignore --target .uv uv; }; \
	  fi; \
	  uv=$$PWD/.uv/bin/uv; \
	fi; \
	index=$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null || true)}}}; \
	if [ -z "$$index" ]; then \
	  "$$uv" sync -q --frozen --compile-bytecode --python "$(PYTHON)"; \
	else \
	  "$$uv" venv -q --allow-existing --python "$(PYTHON)" $(VENV); \
	  "$$uv" export -q --frozen --no-emit-project -o $(VENV)/locked.txt; \
	  "$$uv" pip sync -q --python $(BIN)/python --default-index "$$index" --require-hashes --compile-bytecode $(VENV)/locked.txt; \
	  "$$uv" pip install -q --python $(BIN)/python --default-index "$$index" --no-deps -e .; \
	fi
	@touch $@

report: setup  ## the annual report: PLAN= REGISTRY= AS_OF=YYYY-MM-DD LANGUAGE=vi|en AUDIENCE=internal|public
	@$(KTTT) report --plan "$(PLAN)" --registry "$(REGISTRY)" --language "$(LANGUAGE)" --audience "$(AUDIENCE)" \
	  $(if $(AS_OF),--as-of "$(AS_OF)")

test: setup lint  ## every test: library, end to end, browser, office, and the committed notebooks (nbval)
	@$(BIN)/pytest -q -n 2 --dist loadfile tests
	@$(MAKE) -s nbval

nbval: setup  ## the committed notebooks alone, compared output by output
	@KTTT_OUTPUTS=$(CURDIR)/outputs/.nbval $(BIN)/pytest -q -n 2 --dist loadfile --nbval --nbval-cell-timeout 300 notebooks

lint: setup
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check .

lab: setup  ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

notebooks: setup  ## run the notebooks in place and store their outputs (after a change that is meant)
	@$(KTTT) notebooks

sample: setup  ## write the synthetic registry of data/sample anew
	@$(KTTT) sample data/sample/ninh-binh

docs: setup  ## render the data dictionary to docs/, and the schemas of plans and rulebooks
	@$(KTTT) docs --schemas

bench: setup bench-efficiency  ## speed and memory, side by side with peers, as ratios
	@for b in registry scorecard bootstrap adoption; do $(BIN)/python -m benchmarks.$$b || exit 1; done

bench-efficiency: setup  ## efficiency methods against pyfrontier, dealib, scipy and R where it is there
	@set -e; uv=$$(command -v uv || echo .uv/bin/uv); \
	[ -x .venv-peers/bin/python ] || { "$$uv" venv -q --python "$(PYTHON)" .venv-peers && \
	  "$$uv" pip install -q --python .venv-peers/bin/python -r benchmarks/peers-requirements.txt; }
	@KTTT_PEERS_PYTHON=$$PWD/.venv-peers/bin/python $(BIN)/python -m benchmarks.efficiency

nightly: setup  ## the long forms: 5,000 mutations, coverage simulations
	@HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -q -n 2 --dist loadfile -m "slow or not slow" tests

clean:  ## remove outputs and the environment
	rm -rf $(VENV) .uv .venv-peers outputs/* outputs/.store outputs/.nbval .pytest_cache .hypothesis
