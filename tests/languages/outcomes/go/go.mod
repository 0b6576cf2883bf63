// The outcomes of a call in Go. The bindings that `wasmcp build` generates import each other by this name.
module wit_component

go 1.25

require go.bytecodealliance.org/pkg v0.2.1
