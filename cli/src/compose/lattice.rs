//! The files of a lattice: a transport, and each provider behind a cap.

use catalog::{Route, Routes, check_names};
use remote::Baked;
use server::Known;

use super::builtin_components::{CAP, ROUTER};
use super::const_component::Constant;
use super::error::ComposeError;
use super::target::Target;
use super::wiring::{ProviderComponent, Wiring};

/// A file of a lattice.
pub(crate) struct LatticeComponent {
    /// What it is called there: the transport, or a provider by its name.
    pub(crate) name: String,
    /// The component.
    pub(crate) component: Vec<u8>,
}

/// Puts a transport together, whose providers are behind links, and each of the providers. What the routes say is put into the transport to
/// make calls faster; which providers there are, and their prefixes, is set where it is deployed.
pub(crate) fn lattice(
    providers: &[ProviderComponent],
    routes: &Routes,
    known: Option<&Known>,
) -> Result<Vec<LatticeComponent>, ComposeError> {
    check_names(providers.iter().map(|provider| provider.name.as_str()))?;
    let hints = routes.members.iter().map(|route| (route.name.clone(), Route { prefix: None, ..route.clone() }));
    // Of providers without tools nothing is known, as others may be added where it is deployed.
    let known = known.filter(|known| known.has_tools());
    let component = transport(&Baked { providers: hints.collect() }, known)?;
    let mut components = vec![LatticeComponent { name: "transport".to_owned(), component }];
    for provider in providers {
        components.push(LatticeComponent { name: provider.name.clone(), component: capped(provider)? });
    }
    Ok(components)
}

fn transport(hints: &Baked, known: Option<&Known>) -> Result<Vec<u8>, ComposeError> {
    let mut wiring = Wiring::new(Target::Lattice)?;
    let router = wiring.assembly.add("router", ROUTER)?;
    wiring.tell(router, "baked", &Constant::RouteHints(serde_json::to_string(hints)?));
    let known = known.and_then(Known::text).map(Constant::Snapshot);
    let transport = wiring.transport(router, known.as_ref())?;
    wiring.finish(transport)
}

fn capped(provider: &ProviderComponent) -> Result<Vec<u8>, ComposeError> {
    let mut wiring = Wiring::new(Target::Lattice)?;
    let instance = wiring.provider(provider)?;
    let cap = wiring.assembly.add("cap", CAP)?;
    for interface in contract::INTERFACES {
        wiring.take_or_fill(cap, interface, instance, interface)?;
    }
    wiring.finish(cap)
}
