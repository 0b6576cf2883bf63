# `make help` lists the targets. Versions: rust-toolchain.toml, tools/versions and the lock files.
.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help run test test-package test-lattice soak check advisories bench bench-neighbours bench-lattice build components test-components lattice driver up down status publish preflight preflight-test preflight-lattice clean

pure := target/wasm32-unknown-unknown/component
# Components that import nothing of WASI, or only what their source names. The standard library of wasm32-unknown-unknown, for which they
# are built, imports nothing; that of wasm32-wasip2 imports files, clocks and more, used or not.
pure-packages := calculator weather response-limit router transport secured-transport adapter-environment adapter-http adapter-wasmcloud
test-packages := hostile everything run-counter live-events
pure-test-packages := rpc-attacker library http-requests state-entries
# Crates and components: all that is not linked with wasmtime. Their own tests run natively.
logic := --workspace --exclude wasmcp --exclude wasmcp-tests --exclude wasmcp-bench
cargo-component := cargo build --locked --profile component --target

providers := $(pure)/calculator.wasm $(pure)/weather.wasm
driver := target/driver/debug/wasmcp-lattice
HOSTS := 1
SOAK_MINUTES ?= 60
ADDR := 127.0.0.1:8080

ifeq ($(filter publish,$(MAKECMDGOALS))$(REGISTRY),publish)
$(error say where to: make publish REGISTRY=HOST:PORT)
endif

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Serves the calculator and the weather at http://127.0.0.1:8080/mcp, or at ADDR=HOST:PORT
	target/release/wasmcp serve $(providers) --addr $(ADDR) \
	  --egress weather=geocoding-api.open-meteo.com --egress weather=api.open-meteo.com

test: preflight-test build test-components ## Runs every test that needs no lattice
	tools/test "$(logic)"

test-package: preflight ## Packs the contract as `wkg build` does, and reads it back; builds the library behind wkg for that
	cargo test --locked --manifest-path tests/package/Cargo.toml --target-dir target/driver

test-lattice: preflight-test build test-components driver ## Runs every test on real lattices: wasmCloud hosts, NATS, wadm, wash
	tools/test-lattice

soak: build test-components ## Loads servers with hostile providers and clients for an hour, or SOAK_MINUTES, and prints whether memory and descriptors are flat
	cargo build --locked --release --bin soak
	target/release/soak --minutes $(SOAK_MINUTES)

check: components ## Checks format, lints, licences and sources
	tools/check "$(logic)" "$(pure-packages) $(pure-test-packages)" "$(test-packages)"

advisories: preflight ## Looks for known vulnerabilities (fetches their database)
	"$$(tools/install cargo-deny)/bin/cargo-deny" --locked check advisories

bench: build ## Compares with native servers, writes bench/RESULTS.md
	cargo run --locked --release -p wasmcp-bench

bench-neighbours: build test-components ## Measures calls beside hostile providers and clients, adds to bench/RESULTS.md
	cargo run --locked --release -p wasmcp-bench -- neighbours

bench-lattice: build lattice driver ## Compares one file with lattices of one and two hosts, adds to bench/RESULTS.md
	programs=$$(tools/install lattice-bench)/bin && WASMCP_LATTICE_BINARIES=$$programs cargo run --locked --release -p wasmcp-bench -- lattice

up: preflight-lattice lattice driver ## Starts a lattice on this machine and deploys wadm.hosts.yaml; HOSTS=2 hosts for providers
# Programs that are not there yet are the official ones, which the driver downloads.
	programs=$${WASMCP_LATTICE_BINARIES:-$$(tools/install lattice)/bin} && \
	  if [ -x "$$programs/wadm" ]; then export WASMCP_LATTICE_BINARIES=$$programs; fi && \
	  $(driver) up --hosts $(HOSTS)

status: driver ## Tells what runs on that lattice, where, and what is missing
	$(driver) status

down: driver ## Stops what `make up` started
	$(driver) down

publish: lattice driver ## Pushes components and contract to REGISTRY=HOST:PORT, writes target/lattice/wadm.oci.yaml
	$(driver) publish --registry $(REGISTRY) $(if $(filter 127.0.0.1:% localhost:%,$(REGISTRY)),--insecure)

lattice: build ## Composes the parts that wadm.yaml names, into target/lattice; AUTH=1 with the transport that asks for tokens
	target/release/wasmcp compose --for lattice $(if $(AUTH),--auth) $(providers) -o target/lattice
	target/release/wasmcp compose --for wasmcloud $(if $(AUTH),--auth) $(providers) -o target/lattice/mcp-http-server.wasm

driver: preflight
	cd lattice/driver && cargo build --locked --workspace --target-dir ../../target/driver
	$(driver) archive target/driver/debug/wasmcp-state-provider target/lattice/state.par

build: components ## Builds the components and the host
# All default members take part, so that each crate has the same features as in the tests and is built once.
	cargo build --locked --release --bin wasmcp

components: preflight ## Builds the components
	$(cargo-component) wasm32-unknown-unknown $(pure-packages:%=-p %)

test-components: preflight
	$(cargo-component) wasm32-unknown-unknown $(pure-test-packages:%=-p %)
	$(cargo-component) wasm32-wasip2 $(test-packages:%=-p %)

preflight:
	@tools/preflight

preflight-test:
	@tools/preflight test

preflight-lattice:
	@tools/preflight lattice

clean: ## Removes what was built
	cargo clean
