# `make help` lists the targets. Versions: rust-toolchain.toml, tools/versions and the lock files.
.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help run test test-package test-lattice examples soak check advisories bench bench-languages bench-neighbours bench-lattice build dist components test-components lattice driver up down status publish packages preflight preflight-test preflight-examples preflight-package preflight-lattice clean

pure := target/wasm32-unknown-unknown/component
# Components that import nothing of WASI, or only what their source names. The standard library of wasm32-unknown-unknown, for which they
# are built, imports nothing; that of wasm32-wasip2 imports files, clocks and more, used or not.
pure-packages := calculator weather response-limit router transport secured-transport adapter-environment adapter-http adapter-wasmcloud
test-packages := hostile everything run-counter live-events broken-server
pure-test-packages := rpc-attacker library http-requests state-entries
# Crates and components: all that is not linked with wasmtime. Their own tests run natively.
logic := --workspace --exclude wasmcp --exclude wasmcp-tests --exclude wasmcp-bench
cargo-component := cargo build --locked --profile component --target

# What is a package of its own in a registry: our components, and a component that fills each interface which may be missing.
fillers := tools resources prompts completion changes settings state live http catalogue authorization
# Examples to publish too, as in EXAMPLES="rs py go ts js": each needs the toolchain of its language.
EXAMPLES := $(if $(filter test-package,$(MAKECMDGOALS)),rs js)
example-packages := $(EXAMPLES:%=target/examples/weather-%.wasm)
packages := $(foreach name,$(pure-packages),$(pure)/$(subst -,_,$(name)).wasm) $(fillers:%=target/fillers/filler-%.wasm) $(example-packages)
publish := target/driver/debug/wasmcp-lattice publish $(packages:%=--component %)

providers := $(pure)/calculator.wasm $(pure)/weather.wasm
driver := target/driver/debug/wasmcp-lattice
HOSTS := 1
SOAK_MINUTES ?= 60
ADDR := 127.0.0.1:8080
PROFILE := release

ifeq ($(filter publish,$(MAKECMDGOALS))$(REGISTRY),publish)
$(error say where to: make publish REGISTRY=HOST:PORT)
endif

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Serves the calculator and the weather at http://127.0.0.1:8080/mcp, or at ADDR=HOST:PORT
	target/release/wasmcp serve $(providers) --addr $(ADDR) \
	  --egress weather=geocoding-api.open-meteo.com --egress weather=api.open-meteo.com

test: preflight-test build test-components ## Runs the tests, but for those of examples, test-package and test-lattice
	tools/test "$(logic)"

test-package: preflight-package packages ## Packs the contract as `wkg build` does, publishes to a registry and starts from an empty folder; builds the library behind wkg and two examples, so also needs Node 20
	WASMCP_REGISTRY="$$(tools/install registry)/bin/registry" WASMCP_PUBLISH="$(publish)" \
	  cargo test --locked --manifest-path tests/package/Cargo.toml --target-dir target/driver

test-lattice: preflight-test build test-components driver ## Runs every test on real lattices: wasmCloud hosts, NATS, wadm, wash
	tools/test-lattice

examples: preflight-examples build ## Builds the example and new projects of each language, and runs the tests that they must pass
	tools/test-examples

soak: build test-components ## Loads servers with hostile providers and clients for an hour, or SOAK_MINUTES, and prints whether memory and descriptors are flat
	cargo build --locked --release --bin soak
	target/release/soak --minutes $(SOAK_MINUTES)

check: components ## Checks format, lints, licences and sources
	tools/check "$(logic)" "$(pure-packages) $(pure-test-packages)" "$(test-packages)"

advisories: preflight ## Looks for known vulnerabilities (fetches their database)
	"$$(tools/install cargo-deny)/bin/cargo-deny" --locked check advisories

bench: $(if $(filter dist,$(PROFILE)),dist,build) ## Compares with native servers, writes bench/RESULTS.md; PROFILE=dist builds all of them as `make dist` does
	cargo run --locked --profile $(PROFILE) -p wasmcp-bench

bench-languages: preflight-examples $(if $(filter dist,$(PROFILE)),dist,build) ## Compares the examples with servers of the Python and TypeScript SDKs, after `make examples`; adds to bench/RESULTS.md
	cargo run --locked --profile $(PROFILE) -p wasmcp-bench -- languages

bench-neighbours: build test-components ## Measures calls beside hostile providers and clients, adds to bench/RESULTS.md
	cargo run --locked --release -p wasmcp-bench -- neighbours

bench-lattice: build lattice driver ## Compares one file with lattices of one and two hosts, open and with tokens, adds to bench/RESULTS.md
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

publish: packages ## Pushes components and contract to REGISTRY=HOST:PORT, and EXAMPLES="rs py go ts js"; writes target/lattice/wadm.oci.yaml
	$(publish) --registry $(REGISTRY) $(if $(filter 127.0.0.1:% localhost:%,$(REGISTRY)),--insecure)

packages: lattice driver $(example-packages)
	mkdir -p target/fillers
	for interface in $(fillers); do target/release/wasmcp filler $$interface -o target/fillers/filler-$$interface.wasm || exit; done

# The target folder of an example is its own, whatever the clone's is.
$(example-packages): target/examples/weather-%.wasm: build
	env -u CARGO_TARGET_DIR $(MAKE) --no-print-directory -C examples/weather-$* setup build WASMCP="$$PWD/target/release/wasmcp"
	mkdir -p $(@D)
	cp examples/weather-$*/weather.wasm $@

lattice: build ## Composes the parts that wadm.yaml names, into target/lattice; AUTH=1 with the transport that asks for tokens
	target/release/wasmcp compose --for lattice $(if $(AUTH),--auth) $(providers) -o target/lattice
	target/release/wasmcp compose --for wasmcloud $(if $(AUTH),--auth) $(providers) -o target/lattice/mcp-http-server.wasm

driver: preflight
	cd lattice/driver && cargo build --locked --workspace --target-dir ../../target/driver
	$(driver) archive target/driver/debug/wasmcp-state-provider target/lattice/state.par

build: components ## Builds the components and the host
# All default members take part, so that each crate has the same features as in the tests and is built once.
	cargo build --locked --release --bin wasmcp

dist: components ## Builds target/dist/wasmcp, as it is released: optimised as a whole, which takes much longer than `make build`
	cargo build --locked --profile dist --bin wasmcp

components: preflight ## Builds the components
	$(cargo-component) wasm32-unknown-unknown $(pure-packages:%=-p %)

test-components: preflight
	$(cargo-component) wasm32-unknown-unknown $(pure-test-packages:%=-p %)
	$(cargo-component) wasm32-wasip2 $(test-packages:%=-p %)

preflight:
	@tools/preflight

preflight-test:
	@tools/preflight test

preflight-examples:
	@tools/preflight examples

preflight-package:
	@tools/preflight package

preflight-lattice:
	@tools/preflight lattice

clean: ## Removes what was built
	cargo clean
