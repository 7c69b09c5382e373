# The newsroom's commands. `make help` lists them; docs/running.md explains them.
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
INSTALLED_DEV := .venv/installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help install install-dev up restart backup restore drill demo test test-servers test-exhaustive test-slow browser fuzz bench load chaos machine contract trials hosts crash-points check format lock schema clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

up: install ## Open the newsroom: servers, web, worker, relay and beat (PORT=8000, NEWSROOM_DATA=data)
	@exec $(BIN)/python manage.py up

restart: install ## New processes for the newsroom that is open, while people work (NEWSROOM_DATA=data)
	@exec $(BIN)/python manage.py restart

backup: install ## Back up database and exhibits while people work (TO=data/backups KEEP=)
	@exec $(BIN)/python manage.py backup $(TO) $${KEEP:+--keep=$$KEEP}

restore: install ## Put a backup back into an empty place, and prove it (FROM=backup INTO=new data folder)
	@test -n "$(FROM)" || { echo "Name the backup: make restore FROM=data/backups/newsroom-… INTO=/new/data"; exit 2; }
	@exec $(BIN)/python manage.py restore "$(FROM)" $${INTO:+--into="$$INTO"}

drill: install-dev ## Back up a newsroom under load, restore it elsewhere, open that, and prove that all is there
	@exec $(BIN)/python -m tests.drill

demo: install ## Play a day of the demo story in a newsroom that is open (make up, in another terminal)
	@exec $(BIN)/python manage.py demo

install: $(INSTALLED) ## Install what the newsroom needs into .venv (PYTHON=python3)

install-dev: $(INSTALLED_DEV)

# PARTS=… processes share the tests. No test may depend on how many there are, or on how fast they are.
TESTS := $(BIN)/python -m pytest -n $${PARTS:-2} --dist loadfile

test: install-dev ## Run the quick tests (PARTS=2)
	@exec $(TESTS) -m "not (slow or servers or exhaustive or browser)"

test-servers: install-dev ## Run the tests that start processes or whole newsrooms (PARTS=2)
	@exec $(TESTS) -m "servers and not slow"

test-exhaustive: install-dev ## Run the tests that try every case where `make test` tries some (PARTS=2)
	@exec $(TESTS) -m "exhaustive and not slow"

test-slow: install-dev ## Run the slow tests, which continuous integration does not run
	@exec $(BIN)/python -m pytest -m "slow and not browser"

browser: install-dev ## Run the tests that drive a real browser
	@exec $(BIN)/python -m pytest -m browser

# Another seed each time, so that somebody who runs it often learns more; a disagreement names its own.
fuzz: export SEED ?= $(shell date +%s)
fuzz: export COUNT ?= 6000
fuzz: install-dev ## Compare the rules with their second implementation (SEED=1 COUNT=6000)
	@exec $(BIN)/python -m pytest tests/reference -k agree_on_random_scenarios

bench: install-dev ## Measure how assessing grows with the number of statements
	@exec $(BIN)/python -m tests.policy.bench

load: install-dev ## Ask a house of ten thousand claims and one of a million, beside the same SQL run bare (CLAIMS= SMALL= ROUNDS=200)
	@exec $(BIN)/python -m tests.load

chaos: install-dev ## Kill processes and servers once a second while people work, and check what is left (SEED= MINUTES=1 CLAIMS=)
	@exec $(BIN)/python -m tests.chaos

# MINUTES=… shortens or lengthens one of them; MINUTES=0.5 is enough to see that it runs.
trials: export ONLY ?=
trials: install-dev ## Put one question each to the newsroom under load (ONLY=redis-away|dead-worker|poison|throughput|hosts|calm SEED= MINUTES=)
	@exec $(BIN)/python -m tests.chaos.trials

hosts: install-dev ## The chaos run on several hosts, in network namespaces, with cables that are cut (SEED= MINUTES=3; root)
	@exec $(BIN)/python -m tests.chaos.trials.hosts

crash-points: install-dev ## Kill a web process at every statement of every write, and ask again (an hour or less; OPERATIONS=)
	@exec $(BIN)/python -m tests.chaos.crash_points $(OPERATIONS)

machine: export SEED ?= $(shell date +%s)
machine: export STEPS ?= 20000
machine: export PARTS ?= 2
machine: install-dev ## Let people do things at random, beside a model of what may happen (STEPS=20000 SEED= PARTS=2)
	@exec $(BIN)/python -m pytest tests/machine/test_machine.py -k as_many_steps -n $(PARTS)

contract: export SEED ?= $(shell date +%s)
contract: export MINUTES ?= 5
contract: export EXAMPLES ?= 20
contract: install-dev ## Hold the description of the API against a newsroom that runs (MINUTES=5 EXAMPLES=20 SEED=)
	@exec $(BIN)/python -m tests.contract

# The checks see the settings of a real deployment. Nothing is connected to.
check: export DATABASE_URL := postgresql://newsroom@db.invalid/newsroom
check: export REDIS_URL := redis://redis.invalid/0
check: export EMAIL_URL := smtp://mail.invalid:25
check: export SECRET_KEY := only-for-checking-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ
check: export IDENTITY_KEY := only-for-checking-0123456789-abcdefghijklmnopqrstuvwxyz
check: export VAULT_KEYS := b25seS1mb3ItY2hlY2tpbmctMDEyMzQ1Njc4OTAxMjM=
check: export ALLOWED_HOSTS := newsroom.example
check: export PUBLIC_URL := https://newsroom.example
check: install-dev ## Format, lint, types, layers, migrations, API schema, deployment settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy newsroom editorial
	$(BIN)/lint-imports
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file .venv/openapi.yaml
	diff -u docs/openapi.yaml .venv/openapi.yaml || { echo "The API has changed. If that is wanted: make schema"; exit 1; }

format: install-dev ## Put the source into its standard form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

schema: install-dev ## Write docs/openapi.yaml anew after a wanted change of the API
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

lock: install-dev ## Choose versions anew and write both lock files (UPGRADE=1 for the newest)
	@for extra in "" dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header $${UPGRADE:+--upgrade} $${extra:+--extra $$extra} \
	    --output-file requirements$${extra:+-$$extra}.lock pyproject.toml; \
	done

clean: ## Remove caches and .venv; the data folder stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name one: make up PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make up PYTHON=python3.12"; exit 1; }
	@echo "Making .venv …"
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "No virtual environment could be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(INSTALLED): requirements.lock | .venv/bin/python
	@echo "Installing the newsroom's packages (a minute, once) …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock | .venv/bin/python
	@echo "Installing packages for development (a minute, once) …"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@ $(INSTALLED)
