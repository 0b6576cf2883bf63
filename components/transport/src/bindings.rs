#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

// WASI is not in this world: the crate `wasi` brings it, and the linker joins what is used of both.
wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package wasmcp:transport;

        world transport {
            include wasmcp:mcp/consumer@0.1.0;
            import wasmcp:mcp/settings@0.1.0;
        }
    ",
    world: "wasmcp:transport/transport",
    with: { "wasmcp:mcp/model@0.1.0": contract::model },
    generate_all,
});
