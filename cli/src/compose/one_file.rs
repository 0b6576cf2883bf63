//! One file of a transport and its providers.

use catalog::{CatalogueSnapshot, check_names};

use super::const_component::Constant;
use super::error::ComposeError;
use super::target::Target;
use super::transport::TransportKind;
use super::transport_marker;
use super::wiring::{Backend, ProviderComponent, Wiring};

/// Puts the providers and all that they need into one component. The snapshot is that of these providers, in this order.
pub(crate) fn compose(
    providers: &[ProviderComponent],
    snapshot: &CatalogueSnapshot,
    target: Target,
    kind: TransportKind,
) -> Result<Vec<u8>, ComposeError> {
    check_names(providers.iter().map(|provider| provider.name.as_str()))?;
    let constant = Constant::Snapshot(snapshot.to_parts()?);
    let mut wiring = Wiring::new(target, kind)?;
    let instances = providers.iter().map(|provider| wiring.provider(provider)).collect::<Result<Vec<_>, _>>()?;
    let transport = wiring.transport(&Backend::Providers(instances), &constant)?;
    Ok(transport_marker::mark(wiring.finish(transport)?, kind))
}
