use contract::Provider;
use contract::model::{ChangePage, Context, McpError};
use futures_util::future::join_all;

use crate::catalog::{Catalog, Part};
use crate::netstring;

impl<P: Provider> Catalog<P> {
    /// What has changed at every member that tells. The cursor is a name and a cursor for each, so that other members than those
    /// of the cursor are noticed: what happened at them meanwhile is not known, and the caller takes every list as changed.
    pub(crate) async fn changes_of_all(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        let telling: Vec<&Part<P>> = self.parts.iter().filter(|part| part.route.offered.changes).collect();
        if telling.is_empty() {
            return Err(McpError::NotOffered);
        }
        let cursors = match since {
            None => vec![None; telling.len()],
            Some(since) => cursors(since, &telling).ok_or(McpError::InvalidCursor)?,
        };
        let asked = telling.iter().zip(cursors).map(|(part, cursor)| part.provider.list_changes(ctx, cursor));
        let pages = join_all(asked).await;

        let mut changes = Vec::new();
        let mut next = Vec::new();
        for (part, page) in telling.iter().zip(pages) {
            let page = page?;
            changes.extend(page.changes);
            next.push((part.route.name.as_str(), page.next_cursor));
        }
        let next_cursor = netstring::write(next.iter().flat_map(|(name, cursor)| [*name, cursor.as_str()]));
        Ok(ChangePage { changes, next_cursor })
    }
}

fn cursors<'a, P>(since: &'a str, telling: &[&Part<P>]) -> Option<Vec<Option<&'a str>>> {
    let pairs = netstring::read(since)?;
    if pairs.len() != telling.len() * 2 {
        return None;
    }
    let named = pairs.chunks_exact(2).zip(telling);
    named
        .map(|(pair, part)| pair.first().filter(|name| **name == part.route.name).map(|_| pair.get(1).copied()))
        .collect()
}
