//! Owners of names and URIs that the snapshot has. Names are sorted there, so that no map is made for an instance of
//! one request.

use std::sync::Arc;

use crate::Kind;
use crate::catalog::{Catalog, Entry};
use crate::template::EncodedUri;

/// An item of the snapshot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The place of its provider among the entries.
    pub(crate) entry: usize,
    /// Its place among the provider's items of the kind.
    pub(crate) item: usize,
}

impl<P> Catalog<P> {
    /// The item that clients identify so. `build` refuses names that two static providers have; where a snapshot is
    /// older than its providers the first in the configured order counts.
    pub(crate) fn place(&self, kind: Kind, client_key: &str) -> Option<Place> {
        self.entries.iter().enumerate().find_map(|(place, entry)| {
            let key = self.own_key(entry, kind, client_key)?;
            Some(Place { entry: place, item: entry.section.as_ref()?.place(kind, key)? })
        })
    }

    /// The name of the provider that has exactly this item.
    pub(crate) fn owner(&self, kind: Kind, client_key: &str) -> Option<&Arc<str>> {
        self.place(kind, client_key).and_then(|place| self.entries.get(place.entry)).map(|entry| &entry.name)
    }

    /// The place of the first provider, of those whose catalogue can change, that had exactly this item when the snapshot was made.
    /// The name stays its own: a neighbour that lists it later does not get its calls.
    pub(crate) fn place_of_dynamic_item(&self, kind: Kind, client_key: &str) -> Option<usize> {
        let had = |entry: &Entry| {
            let key = self.own_key(entry, kind, client_key);
            key.zip(entry.section.as_ref()).is_some_and(|(key, section)| section.had(kind, key))
        };
        self.entries.iter().position(had)
    }

    /// The provider's own key of an item that clients identify so; `None` where the item cannot be of this provider. A name that begins
    /// with the longer prefix of another provider is that provider's, whatever this one lists.
    pub(crate) fn own_key<'a>(&self, entry: &Entry, kind: Kind, client_key: &'a str) -> Option<&'a str> {
        let own = entry.own_key(kind, client_key)?;
        let prefixes = self.entries.iter().filter_map(|entry| entry.prefix.as_deref());
        (!kind.is_prefixed() || foreign_prefix(entry.prefix.as_deref(), client_key, prefixes).is_none()).then_some(own)
    }

    /// The place of the first provider that has a template of this URI.
    pub(crate) fn place_of_match(&self, uri: &EncodedUri<'_>) -> Option<usize> {
        let matches = |entry: &Entry| {
            entry.section.as_ref().is_some_and(|section| section.patterns.iter().any(|pattern| pattern.matches(uri)))
        };
        self.entries.iter().position(matches)
    }
}

/// The prefix of another provider that a name begins with, where it is longer than the prefix of the provider that lists it.
pub(crate) fn foreign_prefix<'p>(
    own: Option<&str>,
    client_name: &str,
    mut prefixes: impl Iterator<Item = &'p str>,
) -> Option<&'p str> {
    prefixes.find(|prefix| prefix.len() > own.map_or(0, str::len) && client_name.starts_with(prefix))
}
