// The Go helper. Bindings import each other by this name, those that `wasmcp build` generates too: a project replaces it by this module.
module wit_component

go 1.25

require go.bytecodealliance.org/pkg v0.2.1
