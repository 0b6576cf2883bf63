//! The owner of an item that is known without asking any provider: by the names and URIs that the snapshot has. Names are sorted there, so
//! that no map is made for an instance of one request.

use std::sync::Arc;

use crate::catalog::{Catalog, Entry};
use crate::template::EncodedUri;
use crate::{ItemRef, Kind};

/// An item of the snapshot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The place of its provider among the entries.
    pub(crate) entry: usize,
    /// Its place among the provider's items of the kind.
    pub(crate) item: usize,
}

impl<P> Catalog<P> {
    /// The place of the entry that owns an item, whatever the providers list now.
    pub(crate) fn known_entry(&self, item: ItemRef<'_>) -> Option<usize> {
        match item.referred() {
            ItemRef::Tool(name) => Some(self.place(Kind::Tool, name)?.entry),
            ItemRef::Prompt(name) => Some(self.place(Kind::Prompt, name)?.entry),
            ItemRef::Resource(uri) => self.known_owner_of_uri(uri),
            ItemRef::Template(text) => match self.place(Kind::Template, text) {
                Some(place) => Some(place.entry),
                // One that changes may list the template itself, which comes before a resource of this URI.
                None if self.resources_change() => None,
                None => self.known_owner_of_uri(text),
            },
            ItemRef::Completion(_) => self.only_completing_entry(),
        }
    }

    /// A provider that changes may list the URI itself, or have a template of it before the known one.
    fn known_owner_of_uri(&self, uri: &str) -> Option<usize> {
        match self.place(Kind::Resource, uri) {
            Some(place) => Some(place.entry),
            None if self.resources_change() => None,
            None => self.place_of_match(&EncodedUri::new(uri)?),
        }
    }

    /// Whether a provider that offers resources can change.
    fn resources_change(&self) -> bool {
        self.entries.iter().any(|entry| !entry.is_static() && Kind::Resource.is_offered(entry.offers))
    }

    /// The one entry that completes anything.
    fn only_completing_entry(&self) -> Option<usize> {
        let mut completing = self.entries.iter().enumerate().filter(|(_, entry)| entry.completes());
        let (only, _) = completing.next()?;
        completing.next().is_none().then_some(only)
    }

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
