//! Names and URIs that two providers have when a server starts or is composed. What providers come to share later goes to the first of
//! them (`resolve.rs`, and for lists `lists.rs`).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::introspect::Inventory;
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
