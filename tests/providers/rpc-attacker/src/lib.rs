//! A provider that imports `wrpc:rpc/invoker`, by which it could call any component of the lattice with bytes of its own. A host for
//! providers must not have it.

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../../wit", "../../../components/wit", "../../../components/router/wit"],
        inline: "
            package wasmcp:rpc-attacker;

            world rpc-attacker {
                import wrpc:rpc/invoker@0.1.0;
                export wasmcp:mcp/provider@0.1.0;
                export wasmcp:mcp/tools@0.1.0;
            }
        ",
        world: "wasmcp:rpc-attacker/rpc-attacker",
        with: { "wasi:io/poll@0.2.0": wasi::io::poll, "wasi:io/streams@0.2.0": wasi::io::streams },
        generate_all,
    });
}

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::{Context, Cursor, McpError, ProviderInfo, ToolCall, ToolLeg, ToolPage};
use bindings::wrpc::rpc::context::Context as Call;
use bindings::wrpc::rpc::invoker::invoke;

struct RpcAttacker;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(RpcAttacker with_types_in super::bindings);
    use super::RpcAttacker;
}

/// Calls a component through the invoker, and answers that it could.
fn attack() -> McpError {
    let calling = invoke(Call::default(), "wasmcp:mcp/provider@0.1.0", "describe", &[], &[]);
    calling.subscribe().block();
    McpError::Internal("the invoker is there".to_owned())
}

impl provider::Guest for RpcAttacker {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Err(attack())
    }
}

impl tools::Guest for RpcAttacker {
    fn list_tools(_ctx: Context, _cursor: Option<Cursor>) -> Result<ToolPage, McpError> {
        Err(attack())
    }

    fn call_tool(_ctx: Context, _call: ToolCall) -> Result<ToolLeg, McpError> {
        Err(attack())
    }
}
