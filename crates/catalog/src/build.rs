//! Makes a catalogue by asking its providers.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use contract::Provider;
use contract::model::Context;
use futures_util::future::join_all;

use crate::catalog::{Catalog, NamedProvider};
use crate::introspect::{Inventory, check_templates, introspect};
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
            check_owners(&inventories, kind)?;
        }
        inventories.iter().try_for_each(check_templates)?;
        let snapshot = CatalogueSnapshot::of(&inventories)?;
        let tools = inventories.iter().map(|inventory| inventory.tools.items().count()).sum();
        let mut catalog = Self::from_snapshot(providers, snapshot)?;
        catalog.tools = tools;
        Ok(catalog)
    }
}

/// Checks that no two providers have an item of the same name.
fn check_owners(inventories: &[Inventory], kind: Kind) -> Result<(), BuildError> {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for inventory in inventories {
        for name in inventory.client_keys(kind) {
            let (name, first) = match owners.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(&inventory.name);
                    continue;
                }
                Entry::Occupied(entry) => entry.remove_entry(),
            };
            let (first, second) = (first.to_owned(), inventory.name.clone());
            return Err(match kind.is_prefixed() {
                true => BuildError::SameName { first, second, kind, name },
                false => BuildError::SameUri { first, second, kind, uri: name },
            });
        }
    }
    Ok(())
}
