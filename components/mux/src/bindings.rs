#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "wasmcp:mux/mux",
    with: { "wasmcp:mcp/model@0.1.0": contract::model },
    generate_all,
});
