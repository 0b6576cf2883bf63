#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package wasmcp:cap;

        world cap {
            import wasmcp:mcp/provider@0.1.0;
            import wasmcp:mcp/tools@0.1.0;
            import wasmcp:mcp/resources@0.1.0;
            import wasmcp:mcp/prompts@0.1.0;
            import wasmcp:mcp/completion@0.1.0;
            import wasmcp:mcp/changes@0.1.0;

            export wasmcp:mcp/provider@0.1.0;
            export wasmcp:mcp/tools@0.1.0;
            export wasmcp:mcp/resources@0.1.0;
            export wasmcp:mcp/prompts@0.1.0;
            export wasmcp:mcp/completion@0.1.0;
            export wasmcp:mcp/changes@0.1.0;
        }
    ",
    world: "wasmcp:cap/cap",
    with: { "wasmcp:mcp/model@0.1.0": contract::model },
    generate_all,
});
