# Everything a developer or CI runs. The virtual environment is made on the way (scripts/setup).

PY := .venv/bin/python
ARGS :=
SEEDS := 200
SEED :=
WORKERS := 1

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@echo "Targets (ARGS='...' goes to the command that a target runs):"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

.PHONY: demo
demo: runnable ## Play a Games and show its results as they come
	$(PY) -m podium demo $(ARGS)

.PHONY: test
test: testable ## Run every kind of test, with a few fixed seeds; WORKERS=2 at the same time
	$(PY) -m pytest $(if $(filter-out 1,$(WORKERS)),-n $(WORKERS) --dist worksteal) $(ARGS)

.PHONY: soak
soak: testable ## Run the tests that take seeds with SEEDS=200 of them, or with SEED=977 alone
	$(if $(SEED),PODIUM_SEED=$(SEED),PODIUM_SOAK_SEEDS=$(SEEDS)) $(PY) -m pytest -m "seeded or hypothesis" $(ARGS)

.PHONY: lint
lint: style types imports ## Check style, types and import rules

.PHONY: style
style: testable ## Check style and format
	$(PY) -m ruff check
	$(PY) -m ruff format --check

.PHONY: types
types: testable ## Check types
	$(PY) -m mypy

.PHONY: imports
imports: testable ## Check who imports whom
	.venv/bin/lint-imports

.PHONY: format
format: testable ## Format the code and mend what can be mended
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

.PHONY: cover
cover: testable ## Show which branches of the pure rooms the tests reach
	$(PY) -m pytest --cov --cov-report=term-missing:skip-covered $(ARGS)

.PHONY: bench
bench: testable ## Run the measurements, each with its method (ARGS='fold append ...' for some)
	$(PY) -m bench $(ARGS)
	$(PY) -m pytest tests/bench --benchmark-enable --benchmark-only --benchmark-disable-gc -p no:randomly -q

.PHONY: schemas
schemas: runnable ## Write the JSON Schemas in schemas/published anew
	$(PY) -m podium.publish

.PHONY: wheel
wheel: testable ## Build the wheel and use it from an empty environment
	scripts/check-wheel

.PHONY: clean
clean: ## Remove the virtual environment and what the tools left
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .import_linter_cache

.PHONY: runnable testable
runnable:
	@scripts/setup run
testable:
	@scripts/setup test
