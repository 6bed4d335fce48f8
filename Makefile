# One command for each chore; `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
export Q
# Without its compiled files, every process that starts compiles the program again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run ask test lint bench evaluate evaluation docs lock cpu clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Index what is new, then serve web chat, API and Telegram bot; Ctrl-C stops it
	@$(BIN)/wenbao reindex --if-stale >&2
	@$(BIN)/wenbao serve

ask: $(INSTALLED) ## Answer one question: make ask Q="2020年提供了多少次法律咨询?"
	@$(BIN)/wenbao ask -- "$$Q"

# One process more than there are cores: many tests wait for a page or for another process.
test: $(INSTALLED) lint ## Check style, types and imports, then run every test
	@$(BIN)/python -m pytest -q -n $$($(BIN)/python -c "import os; print((os.cpu_count() or 1) + 1)") --dist loadfile

lint: $(INSTALLED) ## Check style, types and who imports whom
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(INSTALLED) ## Measure what it costs; make bench LARGE=1 over 100,000 paragraphs too
	@$(BIN)/python -m benchmarks.run $(if $(LARGE),--large)

evaluate: $(INSTALLED) ## Score the answers: make evaluate QUESTIONS=file.tsv [REPORT=file]
	@$(BIN)/wenbao evaluate $(QUESTIONS) $(addprefix --report ,$(REPORT)) --misses

evaluation: $(INSTALLED) ## Measure answers, finding and extraction anew, and write the tables of docs/evaluation.md
	@$(BIN)/python -m benchmarks.evaluation --write

docs: $(INSTALLED) ## Write anew what the documentation takes from the program
	@$(BIN)/python -m wenbao.cli.reference

# The lock holds for every platform, so a local version such as torch's +cpu is not written down.
lock: ## Pin all dependencies anew: make lock [UPGRADE=--upgrade]
	@$(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install --quiet pip-tools
	@$(VENV)/lock/bin/pip-compile --quiet $(UPGRADE) --extra test --strip-extras --allow-unsafe --no-header \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --annotation-style line \
		--output-file requirements.lock pyproject.toml
	@sed -i.old 's/^\([a-z0-9-]*==[^+ ]*\)+[a-z0-9.]*/\1/' requirements.lock && rm -f requirements.lock.old

cpu: ## Set up with PyTorch's CPU build, a fraction of the download on Linux
	@$(PYTHON) -m venv $(VENV) || { $(NO_VENV); }
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip install --python $(BIN)/python --torch-backend=cpu -r requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

clean: ## Remove the virtual environment and the caches; data/ stays
	@rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

NO_VENV := rm -rf $(VENV); echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1
OLD_PYTHON := echo "Wenbao needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..." >&2; exit 1

# All that is said here goes to standard error, so that `make ask` prints the answer and nothing else.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { $(OLD_PYTHON); }
	@test -x $(BIN)/python || { echo "Making $(VENV)" >&2; $(PYTHON) -m venv $(VENV) || { $(NO_VENV); }; }
	@echo "Installing the pinned dependencies; the first time this takes a minute or two" >&2
	@{ $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -r requirements.lock 2>&1; \
		echo "exit $$?"; } | awk '/^Collecting / {print "  " $$2; fflush(); next} /^exit / {code = $$2; next} \
		{rest = rest $$0 "\n"} END {if (code) printf "%s", rest; exit code}' >&2
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e . >&2
	@touch $@
