//! The four lists, and what they have in common.

use std::collections::BTreeSet;
use std::future::Future;

use contract::Provider;
use contract::model::{
    CacheHint, Context, McpError, Prompt, PromptPage, ResourceInfo, ResourcePage, ResourceTemplate,
    ResourceTemplatePage, Tool, ToolPage,
};
use futures_util::future::join_all;

use crate::catalog::{Catalog, Part};
use crate::gaps::Gaps;
use crate::kept::{Kept, Pages};
use crate::{Kind, merge};

/// More pages than this have no end.
pub(crate) const PAGES: usize = 1000;

/// More of one kind than this is nothing that a client could use, and would fill the memory of the server.
pub(crate) const ITEMS: usize = 10_000;

/// A page of a list, without regard to what is listed.
#[derive(Debug, Clone)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_cursor: Option<String>,
    pub(crate) cache: Option<CacheHint>,
    pub(crate) extra: Option<String>,
}

/// What a list has on its pages.
pub(crate) trait Listed: Clone + Send + Sync {
    const KIND: Kind;

    /// One page of one provider.
    fn page<P: Provider>(
        provider: &P,
        ctx: &Context,
        cursor: Option<&str>,
    ) -> impl Future<Output = Result<Page<Self>, McpError>> + Send;

    /// Those of them that are kept.
    fn kept(kept: &Kept) -> &Pages<Self>;

    /// What it is known by.
    fn key(&self) -> &str;

    /// Sets what it is known by.
    fn set_key(&mut self, key: String);
}

macro_rules! listed {
    ($item:ty, $page:ident { $items:ident }, $ask:ident, $kept:ident, $key:ident, $kind:expr) => {
        impl Listed for $item {
            const KIND: Kind = $kind;

            async fn page<P: Provider>(
                provider: &P,
                ctx: &Context,
                cursor: Option<&str>,
            ) -> Result<Page<Self>, McpError> {
                let $page { $items: items, next_cursor, cache, extra } = provider.$ask(ctx, cursor).await?;
                Ok(Page { items, next_cursor, cache, extra })
            }

            fn kept(kept: &Kept) -> &Pages<Self> {
                &kept.$kept
            }

            fn key(&self) -> &str {
                &self.$key
            }

            fn set_key(&mut self, key: String) {
                self.$key = key;
            }
        }

        impl From<Page<$item>> for $page {
            fn from(Page { items, next_cursor, cache, extra }: Page<$item>) -> Self {
                $page { $items: items, next_cursor, cache, extra }
            }
        }
    };
}

listed!(Tool, ToolPage { tools }, list_tools, tools, name, Kind::Tool);
listed!(Prompt, PromptPage { prompts }, list_prompts, prompts, name, Kind::Prompt);
listed!(ResourceInfo, ResourcePage { resources }, list_resources, resources, uri, Kind::Resource);
listed!(ResourceTemplate, ResourceTemplatePage { templates }, list_templates, templates, uri_template, Kind::Template);

impl<P: Provider> Catalog<P> {
    /// One page of the merged list: the members' pages one after the other, up to the first that is not the last of its member.
    /// A client that does not ask for a second page so sees them all, unless a member itself has several.
    pub(crate) async fn list<T: Listed>(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<T>, McpError> {
        let mut parts = self.offering(T::KIND)?;
        let mut inner = None;
        if let Some(cursor) = cursor {
            // `MEMBER:CURSOR`, where a member's name has no colon and its cursor may be empty.
            let (member, rest) = cursor.split_once(':').ok_or(McpError::InvalidCursor)?;
            let place = parts.iter().position(|part| part.route.name == member).ok_or(McpError::InvalidCursor)?;
            parts.drain(..place);
            inner = Some(rest);
        }
        // All at once, although what is asked in vain behind a member with several pages is asked again: such members are rare.
        let asked = parts.iter().map(|part| part.page::<T>(ctx, inner.take()));
        let pages = join_all(asked).await;

        let mut items = Vec::new();
        let mut taken = BTreeSet::new();
        let mut hints = Vec::new();
        let mut extras = Vec::new();
        let mut next_cursor = None;
        let mut gaps = Gaps::of(self.gaps);
        for (part, page) in parts.iter().zip(pages) {
            let page = page.and_then(|page| merge::checked(&part.route.name, &page.extra).map(|()| page));
            let Some(page) = gaps.unless_lost(&part.route.name, page)? else { continue };
            items.extend(page.items.into_iter().filter_map(|item| self.seen(part, item, &mut taken)));
            hints.push(page.cache);
            extras.push((part.route.name.as_str(), page.extra));
            if let Some(inner) = page.next_cursor {
                next_cursor = Some(format!("{}:{inner}", part.route.name));
                break;
            }
        }
        let (cache, extra) = gaps.state(merge::strictest(hints), merge::united(&extras)?)?;
        Ok(Page { items, next_cursor, cache, extra })
    }

    /// What a member lists as clients see it, or nothing where its name is another's: always, or because a member before it has
    /// taken it on this page.
    fn seen<T: Listed>(&self, part: &Part<P>, mut item: T, taken: &mut BTreeSet<String>) -> Option<T> {
        if T::KIND.is_prefixed() && part.route.prefix.is_some() {
            item.set_key(part.route.client_name(item.key()));
        }
        let is_its_own = match self.table.owner(T::KIND, item.key()).and_then(|place| self.parts.get(place)) {
            Some(owner) => owner.route.name == part.route.name,
            None => taken.insert(item.key().to_owned()),
        };
        is_its_own.then_some(item)
    }
}
