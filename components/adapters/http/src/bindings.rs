//! What wit-bindgen makes of `wit/world.wit` and the contract.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: ["../../../wit", "wit"],
    world: "wasmcp:adapter-http/adapter",
    generate_all,
});
