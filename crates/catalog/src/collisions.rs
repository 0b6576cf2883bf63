//! Names and URIs that two providers have when a server starts or is composed. What providers come to share later goes to the first of
//! them (`resolve.rs`, and for lists `lists.rs`).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::known_owners::foreign_prefix;
use crate::read_provider::Inventory;
use crate::{BuildError, Kind};

/// Checks that no two providers have an item of the same name.
pub(crate) fn check_collisions(inventories: &[Inventory], kind: Kind) -> Result<(), BuildError> {
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

/// Checks that no provider has a name that begins with the prefix of another: such a name is the other one's.
pub(crate) fn check_prefixes(inventories: &[Inventory], kind: Kind) -> Result<(), BuildError> {
    if !kind.is_prefixed() {
        return Ok(());
    }
    for inventory in inventories {
        for name in inventory.client_keys(kind) {
            let prefixes = inventories.iter().filter_map(|other| other.prefix.as_deref());
            if let Some(prefix) = foreign_prefix(inventory.prefix.as_deref(), &name, prefixes) {
                let (provider, prefix) = (inventory.name.clone(), prefix.to_owned());
                return Err(BuildError::ForeignPrefix { provider, kind, name, prefix });
            }
        }
    }
    Ok(())
}
