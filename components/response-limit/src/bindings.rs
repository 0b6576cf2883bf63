//! The bindings of `wit/world.wit`.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "wasmcp:response-limit/response-limit",
    with: { "wasmcp:mcp/model@0.1.0": contract::model },
    generate_all,
});
