// The module in which tests/tests/bindings.rs compiles the bindings for Go, which import each other by this name.
module wit_component

go 1.25

// What wit-bindgen 0.63 generates asks for v0.4.0 and needs nothing that v0.2.1 lacks; v0.2.1 works with the adapter of
// WASI 0.2.6, the level that wasmCloud 1.9 has.
require go.bytecodealliance.org/pkg v0.2.1
