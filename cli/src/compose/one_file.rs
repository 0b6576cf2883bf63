//! One file of a transport and its providers.

use catalog::{Routes, check_names};
use server::Known;

use super::const_component::Constant;
use super::error::ComposeError;
use super::target::Target;
use super::wiring::{ProviderComponent, Wiring};

/// Puts the providers and all that they need into one component. The routes are those of these providers, in this order, and what
/// is known is of them all.
pub(crate) fn compose(
    providers: &[ProviderComponent],
    routes: &Routes,
    known: Option<&Known>,
    target: Target,
) -> Result<Vec<u8>, ComposeError> {
    check_names(providers.iter().map(|provider| provider.name.as_str()))?;
    let mut wiring = Wiring::new(target)?;
    let instances = providers.iter().map(|provider| wiring.provider(provider)).collect::<Result<Vec<_>, _>>()?;
    let served = match instances.as_slice() {
        // One provider needs no mux but for its prefix.
        [one] if routes.members.iter().all(|route| route.prefix.is_none()) => *one,
        several => wiring.mux(several, &Constant::Snapshot(serde_json::to_string(routes)?))?,
    };
    let known = known.and_then(Known::text).map(Constant::Snapshot);
    let transport = wiring.transport(served, known.as_ref())?;
    wiring.finish(transport)
}
