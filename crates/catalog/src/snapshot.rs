//! The snapshot of a catalogue: everything that its providers say of themselves and list.
//!
//! It is made by [`Catalog::build`](crate::Catalog::build), kept in memory where a server lives long, and put into a
//! composed file as texts of JSON: an index and records. The index has the format, the revision, and for each provider
//! its name, prefix, offers and the identifiers of its items. It also says which records there are: they are numbered in
//! its order. An instance that lives for one request reads the index, in which names are sorted so that no map has to be
//! made, and then fetches the few records that it needs.

mod json;
mod parts;
mod records;
mod section;

use std::sync::Arc;

use contract::model::{McpError, Offers, ProviderInfo};

pub(crate) use json::{Stored, size_as_json};
pub use parts::SnapshotParts;
pub(crate) use section::{Section, StoredList};

use crate::description::merge_known_descriptions;
use crate::read_provider::Inventory;
use crate::{SnapshotError, ToolFacts, merge_metadata};
use records::Records;

/// Everything that providers said of themselves and listed. Cloning it is cheap. The default has nothing of any provider.
#[derive(Debug, Clone, Default)]
pub struct CatalogueSnapshot(Arc<Contents>);

#[derive(Debug, Clone, Default)]
struct Contents {
    revision: String,
    /// The number of the record that describes all providers as one; `None` where there is none.
    description: Option<u32>,
    records: Records,
    record_count: u32,
    sections: Vec<Arc<Section>>,
}

impl CatalogueSnapshot {
    /// Stores what providers said. Of a provider whose catalogue can change its description and the names of its items are stored.
    pub(crate) fn of(inventories: &[Inventory]) -> Result<Self, SnapshotError> {
        let revision = match inventories {
            [one] if one.prefix.is_none() => one.revision().to_owned(),
            all => merge_metadata::merge_revisions(all.iter().map(Inventory::revision)),
        };
        let described = inventories.iter().filter_map(|one| Some((&*one.name, Ok(one.info.clone()?))));
        let merged = match inventories {
            [one] if one.prefix.is_none() => None,
            // Descriptions that cannot be merged are left to those that ask for them, who get the error.
            all => merge_known_descriptions(described.unzip(), all.len()).and_then(Result::ok),
        };
        parts::store(revision, merged, inventories)
    }

    /// Reads what [`to_parts`](Self::to_parts) wrote, of which this is the index. `record` gives the record of a number,
    /// and `None` for one that is not there. It is asked for a record when that is needed, once or more often.
    pub fn from_index(index: &str, record: fn(u32) -> Option<String>) -> Result<Self, SnapshotError> {
        parts::read(index, Records::Imported(record))
    }

    /// The same where all records are at hand.
    pub fn from_parts(parts: SnapshotParts) -> Result<Self, SnapshotError> {
        parts::read(&parts.index, Records::Stored(parts.records.into()))
    }

    /// Writes the snapshot as JSON.
    pub fn to_parts(&self) -> Result<SnapshotParts, SnapshotError> {
        parts::write(self)
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

    /// What all providers say of themselves, merged. It says that the catalogue is static only where the snapshot can be relied on.
    pub(crate) fn description(&self) -> Option<Result<ProviderInfo, McpError>> {
        let info: Result<ProviderInfo, _> = self.0.records.read(self.0.description?);
        Some(info.map_err(damaged).map(|mut info| {
            info.catalogue_static &= self.0.sections.iter().all(|section| section.is_static);
            info
        }))
    }

    pub(crate) fn section(&self, provider: &str) -> Option<&Arc<Section>> {
        self.0.sections.iter().find(|section| *section.name == *provider)
    }

    pub(crate) fn sections(&self) -> &[Arc<Section>] {
        &self.0.sections
    }
}

fn damaged(error: impl std::fmt::Display) -> McpError {
    McpError::Internal(format!("the catalogue snapshot is damaged: {error}"))
}
