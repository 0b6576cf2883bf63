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
            let key = entry.own_key(kind, client_key)?;
            Some(Place { entry: place, item: entry.section.as_ref()?.place(kind, key)? })
        })
    }

    /// The name of the provider that has exactly this item.
    pub(crate) fn owner(&self, kind: Kind, client_key: &str) -> Option<&Arc<str>> {
        self.place(kind, client_key).and_then(|place| self.entries.get(place.entry)).map(|entry| &entry.name)
    }

    /// The place of the first provider that has a template of this URI.
    pub(crate) fn place_of_match(&self, uri: &EncodedUri<'_>) -> Option<usize> {
        let matches = |entry: &Entry| {
            entry.section.as_ref().is_some_and(|section| section.patterns.iter().any(|pattern| pattern.matches(uri)))
        };
        self.entries.iter().position(matches)
    }
}
