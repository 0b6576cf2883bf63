//! The snapshot of a catalogue: everything that its providers say of themselves and list, as one text.
//!
//! It is made by [`Catalog::build`](crate::Catalog::build), kept in memory where a server lives long, and put into a
//! composed file as text. The text is JSON Lines. The first line is an index: the format, the revision, and for each
//! provider its name, prefix, offers and the identifiers of its items, each with the length in bytes of its record. The
//! other lines are the records, one each. An instance that lives for one request reads the index alone, in which names
//! are sorted so that no map has to be made, and then the one record that it needs.

mod json;
mod section;
mod text;

use std::sync::Arc;

use contract::model::Offers;

pub(crate) use json::{Stored, size_as_json};
pub(crate) use section::{Section, StoredList};

use crate::introspect::Inventory;
use crate::{SnapshotError, ToolFacts, merge_metadata};

/// Everything that providers said of themselves and listed. Cloning it is cheap. The default has nothing of any provider.
#[derive(Debug, Clone, Default)]
pub struct CatalogueSnapshot(Arc<Contents>);

#[derive(Debug, Clone, Default)]
struct Contents {
    revision: String,
    sections: Vec<Arc<Section>>,
}

impl CatalogueSnapshot {
    /// Stores what providers said. Of a provider whose catalogue can change its description and the names of its items are stored.
    pub(crate) fn of(inventories: &[Inventory]) -> Result<Self, SnapshotError> {
        let revision = match inventories {
            [one] if one.prefix.is_none() => one.revision().to_owned(),
            all => merge_metadata::merge_revisions(all.iter().map(Inventory::revision)),
        };
        text::store(revision, inventories)
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Result<Self, SnapshotError> {
        text::read(text)
    }

    /// Writes the snapshot as JSON Lines.
    pub fn to_text(&self) -> Result<String, SnapshotError> {
        text::write(self)
    }

    /// The same snapshot for servers whose providers may be replaced while they run: no list and no description in it
    /// is final then. Names are still routed by it, and facts are known from it.
    #[must_use]
    pub fn into_hints(self) -> Self {
        let mut contents = Arc::unwrap_or_clone(self.0);
        for section in &mut contents.sections {
            Arc::make_mut(section).is_static = false;
        }
        Self(Arc::new(contents))
    }

    /// The revision of the whole catalogue: it changes whenever that of a provider does.
    pub fn revision(&self) -> &str {
        &self.0.revision
    }

    /// The names and prefixes of the providers, in the configured order.
    pub fn providers(&self) -> impl ExactSizeIterator<Item = (&str, Option<&str>)> {
        self.0.sections.iter().map(|section| (&*section.name, section.prefix.as_deref()))
    }

    /// What the provider of this name offers, if the snapshot has it.
    pub fn offers(&self, provider: &str) -> Option<Offers> {
        self.section(provider).map(|section| section.offers)
    }

    /// The facts of a tool, by the provider and the provider's own name of the tool. `None` where the snapshot does not
    /// have it, as of providers whose catalogue can change.
    pub fn tool(&self, provider: &str, name: &str) -> Option<Arc<ToolFacts>> {
        let section = self.section(provider)?;
        section.tool_facts(section.place(crate::Kind::Tool, name)?).ok()?
    }

    /// How many tools are in the snapshot.
    pub fn tool_count(&self) -> usize {
        self.0.sections.iter().map(|section| section.tool_count()).sum()
    }

    pub(crate) fn section(&self, provider: &str) -> Option<&Arc<Section>> {
        self.0.sections.iter().find(|section| *section.name == *provider)
    }

    pub(crate) fn sections(&self) -> &[Arc<Section>] {
        &self.0.sections
    }
}
