//! The bindings of `wit/world.wit`.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: ["../../wit", "../wit", "wit"],
    world: "wasmcp:router/router",
    with: {
        "wasmcp:mcp/model@0.1.0": contract::model,
        "wasi:io/poll@0.2.0": wasi::io::poll,
        "wasi:io/streams@0.2.0": wasi::io::streams,
    },
    generate_all,
});
