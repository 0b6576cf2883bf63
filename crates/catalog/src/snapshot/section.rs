//! What a snapshot has of one provider.

use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use contract::model::{CacheHint, McpError, Offers, Prompt, ProviderInfo, ResourceInfo, ResourceTemplate, Tool};
use serde::{Deserialize, Serialize};

use super::json::{Json, Stored};
use super::records::Records;
use crate::lists::{Listed, Pages, ProviderPage};
use crate::template::Template;
use crate::{Kind, ToolFacts};

/// One provider of a snapshot. Names and numbers are read when the snapshot is; a record is not read before it is used.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) name: Arc<str>,
    pub(crate) prefix: Option<String>,
    /// Whether all that the snapshot has of the provider can be relied on: the provider's catalogue never changes.
    pub(crate) is_static: bool,
    pub(crate) offers: Offers,
    /// The number of the record of the description; `None` where the provider is not asked before a client is.
    pub(super) description: Option<u32>,
    pub(crate) tools: StoredList<Tool>,
    pub(crate) prompts: StoredList<Prompt>,
    pub(crate) resources: StoredList<ResourceInfo>,
    pub(crate) templates: StoredList<ResourceTemplate>,
    /// The templates, ready to be matched.
    pub(crate) patterns: Vec<Template>,
    /// The facts of the tools that were asked about, in the order of `tools.items`.
    pub(super) facts: Vec<OnceLock<Arc<ToolFacts>>>,
    pub(super) records: Records,
}

/// One list of a provider.
#[derive(Debug, Clone)]
pub(crate) struct StoredList<T> {
    /// The number of the record of the pages, which those of the items follow; `None` where the provider was not listed, and where its
    /// catalogue can change.
    pub(super) pages: Option<u32>,
    /// The identifiers, sorted. Without pages there are no records: these are the names that the provider listed when the snapshot was
    /// made.
    pub(super) items: Vec<String>,
    /// The pages, once they were asked for.
    read: OnceLock<Pages<T>>,
    item: PhantomData<T>,
}

/// A page of a list as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredPage {
    /// The cursor that the page was asked for by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<String>,
    /// Which items are on it, as their places among the sorted ones.
    pub(super) items: Vec<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cache: Option<Json<CacheHint>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) extra: Option<String>,
}

impl<T> StoredList<T> {
    pub(super) fn new(pages: Option<u32>, items: Vec<String>) -> Self {
        Self { pages, items, read: OnceLock::new(), item: PhantomData }
    }

    /// The items that have records.
    pub(super) fn stored(&self) -> &[String] {
        if self.pages.is_some() { &self.items } else { &[] }
    }

    /// The number of the record of an item by its place; `None` where there is no such item, or no records.
    fn record(&self, place: usize) -> Option<u32> {
        self.stored().get(place)?;
        self.pages?.checked_add(1)?.checked_add(u32::try_from(place).ok()?)
    }

    /// The place of an item by its identifier.
    fn place(&self, key: &str) -> Option<usize> {
        self.stored().binary_search_by(|name| name.as_str().cmp(key)).ok()
    }

    fn had(&self, key: &str) -> bool {
        self.pages.is_none() && self.items.binary_search_by(|name| name.as_str().cmp(key)).is_ok()
    }
}

impl Section {
    /// The provider's own description, if it is known. It says that the catalogue is static only where the snapshot can be relied on.
    pub(crate) fn description(&self) -> Option<Result<ProviderInfo, McpError>> {
        let info: Result<ProviderInfo, _> = self.read(self.description?);
        Some(info.map(|mut info| {
            info.catalogue_static &= self.is_static;
            info
        }))
    }

    /// The place of an item among those of its kind, by the provider's own name or the URI.
    pub(crate) fn place(&self, kind: Kind, key: &str) -> Option<usize> {
        match kind {
            Kind::Tool => self.tools.place(key),
            Kind::Prompt => self.prompts.place(key),
            Kind::Resource => self.resources.place(key),
            Kind::Template => self.templates.place(key),
        }
    }

    /// Whether the provider, whose catalogue can change, listed an item of this kind and name when the snapshot was made.
    pub(crate) fn had(&self, kind: Kind, key: &str) -> bool {
        match kind {
            Kind::Tool => self.tools.had(key),
            Kind::Prompt => self.prompts.had(key),
            Kind::Resource => self.resources.had(key),
            Kind::Template => self.templates.had(key),
        }
    }

    /// How many tools the provider listed.
    pub(crate) fn tool_count(&self) -> usize {
        self.tools.items.len()
    }

    /// The facts of the tool at this place.
    pub(crate) fn tool_facts(&self, place: usize) -> Result<Option<Arc<ToolFacts>>, McpError> {
        let (Some(cell), Some(record)) = (self.facts.get(place), self.tools.record(place)) else {
            return Ok(None);
        };
        if let Some(facts) = cell.get() {
            return Ok(Some(Arc::clone(facts)));
        }
        let facts = Arc::new(ToolFacts::new(self.read(record)?));
        Ok(Some(Arc::clone(cell.get_or_init(|| facts))))
    }

    /// The page of this cursor, or `None` where the provider was not listed.
    pub(crate) fn page<T: Listed>(&self, cursor: Option<&str>) -> Result<Option<ProviderPage<T>>, McpError> {
        let list = T::stored(self);
        let Some(record) = list.pages else { return Ok(None) };
        let pages = match list.read.get() {
            Some(pages) => pages,
            None => {
                let pages = self.pages(list, record)?;
                list.read.get_or_init(|| pages)
            }
        };
        pages.page(cursor).cloned().map(Some).ok_or(McpError::InvalidCursor)
    }

    fn pages<T: Listed>(&self, list: &StoredList<T>, record: u32) -> Result<Pages<T>, McpError> {
        let stored: Vec<StoredPage> = self.records.parse(record).map_err(|error| self.damaged(error))?;
        let page = |page: StoredPage| {
            let record = |place: usize| list.record(place).ok_or_else(|| self.damaged("a page lacks an item"));
            let items = page.items.into_iter().map(|place| self.read(record(place)?)).collect::<Result<_, _>>()?;
            let cache = page.cache.map(|cache| cache.0);
            Ok((page.cursor, ProviderPage { items, next_cursor: page.next_cursor, cache, extra: page.extra }))
        };
        stored.into_iter().map(page).collect::<Result<_, _>>().map(Pages)
    }

    fn read<T: Stored>(&self, record: u32) -> Result<T, McpError> {
        self.records.read(record).map_err(|error| self.damaged(error))
    }

    fn damaged(&self, reason: impl std::fmt::Display) -> McpError {
        McpError::Internal(format!("the catalogue snapshot of provider `{}` is damaged: {reason}", self.name))
    }
}
