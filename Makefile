# Commands for users and developers; each explains itself in `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: $(VENV)/runs ## Install archc, compile AlexNet for all targets, print its table, prove it
	$(BIN)/archc compile specs/alexnet.yaml --target all
	$(BIN)/archc summary specs/alexnet.yaml
	$(BIN)/archc verify specs/alexnet.yaml

.PHONY: check
check: $(VENV)/tests lint types ## Lint, check types, run the quick tests (about a minute): for every edit
	$(BIN)/python -m pytest -n 2 -m "not slow"

.PHONY: test
test: $(VENV)/tests system lint types ## Install, lint, check types, run all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

.PHONY: system
system: $(VENV)/tests ## Install Chromium, Cairo and LaTeX for the tests, if missing
	@{ command -v chromium || command -v google-chrome; } >/dev/null && \
	$(BIN)/python -c 'import cairocffi' 2>/dev/null && \
	kpsewhich tikz.sty beamer.cls phvr8t.tfm >/dev/null 2>&1 || \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	chromium libcairo2 texlive-latex-base texlive-latex-recommended texlive-pictures texlive-fonts-recommended; } >/dev/null

.PHONY: lint
lint: $(VENV)/tests ## Check style and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

.PHONY: types
types: $(VENV)/tests ## Check types
	$(BIN)/mypy

.PHONY: goldens
goldens: $(VENV)/runs ## Regenerate generated/, archc/schema.json, docs/gallery.md, docs/pictures/, docs/targets.md and the widths of letters
	$(BIN)/archc compile specs/*.yaml --target all --quiet
	$(BIN)/archc schema > archc/schema.json.new && mv archc/schema.json.new archc/schema.json
	$(BIN)/python docs/gallery.py > docs/gallery.md.new && mv docs/gallery.md.new docs/gallery.md
	$(BIN)/python docs/gallery.py --pictures docs/pictures
	$(BIN)/python docs/widths.py > widths.json.new && mv widths.json.new archc/picture/fonts/widths.json
	$(BIN)/archc explain --targets --format markdown > docs/targets.md.new && mv docs/targets.md.new docs/targets.md

.PHONY: messages
messages: $(VENV)/tests ## Rewrite the messages pinned in tests/errors/ to what archc now reports
	PYTHONPATH=tests $(BIN)/python -m support.messages

.PHONY: bench
bench: $(VENV)/tests ## Run the benchmarks: table, scale, generated code, proof (minutes)
	$(BIN)/python bench/summary.py
	$(BIN)/python bench/scale.py
	$(BIN)/python bench/generated.py
	$(BIN)/python bench/connections.py
	$(BIN)/python bench/verify.py

.PHONY: fuzz
fuzz: $(VENV)/tests ## Test with random valid and invalid specs, for MINUTES (30)
	$(BIN)/python tests/fuzz.py --minutes $(or $(MINUTES),30)

.PHONY: fuzz-targets
fuzz-targets: $(VENV)/tests ## Prove N (10000) random networks; print a failing one, shrunk
	$(BIN)/python tests/fuzz_targets.py --cases $(or $(N),10000) $(if $(SEED),--seed $(SEED))

.PHONY: fuzz-files
fuzz-files: $(VENV)/tests ## Read N (3000) broken files of every format; keep what fails
	$(BIN)/python tests/fuzz_files.py --cases $(or $(N),3000) $(if $(SEED),--seed $(SEED))

.PHONY: mutants
mutants: $(VENV)/tests ## Plant every fault and prove 300 correct networks; print what was caught
	$(BIN)/python tests/sharpness.py

.PHONY: site
site: $(VENV)/tests ## Build the documentation into site/ and check internal links
	$(BIN)/python -m mkdocs build --quiet

.PHONY: wheel
wheel: $(VENV)/tests ## Build the wheel into dist/
	$(BIN)/python -m build --wheel

.PHONY: pins
pins: $(VENV)/tests ## Write the installed versions to constraints.txt
	sed -n '/^#/p' constraints.txt > constraints.new
	$(BIN)/python -m pip freeze --all --exclude-editable | sed 's/+cpu$$//' >> constraints.new
	mv constraints.new constraints.txt

.PHONY: clean
clean: ## Remove the environment and all caches
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# One environment: first what archc needs to run, then what its tests need.
$(VENV)/pip: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --constraint constraints.txt pip
	touch $@

$(VENV)/runs: $(VENV)/pip pyproject.toml
	$(PIP) install --constraint constraints.txt --editable '.[all]'
	touch $@

$(VENV)/tests: $(VENV)/runs
	$(PIP) install --constraint constraints.txt --group dev
	touch $@
