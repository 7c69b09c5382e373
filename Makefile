# The newsroom's commands. `make help` lists them; docs/operations/running.md explains them.
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export PYTHON ?= python3
# In a read-only checkout, packages and caches go into the data folder.
VENV ?= $(shell if [ -d .venv ] || [ -w . ]; then echo .venv; else echo "$(or $(NEWSROOM_DATA),data)/.venv"; fi)
CACHE := $(if $(filter .venv,$(VENV)),.,$(VENV))
BIN = $(VENV)/bin
PYTEST = "$(BIN)/python" -m pytest -o cache_dir="$(CACHE)/.pytest_cache"
export HYPOTHESIS_STORAGE_DIRECTORY = $(CACHE)/.hypothesis

.PHONY: help rehearsal install install-dev up restart backup restore restore-drill demo test test-servers test-exhaustive test-slow browser fuzz bench bench-wagtail load chaos model-test contract audit attack chaos-scenarios chaos-multihost crash-points check wheels format lock schema lint-schema clean

help: ## List the commands
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

##@ Run it
up: install ## Start everything: PostgreSQL, Valkey, web, workers (PORT=8000 NEWSROOM_DATA=data)
	@exec "$(BIN)/python" manage.py up

restart: install ## Restart the running newsroom without downtime
	@exec "$(BIN)/python" manage.py restart

backup: install ## Back up a running newsroom (TO=data/backups KEEP=)
	@exec "$(BIN)/python" manage.py backup $(TO) $${KEEP:+--keep=$$KEEP}

restore: install ## Restore a backup into an empty folder and verify it (FROM=backup INTO=folder)
	@test -n "$(FROM)" || { echo "Name the backup: make restore FROM=data/backups/newsroom-… INTO=/new/data"; exit 2; }
	@exec "$(BIN)/python" manage.py restore "$(FROM)" $${INTO:+--into="$$INTO"}

demo: install ## Play a day of the demo story in a running newsroom (PORT=8000)
	@exec "$(BIN)/python" manage.py demo

install: ## Install the packages it needs into .venv (PYTHON=python3)
	@sh deploy/install.sh "$(VENV)" requirements.lock

install-dev:
	@sh deploy/install.sh "$(VENV)" requirements-dev.lock

##@ Test it
# PARTS=… processes share the tests. No test may depend on their number or speed.
test: install-dev ## Run the quick tests (PARTS=2 REDIS_URL=redis://host:6379)
	@exec $(PYTEST) -n $${PARTS:-2} --dist loadfile -m "not (slow or servers or exhaustive or browser or rehearsal)"

test-servers: install-dev ## Run the tests that start processes or need a whole newsroom (PARTS=2)
	@exec $(PYTEST) -n $${PARTS:-2} --dist loadfile -m "servers and not slow"

test-exhaustive: install-dev ## Run the tests that visit every page, play whole stories, race transactions, or try random cases (PARTS=2)
	@exec $(PYTEST) -n $${PARTS:-2} --dist loadfile -m "exhaustive and not slow"

test-slow: install-dev ## Run the slow tests, which continuous integration does not run
	@exec $(PYTEST) -m "slow and not browser"

browser: export MARKS ?= browser
browser: install-dev ## Run the browser tests (needs Chromium; MARKS="browser and not slow")
	@exec $(PYTEST) -m "$$MARKS"

rehearsal: install-dev ## Clone, install without a compiler, start, kill, start again
	@exec $(PYTEST) tests/newsroom/test_fresh_install.py

##@ Prove it
# A new seed each time, so that frequent runs cover more; a failure prints its seed.
fuzz: export SEED ?= $(shell date +%s)
fuzz: export COUNT ?= 6000
fuzz: install-dev ## Compare the rules with their second implementation (SEED= COUNT=6000)
	@exec $(PYTEST) tests/proofs/reference -k agree_on_random_scenarios

bench: install-dev ## Measure how assessment grows with the number of statements
	@exec "$(BIN)/python" -m tests.proofs.bench

load: install-dev ## Measure every read of the API and the admin and every action, at 10,000 and at 1,000,000 claims (CLAIMS= SMALL= ROUNDS=10)
	@exec "$(BIN)/python" -m tests.proofs.load

bench-wagtail: install-dev ## Compare submitting, queue, approval and publication with Wagtail, installed into a temporary folder (ROUNDS=10 CLAIMS=1000)
	@exec "$(BIN)/python" -m tests.proofs.load.wagtail_comparison

chaos: install-dev ## Kill processes while people work, then check that nothing is lost (SEED= MINUTES=1 CLAIMS=)
	@exec "$(BIN)/python" -m tests.proofs.chaos

# MINUTES=… changes the length of a scenario; MINUTES=0.5 is enough for a smoke test.
chaos-scenarios: export ONLY ?=
chaos-scenarios: install-dev ## Run the chaos scenarios (one with ONLY=redis-outage|worker-crash|poison|bad-receivers|throughput|multihost|calm SEED= MINUTES=)
	@exec "$(BIN)/python" -m tests.proofs.chaos.scenarios

chaos-multihost: install-dev ## Run the chaos test across several hosts with network partitions (SEED= MINUTES=3; root)
	@exec "$(BIN)/python" -m tests.proofs.chaos.scenarios.multihost

crash-points: install-dev ## Kill a web process at every statement of every write (up to an hour; OPERATIONS=)
	@exec "$(BIN)/python" -m tests.proofs.chaos.crash_points $(OPERATIONS)

model-test: export SEED ?= $(shell date +%s)
model-test: export STEPS ?= 20000
model-test: export PARTS ?= 2
model-test: install-dev ## Compare random actions with a model of the workflow (STEPS=20000 SEED= PARTS=2)
	@exec $(PYTEST) tests/proofs/model/test_model.py -k as_many_steps -n $(PARTS)

contract: export SEED ?= $(shell date +%s)
contract: export MINUTES ?= 5
contract: export EXAMPLES ?= 20
contract: install-dev ## Test the running API against its OpenAPI description (MINUTES=5 EXAMPLES=20 SEED=)
	@exec "$(BIN)/python" -m tests.proofs.contract

attack: export ATTACK_NAMES ?= 200
attack: export PARTS ?= 2
attack: install-dev ## Run attacks as tests: planted names, oracles, tampering, lookups (ATTACK_NAMES=200 PARTS=2)
	@exec $(PYTEST) -n $(PARTS) --dist loadfile -m "attack and not browser"

restore-drill: install-dev ## Back up under load, restore elsewhere, verify that nothing is missing
	@exec "$(BIN)/python" -m tests.proofs.drill

##@ Change it
# The checks use the settings of a real deployment. They connect to nothing.
check: export DATABASE_URL := postgresql://newsroom@db.invalid/newsroom
check: export REDIS_URL := redis://redis.invalid/0
check: export EMAIL_URL := smtp://mail.invalid:25
check: export SECRET_KEY := only-for-checking-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ
check: export IDENTITY_KEY := only-for-checking-0123456789-abcdefghijklmnopqrstuvwxyz
check: export VAULT_KEYS := 3dDi2kAM-mD-L35xRtDCD1sa-nAMyexQF_NFtgdJL68=
check: export SECOND_FACTOR_KEYS := ISgF6wXn997GcGpRaY_eXUFrGzOPQrLrdzj3p0Jnvbs=
check: export WEBHOOK_KEYS := tydQloQQcILlZIM139eW-13v-Uyjc9Tigz3Bbp-iNR8=
check: export RESPONSE_KEYS := i3sxaFUMkR65YfmtTfTXUElHp5W3lPTxkwEGjKVYow0=
check: export MAIL_KEYS := 2GtQm9XsM5O1iXzjxeGGVaEoYpZRDWMExZXN5mDkNSU=
check: export AUDIT_SIGNING_KEY := cKdM1Iy8y0RlLKdoZzW0PPcmzhrAWGV7sU3TLw0Yt2s=
check: export ALLOWED_HOSTS := newsroom.example
check: export PUBLIC_URL := https://newsroom.example
check: install-dev ## Check format, lint, words, types, import rules, migrations, API schema, deployment settings
	"$(BIN)/ruff" format --check .
	"$(BIN)/ruff" check .
	$(PYTEST) -q --noconftest tests/architecture/test_prose.py
	"$(BIN)/mypy" newsroom editorial
	"$(BIN)/lint-imports"
	"$(BIN)/python" manage.py check --deploy --fail-level WARNING
	"$(BIN)/python" -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	"$(BIN)/python" manage.py spectacular --validate --fail-on-warn --file "$(VENV)/openapi.yaml"
	diff -u docs/reference/openapi.yaml "$(VENV)/openapi.yaml" || { echo "The API has changed. If that is intended: make schema"; exit 1; }

format: install-dev ## Format the source
	@"$(BIN)/ruff" format .
	@"$(BIN)/ruff" check --fix .

schema: install-dev ## Write docs/reference/openapi.yaml after an intended API change
	@"$(BIN)/python" manage.py spectacular --validate --fail-on-warn --file docs/reference/openapi.yaml

lint-schema: ## Lint docs/reference/openapi.yaml with Redocly and Spectral (needs Node and its package registry)
	npx --yes @redocly/cli@2.77.0 lint --extends recommended docs/reference/openapi.yaml
	npx --yes @stoplight/spectral-cli@6.16.3 lint --ruleset docs/reference/spectral.yaml docs/reference/openapi.yaml

lock: install-dev ## Resolve dependencies and write the lock files (UPGRADE=1 for the newest)
	@compile() { "$(BIN)/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header $${UPGRADE:+--upgrade} "$$@" pyproject.toml; }; \
	compile --output-file requirements.lock; \
	compile --output-file requirements-dev.lock --extra dev --constraint requirements.lock

# Newest supported Python first. A package without a wheel would need a compiler on the user's machine.
wheels: install-dev ## Check that every locked package has a wheel for Python 3.11 to 3.14
	@for version in 3.14 3.13 3.12 3.11; do \
	  "$(BIN)/uv" pip install --system-certs --quiet --dry-run --no-deps --only-binary :all: --require-hashes \
	    --python-version $$version --target "$(VENV)/wheels" --requirement requirements.lock; \
	  "$(BIN)/uv" pip install --system-certs --quiet --dry-run --no-deps --only-binary :all: --require-hashes \
	    --python-version $$version --target "$(VENV)/wheels" --requirement requirements-dev.lock; \
	done

audit: install-dev ## Check the locked packages for known vulnerabilities (OSV)
	@exec "$(BIN)/python" -m tests.proofs.audit requirements-dev.lock

clean: ## Remove caches and .venv; the data folder stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
