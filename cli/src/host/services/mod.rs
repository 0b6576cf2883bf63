//! What the host offers to a component: the services of the contract, and WASI 0.2.
//!
//! `settings` is here; [`state`](mod@state), [`live`](mod@live) and [`http`](mod@http) have modules of their own.

mod http;
mod http_messages;
mod live;
mod name_lookup;
mod state;

use adapter_config::canonical_key;
use contract::model::McpError;
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use super::instance::StoreData;
use bindings::wasmcp::mcp::{self as services, settings};
pub(crate) use live::LiveEvents;

#[allow(missing_docs, unsafe_code, unreachable_pub, clippy::all, reason = "generated")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit",
        inline: "
            package wasmcp:host;
            world offered {
                import wasmcp:mcp/settings@0.1.0;
                import wasmcp:mcp/state@0.1.0;
                import wasmcp:mcp/live@0.1.0;
                import wasmcp:mcp/http@0.1.0;
            }
        ",
        world: "wasmcp:host/offered",
        // The others answer at once.
        imports: { "wasmcp:mcp/http.send": async },
        with: { "wasmcp:mcp/model@0.1.0": contract::model },
    });
}

/// A linker with everything that a component may import. What one does not import costs its calls nothing.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<StoreData>> {
    let mut linker = Linker::new(engine);
    settings::add_to_linker::<_, HasSelf<StoreData>>(&mut linker, |call| call)?;
    services::state::add_to_linker::<_, HasSelf<StoreData>>(&mut linker, |call| call)?;
    services::live::add_to_linker::<_, HasSelf<StoreData>>(&mut linker, |call| call)?;
    services::http::add_to_linker::<_, HasSelf<StoreData>>(&mut linker, |call| call)?;
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    name_lookup::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    http_messages::add_to_linker(&mut linker)?;
    Ok(linker)
}

/// A component reads its own settings: there is no way to name another's. Every spelling of a key finds it, as in a composed file.
impl settings::Host for StoreData {
    fn get(&mut self, key: String) -> Result<Option<String>, McpError> {
        Ok(canonical_key(&key).and_then(|key| self.grant.settings.get(&key).cloned()))
    }
}
