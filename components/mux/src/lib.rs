//! Two providers as one component. A component has one instance for an import, so a server of several providers needs this
//! between them and the transport; `wasmcp compose` chains it for more than two.
//!
//! Imports its two providers and the routes between them, nothing else. What it does stands in the crate `catalog`.

mod bindings;
mod exports;
mod sides;

use std::sync::OnceLock;

use catalog::{Catalog, Member, Routes};
use contract::model::McpError;

use sides::Side;

/// The two providers as one, which lives as long as the instance.
fn catalog() -> Result<&'static Catalog<Side>, McpError> {
    static CATALOG: OnceLock<Result<Catalog<Side>, String>> = OnceLock::new();
    CATALOG.get_or_init(assemble).as_ref().map_err(|reason| McpError::Internal(format!("the baked routes: {reason}")))
}

fn assemble() -> Result<Catalog<Side>, String> {
    let routes: Routes = serde_json::from_str(&bindings::baked()).map_err(|error| error.to_string())?;
    let sides = routes.members.iter().zip([Side::Left, Side::Right]);
    let members = sides
        .map(|(route, provider)| Member { name: route.name.clone(), prefix: route.prefix.clone(), provider })
        .collect();
    Catalog::with_routes(members, routes).map_err(|error| error.to_string())
}
