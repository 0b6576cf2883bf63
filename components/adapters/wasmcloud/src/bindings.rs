//! The imports and exports of `wit/world.wit` as Rust.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: ["../../../wit", "../../wit", "wit"],
    world: "wasmcp:adapter-wasmcloud/adapter",
    generate_all,
});
