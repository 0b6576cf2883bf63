//! The four lists: one page of one provider, and the pages of several merged.
//!
//! # Cursors
//! The cursor of a merged list is `NAME:CURSOR`, where NAME is a provider and CURSOR that provider's own cursor, which
//! may be empty. The name of a provider has no colon. The next page begins at that provider, so a client that passes a
//! cursor to another list, or an invented one, reaches at most the provider that it names, which refuses a cursor that
//! it did not give. A name that is not among the providers of the list is an invalid cursor. One provider without a
//! prefix keeps its own cursors.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::Provider;
use contract::model::{
    CacheHint, Context, McpError, Prompt, PromptPage, ResourceInfo, ResourcePage, ResourceTemplate,
    ResourceTemplatePage, Tool, ToolPage,
};
use futures_util::future::join_all;
use protocol::{EncodeError, prompts, resources, tools};

use crate::build::Warning;
use crate::catalog::{Catalog, Entry};
use crate::merged_items::{refused_cursor, separated};
use crate::partial_results::PartialResult;
use crate::provider_rules::check_tool;
use crate::read_pages::check_page;
use crate::snapshot::{Section, Stored, StoredList};
use crate::{BuildError, Kind, deadline, merge_metadata};

/// One page of a list as clients see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items in their order.
    pub items: Vec<Owned<T>>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// How long and by whom the page may be cached.
    pub cache: Option<CacheHint>,
    /// Further members of the page.
    pub extra: Option<String>,
}

/// An item of a list, and the provider that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Owned<T> {
    /// The name of the provider; `None` where several providers are behind one import, and the snapshot does not have
    /// the item.
    pub owner: Option<Arc<str>>,
    /// The item under the name that clients use.
    pub item: T,
}

/// One page of a list of one provider.
#[derive(Debug, Clone)]
pub(crate) struct ProviderPage<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_cursor: Option<String>,
    pub(crate) cache: Option<CacheHint>,
    pub(crate) extra: Option<String>,
}

/// The pages of a list of one provider, each with the cursor that it was asked for by. A list that is not offered has none.
#[derive(Debug, Clone)]
pub(crate) struct Pages<T>(pub(crate) Vec<(Option<String>, ProviderPage<T>)>);

impl<T> Pages<T> {
    pub(crate) fn items(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flat_map(|(_, page)| &page.items)
    }

    pub(crate) fn page(&self, cursor: Option<&str>) -> Option<&ProviderPage<T>> {
        self.0.iter().find(|(asked, _)| asked.as_deref() == cursor).map(|(_, page)| page)
    }
}

/// An item that providers list.
pub(crate) trait Listed: Stored + Clone + Send + Sync {
    const KIND: Kind;

    /// Asks a provider for one page.
    fn ask<P: Provider>(
        provider: &P,
        ctx: &Context,
        cursor: Option<&str>,
    ) -> impl Future<Output = Result<ProviderPage<Self>, McpError>> + Send;

    /// The list of such items in a snapshot.
    fn stored(section: &Section) -> &StoredList<Self>;

    /// The name or URI that identifies the item.
    fn key(&self) -> &str;

    /// Sets the name or URI.
    fn set_key(&mut self, key: String);

    /// Checks that clients can be sent the item.
    fn check_encoding(&self) -> Result<(), EncodeError>;

    /// Checks all else that a provider must keep to. What MCP only advises against is a warning.
    fn check_rules(&self, provider: &str, prefix: Option<&str>) -> Result<Option<Warning>, BuildError> {
        let _ = (provider, prefix);
        Ok(None)
    }
}

macro_rules! listed {
    ($item:ty, $page:ident { $items:ident }, $ask:ident, $key:ident, $kind:expr, $encoding:path $(, $rules:path)?) => {
        impl Listed for $item {
            const KIND: Kind = $kind;

            async fn ask<P: Provider>(
                provider: &P,
                ctx: &Context,
                cursor: Option<&str>,
            ) -> Result<ProviderPage<Self>, McpError> {
                let $page { $items: items, next_cursor, cache, extra } = provider.$ask(ctx, cursor).await?;
                Ok(ProviderPage { items, next_cursor, cache, extra })
            }

            fn stored(section: &Section) -> &StoredList<Self> {
                &section.$items
            }

            fn key(&self) -> &str {
                &self.$key
            }

            fn set_key(&mut self, key: String) {
                self.$key = key;
            }

            fn check_encoding(&self) -> Result<(), EncodeError> {
                $encoding(self)
            }

            $(fn check_rules(&self, provider: &str, prefix: Option<&str>) -> Result<Option<Warning>, BuildError> {
                $rules(provider, prefix, self)
            })?
        }

        impl From<Page<$item>> for $page {
            fn from(Page { items, next_cursor, cache, extra }: Page<$item>) -> Self {
                $page { $items: items.into_iter().map(|owned| owned.item).collect(), next_cursor, cache, extra }
            }
        }
    };
}

listed!(Tool, ToolPage { tools }, list_tools, name, Kind::Tool, tools::check_tool, check_tool);
listed!(Prompt, PromptPage { prompts }, list_prompts, name, Kind::Prompt, prompts::check_prompt);
listed!(ResourceInfo, ResourcePage { resources }, list_resources, uri, Kind::Resource, resources::check_resource);
listed!(
    ResourceTemplate,
    ResourceTemplatePage { templates },
    list_templates,
    uri_template,
    Kind::Template,
    resources::check_template
);

impl<P: Provider> Catalog<P> {
    /// One page of the tools of all providers.
    pub async fn tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<Tool>, McpError> {
        self.list(ctx, cursor).await
    }

    /// One page of the prompts of all providers.
    pub async fn prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<Prompt>, McpError> {
        self.list(ctx, cursor).await
    }

    /// One page of the resources of all providers.
    pub async fn resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<ResourceInfo>, McpError> {
        self.list(ctx, cursor).await
    }

    /// One page of the resource templates of all providers.
    pub async fn templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<ResourceTemplate>, McpError> {
        self.list(ctx, cursor).await
    }

    async fn list<T: Listed>(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<T>, McpError> {
        if self.is_pass_through() {
            if !self.is_static() {
                let provider = self.providers.first().ok_or(McpError::NotOffered)?;
                return Ok(self.with_owners(T::ask(provider, ctx, cursor).await?));
            }
        } else if !self.is_single() {
            return self.merged(ctx, cursor).await;
        }
        // The one entry, or the static ones of all providers behind one import.
        match self.entries.as_slice() {
            [entry] if entry.prefix.is_none() => Ok(self.with_owners(self.page(0, entry, ctx, cursor).await?)),
            _ => self.merged(ctx, cursor).await,
        }
    }

    /// One page of one provider, without a call where the snapshot has it.
    async fn page<T: Listed>(
        &self,
        place: usize,
        entry: &Entry,
        ctx: &Context,
        cursor: Option<&str>,
    ) -> Result<ProviderPage<T>, McpError> {
        if entry.is_static()
            && let Some(section) = &entry.section
            && let Some(page) = section.page(cursor)?
        {
            return Ok(page);
        }
        // A static provider behind one import with others has no such list.
        let provider = self.provider(place).ok_or(McpError::NotOffered)?;
        check_page(&entry.name, T::ask(provider, ctx, cursor).await?)
    }

    fn with_owners<T: Listed>(&self, page: ProviderPage<T>) -> Page<T> {
        let single = self.single_owner();
        let owned = |item: T| Owned { owner: single.or_else(|| self.owner(T::KIND, item.key())).cloned(), item };
        let ProviderPage { items, next_cursor, cache, extra } = page;
        Page { items: items.into_iter().map(owned).collect(), next_cursor, cache, extra }
    }

    /// One page of the merged list: the pages of the providers one after the other, up to the first page that is not
    /// the last of its provider. So a client that never asks for a second page sees everything, unless a provider has
    /// several pages itself.
    async fn merged<T: Listed>(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<T>, McpError> {
        let mut entries = self.offering(T::KIND)?;
        let mut own_cursor = None;
        if let Some(cursor) = cursor {
            let (name, rest) = cursor.split_once(':').ok_or(McpError::InvalidCursor)?;
            let first = entries.iter().position(|(_, entry)| *entry.name == *name).ok_or(McpError::InvalidCursor)?;
            entries.drain(..first);
            own_cursor = Some(rest);
        }
        // All at once, although a provider behind one with several pages is asked in vain and once more for the next
        // page: several pages are rare.
        let ctx = &deadline::bounded(ctx);
        let asked = entries.iter().map(|(place, entry)| {
            self.ports.limit(ctx.remaining_ms, self.page::<T>(*place, entry, ctx, own_cursor.take()))
        });
        let pages = join_all(asked).await;

        let mut items = Vec::new();
        let mut on_this_page = BTreeSet::new();
        let (mut hints, mut extras) = (Vec::new(), Vec::new());
        let mut next_cursor = None;
        let mut partial = PartialResult::new(self.partial_results);
        // The cursor is that of the first of these providers.
        let mut is_named_by_cursor = cursor.is_some();
        for ((_, entry), page) in entries.iter().zip(pages) {
            let page = match page {
                Err(McpError::InvalidCursor) if is_named_by_cursor => return Err(McpError::InvalidCursor),
                Err(McpError::InvalidCursor) if entries.len() > 1 => Err(refused_cursor(entry)),
                page => page,
            };
            is_named_by_cursor = false;
            let page = page.and_then(|page| separated(entry, page));
            let Some(page) = partial.tolerate(&entry.name, page)? else { continue };
            items.extend(self.to_client_items(ctx, entry, page.items, &mut on_this_page));
            hints.push(page.cache);
            extras.push((&*entry.name, page.extra));
            if let Some(own) = page.next_cursor {
                next_cursor = Some(format!("{}:{own}", entry.name));
                break;
            }
        }
        let mut cache = merge_metadata::merge_cache_hint(hints);
        // All pages of a list have one scope (MCP 2026-07-28, caching), and the hints of the other pages' providers are not known here.
        if cursor.is_some() || next_cursor.is_some() {
            cache = Some(merge_metadata::NOT_CACHED);
        }
        partial.tell(&self.ports, &ctx.call_id);
        let (cache, extra) = partial.into_meta(cache, merge_metadata::merge_extra(&extras)?)?;
        Ok(Page { items, next_cursor, cache, extra })
    }
}
