# Termwise needs CPython 3.11 or 3.12 and a C compiler; scripts/environment.sh finds or fetches the one
# and says how to get the other. Everything is installed into .venv, at the versions of the lock files.

BIN := .venv/bin
# More for pytest: make test ARGS="tests/store -k receipt"
ARGS ?=
# Twice as many workers as processors: many tests wait for processes that they start, end and kill.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 2 )))

.DEFAULT_GOAL := help
.PHONY: help run test screenshots bench overload lag proof search differential proofs hostile lifecycle tampering kills restarts powerloss diskfaults runkills vectors lint format lock clean

help:
	@echo 'make run      serve a demonstration on http://127.0.0.1:8000 (PORT=... for another)'
	@echo 'make test     lint, types, import rules, then every test'
	@echo 'make screenshots    a picture of every page, in var/screenshots (half a minute)'
	@echo 'make bench    the figures, measured on this machine'
	@echo 'make overload       twice and ten times what can be done, with admission and without (five minutes)'
	@echo 'make lag            how late the log proves a decision under full load (two minutes)'
	@echo 'make proof          what leaf, receipt and tree cost of the throughput (three minutes)'
	@echo 'make search         the search page among a million decisions, filter by filter (twenty minutes)'
	@echo 'make differential   a million random evaluations by both engines (a quarter of an hour)'
	@echo 'make proofs         a thousand random rulesets proved and decided on every fact; ten damages of each shipped one'
	@echo 'make hostile        a hundred thousand hostile requests to a server of its own'
	@echo 'make lifecycle      ten thousand random sequences of a ruleset'"'"'s life (some minutes)'
	@echo 'make tampering      every bit of a log, and ten thousand random changes of a long one (half an hour)'
	@echo 'make kills          a thousand kill -9 under load, on SQLite and on PostgreSQL (an hour and a half)'
	@echo 'make restarts       PostgreSQL restarted at once under load, twenty times'
	@echo 'make powerloss      power lost at two hundred moments of a server on SQLite (some minutes)'
	@echo 'make diskfaults     a hundred times a full or failing disk under load, on SQLite (some minutes)'
	@echo 'make runkills       a hundred kill -9 of imports and runs of the day, on SQLite and on PostgreSQL (a quarter of an hour)'
	@echo 'make vectors        public vectors of Merkle proofs, in the folder TERMWISE_RFC9162'
	@echo 'make lint     everything of make test but the tests'
	@echo 'make format   let ruff put the code in order'
	@echo 'make lock     write the lock files anew (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean    remove environments and caches; var/ (databases, keys) stays'

run: .venv/runtime.stamp
	@$(BIN)/termwise serve --demo

test: lint
	@echo '== pytest'
	@# Bytecode is written even where the shell asks for none: else each worker compiles every test anew.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

screenshots: .venv/dev.stamp
	@$(BIN)/python -m tests.pages.screenshots

bench: .venv/dev.stamp
	@$(BIN)/python -m tests.bench

overload lag proof: .venv/dev.stamp
	@$(BIN)/python -m tests.bench $@

search: .venv/dev.stamp
	@$(BIN)/python -m tests.bench.search

differential: .venv/dev.stamp
	@$(BIN)/python -m tests.engine.campaign --evaluations 1000000

proofs: .venv/dev.stamp
	@$(BIN)/python -m tests.analysis.proofs --rulesets 1000
	@$(BIN)/python -m tests.analysis.found_damages

hostile: .venv/dev.stamp
	@$(BIN)/python -m tests.web.hostile --requests 100000

lifecycle: .venv/dev.stamp
	@$(BIN)/python -m tests.lifecycle --sequences 10000

tampering: .venv/dev.stamp
	@$(BIN)/python -m tests.ledger.tampering --edits 10000

kills: .venv/dev.stamp
	@$(BIN)/python -m tests.faults.kills --kills 1000

restarts: .venv/dev.stamp
	@$(BIN)/python -m tests.faults.kills.restarts --restarts 20

powerloss: .venv/dev.stamp
	@$(BIN)/python -m tests.faults.powerloss --images 200

diskfaults: .venv/dev.stamp
	@$(BIN)/python -m tests.faults.diskfaults --faults 100

runkills: .venv/dev.stamp
	@$(BIN)/python -m tests.faults.runkills --kills 100

vectors: .venv/dev.stamp
	@test -n "$(TERMWISE_RFC9162)" || { echo 'set TERMWISE_RFC9162 to the folder of the vectors'; exit 2; }
	@$(BIN)/python -m tests.ledger.vectors "$(TERMWISE_RFC9162)"

lint: .venv/dev.stamp
	@echo '== ruff'
	@$(BIN)/ruff check --quiet --output-format concise
	@$(BIN)/ruff format --check --quiet --output-format concise
	@echo '== mypy'
	@$(BIN)/mypy --no-error-summary
	@echo '== import rules'
	@$(BIN)/lint-imports --no-logo

format: .venv/dev.stamp
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format

# The stamps are files so that an environment that is up to date costs nothing. The development lock
# holds everything of the other one.
.venv/runtime.stamp: requirements.lock pyproject.toml scripts/environment.sh
	@scripts/environment.sh requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml scripts/environment.sh
	@scripts/environment.sh requirements-dev.lock
	@touch $@ .venv/runtime.stamp

COMPILE = pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(UPGRADE) pyproject.toml
lock:
	@uv=$$(scripts/environment.sh uv) \
	&& "$$uv" $(COMPILE) -o requirements.lock >/dev/null \
	&& "$$uv" $(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock >/dev/null
	@git diff --stat -- requirements.lock requirements-dev.lock

clean:
	rm -rf .venv .venv-uv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find app schemas tests -name __pycache__ -type d -prune -exec rm -rf {} +
