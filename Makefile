# `make help` lists the targets. Versions: rust-toolchain.toml, tools/versions and the lock files.
.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help run test check advisories bench build components test-components preflight clean

wasi := target/wasm32-wasip2/component
pure := target/wasm32-unknown-unknown/component
# What uses of WASI what its source says, or nothing, is built for a target whose standard library adds nothing to it.
pure-packages := calculator mux absent absent-services transport adapter-environment adapter-wasmcloud
wasi-packages := weather
test-packages := hostile specimen
cargo-component := cargo build --locked --profile component --target

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Serves the calculator and the weather at http://127.0.0.1:8080/mcp
	target/release/wasmcp serve $(pure)/calculator.wasm $(wasi)/weather.wasm \
	  --egress weather=geocoding-api.open-meteo.com --egress weather=api.open-meteo.com

test: preflight-test build test-components ## Runs every test that needs no lattice
	tools/test "$(pure-packages) $(wasi-packages)"

check: components ## Checks format, lints, licences and sources
	tools/check "$(pure-packages)" "$(wasi-packages) $(test-packages)"

advisories: preflight ## Looks for known vulnerabilities (fetches their database)
	"$$(tools/install cargo-deny)/bin/cargo-deny" --locked check advisories

bench: build ## Compares with native servers, writes bench/RESULTS.md
	cargo run --locked --release -p wasmcp-bench

build: components ## Builds the components and the host
# All default members take part, so that each crate has the same features as in the tests and is built once.
	cargo build --locked --release --bin wasmcp

components: preflight ## Builds the components
	$(cargo-component) wasm32-unknown-unknown $(pure-packages:%=-p %)
	$(cargo-component) wasm32-wasip2 $(wasi-packages:%=-p %)

test-components: preflight
	$(cargo-component) wasm32-wasip2 $(test-packages:%=-p %)

preflight:
	@tools/preflight

preflight-test:
	@tools/preflight test

clean: ## Removes what was built
	cargo clean
