//! One file of a transport and its providers.

use catalog::{CatalogueSnapshot, check_names};

use super::assembly::compatible;
use super::authorization::{Authorization, mark};
use super::const_component::Constant;
use super::error::ComposeError;
use super::missing_imports::{MissingImport, missing_import};
use super::target::Target;
use super::wiring::{Backend, ProviderComponent, Wiring};

/// Puts the providers and all that they need into one component. The snapshot is that of these providers, in this order. It may
/// import what its hosts offer, and what is allowed by name.
pub(crate) fn compose(
    providers: &[ProviderComponent],
    snapshot: &CatalogueSnapshot,
    target: Target,
    authorization: &Authorization,
    allowed_imports: &[String],
) -> Result<Vec<u8>, ComposeError> {
    check_names(providers.iter().map(|provider| provider.name.as_str()))?;
    let constant = Constant::Snapshot(snapshot.to_parts()?);
    let mut wiring = Wiring::new(target, authorization)?;
    let instances = providers.iter().map(|provider| wiring.provider(provider)).collect::<Result<Vec<_>, _>>()?;
    // By its import, whose version may be another one in the file.
    let importers: Vec<_> = instances.iter().map(|instance| wiring.assembly.imports(*instance)).collect();
    let transport = wiring.transport(&Backend::Providers(instances), &constant)?;
    let file = wiring.finish(transport)?;
    // Files for wasmCloud import other things than WASI 0.2 too.
    if matches!(target, Target::Wasmtime | Target::Spin)
        && let Some(MissingImport { import, hosts, reason }) = missing_import(&file, allowed_imports)?
    {
        let of = importers.iter().zip(providers).find(|(imports, _)| compatible(imports, &import).is_some());
        let importer =
            of.map_or("the composed file".to_owned(), |(_, provider)| format!("provider `{}`", provider.name));
        return Err(ComposeError::NotOfHosts { importer, import, hosts, reason });
    }
    Ok(mark(file, authorization))
}
