//! Which items of a list a caller gets: those that its view has and that the authorizer shows it; and that caches keep such an answer private.

use std::pin::pin;

use catalog::{Owned, Page};
use contract::Provider;
use contract::model::{CacheHint, CacheScope, McpError};

use crate::authorization::{Item, ListRequest, ListedItems, Visibility};
use crate::error::RequestError;
use crate::invocation::Invocation;
use crate::views;

impl<P: Provider> Invocation<P> {
    /// Asks for one page of a list, and takes out of it what the caller may not see.
    pub(crate) async fn list<T: Send + Sync>(
        &self,
        page: impl Future<Output = Result<Page<T>, McpError>> + Send,
    ) -> Result<Page<T>, RequestError>
    where
        for<'a> ListedItems<'a>: From<&'a [Owned<T>]>,
    {
        let observed = pin!(self.observe(None, Box::pin(page)));
        let page = self.in_total_time(observed).await?;
        let mut page = page.map_err(|error| RequestError::of_provider(error, self.method.name, &Item::Method))?;
        if let Some(view) = self.view() {
            let mut shown = views::shown(view, page.items.as_slice().into()).into_iter();
            page.items.retain(|_| shown.next().unwrap_or(false));
        }
        let (method, items, caller) = (self.method.name, page.items.as_slice().into(), self.caller.as_deref());
        let list = ListRequest { method, items, caller, context: &self.context, view: self.view() };
        let visibility = {
            let filtered = pin!(self.authorizer.filter(&list));
            self.in_total_time(filtered).await?
        };
        match visibility {
            Visibility::All => self.restrict_cache(&mut page.cache),
            Visibility::Filtered { shown, ttl_ms } => {
                let mut shown = shown.into_iter();
                page.items.retain(|_| shown.next().unwrap_or(false));
                page.cache = Some(private(ttl_ms));
            }
        }
        Ok(page)
    }

    /// Makes a result private where it depends on the caller whether it may be had at all: a cache that clients share would pass it
    /// on to those that may not (MCP 2026-07-28, caching).
    pub(crate) fn restrict_cache(&self, cache: &mut Option<CacheHint>) {
        if self.method.cacheable && self.authorizer.depends_on_caller() {
            *cache = Some(private(cache.map_or(0, |hint| hint.ttl_ms)));
        }
    }
}

fn private(ttl_ms: u32) -> CacheHint {
    CacheHint { ttl_ms, scope: CacheScope::Private }
}
