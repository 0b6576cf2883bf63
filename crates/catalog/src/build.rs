//! Makes a catalogue by asking its providers.

use contract::Provider;
use contract::model::Context;
use futures_util::future::join_all;

use crate::catalog::{Catalog, NamedProvider};
use crate::collisions::check_collisions;
use crate::introspect::{check_templates, introspect};
use crate::{BuildError, CatalogueSnapshot, Kind, check_names};

impl<P: Provider> Catalog<P> {
    /// Asks all providers at once what they have, and makes one catalogue of them in the order given. This is done when
    /// a server starts or is composed, so that the context is that of no principal. Of several faults the first in that
    /// order is the error.
    ///
    /// A provider with a static catalogue is asked for its description and its lists never again.
    pub async fn build(providers: Vec<NamedProvider<P>>, ctx: &Context) -> Result<Self, BuildError> {
        if providers.is_empty() {
            return Err(BuildError::Empty);
        }
        check_names(providers.iter().map(|named| named.name.as_str()))?;
        let inventories = join_all(providers.iter().map(|named| introspect(named, ctx))).await;
        let inventories = inventories.into_iter().collect::<Result<Vec<_>, _>>()?;
        for kind in Kind::ALL {
            check_collisions(&inventories, kind)?;
        }
        inventories.iter().try_for_each(check_templates)?;
        let snapshot = CatalogueSnapshot::of(&inventories)?;
        let tools = inventories.iter().map(|inventory| inventory.tools.items().count()).sum();
        let mut catalog = Self::from_snapshot(providers, snapshot)?;
        catalog.tools = tools;
        Ok(catalog)
    }
}
