# Everything works on a fresh machine with Python 3.11+ and make: the environment is made on first use.
# `make demo ARGS="--video my.mp4 --prompt 'make it black and white'"`, `make test TESTS=tests/cli`.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTS ?= tests
WORKERS ?= 2
ARGS ?=
# The build of torch for this machine's card; `make gpu TORCH="torch==2.13.0+cpu --index-url ..."` names another.
TORCH ?= torch>=2.11,<3

# The real clips that part of the tests need; without the folder those tests are skipped.
CUTROOM_TEST_MEDIA ?= $(abspath $(wildcard ../shared/media))
export CUTROOM_TEST_MEDIA

.DEFAULT_GOAL := help
.PHONY: help install gpu demo serve playground web test soak mutants lint format bench docs lock clean site

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: site  ## make the environment: .venv with everything pinned, and the playground

gpu: $(READY)  ## the diffusion engine's packages as well: torch (some GB with CUDA), diffusers, ...
	@$(BIN)/python -c 'import torch' 2>/dev/null || { echo "Installing torch ..."; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check $(subst >,\>,$(subst <,\<,$(TORCH))); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-gpu.lock

demo: site  ## a real edit through the real API, and a picture of before and after
	@$(BIN)/cutroom demo $(ARGS)

serve: site  ## the API with its workers on this machine
	@$(BIN)/cutroom serve $(ARGS)

playground: $(READY)  ## build the page at /, from web/ (it needs Node.js)
	@CUTROOM_PLAYGROUND=require $(BIN)/python hatch_build.py

web: site  ## the same page from its source, anew at every change; `make serve` beside it answers
	@cd web && npm run dev $(if $(ARGS),-- $(ARGS))

test: site lint  ## everything that must hold
	@$(BIN)/python -m pytest -n $(WORKERS) $(TESTS) $(ARGS)

soak: $(READY)  ## 1,000 generations on each database while everything is killed at random; ARGS="--seed 7 --database postgres"
	@PYTHONPATH=tests:tests/faults:tests/contract $(BIN)/python tests/faults/soak.py $(ARGS)

mutants: $(READY)  ## every guard is taken away once, and must be missed by the attack that is meant for it; ARGS="owner" some
	@$(BIN)/python tests/security/mutants.py $(ARGS)

lint: $(READY)  ## format, style, types and the direction of imports
	@$(BIN)/ruff format --check --quiet . || { echo "make format mends this"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@test ! -e web/node_modules/.package-lock.json || { cd web && npm run --silent check; }  # once it was built

format: $(READY)  ## put the code into its form
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .
	@test ! -e web/node_modules/.package-lock.json || { cd web && npm run --silent format; }

bench: $(READY)  ## benchmarks, side by side with what a user would pick instead
	@command -v ffmpeg >/dev/null || $(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.lock
	@$(BIN)/python benchmarks/startup.py
	@$(BIN)/python benchmarks/edit_speed.py $(ARGS)

docs: $(READY)  ## write the pages that are made from the code
	@$(BIN)/python scripts/settings_page.py
	@$(BIN)/python scripts/op_words.py
	@$(BIN)/python scripts/model_table.py
	@$(BIN)/python scripts/grants_page.py
	@test ! -e web/node_modules/.package-lock.json || \
		{ $(BIN)/python scripts/openapi.py >openapi.json && cd web && npm run --silent types; }

# The playground where Node.js is, else a line that says why not; a moment where nothing changed.
site: $(READY)
	@$(BIN)/python hatch_build.py

lock: $(READY)  ## pin every dependency anew (docs/adr/0007-lock-files.md)
	@$(BIN)/python scripts/lock.py

clean:  ## take away what was made here, the environment too
	rm -rf $(VENV) web/node_modules src/cutroom/api/playground .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis demo-out

$(READY): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "cutroom needs Python 3.11 or later; make PYTHON=/path/to/python3.12 names one."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cutroom needs Python 3.11 or later; $(PYTHON) is older. make PYTHON=/path/to/python3.12 names another."; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) ..."; $(PYTHON) -m venv $(VENV); } || { echo "Python's venv module is missing (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	@echo "Installing pinned dependencies ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@CUTROOM_PLAYGROUND=skip $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
