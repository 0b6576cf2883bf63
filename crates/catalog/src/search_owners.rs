//! Looks for the owner of an item on the lists of the providers whose catalogue can change.

use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, ErrorDetail, McpError, Prompt, ResourceInfo, ResourceTemplate, Tool};
use futures_util::future::join_all;

use crate::catalog::{Catalog, Entry};
use crate::deadline::Deadline;
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

/// What the lists of the providers say of an item.
enum Search<T> {
    Found(usize, T),
    /// Every provider that could have it was listed.
    Absent,
    /// A provider that could have it could not be listed, and no other one has it.
    Lost(McpError),
}

impl<T> Search<T> {
    /// The place of the owner and the item, or the error; `None` where there is no such item.
    fn found(self) -> Result<Option<(usize, T)>, McpError> {
        match self {
            Self::Found(entry, item) => Ok(Some((entry, item))),
            Self::Absent => Ok(None),
            Self::Lost(error) => Err(error),
        }
    }
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
                let found = self.listing::<Tool>(ctx, name).await?.found()?;
                let (entry, tool) = found.ok_or_else(|| McpError::UnknownName(name.to_owned()))?;
                return Ok((entry, Some(Arc::new(ToolFacts::new(tool)))));
            }
            ItemRef::Prompt(name) => {
                let found = self.listing::<Prompt>(ctx, name).await?.found()?;
                found.map(|(entry, _)| entry).ok_or_else(|| McpError::UnknownName(name.to_owned()))
            }
            ItemRef::Resource(uri) => self.owner_of_uri(ctx, uri).await,
            // A reference may be to a template or to a URI (MCP 2026-07-28, `ResourceTemplateReference`).
            ItemRef::Template(text) => match self.listing::<ResourceTemplate>(ctx, text).await? {
                Search::Found(entry, _) => Ok(entry),
                Search::Absent => self.owner_of_uri(ctx, text).await,
                Search::Lost(error) => Err(error),
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
        let lost = match self.listing::<ResourceInfo>(ctx, uri).await? {
            Search::Found(entry, _) => return Ok(entry),
            Search::Absent => None,
            // What a provider listed at the start stays its own.
            Search::Lost(error)
                if self.partial_results && self.place_of_dynamic_item(Kind::Resource, uri).is_none() =>
            {
                Some(error)
            }
            Search::Lost(error) => return Err(error),
        };
        let not_found = || McpError::ResourceNotFound(uri.to_owned());
        let Some(uri) = EncodedUri::new(uri) else { return Err(lost.unwrap_or_else(not_found)) };
        let known = self.place_of_match(&uri);
        // Only a provider before the known one can still be the first.
        let before = known.unwrap_or(self.entries.len());
        let lost =
            match self.first_listing::<ResourceTemplate>(before, ctx, Lookup::Match(&uri), known.is_some()).await? {
                Search::Found(entry, _) => return Ok(entry),
                Search::Absent => lost,
                Search::Lost(error) => Some(error),
            };
        match (known, lost) {
            (Some(known), None) => Ok(known),
            // It has a template of the URI and its catalogue does not change, or had one when the catalogue was built.
            (Some(known), Some(_)) if self.partial_results => Ok(known),
            (_, Some(error)) => Err(error),
            (None, None) => Err(not_found()),
        }
    }

    /// The first provider that lists exactly this now, and the item. Where a provider listed it at the start, only that one is asked.
    async fn listing<T: Listed>(&self, ctx: &Context, key: &str) -> Result<Search<T>, McpError> {
        self.offering(T::KIND)?;
        self.first_listing(self.entries.len(), ctx, Lookup::Key(key), false).await
    }

    /// The first provider, of those before `end` whose catalogue can change, that lists it now.
    ///
    /// One before it that cannot be listed might be the owner. Where lists go on without such a provider, so do calls, if exactly one
    /// other provider has the item: clients see it there, and who decides about the call is told whose it is. Of two that have it the call
    /// must not reach the wrong one, so that the error of the first is the answer. The one at `end` may be known to have it.
    async fn first_listing<T: Listed>(
        &self,
        end: usize,
        ctx: &Context,
        lookup: Lookup<'_>,
        has_end_it: bool,
    ) -> Result<Search<T>, McpError> {
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
        let answers = asked.iter().map(|(_, (entry, provider))| self.listed::<T>(entry, provider, ctx, lookup));
        let mut first = None;
        let mut others = usize::from(has_end_it);
        let mut lost: Vec<(&str, McpError)> = Vec::new();
        for ((place, (entry, _)), answer) in asked.iter().zip(join_all(answers).await) {
            match answer {
                Ok(Some(item)) if first.is_none() => first = Some((*place, item)),
                Ok(Some(_)) => others += 1,
                Err(error) if first.is_none() => lost.push((&entry.name, error)),
                Ok(None) | Err(_) => {}
            }
        }
        let reason = |error: &McpError| format!("cannot be listed to find an owner: {}", error.explanation());
        for (name, error) in &lost {
            self.ports.incomplete(&ctx.call_id, name, &reason(error));
        }
        Ok(match (first, lost.into_iter().next()) {
            (Some((place, item)), None) => Search::Found(place, item),
            (Some((place, item)), Some(_)) if self.partial_results && others == 0 => Search::Found(place, item),
            (None, None) => Search::Absent,
            (None, Some((_, error))) => Search::Lost(error),
            (Some(_), Some((_, error))) => return Err(error),
        })
    }

    /// The item, if the provider lists it now. All pages together have the time of one answer.
    async fn listed<T: Listed>(
        &self,
        entry: &Entry,
        provider: &P,
        ctx: &Context,
        lookup: Lookup<'_>,
    ) -> Result<Option<T>, McpError> {
        let Some(lookup) = own_lookup(entry, T::KIND, lookup) else { return Ok(None) };
        let deadline = Deadline::of(&self.ports, ctx);
        let find = async {
            let found = find::<T, P>(provider, ctx, &deadline, |item| match lookup {
                Lookup::Key(key) => item.key() == key,
                Lookup::Match(uri) => Template::parse(item.key()).is_ok_and(|template| template.matches(uri)),
            });
            found.await.map_err(|error| error.into_mcp_error(&format!("provider `{}`", entry.name)))
        };
        self.ports.limit(ctx.remaining_ms, find).await
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
