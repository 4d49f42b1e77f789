# Everything that a person types. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.requirements.sha256
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help venv up down reset test soak storm check bench screenshots package deploy operator-key reconcile

help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: venv  ## Bring the whole system up on this machine; again after a change: update it
	@$(BIN)/python -m infra.local.up

down: venv  ## End it; what it knows is kept
	@$(BIN)/python -m infra.local.down

reset: venv  ## End it and forget what it knows
	@$(BIN)/python -m infra.local.down --reset

test: venv  ## Run all tests (TESTS=tests/unit for some)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(TESTS)

soak: venv  ## Hold 5,000 random sequences of the ledger against its plain model (SEQUENCES=, SEED=)
	@DENGTA_SOAK=$(or $(SEQUENCES),5000) $(if $(SEED),DENGTA_SEED=$(SEED)) $(BIN)/python -m pytest -q tests/simulation/test_ledger_against_model.py

storm: venv  ## Send 20,000 messages while everything fails (ENTRIES=, SEED=)
	@DENGTA_STORM=$(or $(ENTRIES),20000) $(if $(SEED),DENGTA_SEED=$(SEED)) $(BIN)/python -m pytest -q tests/simulation/test_messages_in_a_storm.py

check: venv  ## Lint, types, imports, template, security: what CI runs beside the tests
	@$(BIN)/python -m infra.check

bench: venv  ## Measure against the peers; writes a table, JSON and a plot
	@$(BIN)/python -m bench

screenshots: venv  ## Take the pictures of the status page in docs/screenshots anew (needs Debian's chromium)
	@$(BIN)/python -m infra.screenshots

package: venv  ## Build what is deployed, into build/, and print its sizes
	@$(BIN)/python -m infra.package

deploy: venv  ## Deploy a stage to AWS: make deploy STAGE=dev
	@$(if $(STAGE),,$(error say which stage: make deploy STAGE=dev))
	@$(BIN)/python -m infra.deploy --stage $(STAGE)

operator-key: venv  ## Issue a key for head office: make operator-key STAGE=dev NAME="who holds it"
	@$(if $(and $(STAGE),$(NAME)),,$(error say the stage and who holds it: make operator-key STAGE=dev NAME=office))
	@$(BIN)/python -m infra.operator_key --stage $(STAGE) --name "$(NAME)"

reconcile: venv  ## Prove the books: every member recomputed (STAGE=local unless said)
	@$(BIN)/python -m infra.reconcile --stage $(or $(STAGE),local)

# Not a file rule: a clone gives files new times, and only their content should count.
venv:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@wanted="$$(cat requirements.txt requirements-dev.txt | $(BIN)/python -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')"; \
	if [ "$$wanted" != "$$(cat $(READY) 2>/dev/null)" ]; then \
	  echo "Installing requirements-dev.txt into $(VENV) …"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt && echo "$$wanted" > $(READY); \
	fi
