# Every target works alone on a fresh clone of a machine that has Swift; what else is missing, scripts/bootstrap installs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help bootstrap build model demo demo-live bench-gateway fuse-trips test test-clients faults soak sanitize test-corpora check format oracles characteristics bench fuzz clean

# Jobs of a build; empty: as many as there are cores.
JOBS ?=
jobs := $(if $(JOBS),--jobs $(JOBS))
# Where the oracles' whole data lie.
SLUICE_SHARED_DATA ?= ../shared/data

# One test at a time: many at once on two cores would starve those that watch the clock.
swift_test := swift test --disable-xctest --no-parallel $(jobs)
sources := $(wildcard Package.swift Sources examples Tests fuzz)
scripts := $(wildcard scripts/* .ci/run)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

bootstrap: ## install what a build needs and this machine lacks
	@scripts/bootstrap

build: bootstrap ## the release build: .build/release/sluice
	swift build --configuration release $(jobs)

demo: build model ## the demo app's releases against each other: a SHIP, a BLOCK, and HTML reports
	scripts/demo

model: ## the encoder behind semantic metrics, into .build/models/minilm
	@scripts/bootstrap model

test: model ## every test that needs nothing outside the clone
	env -u SLUICE_SHARED_DATA $(swift_test)

test-clients: build ## real clients through the gateway: OpenAI's, httpx, curl, wrk, WebSocket; apps under uvicorn
	@scripts/bootstrap clients
	.build/client-venv/bin/python benchmarks/clients.py

test-corpora: model ## the tests over the oracles' whole data, in SLUICE_SHARED_DATA (../shared/data)
	@test -d "$(SLUICE_SHARED_DATA)" || { echo "make test-corpora: no folder '$(SLUICE_SHARED_DATA)'; \
	name the oracles' data with SLUICE_SHARED_DATA=FOLDER" >&2; exit 1; }
	@mkdir -p .build
	SLUICE_SHARED_DATA="$$(realpath "$(SLUICE_SHARED_DATA)")" $(swift_test) --filter '\.Corpus' | tee .build/corpora.log
	@grep -qE 'Test run with [1-9][0-9]* test' .build/corpora.log || { echo 'make test-corpora: no test ran' >&2; exit 1; }

check: ## what a change must pass: format, scripts, warnings as errors, tests, architecture
	@scripts/bootstrap test
	swift format lint --strict --recursive --parallel $(sources)
	shellcheck $(scripts)
	@mkdir -p .build
	swift build --build-tests $(jobs) 2>&1 | tee .build/check.log
	@if grep -n 'warning:' .build/check.log; then echo 'make check: warnings are errors' >&2; exit 1; fi
	env -u SLUICE_SHARED_DATA $(swift_test) --skip-build

format: ## write the sources as the formatter would
	swift format --in-place --recursive --parallel $(sources)

oracles: build ## statistics against SciPy, statsmodels and others, vectors and BERTScore against theirs
	@scripts/bootstrap oracles
	.build/oracle-venv/bin/python oracles/run.py
	.build/oracle-venv/bin/python oracles/json_schema.py
	.build/embedding-venv/bin/python oracles/embedding.py
	.build/embedding-venv/bin/python oracles/semantic.py

characteristics: build ## docs/operating-characteristics.md: what every sequence does in the long run (some minutes)
	.build/release/operating-characteristics > .build/operating-characteristics.md
	mv .build/operating-characteristics.md docs/operating-characteristics.md

bench: build ## the table of docs/benchmarks.md, measured side by side
	@scripts/bootstrap bench
	scripts/bench

fuzz: bootstrap ## libFuzzer over every reader of outside bytes, with Address Sanitizer (FUZZ_SECONDS each, 60)
	scripts/fuzz $(or $(FUZZ_SECONDS),60)

demo-live: build model ## helpdesk behind the gateway under load: a shadow report, a fuse that shuts, no request lost
	scripts/demo-live

fuse-trips: build ## how often the fuse trips on a healthy candidate, how soon on a broken one: 10,000 rollouts each (two minutes)
	.build/release/fuse-trips 10000

bench-gateway: build ## the gateway beside nginx: CPU, latency, memory, candidates that misbehave (nginx, wrk)
	@scripts/bootstrap bench-gateway
	benchmarks/gateway.py

faults: build ## everything that goes wrong around a gateway, beside live traffic, as a table (some minutes)
	@scripts/bootstrap bench-gateway
	benchmarks/faults.py

soak: build ## everything at once for SOAK_SECONDS (3600): failed requests, slope of the memory, descriptors
	@scripts/bootstrap bench-gateway
	benchmarks/soak.py --seconds $(or $(SOAK_SECONDS),3600)

sanitize: build ## clients and faults with the gateway under Address and Thread Sanitizer (two builds: long)
	@scripts/bootstrap clients
	scripts/sanitize

clean: ## remove everything that was built; runs in .sluice/ stay
	rm -rf .build
