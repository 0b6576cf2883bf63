//! The exports of a component, which are the methods of a [`Server`].

use crate::Server;
use crate::bindings::exports::wasmcp::mcp::{prompts, provider, resources, tools};
use crate::contract::*;

/// What makes the server. [`serve!`](crate::serve) implements it.
pub trait Provider {
    /// The server, which is made anew for each call.
    fn server() -> Server;
}

/// Exports the server that a function makes: `serve!(server);` for `fn server() -> Server`.
#[macro_export]
macro_rules! serve {
    ($server:path) => {
        struct WasmcpProvider;
        impl $crate::Provider for WasmcpProvider {
            fn server() -> $crate::Server {
                $server()
            }
        }
        $crate::bindings::export_contract!(WasmcpProvider with_types_in $crate::bindings);
    };
}

impl<P: Provider> provider::Guest for P {
    fn describe(_: Context) -> Result<ProviderInfo, McpError> {
        Ok(P::server().describe())
    }
}

impl<P: Provider> tools::Guest for P {
    fn list_tools(_: Context, cursor: Option<Cursor>) -> Result<ToolPage, McpError> {
        P::server().list_tools(cursor)
    }
    fn call_tool(context: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        P::server().call_tool(&context, call)
    }
}

impl<P: Provider> resources::Guest for P {
    fn list_resources(_: Context, cursor: Option<Cursor>) -> Result<ResourcePage, McpError> {
        P::server().list_resources(cursor)
    }
    fn list_templates(_: Context, cursor: Option<Cursor>) -> Result<ResourceTemplatePage, McpError> {
        P::server().list_templates(cursor)
    }
    fn read_resource(context: Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        P::server().read_resource(&context, read)
    }
}

impl<P: Provider> prompts::Guest for P {
    fn list_prompts(_: Context, cursor: Option<Cursor>) -> Result<PromptPage, McpError> {
        P::server().list_prompts(cursor)
    }
    fn get_prompt(context: Context, get: PromptGet) -> Result<PromptLeg, McpError> {
        P::server().get_prompt(&context, get)
    }
}
