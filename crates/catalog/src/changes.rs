//! The changes of all providers as one list.

use contract::Provider;
use contract::model::{ChangePage, Context, McpError, Offers};
use futures_util::future::join_all;

use crate::catalog::{Catalog, Entry};
use crate::length_prefixed;

/// The offers of which each means that a provider has the interface `changes`.
const CHANGING: [Offers; 4] =
    [Offers::TOOLS_CHANGES, Offers::RESOURCES_CHANGES, Offers::RESOURCE_SUBSCRIPTIONS, Offers::PROMPTS_CHANGES];

impl<P: Provider> Catalog<P> {
    /// The changes at every provider that has the interface. The cursor has the name and the cursor of each, so that a
    /// cursor of other providers is recognized: what changed there meanwhile is not known, and the caller takes every
    /// list as changed.
    pub(crate) async fn changes_of_all(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        let entries = self.entries.iter().zip(&self.providers);
        let changing: Vec<(&Entry, &P)> =
            entries.filter(|(entry, _)| CHANGING.iter().any(|offer| entry.offers.contains(*offer))).collect();
        if changing.is_empty() {
            return Err(McpError::NotOffered);
        }
        let cursors = match since {
            None => vec![None; changing.len()],
            Some(since) => cursors(since, &changing).ok_or(McpError::InvalidCursor)?,
        };
        let asked = changing.iter().zip(cursors).map(|((_, provider), cursor)| provider.list_changes(ctx, cursor));
        let pages = join_all(asked).await;

        let mut changes = Vec::new();
        let mut next = Vec::new();
        for ((entry, _), page) in changing.iter().zip(pages) {
            let page = page?;
            changes.extend(page.changes);
            next.push((&*entry.name, page.next_cursor));
        }
        let next_cursor = length_prefixed::write(next.iter().flat_map(|(name, cursor)| [*name, cursor.as_str()]));
        Ok(ChangePage { changes, next_cursor })
    }
}

/// The cursor of each provider; `None` where the cursor is not one of exactly these.
fn cursors<'a, P>(since: &'a str, changing: &[(&Entry, &P)]) -> Option<Vec<Option<&'a str>>> {
    let pairs = length_prefixed::read(since)?;
    if pairs.len() != changing.len() * 2 {
        return None;
    }
    let named = pairs.chunks_exact(2).zip(changing);
    named
        .map(|(pair, (entry, _))| pair.first().filter(|name| ***name == *entry.name).map(|_| pair.get(1).copied()))
        .collect()
}
