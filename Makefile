# One front door for people and CI. `make help` lists the targets.
# Needs only Python 3.11 to 3.14, make and a package index; everything else is installed into .venv from uv.lock.
PYTHON   ?= python3
PLAN     ?= ninh-binh-2020
REGISTRY ?= sample
AS_OF    ?=
LANGUAGE ?= vi
AUDIENCE ?= internal
REFERENCE_DOC ?=
PDF      ?=
EARLIER  ?=

VENV := .venv
# What runs on a second Python within `make test`: the data, and a report from the wheel (there alone, or here where there is
# no other); nightly the methods and the rest of the data too.
CORE := tests/test_wheel.py tests/plan
BIN  := $(VENV)/bin
KTTT := $(BIN)/kttt

# Without bytecode every process recompiles the stack (106 s against 48 s for the notebooks).
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help setup report test test-here test-other-python nbval lab sample notebooks dist docs lint bench bench-efficiency bench-pipeline bench-scale nightly mutation clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.ready  ## install what reports and notebooks need from the lock into .venv (report does this by itself)

# $(call install,VENV,PYTHON,GROUPS): the lock, less the GROUPS named, into an environment of that interpreter.
# uv from the PATH, else our own copy in .uv (a venv where Python can make one, else a plain pip target).
# A package index configured for pip alone is handed on to uv.
define install
set -e; uv=$$(command -v uv || true); \
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
  UV_PROJECT_ENVIRONMENT=$(1) "$$uv" sync -q --frozen $(3) --compile-bytecode --python "$(2)"; \
else \
  "$$uv" venv -q --allow-existing --python "$(2)" $(1); \
  "$$uv" export -q --frozen $(3) --no-emit-project -o $(1)/locked.txt; \
  "$$uv" pip sync -q --python $(1)/bin/python --default-index "$$index" --require-hashes --compile-bytecode $(1)/locked.txt; \
  "$$uv" pip install -q --python $(1)/bin/python --default-index "$$index" --no-deps -e .; \
fi
endef

$(VENV)/.ready: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
	  { echo "Cần Python 3.11 đến 3.14 (PYTHON=...) / Python 3.11 to 3.14 is needed (PYTHON=...)" >&2; exit 2; }
	@echo "Đang cài môi trường vào $(VENV) theo uv.lock / installing from uv.lock into $(VENV) (once, about a minute) ..."
	@$(call install,$(VENV),$(PYTHON),--no-dev)
	@touch $@

# The test tools come on top: `make report` never asks for them.
$(VENV)/.ready-to-test: $(VENV)/.ready
	@$(call install,$(VENV),$(PYTHON))
	@touch $@

report: setup  ## the annual report: PLAN= REGISTRY= AS_OF=YYYY-MM-DD LANGUAGE=vi|en AUDIENCE=internal|public REFERENCE_DOC= PDF=1 EARLIER=
	@$(KTTT) report --plan "$(PLAN)" --registry "$(REGISTRY)" --language "$(LANGUAGE)" --audience "$(AUDIENCE)" \
	  $(if $(AS_OF),--as-of "$(AS_OF)") $(if $(REFERENCE_DOC),--reference-doc "$(REFERENCE_DOC)") $(if $(PDF),--pdf) \
	  $(if $(EARLIER),--earlier "$(EARLIER)")

test: $(VENV)/.ready-to-test  ## every test: library, end to end, browser, office, and the committed notebooks (nbval)
	@$(MAKE) -s -j 2 lint test-here
	@$(MAKE) -s -j 2 nbval test-other-python

test-here: $(VENV)/.ready-to-test
	@$(BIN)/pytest -q -n 2 --dist loadfile --ignore tests/test_wheel.py tests

# uv does not look into pyenv's folders by itself.
test-other-python: $(VENV)/.ready-to-test  ## the core and the wheel on the newest other Python here (OTHER_PYTHON=)
	@uv=$$(command -v uv || echo .uv/bin/uv); other=$(OTHER_PYTHON); own=$$($(BIN)/python -V); \
	for version in 3.14 3.13 3.12 3.11; do \
	  case "$$own" in *" $$version."*) continue;; esac; [ -z "$$other" ] || break; \
	  other=$$(PATH="$$(printf '%s:' $${PYENV_ROOT:-$$HOME/.pyenv}/versions/$$version*/bin)$$PATH" \
	    "$$uv" python find --no-project --system $$version 2>/dev/null || true); \
	done; \
	if [ -z "$$other" ]; then echo "SKIPPED: no Python 3.11 to 3.14 beside $$own is on this machine (OTHER_PYTHON=)"; \
	  exec $(BIN)/pytest -q tests/test_wheel.py; fi; \
	echo "On $$($$other -V) too ($$own ran the whole):"; \
	$(call install,.venv-other,$$other); \
	.venv-other/bin/pytest -q -n 2 --dist loadfile $(CORE)

nbval: $(VENV)/.ready-to-test  ## the committed notebooks alone, compared output by output
	@KTTT_OUTPUTS=$(CURDIR)/outputs/.nbval $(BIN)/python -m pytest -q -n 2 --dist loadfile --nbval --nbval-cell-timeout 300 \
	  --nbval-sanitize-with tests/nbval.cfg -p tests.nbval_warm notebooks

lint: $(VENV)/.ready-to-test
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check . && $(BIN)/mypy

lab: setup  ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

notebooks: setup  ## run the notebooks in place and store their outputs (after a change that is meant)
	@$(KTTT) notebooks

sample: setup  ## write the synthetic registry of data/sample anew
	@$(KTTT) sample data/sample/ninh-binh

dist: $(VENV)/.ready-to-test  ## the wheel and the source distribution, into dist/
	@$(BIN)/python -m hatchling build

docs: $(VENV)/.ready-to-test  ## the data dictionary in docs/, the schemas of plans and rulebooks, and the site in site/
	@$(KTTT) docs --schemas
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q --strict

bench: $(VENV)/.ready-to-test bench-efficiency  ## speed and memory beside peers, as ratios; the attack on public editions
	@for b in registry scorecard bootstrap adoption disclosure; do $(BIN)/python -m benchmarks.$$b || exit 1; done

.venv-peers/.ready: benchmarks/peers-requirements.txt $(VENV)/.ready-to-test
	@set -e; uv=$$(command -v uv || echo .uv/bin/uv); \
	"$$uv" venv -q --allow-existing --python "$(PYTHON)" .venv-peers; \
	"$$uv" pip install -q --compile-bytecode --python .venv-peers/bin/python -r benchmarks/peers-requirements.txt
	@touch $@

bench-efficiency: .venv-peers/.ready  ## efficiency methods against pyfrontier, dealib, scipy and R where it is there
	@KTTT_PEERS_PYTHON=$$PWD/.venv-peers/bin/python $(BIN)/python -m benchmarks.efficiency; dea=$$?; \
	  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.peers_r && exit $$dea

bench-pipeline: .venv-peers/.ready  ## the report against papermill with nbconvert, jupyter execute, jupyter-book, quarto
	@KTTT_PEERS_PYTHON=$$PWD/.venv-peers/bin/python $(BIN)/python -m benchmarks.pipeline

bench-scale: $(VENV)/.ready-to-test  ## one cold report of 3,000, 10,000 and 30,000 + 70,000 organisations: time, memory, sizes
	@$(BIN)/python -m benchmarks.scale

nightly: $(VENV)/.ready-to-test  ## the long forms: 5,000 mutations, coverage simulations
	@HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -q -n 2 --dist loadfile -m "slow or not slow" tests
	@$(MAKE) -s test-other-python CORE="tests/efficiency tests/adoption tests/indicators tests/published tests/rating"

mutation: $(VENV)/.ready-to-test  ## every comparison and constant of the verdict floor changed in turn: would a test notice?
	@$(BIN)/python -m tests.mutation

clean:  ## remove outputs and the environment
	rm -rf $(VENV) .uv .venv-other .venv-peers dist site outputs/* outputs/.store outputs/.nbval
	rm -rf .pytest_cache .hypothesis .mypy_cache
