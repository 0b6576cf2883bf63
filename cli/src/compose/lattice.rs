//! The files of a lattice: a transport, and each provider behind a response limit.

use catalog::{CatalogueSnapshot, check_names};

use super::authorization::Authorization;
use super::builtin_components::RESPONSE_LIMIT;
use super::const_component::Constant;
use super::error::ComposeError;
use super::target::Target;
use super::wiring::{Backend, ProviderComponent, Wiring};

/// A file of a lattice.
pub(crate) struct LatticeComponent {
    /// What it is called there: the transport, or a provider by its name.
    pub(crate) name: String,
    /// The component.
    pub(crate) component: Vec<u8>,
}

/// Composes a transport, whose providers are behind links, and each of the providers. The snapshot makes calls faster: which providers
/// there are, and their prefixes, is set where they are deployed, and each may be replaced while the lattice runs.
pub(crate) fn lattice(
    providers: &[ProviderComponent],
    snapshot: &CatalogueSnapshot,
    authorization: &Authorization,
) -> Result<Vec<LatticeComponent>, ComposeError> {
    check_names(providers.iter().map(|provider| provider.name.as_str()))?;
    let component = transport(&snapshot.clone().into_hints(), authorization)?;
    let mut components = vec![LatticeComponent { name: "transport".to_owned(), component }];
    for provider in providers {
        components.push(LatticeComponent { name: provider.name.clone(), component: limited(provider)? });
    }
    Ok(components)
}

fn transport(hints: &CatalogueSnapshot, authorization: &Authorization) -> Result<Vec<u8>, ComposeError> {
    let hints = Constant::Snapshot(hints.to_parts()?);
    let mut wiring = Wiring::new(Target::Lattice, authorization)?;
    let router = wiring.router(&hints)?;
    let transport = wiring.transport(&Backend::Router(router), &hints)?;
    wiring.finish(transport)
}

fn limited(provider: &ProviderComponent) -> Result<Vec<u8>, ComposeError> {
    let mut wiring = Wiring::new(Target::Lattice, &Authorization::default())?;
    let instance = wiring.provider(provider)?;
    let limit = wiring.assembly.add("response-limit", RESPONSE_LIMIT)?;
    for interface in contract::INTERFACES {
        wiring.take_or_fill(limit, interface, instance)?;
    }
    wiring.finish(limit)
}
