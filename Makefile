# `make help` lists the targets. Works with GNU make 3.81 (macOS) and newer.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

venv := .venv
python := $(venv)/bin/python
serving := $(venv)/.serving
development := $(venv)/.development
sources := api domain persistence
checked := $(sources) tests

# A virtual environment whose Python no longer runs is created again.
ifneq ($(shell $(python) -c 'print(1)' 2>/dev/null),1)
.PHONY: $(serving) $(development)
endif

# The first Python that is new enough; shims that do not run are skipped.
find_python = for each in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	found=$$each; break; fi; done; \
	if [ -z "$$found" ]; then \
	echo "Trellis needs Python 3.11 or newer, and found none on the PATH. Set it: make PYTHON=/path/to/python3" >&2; \
	exit 1; fi

$(serving): requirements.txt .ci/environment.py
	@$(find_python); "$$found" .ci/environment.py requirements.txt
	@touch $@

$(development): requirements-development.txt requirements.txt .ci/environment.py
	@$(find_python); "$$found" .ci/environment.py requirements-development.txt
	@touch $(serving) $@

##@ Use

.PHONY: serve
serve: $(serving) graphiql ## Serve on 127.0.0.1:8000 (PORT=...) with an embedded database and the demo
	@exec $(venv)/bin/trellis serve --with-parent

.PHONY: token
token: $(serving) ## Print an access token: make token TENANT=meridian AS=hr@meridian.example
	@if [ -z "$(TENANT)" ] || [ -z "$(AS)" ]; then \
	echo "Name a tenant and a member: make token TENANT=meridian AS=hr@meridian.example" >&2; exit 2; fi; \
	exec $(venv)/bin/trellis token --tenant "$(TENANT)" --as "$(AS)"

.PHONY: check
check: $(serving) ## Check the database: roles, row-level security, revision
	@exec $(venv)/bin/trellis check

.PHONY: migrate
migrate: $(serving) ## Migrate the database to the newest revision
	@exec $(venv)/bin/trellis migrate

.PHONY: graphiql
graphiql: $(serving) ## Fetch GraphiQL's files with npm, if npm is installed
	@$(python) -m api.graphiql

##@ Develop

.PHONY: setup
setup: $(development) graphiql ## Install all development dependencies

.PHONY: test
test: $(development) ## Run all tests (ARGS="-k goals" selects some)
	@$(python) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(second_attempt) $(ARGS)

distributed_tests := tests/distributed tests/api tests/isolation/test_sql_attacks.py \
	tests/persistence --ignore-glob="tests/persistence/test_embedded*"

.PHONY: test-distributed
test-distributed: $(development) ## Test on an existing Citus (CLUSTER_URL=postgresql://owner@coordinator/database)
	@if [ -z "$(CLUSTER_URL)" ]; then \
	echo "Skipped: set CLUSTER_URL to the owner's URL of a database with Citus; see docs/operations/scaling.md."; \
	else TRELLIS_TEST_DATABASE_URL="$(CLUSTER_URL)" \
	$(python) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(distributed_tests) $(ARGS); fi

.PHONY: ci
ci: second_attempt := --reruns 1 -rR
ci: lint types contracts fresh test ## Run every check that a change must pass

.PHONY: lint
lint: $(development) ## Check style with ruff
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .

.PHONY: format
format: $(development) ## Fix style with ruff, as far as possible
	@$(python) -m ruff check --fix-only --quiet .
	@$(python) -m ruff format .

.PHONY: types
types: $(development) ## Check types with mypy (strict)
	@$(python) -m mypy

.PHONY: contracts
contracts: $(development) ## Check the import contracts
	@$(venv)/bin/lint-imports

.PHONY: schema
schema: $(serving) ## Write openapi/schema.graphql and openapi/platform.graphql
	@$(venv)/bin/trellis schema > openapi/schema.graphql.partial
	@mv openapi/schema.graphql.partial openapi/schema.graphql
	@$(venv)/bin/trellis platform schema > openapi/platform.graphql.partial
	@mv openapi/platform.graphql.partial openapi/platform.graphql

.PHONY: schema-changes
schema-changes: $(development) ## List what changed in the schema since the last release (ARGS="--write": it is released)
	@$(python) -m tests.architecture.released_schema $(ARGS)

.PHONY: fresh
fresh: $(serving) ## Check that openapi/*.graphql is up to date
	@$(venv)/bin/trellis schema | diff -u openapi/schema.graphql - \
	&& $(venv)/bin/trellis platform schema | diff -u openapi/platform.graphql - \
	|| { echo "openapi/*.graphql is stale. Run: make schema" >&2; exit 1; }

.PHONY: docs
docs: $(development) ## Update the generated parts of README.md and docs/
	@$(python) .ci/docs.py

.PHONY: golden
golden: $(development) ## Update the golden files of the compiler and of access rules
	@GOLDEN=write $(python) -m pytest tests/reads/test_golden.py tests/access_rules/test_rule_sql_golden.py -q

.PHONY: decisions
decisions: $(development) ## Compare five million access decisions made in three ways, and explained (ARGS="1000000 7": count, seed)
	@$(python) -m tests.access_equivalence $(ARGS)

.PHONY: mutants
mutants: $(development) ## Run mutation tests of access, tenancy, journal and unit of work
	@$(python) -m tests.mutation $(ARGS)

# Long runs of tests/resilience, which runs shortened on every change.
long := TRELLIS_LONG=1 $(python) -m pytest -q -s -p no:cacheprovider

.PHONY: faults
faults: $(development) ## Test outages, idempotent changes under faults, and sync and webhooks under crashes
	@$(long) tests/resilience/test_outages.py tests/resilience/test_exactly_once.py \
	tests/resilience/test_partner_faults.py

.PHONY: crashes
crashes: $(development) ## Test 200 crashes of the database and 200 of the process
	@$(long) tests/resilience/test_crashes.py

.PHONY: pooling
pooling: $(development) ## Test 100,000 transactions of 200 tenants over 4 connections, also behind PgBouncer
	@$(long) tests/resilience/test_pooling.py

.PHONY: editors
editors: $(development) ## Test lost updates: 100 rounds of 100 editors of one object
	@$(long) tests/resilience/test_lost_updates.py

.PHONY: moves
moves: $(development) ## Kill the move of a tenant at each statement, and move one 40 times under load
	@$(long) tests/resilience/test_tenant_moves.py

.PHONY: restarts
restarts: $(development) ## Test 50 rolling restarts under load
	@$(long) tests/resilience/test_restarts.py

.PHONY: overload
overload: $(development) ## Measure one, two and four times the load of one process
	@$(python) -m tests.load

.PHONY: fairness
fairness: $(development) ## Measure cheap requests of one tenant beside attacks of another (ARGS="--rounds 1")
	@$(python) -m tests.fairness $(ARGS)

.PHONY: hostile
hostile: $(development) ## Measure the cost of 10,000 hostile documents
	@$(python) -m tests.adversarial $(ARGS)

.PHONY: probe
probe: $(development) ## Attack every place that takes an id, 100,000 times
	@$(python) -m tests.id_attacks $(ARGS)

.PHONY: fuzz
fuzz: $(development) ## Fuzz the schema with 20,000 documents, and every route
	@$(python) -m tests.fuzz $(ARGS)

.PHONY: bench
bench: $(development) ## Compare with hand-written SQL, PostGraphile, Mercurius and Strawberry (ARGS="--check")
	@$(python) -m benchmarks $(ARGS)
	@$(python) -m benchmarks.kpis
	@$(python) -m benchmarks.reviews
	@$(python) -m benchmarks.calibration
	@$(python) -m benchmarks.changes
	@$(python) -m benchmarks.upserts
	@$(python) -m benchmarks.goals
	@$(python) -m benchmarks.webhooks

.PHONY: bench-cpu
bench-cpu: $(development) ## Compare CPU per request with another revision: make bench-cpu OLD=main
	@if [ -z "$(OLD)" ]; then echo "Name a revision: make bench-cpu OLD=main" >&2; exit 2; fi; \
	$(python) -m benchmarks.cpu $(OLD) $(ARGS)

.PHONY: bench-instructions
bench-instructions: $(development) ## Compare instructions per request, with valgrind: make bench-instructions OLD=main
	@if [ -z "$(OLD)" ]; then echo "Name a revision: make bench-instructions OLD=main" >&2; exit 2; fi; \
	$(python) -m benchmarks.instructions $(OLD) $(ARGS)

.PHONY: bench-distributed
bench-distributed: $(development) ## Compare CPU per request with Citus: make bench-distributed CLUSTER_URL=postgresql://…
	@if [ -z "$(CLUSTER_URL)" ]; then \
	echo "Set CLUSTER_URL to the owner's URL of a database with Citus; see docs/operations/scaling.md." >&2; exit 2; fi; \
	$(python) -m benchmarks.distributed "$(CLUSTER_URL)" $(ARGS)

.PHONY: review-cycle
review-cycle: $(development) ## Take a review cycle of 5,000 people from the plan to the last signature
	@$(python) -m benchmarks.review_cycles --people 5000 --complete

.PHONY: scaling
scaling: $(development) ## Measure a page in a large tenant, and in one of many tenants
	@$(python) -m benchmarks.scaling $(ARGS)

.PHONY: many-tenants
many-tenants: $(development) ## Measure start-up time and memory with 10 and 10,000 tenants
	@$(python) -m benchmarks.many_tenants $(ARGS)

.PHONY: start-time
start-time: $(development) ## Measure the first and the second start of `make serve`
	@$(python) -m benchmarks.start_time

.PHONY: soak
soak: $(development) ## Measure memory over an hour of mixed load (ARGS="--minutes 5")
	@$(python) -m benchmarks.soak $(ARGS)

.PHONY: lock
lock: ## Update the locked dependencies from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header -q -o requirements.txt
	@uv pip compile pyproject.toml --extra development --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q \
	-o requirements-development.txt

.PHONY: clean
clean: ## Remove the environment and caches; data in .trellis stays
	@rm -rf $(venv) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(checked) -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
	/^##@/ { printf "\n%s\n", substr($$0, 5) } \
	/^[a-z-]+:.*## / { printf "  make %-10s %s\n", substr($$1, 1), $$2 }' $(firstword $(MAKEFILE_LIST))
