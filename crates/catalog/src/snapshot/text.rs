//! The text of a snapshot, written and read.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use contract::model::{Offers, ResourceTemplate};
use serde::{Deserialize, Serialize};

use super::json::{AsJson, Json};
use super::section::StoredPage;
use super::{CatalogueSnapshot, Contents, Section, StoredList};
use crate::introspect::Inventory;
use crate::lists::{Listed, Pages};
use crate::template::Template;
use crate::{InvalidTemplate, SnapshotError};

/// The version of the format. Another one is not read: the text is made anew wherever a server is composed.
const FORMAT: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    format: u32,
    revision: String,
    providers: Vec<ProviderIndex>,
}

/// What the first line says of one provider. The records follow in the order of the fields, each as long as is said here.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderIndex {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(rename = "static")]
    is_static: bool,
    offers: Json<Offers>,
    /// Not there where the provider is not asked before a client is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tools: Option<ListIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompts: Option<ListIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resources: Option<ListIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    templates: Option<ListIndex>,
}

/// A list: the length of the record that has its pages, and the sorted identifiers, each with the length of its record. Of a provider
/// whose catalogue can change it has the identifiers alone, without pages and records.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListIndex {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pages: Option<usize>,
    items: Vec<(String, usize)>,
}

/// Just enough of the first line of any format.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

pub(super) fn store(revision: String, inventories: &[Inventory]) -> Result<CatalogueSnapshot, SnapshotError> {
    let mut records = String::new();
    let mut providers = Vec::with_capacity(inventories.len());
    for inventory in inventories {
        let is_static = inventory.is_static();
        providers.push(ProviderIndex {
            name: inventory.name.clone(),
            prefix: inventory.prefix.clone(),
            is_static,
            offers: Json(inventory.offers()),
            description: match &inventory.info {
                Some(info) => Some(add(&mut records, &AsJson(info))?),
                None => None,
            },
            tools: list(&mut records, is_static, &inventory.tools)?,
            prompts: list(&mut records, is_static, &inventory.prompts)?,
            resources: list(&mut records, is_static, &inventory.resources)?,
            templates: list(&mut records, is_static, &inventory.templates)?,
        });
    }
    load(Index { format: FORMAT, revision, providers }, &records)
}

/// Adds a record, and tells its length.
fn add(records: &mut String, record: &impl Serialize) -> Result<usize, SnapshotError> {
    let record = serde_json::to_string(record)?;
    records.push_str(&record);
    records.push('\n');
    Ok(record.len())
}

fn list<T: Listed>(
    records: &mut String,
    is_static: bool,
    pages: &Pages<T>,
) -> Result<Option<ListIndex>, SnapshotError> {
    if pages.0.is_empty() {
        return Ok(None);
    }
    let mut sorted: Vec<&T> = pages.items().collect();
    sorted.sort_unstable_by_key(|item| item.key());
    if !is_static {
        let items = sorted.iter().map(|item| (item.key().to_owned(), 0)).collect();
        return Ok(Some(ListIndex { pages: None, items }));
    }
    let place = |item: &T| sorted.binary_search_by_key(&item.key(), |other| other.key()).ok();
    let stored = pages.0.iter().map(|(cursor, page)| StoredPage {
        cursor: cursor.clone(),
        items: page.items.iter().filter_map(place).collect(),
        next_cursor: page.next_cursor.clone(),
        cache: page.cache.map(Json),
        extra: page.extra.clone(),
    });
    let pages = add(records, &stored.collect::<Vec<_>>())?;
    let item = |item: &&T| Ok((item.key().to_owned(), add(records, &AsJson(*item))?));
    let items = sorted.iter().map(item).collect::<Result<_, SnapshotError>>()?;
    Ok(Some(ListIndex { pages: Some(pages), items }))
}

pub(super) fn write(snapshot: &CatalogueSnapshot) -> Result<String, SnapshotError> {
    let providers = snapshot.sections().iter().map(|section| ProviderIndex {
        name: section.name.to_string(),
        prefix: section.prefix.clone(),
        is_static: section.is_static,
        offers: Json(section.offers),
        description: section.description.as_ref().map(Range::len),
        tools: lengths(&section.tools),
        prompts: lengths(&section.prompts),
        resources: lengths(&section.resources),
        templates: lengths(&section.templates),
    });
    let index = Index { format: FORMAT, revision: snapshot.revision().to_owned(), providers: providers.collect() };
    let mut text = serde_json::to_string(&index)?;
    text.push('\n');
    text.push_str(snapshot.sections().first().map(|section| &*section.records).unwrap_or_default());
    Ok(text)
}

fn lengths<T>(list: &StoredList<T>) -> Option<ListIndex> {
    let items = list.items.iter().map(|(name, record)| (name.clone(), record.len()));
    let is_there = list.pages.is_some() || !list.items.is_empty();
    is_there.then(|| ListIndex { pages: list.pages.as_ref().map(Range::len), items: items.collect() })
}

pub(super) fn read(text: &str) -> Result<CatalogueSnapshot, SnapshotError> {
    let (index, records) = text.split_once('\n').ok_or(SnapshotError::Length)?;
    let index = serde_json::from_str(index).map_err(|error| match serde_json::from_str(index) {
        Ok(AnyFormat { format }) if format != FORMAT => SnapshotError::Format { found: format, supported: FORMAT },
        _ => error.into(),
    })?;
    load(index, records)
}

fn load(index: Index, records: &str) -> Result<CatalogueSnapshot, SnapshotError> {
    if index.format != FORMAT {
        return Err(SnapshotError::Format { found: index.format, supported: FORMAT });
    }
    let records: Arc<str> = records.into();
    let mut places = Places { records: &records, end: 0 };
    let mut sections = Vec::with_capacity(index.providers.len());
    for provider in index.providers {
        let description = provider.description.map(|length| places.next(length)).transpose()?;
        let tools: StoredList<_> = places.list(provider.tools)?;
        let (prompts, resources) = (places.list(provider.prompts)?, places.list(provider.resources)?);
        let templates: StoredList<ResourceTemplate> = places.list(provider.templates)?;
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
            records: Arc::clone(&records),
        };
        section.patterns = patterns(&section)?;
        sections.push(Arc::new(section));
    }
    if places.end != records.len() {
        return Err(SnapshotError::Length);
    }
    Ok(CatalogueSnapshot(Arc::new(Contents { revision: index.revision, sections })))
}

/// The templates of a provider, parsed. Providers have few, and their order says nothing, since all have one owner.
fn patterns(section: &Section) -> Result<Vec<Template>, SnapshotError> {
    let parse = |text: &str| {
        let invalid =
            |reason| InvalidTemplate { provider: section.name.to_string(), template: text.to_owned(), reason };
        Ok(Template::parse(text).map_err(invalid)?)
    };
    section.templates.stored().iter().map(|(text, _)| parse(text)).collect()
}

/// Finds the records one after the other.
struct Places<'a> {
    records: &'a str,
    end: usize,
}

impl Places<'_> {
    fn next(&mut self, length: usize) -> Result<Range<usize>, SnapshotError> {
        let place = self.end..self.end.checked_add(length).ok_or(SnapshotError::Length)?;
        match self.records.get(place.end..).is_some_and(|rest| rest.starts_with('\n')) {
            true => self.end = place.end + 1,
            false => return Err(SnapshotError::Length),
        }
        Ok(place)
    }

    fn list<T>(&mut self, list: Option<ListIndex>) -> Result<StoredList<T>, SnapshotError> {
        let Some(list) = list else { return Ok(StoredList::new(None, Vec::new())) };
        // Names are looked up by bisection, and no name is there twice.
        if !list.items.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(SnapshotError::Order);
        }
        let Some(pages) = list.pages else {
            return Ok(StoredList::new(None, list.items.into_iter().map(|(name, _)| (name, 0..0)).collect()));
        };
        let pages = self.next(pages)?;
        let items = list.items.into_iter().map(|(name, length)| Ok((name, self.next(length)?)));
        Ok(StoredList::new(Some(pages), items.collect::<Result<_, SnapshotError>>()?))
    }
}
