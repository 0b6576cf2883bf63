//! The texts of a snapshot, written and read.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use contract::model::{Offers, ProviderInfo, ResourceTemplate};
use serde::{Deserialize, Serialize};

use super::json::{AsJson, Json};
use super::records::Records;
use super::section::StoredPage;
use super::{CatalogueSnapshot, Contents, Section, StoredList};
use crate::lists::{Listed, Pages};
use crate::read_provider::Inventory;
use crate::template::Template;
use crate::{InvalidTemplate, SnapshotError};

/// The version of the format. Another one is not read: the text is made anew wherever a server is composed.
const FORMAT: u32 = 2;

/// A snapshot as texts, for example to be put into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotParts {
    /// The index, which is JSON.
    pub index: String,
    /// The records, each of which is JSON. The number of a record is its place here.
    pub records: Vec<String>,
}

/// The index. The records are numbered in the order of its fields.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    format: u32,
    revision: String,
    /// Whether there is a record of what all providers say of themselves, merged: the first one.
    #[serde(default, skip_serializing_if = "is_false")]
    described: bool,
    providers: Vec<ProviderIndex>,
}

/// What the index says of one provider.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderIndex {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(rename = "static")]
    is_static: bool,
    offers: Json<Offers>,
    /// Whether there is a record of what the provider says of itself: not where it is not asked before a client is.
    #[serde(default, skip_serializing_if = "is_false")]
    described: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tools: Option<ListIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompts: Option<ListIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resources: Option<ListIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    templates: Option<ListIndex>,
}

/// A list: its sorted identifiers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListIndex {
    /// Whether there are records: one of the pages, and then one of each item. There are none of a provider whose catalogue can change.
    #[serde(default, skip_serializing_if = "is_false")]
    stored: bool,
    items: Vec<String>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Just enough of the index of any format.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

pub(super) fn store(
    revision: String,
    merged: Option<ProviderInfo>,
    inventories: &[Inventory],
) -> Result<CatalogueSnapshot, SnapshotError> {
    let mut records = Vec::new();
    let described = merged.is_some();
    if let Some(merged) = merged {
        add(&mut records, &AsJson(&merged))?;
    }
    let mut providers = Vec::with_capacity(inventories.len());
    for inventory in inventories {
        let is_static = inventory.is_static();
        if let Some(info) = &inventory.info {
            add(&mut records, &AsJson(info))?;
        }
        providers.push(ProviderIndex {
            name: inventory.name.clone(),
            prefix: inventory.prefix.clone(),
            is_static,
            offers: Json(inventory.offers()),
            described: inventory.info.is_some(),
            tools: list(&mut records, is_static, &inventory.tools)?,
            prompts: list(&mut records, is_static, &inventory.prompts)?,
            resources: list(&mut records, is_static, &inventory.resources)?,
            templates: list(&mut records, is_static, &inventory.templates)?,
        });
    }
    load(Index { format: FORMAT, revision, described, providers }, Records::Stored(records.into()))
}

fn add(records: &mut Vec<String>, record: &impl Serialize) -> Result<(), SnapshotError> {
    records.push(serde_json::to_string(record)?);
    Ok(())
}

fn list<T: Listed>(
    records: &mut Vec<String>,
    is_static: bool,
    pages: &Pages<T>,
) -> Result<Option<ListIndex>, SnapshotError> {
    if pages.0.is_empty() {
        return Ok(None);
    }
    let mut sorted: Vec<&T> = pages.items().collect();
    sorted.sort_unstable_by_key(|item| item.key());
    if is_static {
        let place = |item: &T| sorted.binary_search_by_key(&item.key(), |other| other.key()).ok();
        let stored = pages.0.iter().map(|(cursor, page)| StoredPage {
            cursor: cursor.clone(),
            items: page.items.iter().filter_map(place).collect(),
            next_cursor: page.next_cursor.clone(),
            cache: page.cache.map(Json),
            extra: page.extra.clone(),
        });
        add(records, &stored.collect::<Vec<_>>())?;
        sorted.iter().try_for_each(|item| add(records, &AsJson(*item)))?;
    }
    Ok(Some(ListIndex { stored: is_static, items: sorted.iter().map(|item| item.key().to_owned()).collect() }))
}

pub(super) fn write(snapshot: &CatalogueSnapshot) -> Result<SnapshotParts, SnapshotError> {
    let Contents { revision, description, records, record_count, sections } = &*snapshot.0;
    let providers = sections.iter().map(|section| ProviderIndex {
        name: section.name.to_string(),
        prefix: section.prefix.clone(),
        is_static: section.is_static,
        offers: Json(section.offers),
        described: section.description.is_some(),
        tools: index_of(&section.tools),
        prompts: index_of(&section.prompts),
        resources: index_of(&section.resources),
        templates: index_of(&section.templates),
    });
    let (revision, described) = (revision.clone(), description.is_some());
    let index = Index { format: FORMAT, revision, described, providers: providers.collect() };
    let records = (0..*record_count).map(|number| {
        records.text(number).map(Cow::into_owned).map_err(|error| SnapshotError::Record(error.to_string()))
    });
    Ok(SnapshotParts { index: serde_json::to_string(&index)?, records: records.collect::<Result<_, _>>()? })
}

fn index_of<T>(list: &StoredList<T>) -> Option<ListIndex> {
    let stored = list.pages.is_some();
    (stored || !list.items.is_empty()).then(|| ListIndex { stored, items: list.items.clone() })
}

pub(super) fn read(index: &str, records: Records) -> Result<CatalogueSnapshot, SnapshotError> {
    let index = serde_json::from_str(index).map_err(|error| match serde_json::from_str(index) {
        Ok(AnyFormat { format }) if format != FORMAT => SnapshotError::Format { found: format, supported: FORMAT },
        _ => error.into(),
    })?;
    load(index, records)
}

fn load(index: Index, records: Records) -> Result<CatalogueSnapshot, SnapshotError> {
    if index.format != FORMAT {
        return Err(SnapshotError::Format { found: index.format, supported: FORMAT });
    }
    let mut numbers = Numbers(0);
    let description = numbers.next(index.described)?;
    let mut sections = Vec::with_capacity(index.providers.len());
    for provider in index.providers {
        let description = numbers.next(provider.described)?;
        let tools: StoredList<_> = numbers.list(provider.tools)?;
        let (prompts, resources) = (numbers.list(provider.prompts)?, numbers.list(provider.resources)?);
        let templates: StoredList<ResourceTemplate> = numbers.list(provider.templates)?;
        let mut section = Section {
            name: provider.name.into(),
            prefix: provider.prefix.filter(|prefix| !prefix.is_empty()),
            is_static: provider.is_static,
            offers: provider.offers.0,
            description,
            facts: tools.items.iter().map(|_| OnceLock::new()).collect(),
            tools,
            prompts,
            resources,
            patterns: Vec::new(),
            templates,
            records: records.clone(),
        };
        section.patterns = patterns(&section)?;
        sections.push(Arc::new(section));
    }
    let record_count = numbers.0;
    match &records {
        Records::Stored(stored) if u32::try_from(stored.len()) != Ok(record_count) => {
            Err(SnapshotError::Records { found: stored.len(), expected: record_count })
        }
        _ => Ok(CatalogueSnapshot(Arc::new(Contents {
            revision: index.revision,
            description,
            records,
            record_count,
            sections,
        }))),
    }
}

/// The templates of a provider, parsed. Providers have few, and their order says nothing, since all have one owner.
fn patterns(section: &Section) -> Result<Vec<Template>, SnapshotError> {
    let parse = |text: &str| {
        let invalid =
            |reason| InvalidTemplate { provider: section.name.to_string(), template: text.to_owned(), reason };
        Ok(Template::parse(text).map_err(invalid)?)
    };
    section.templates.stored().iter().map(|text| parse(text)).collect()
}

/// The number of the next record.
struct Numbers(u32);

impl Numbers {
    /// The number of one record, if there is one.
    fn next(&mut self, is_there: bool) -> Result<Option<u32>, SnapshotError> {
        let number = is_there.then_some(self.0);
        self.skip(usize::from(is_there))?;
        Ok(number)
    }

    fn skip(&mut self, count: usize) -> Result<(), SnapshotError> {
        let next = u32::try_from(count).ok().and_then(|count| self.0.checked_add(count));
        self.0 = next.ok_or(SnapshotError::TooLarge)?;
        Ok(())
    }

    fn list<T>(&mut self, list: Option<ListIndex>) -> Result<StoredList<T>, SnapshotError> {
        let Some(list) = list else { return Ok(StoredList::new(None, Vec::new())) };
        // Names are looked up by bisection, and no name is there twice.
        if !list.items.is_sorted_by(|one, next| one < next) {
            return Err(SnapshotError::Order);
        }
        let pages = self.next(list.stored)?;
        if list.stored {
            self.skip(list.items.len())?;
        }
        Ok(StoredList::new(pages, list.items))
    }
}
