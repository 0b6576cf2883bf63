//! Looks for the owner of an item on the lists of the providers whose catalogue can change.

use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, ErrorDetail, McpError, Prompt, ResourceInfo, ResourceTemplate, Tool};
use futures_util::future::join_all;

use crate::catalog::{Catalog, Entry};
use crate::lists::Listed;
use crate::read_pages::find;
use crate::template::{EncodedUri, Template};
use crate::{ItemRef, Kind, ToolFacts, lookup_context};

/// An item to find on a list.
#[derive(Clone, Copy)]
enum Lookup<'a> {
    /// The item with this name, as clients see it, or with this URI.
    Key(&'a str),
    /// A template that this URI matches.
    Match(&'a EncodedUri<'a>),
}

impl<P: Provider> Catalog<P> {
    /// The place of the owner of an item that the snapshot alone does not tell, and the facts of a tool.
    pub(crate) async fn search(
        &self,
        ctx: &Context,
        item: ItemRef<'_>,
    ) -> Result<(usize, Option<Arc<ToolFacts>>), McpError> {
        let ctx = &lookup_context::of(ctx);
        let owner = match item.referred() {
            ItemRef::Tool(name) => {
                let found = self.listing::<Tool>(ctx, name).await?;
                let (entry, tool) = found.ok_or_else(|| McpError::UnknownName(name.to_owned()))?;
                return Ok((entry, Some(Arc::new(ToolFacts::new(tool)))));
            }
            ItemRef::Prompt(name) => {
                let found = self.listing::<Prompt>(ctx, name).await?;
                found.map(|(entry, _)| entry).ok_or_else(|| McpError::UnknownName(name.to_owned()))
            }
            ItemRef::Resource(uri) => self.owner_of_uri(ctx, uri).await,
            // A reference may be to a template or to a URI (MCP 2026-07-28, `ResourceTemplateReference`).
            ItemRef::Template(text) => match self.listing::<ResourceTemplate>(ctx, text).await? {
                Some((entry, _)) => Ok(entry),
                None => self.owner_of_uri(ctx, text).await,
            },
            ItemRef::Completion(_) => {
                let message = "the reference is neither to a prompt nor to a resource".to_owned();
                Err(McpError::InvalidParams(ErrorDetail { message, data: None }))
            }
        };
        Ok((owner?, None))
    }

    /// The provider that lists the URI, else the first that has a template of it.
    async fn owner_of_uri(&self, ctx: &Context, uri: &str) -> Result<usize, McpError> {
        if let Some(place) = self.place(Kind::Resource, uri) {
            return Ok(place.entry);
        }
        if let Some((entry, _)) = self.listing::<ResourceInfo>(ctx, uri).await? {
            return Ok(entry);
        }
        let not_found = || McpError::ResourceNotFound(uri.to_owned());
        let uri = EncodedUri::new(uri).ok_or_else(not_found)?;
        let known = self.place_of_match(&uri);
        // Only a provider before the known one can still be the first.
        let before = known.unwrap_or(self.entries.len());
        let found = self.first_listing::<ResourceTemplate>(before, ctx, Lookup::Match(&uri)).await?;
        found.map(|(entry, _)| entry).or(known).ok_or_else(not_found)
    }

    /// The first provider that lists exactly this now, and the item. Where a provider listed it at the start, only that one is asked.
    async fn listing<T: Listed>(&self, ctx: &Context, key: &str) -> Result<Option<(usize, T)>, McpError> {
        self.offering(T::KIND)?;
        self.first_listing(self.entries.len(), ctx, Lookup::Key(key)).await
    }

    /// The first provider, of those before `end` whose catalogue can change, that lists it now. One that cannot be
    /// listed is an error, unless a provider before it lists the item: it might be the owner, and the call must not
    /// reach another.
    async fn first_listing<T: Listed>(
        &self,
        end: usize,
        ctx: &Context,
        lookup: Lookup<'_>,
    ) -> Result<Option<(usize, T)>, McpError> {
        let entries = self.entries.iter().zip(&self.providers).enumerate().take(end);
        let dynamic_owner = match lookup {
            Lookup::Key(key) => self.place_of_dynamic_item(T::KIND, key),
            Lookup::Match(_) => None,
        };
        let asked: Vec<_> = entries
            .filter(|(place, (entry, _))| {
                dynamic_owner.is_none_or(|owner| owner == *place) && self.may_list::<T>(entry, lookup)
            })
            .collect();
        let answers = asked.iter().map(|(_, (entry, provider))| listed::<T, P>(entry, provider, ctx, lookup));
        for ((place, _), answer) in asked.iter().zip(join_all(answers).await) {
            if let Some(item) = answer? {
                return Ok(Some((*place, item)));
            }
        }
        Ok(None)
    }

    fn may_list<T: Listed>(&self, entry: &Entry, lookup: Lookup<'_>) -> bool {
        let may_own = match lookup {
            Lookup::Key(key) => self.own_key(entry, T::KIND, key).is_some(),
            Lookup::Match(_) => true,
        };
        !entry.is_static() && T::KIND.is_offered(entry.offers) && may_own
    }
}

/// The lookup in the provider's own names; `None` where the item cannot be the provider's.
fn own_lookup<'a>(entry: &Entry, kind: Kind, lookup: Lookup<'a>) -> Option<Lookup<'a>> {
    match lookup {
        Lookup::Key(key) => entry.own_key(kind, key).map(Lookup::Key),
        Lookup::Match(_) => Some(lookup),
    }
}

/// The item, if the provider lists it now.
async fn listed<T: Listed, P: Provider>(
    entry: &Entry,
    provider: &P,
    ctx: &Context,
    lookup: Lookup<'_>,
) -> Result<Option<T>, McpError> {
    let Some(lookup) = own_lookup(entry, T::KIND, lookup) else { return Ok(None) };
    let found = find::<T, P>(provider, ctx, |item| match lookup {
        Lookup::Key(key) => item.key() == key,
        Lookup::Match(uri) => Template::parse(item.key()).is_ok_and(|template| template.matches(uri)),
    });
    found.await.map_err(|error| error.into_mcp_error(&format!("provider `{}`", entry.name)))
}
