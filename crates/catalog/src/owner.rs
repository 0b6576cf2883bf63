//! Whose a name or a URI is.

use contract::Provider;
use contract::model::{Context, McpError, Prompt, ResourceInfo, ResourceTemplate, Tool};
use futures_util::future::join_all;

use crate::Kind;
use crate::catalog::{Catalog, Part};
use crate::lists::{Listed, PAGES};
use crate::template::Template;

/// What is looked for on a list.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// What is known by exactly this, as clients name it.
    Name(&'a str),
    /// The template of this URI.
    Uri(&'a str),
}

impl<P: Provider> Catalog<P> {
    pub(crate) async fn owner_of_tool(&self, ctx: &Context, name: &str) -> Result<&Part<P>, McpError> {
        let owner = self.exact_owner::<Tool>(ctx, name).await?;
        owner.ok_or_else(|| McpError::UnknownName(name.to_owned()))
    }

    pub(crate) async fn owner_of_prompt(&self, ctx: &Context, name: &str) -> Result<&Part<P>, McpError> {
        let owner = self.exact_owner::<Prompt>(ctx, name).await?;
        owner.ok_or_else(|| McpError::UnknownName(name.to_owned()))
    }

    /// Who lists the URI, else who has the first template that matches it.
    pub(crate) async fn owner_of_uri(&self, ctx: &Context, uri: &str) -> Result<&Part<P>, McpError> {
        if let Some(part) = self.exact_owner::<ResourceInfo>(ctx, uri).await? {
            return Ok(part);
        }
        let known = self.table.matching(uri);
        // Only those before the one that is known can still be first.
        let asked = self.parts.get(..known.unwrap_or(self.parts.len())).unwrap_or_default();
        let found = first_listing::<ResourceTemplate, P>(asked, ctx, Wanted::Uri(uri)).await?;
        found.or_else(|| self.parts.get(known?)).ok_or_else(|| McpError::ResourceNotFound(uri.to_owned()))
    }

    /// Who lists the template, else whose is the URI: a reference may be either (MCP 2026-07-28, `ResourceTemplateReference`).
    pub(crate) async fn owner_of_template(&self, ctx: &Context, template: &str) -> Result<&Part<P>, McpError> {
        match self.exact_owner::<ResourceTemplate>(ctx, template).await? {
            Some(part) => Ok(part),
            None => self.owner_of_uri(ctx, template).await,
        }
    }

    /// Who has exactly this: it stands in the table, or somebody who changes lists it now.
    async fn exact_owner<T: Listed>(&self, ctx: &Context, name: &str) -> Result<Option<&Part<P>>, McpError> {
        self.offering(T::KIND)?;
        if let Some(part) = self.table.owner(T::KIND, name).and_then(|place| self.parts.get(place)) {
            return Ok(Some(part));
        }
        first_listing::<T, P>(&self.parts, ctx, Wanted::Name(name)).await
    }
}

/// The first of those who change that lists it now. One that cannot be asked is an error, unless one before it lists it: it
/// might be the owner, and the call must not reach another.
async fn first_listing<'a, T: Listed, P: Provider>(
    parts: &'a [Part<P>],
    ctx: &Context,
    wanted: Wanted<'_>,
) -> Result<Option<&'a Part<P>>, McpError> {
    let asked: Vec<&Part<P>> = parts.iter().filter(|part| may_list::<T, P>(part, wanted)).collect();
    let answers = join_all(asked.iter().map(|part| lists::<T, P>(part, ctx, wanted))).await;
    for (part, answer) in asked.into_iter().zip(answers) {
        if answer? {
            return Ok(Some(part));
        }
    }
    Ok(None)
}

fn may_list<T: Listed, P>(part: &Part<P>, wanted: Wanted<'_>) -> bool {
    part.route.dynamic && T::KIND.is_offered(&part.route.offered) && own::<P>(part, T::KIND, wanted).is_some()
}

/// What the member itself calls what is wanted, if it can be the member's.
fn own<'a, P>(part: &Part<P>, kind: Kind, wanted: Wanted<'a>) -> Option<Wanted<'a>> {
    match wanted {
        Wanted::Name(name) if kind.is_prefixed() => part.route.own_name(name).map(Wanted::Name),
        wanted => Some(wanted),
    }
}

/// Whether a member lists it now.
async fn lists<T: Listed, P: Provider>(part: &Part<P>, ctx: &Context, wanted: Wanted<'_>) -> Result<bool, McpError> {
    let Some(wanted) = own(part, T::KIND, wanted) else { return Ok(false) };
    let is_wanted = |item: &T| match wanted {
        Wanted::Name(name) => item.key() == name,
        Wanted::Uri(uri) => Template::parse(item.key()).is_ok_and(|template| template.matches(uri)),
    };
    let mut cursor = None;
    for _ in 0..PAGES {
        let page = match T::page(&part.provider, ctx, cursor.as_deref()).await {
            // It was not known what it has.
            Err(McpError::NotOffered) => return Ok(false),
            page => page?,
        };
        if page.items.iter().any(is_wanted) {
            return Ok(true);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(false);
        }
    }
    Err(McpError::Internal(format!("provider `{}` lists its {}s on more than {PAGES} pages", part.route.name, T::KIND)))
}
