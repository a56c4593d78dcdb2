# Yaksok's commands.  `make help` explains them.
#
# They work on a bare Debian 12 with Python 3.11, make, certificates and root: what else is needed is
# installed, from Debian with apt-get and from the Python index with pip (PIP_* variables and pip.conf are
# honoured), against the hashes in the two lock files.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := setup
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
# Test processes side by side; each makes its own databases.
WORKERS ?= 2
# A file's tests stay together, and files come in the order tests/conftest.py gives them, the longest first.
SPREAD := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# How many seconds mutation testing tries mistakes at most, and how many mistakes it plants.
LIMIT ?= 600
SAMPLE ?= 300

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Debian packages: what `python3 -m venv` lacks, and what only the tests need (libatomic1 is for
# Playwright's own driver, chromium the browser, belenios-tool the independent verifier of a vote).
VENV_PACKAGES := python3-venv
TEST_PACKAGES := python3-venv libatomic1 chromium belenios-tool postgresql fonts-nanum
CHROMIUM := chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage

# debian_install PACKAGE...: install those that are missing, as root; otherwise say what to run.
define debian_install
debian_install() {
	local missing=() package
	if ! command -v dpkg-query >/dev/null; then
		echo "This is not Debian: please install the equivalent of $$* yourself." >&2
		return 0
	fi
	for package; do
		[ "$$(dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null || true)" = installed ] || missing+=("$$package")
	done
	[ $${#missing[@]} -gt 0 ] || return 0
	if [ "$$(id -u)" != 0 ]; then
		echo "These Debian packages are missing, and only root can install them.  Please run:" >&2
		echo "    sudo apt-get update && sudo apt-get install --no-install-recommends $${missing[*]}" >&2
		echo "and then this command again." >&2
		return 1
	fi
	echo "Installing from Debian: $${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq </dev/null
	apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$${missing[@]}" </dev/null >.apt.log 2>&1 \
		|| { cat .apt.log >&2; return 1; }
	rm -f .apt.log
}
endef

##@ Running it

.PHONY: setup
setup: .venv/.project ## (also plain `make`) set everything up to run: .venv with Yaksok in it
	@echo "Ready.  make run starts a demonstration; make help lists everything else."

.PHONY: run
run: .venv/.project ## set up, fill a demonstration cycle, serve it on http://localhost:8000 (PORT=9000 for another)
	exec $(BIN)/yaksok demo --port $(PORT)

##@ Checking it

.PHONY: test
test: test-setup lint types directions ## everything: lint, types, all tests on SQLite and PostgreSQL with a real browser
	$(BIN)/python -m pytest $(SPREAD)

.PHONY: check
check: test-setup lint types directions ## the fast part: SQLite only, no browser, nothing slow
	$(BIN)/python -m pytest $(SPREAD) -m "not browser and not slow" -k "not postgresql"

.PHONY: lint
lint: .venv/.test ## style and format (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: .venv/.test ## types (mypy --strict)
	$(BIN)/mypy .

.PHONY: directions
directions: .venv/.test ## which part may import which (import-linter)
	$(BIN)/lint-imports

.PHONY: acceptance
acceptance: test-setup ## rehearse whole cycles on real data (ACCEPTANCE_DATA=folder)
	$(BIN)/python -m pytest tests/acceptance

.PHONY: mutation
mutation: .venv/.mutation ## plant mistakes in the protocol's modules and see whether tests notice (LIMIT=600 SAMPLE=300)
	nice $(BIN)/python -m tests.mutation --seconds $(LIMIT) --sample $(SAMPLE)

.PHONY: bench
bench: test-setup ## measure speed and print the figures
	@for file in tests/bench/[a-z]*.py; do
		echo "== $$file"
		$(BIN)/python -m "$$(tr / . <<<"$${file%.py}")"
	done

.PHONY: test-setup
test-setup: .venv/.test ## set up what the tests need: Debian packages, test libraries, and a trial of each
	@$(debian_install)
	debian_install $(TEST_PACKAGES)
	echo "belenios-tool $$(belenios-tool --version)"
	$(BIN)/python -m tests.postgres
	chromium --version
	page=$$(timeout 120 $(CHROMIUM) --dump-dom 'data:text/html,<p>yaksok' 2>&1) || true
	[[ $$page == *'<p>yaksok'* ]] || { echo "chromium does not run here:" >&2; echo "$$page" >&2; exit 1; }

##@ Keeping it

.PHONY: lock
lock: .venv/.test ## write both lock files anew from pyproject.toml, keeping versions (UPGRADE=1 takes the newest)
	compile="$(BIN)/uv pip compile pyproject.toml --quiet --no-header --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)"
	$$compile --output-file requirements.lock
	$$compile --extra test --constraints requirements.lock --output-file requirements-test.lock

.PHONY: vendor
vendor: .venv/.project ## fetch the parts of other people's packages that pages need (office/static/vendor.toml; needs npm)
	@command -v npm >/dev/null || { echo "make vendor needs npm; running Yaksok does not." >&2; exit 1; }
	$(BIN)/python -m office.vendoring

.PHONY: clean
clean: ## remove .venv, caches and builds; what was entered (var/) stays
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .apt.log
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## "; print "Yaksok: make TARGET" } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The virtual environment, in steps: each leaves a stamp, so that a second run has nothing to do.
# The first stamp holds the folder's name, since an environment does not survive being moved.

ifneq ($(file <.venv/.made),$(CURDIR))
.PHONY: .venv/.made
endif

.venv/.made:
	@$(debian_install)
	command -v $(PYTHON) >/dev/null || { echo "Yaksok needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
		echo "Yaksok needs Python 3.11 or newer; this is $$($(PYTHON) --version).  Another one: make PYTHON=python3.11" >&2
		exit 1
	}
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || debian_install $(VENV_PACKAGES)
	rm -rf .venv
	$(PYTHON) -m venv .venv
	printf '%s' "$(CURDIR)" >$@

.venv/.run: .venv/.made requirements.lock
	@echo "Installing the libraries of requirements.lock"
	$(PIP) install --quiet --require-hashes -r requirements.lock
	touch $@

.venv/.project: .venv/.run pyproject.toml
	@$(PIP) install --quiet --no-build-isolation --no-deps -e .
	touch $@

.venv/.test: .venv/.project requirements-test.lock
	@echo "Installing the test libraries of requirements-test.lock"
	$(PIP) install --quiet --require-hashes -r requirements-test.lock
	touch $@

# mutmut brings a terminal interface and much else: a folder of its own, which nothing but `make mutation` looks into.
.venv/.mutation: .venv/.test
	@echo "Installing mutmut"
	rm -rf .venv/mutation
	$(PIP) install --quiet --target .venv/mutation 'mutmut>=3.8,<4'
	touch $@
