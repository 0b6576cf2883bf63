#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]

// Bus, logging and configuration come with the crate wasmcloud-component, and WASI with the crate wasi.
wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    inline: "
        package wasmcp:router;

        world router {
            /// What was known of the providers: the crate remote's `Baked`, as JSON.
            import baked: func() -> string;

            import wrpc:rpc/invoker@0.1.0;

            export wasmcp:mcp/provider@0.1.0;
            export wasmcp:mcp/tools@0.1.0;
            export wasmcp:mcp/resources@0.1.0;
            export wasmcp:mcp/prompts@0.1.0;
            export wasmcp:mcp/completion@0.1.0;
            export wasmcp:mcp/changes@0.1.0;
        }
    ",
    world: "wasmcp:router/router",
    with: {
        "wasmcp:mcp/model@0.1.0": contract::model,
        "wasi:io/poll@0.2.0": wasi::io::poll,
        "wasi:io/streams@0.2.0": wasi::io::streams,
    },
    generate_all,
});
