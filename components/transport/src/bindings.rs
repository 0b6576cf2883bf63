//! The imports of `wit/world.wit` as Rust.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

#[cfg(not(feature = "auth"))]
wit_bindgen::generate!({
    path: ["../../wit", "../wit", "../transport/wit"],
    with: { "wasmcp:mcp/model@0.1.0": contract::model },
    world: "wasmcp:transport/transport",
    generate_all,
});
#[cfg(feature = "auth")]
wit_bindgen::generate!({
    path: ["../../wit", "../wit", "../transport/wit"],
    with: { "wasmcp:mcp/model@0.1.0": contract::model },
    world: "wasmcp:transport/secured-transport",
    generate_all,
});
