use catalog::{Route, Routes, check_names};
use router::RouteHints;
use server::Known;

use super::wiring::{ComposeError, Wiring, transport_text};
use super::{Part, Target, parts};

/// A file of a lattice.
pub(crate) struct Piece {
    /// What it is called there: the transport, or a provider by its name.
    pub(crate) name: String,
    /// The component.
    pub(crate) component: Vec<u8>,
}

/// Puts a transport together, whose providers are behind links, and each of the providers. What the routes say is baked into the
/// transport to make calls faster; which providers there are, and their prefixes, is said where it is deployed.
pub(crate) fn lattice(providers: &[Part], routes: &Routes, known: Option<&Known>) -> Result<Vec<Piece>, ComposeError> {
    check_names(providers.iter().map(|part| part.name.as_str()))?;
    let baked = routes.members.iter().map(|route| (route.name.clone(), Route { prefix: None, ..route.clone() }));
    // Of providers without tools nothing is known, as others may be added where it is deployed.
    let known = known.filter(|known| known.has_tools());
    let component = transport(&RouteHints { providers: baked.collect() }, known)?;
    let mut pieces = vec![Piece { name: "transport".to_owned(), component }];
    for part in providers {
        pieces.push(Piece { name: part.name.clone(), component: provider(part)? });
    }
    Ok(pieces)
}

fn transport(baked: &RouteHints, known: Option<&Known>) -> Result<Vec<u8>, ComposeError> {
    let mut wiring = Wiring::new(&[transport_text(known), serde_json::to_string(baked)?], Target::Lattice)?;
    let router = wiring.assembly.register("router", parts::ROUTER)?;
    let router = wiring.assembly.instantiate(router);
    wiring.bake(router, 1)?;
    wiring.transport(router)
}

fn provider(part: &Part) -> Result<Vec<u8>, ComposeError> {
    let mut wiring = Wiring::new(&[adapter_config::AdapterConfig::write(&part.name, None)], Target::Lattice)?;
    let provider = wiring.provider(part, 0)?;
    let limit = wiring.assembly.register("response-limit", parts::RESPONSE_LIMIT)?;
    let limit = wiring.assembly.instantiate(limit);
    for import in wiring.assembly.imports(limit) {
        let capability = import.strip_prefix("wasmcp:mcp/").unwrap_or_default();
        match capability.split('@').next().unwrap_or_default() {
            "" | "model" => {}
            capability => wiring.take_or_fill(limit, &import, provider, capability)?,
        }
    }
    wiring.assembly.export_all(limit)?;
    Ok(wiring.assembly.encode()?)
}
