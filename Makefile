# `make help` lists what there is to do. Works with GNU make 3.81 (macOS) and newer.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

venv := .venv
python := $(venv)/bin/python
serving := $(venv)/.serving
development := $(venv)/.development
sources := api domain persistence
checked := $(sources) tests

# A virtual environment whose Python has gone is made again.
ifneq ($(shell $(python) -c 'print(1)' 2>/dev/null),1)
.PHONY: $(serving) $(development)
endif

# The first Python that is new enough; shims that lead nowhere are passed over.
find_python = for each in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	found=$$each; break; fi; done; \
	if [ -z "$$found" ]; then \
	echo "Trellis needs Python 3.11 or newer, and none is on the PATH. Name one: make PYTHON=/path/to/python3" >&2; \
	exit 1; fi

$(serving): requirements.txt .ci/environment.py
	@$(find_python); "$$found" .ci/environment.py requirements.txt
	@touch $@

$(development): requirements-development.txt requirements.txt .ci/environment.py
	@$(find_python); "$$found" .ci/environment.py requirements-development.txt
	@touch $(serving) $@

##@ To use it

.PHONY: serve
serve: $(serving) graphiql ## Serve on 127.0.0.1:8000 (PORT=...) with a database and a demo of its own
	@exec $(venv)/bin/trellis serve --with-parent

.PHONY: token
token: $(serving) ## Print a token: make token TENANT=meridian AS=hr@meridian.example
	@exec $(venv)/bin/trellis token --tenant "$(TENANT)" --as "$(AS)"

.PHONY: check
check: $(serving) ## Check the database: roles, row-level security, revision
	@exec $(venv)/bin/trellis check

.PHONY: migrate
migrate: $(serving) ## Bring the database's schema up to date
	@exec $(venv)/bin/trellis migrate

.PHONY: graphiql
graphiql: $(serving) ## Fetch GraphiQL's files with npm, where npm is
	@$(python) -m api.graphiql

##@ To change it

.PHONY: setup
setup: $(development) graphiql ## Install everything that development needs

.PHONY: test
test: $(development) ## Run all tests (ARGS="-k goals" to choose)
	@$(python) -m pytest -n 2 --dist loadfile $(ARGS)

.PHONY: ci
ci: lint types contracts fresh test ## All that has to hold before a change is merged

.PHONY: lint
lint: $(development) ## Check style
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .

.PHONY: format
format: $(development) ## Bring style about, as far as it can be done by itself
	@$(python) -m ruff check --fix-only --quiet .
	@$(python) -m ruff format .

.PHONY: types
types: $(development) ## Check types, strictly
	@$(python) -m mypy $(sources)

.PHONY: contracts
contracts: $(development) ## Check who imports whom
	@$(venv)/bin/lint-imports

.PHONY: schema
schema: $(serving) ## Write openapi/schema.graphql
	@$(venv)/bin/trellis schema > openapi/schema.graphql.partial
	@mv openapi/schema.graphql.partial openapi/schema.graphql

.PHONY: fresh
fresh: $(serving) ## Check that openapi/schema.graphql is what the code says
	@$(venv)/bin/trellis schema | diff -u openapi/schema.graphql - \
	|| { echo "openapi/schema.graphql is stale. Run: make schema" >&2; exit 1; }

.PHONY: docs
docs: $(development) ## Write the generated parts of README.md and docs/
	@$(python) .ci/docs.py

.PHONY: golden
golden: $(development) ## Write the golden files of the compiler and of rules anew
	@GOLDEN=write $(python) -m pytest tests/reads/test_golden.py tests/access_rules/test_rule_sql_golden.py -q

.PHONY: decisions
decisions: $(development) ## Decide access five million times in three ways (ARGS="1000000 7": number, seed)
	@$(python) -m tests.access_equivalence $(ARGS)

.PHONY: mutants
mutants: $(development) ## Break access, tenancy, journal and work in every small way; tests must notice
	@$(python) -m tests.mutation $(ARGS)

# Long runs of what tests/resilience does a little of on every change.
long := TRELLIS_LONG=1 $(python) -m pytest -q -s -p no:cacheprovider

.PHONY: faults
faults: $(development) ## 100 outages, and 5,000 keyed changes under 1,000 faults
	@$(long) tests/resilience/test_outages.py tests/resilience/test_exactly_once.py

.PHONY: crashes
crashes: $(development) ## 200 crashes of the database, and 200 of the process
	@$(long) tests/resilience/test_crashes.py

.PHONY: pooling
pooling: $(development) ## 100,000 transactions of 200 tenants over 4 connections, also behind PgBouncer
	@$(long) tests/resilience/test_pooling.py

.PHONY: editors
editors: $(development) ## 100 rounds in which 100 editors change the same thing
	@$(long) tests/resilience/test_lost_updates.py

.PHONY: restarts
restarts: $(development) ## 50 rolling restarts under load
	@$(long) tests/resilience/test_restarts.py

.PHONY: overload
overload: $(development) ## Once, twice and four times the load that can be answered
	@$(python) -m tests.load

.PHONY: hostile
hostile: $(development) ## What 10,000 hostile documents cost
	@$(python) -m tests.adversarial $(ARGS)

.PHONY: probe
probe: $(development) ## 100,000 probes of every place that takes an id
	@$(python) -m tests.id_attacks $(ARGS)

.PHONY: fuzz
fuzz: $(development) ## 20,000 documents of the schema, and requests of every route
	@$(python) -m tests.fuzz $(ARGS)

.PHONY: bench
bench: $(development) ## Measure Trellis against SQL by hand, PostGraphile, Mercurius and Strawberry (ARGS="--check")
	@$(python) -m benchmarks $(ARGS)

.PHONY: scaling
scaling: $(development) ## What a page costs in a large tenant, and in one of many
	@$(python) -m benchmarks.scaling $(ARGS)

.PHONY: soak
soak: $(development) ## An hour of mixed load, and what memory does (ARGS="--minutes 5")
	@$(python) -m benchmarks.soak $(ARGS)

.PHONY: lock
lock: ## Pin the dependencies of pyproject.toml anew (needs uv)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header -q -o requirements.txt
	@uv pip compile pyproject.toml --extra development --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q \
	-o requirements-development.txt

.PHONY: clean
clean: ## Remove what was installed and cached; the data in .trellis stays
	@rm -rf $(venv) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(checked) -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Say what there is to do
	@awk 'BEGIN { FS = ":.*## " } \
	/^##@/ { printf "\n%s\n", substr($$0, 5) } \
	/^[a-z]+:.*## / { printf "  make %-10s %s\n", substr($$1, 1), $$2 }' $(firstword $(MAKEFILE_LIST))
