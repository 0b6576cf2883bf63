//! A provider that asks for `wrpc:rpc/invoker`, by which it could call any component of the lattice with bytes of its own. A host for
//! providers must not have it.

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../../wit", "../../../components/router/wit"],
        inline: "
            package wasmcp:forger;

            world forger {
                import wrpc:rpc/invoker@0.1.0;
                export wasmcp:mcp/provider@0.1.0;
            }
        ",
        world: "wasmcp:forger/forger",
        with: { "wasi:io/poll@0.2.0": wasi::io::poll, "wasi:io/streams@0.2.0": wasi::io::streams },
        generate_all,
    });
}

use bindings::exports::wasmcp::mcp::provider;
use bindings::wasmcp::mcp::model::{Context, McpError, ProviderInfo};
use bindings::wrpc::rpc::context::Context as Call;
use bindings::wrpc::rpc::invoker::invoke;

struct Forger;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(Forger with_types_in super::bindings);
    use super::Forger;
}

impl provider::Guest for Forger {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        let calling = invoke(Call::default(), "wasmcp:mcp/provider@0.1.0", "describe", &[], &[]);
        calling.subscribe().block();
        Err(McpError::Internal("the invoker is there".to_owned()))
    }
}
