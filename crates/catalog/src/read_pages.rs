//! Reads a list of one provider page by page, with limits that give every list an end.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use contract::Provider;
use contract::model::{Context, McpError};

use crate::Kind;
use crate::deadline::Deadline;
use crate::lists::{Listed, ProviderPage};
use crate::snapshot::size_as_json;

/// A list of more pages counts as endless.
pub const MAX_PAGES: usize = 1000;

/// A list of more items is of no use for a client, and would fill the memory of the server.
pub(crate) const MAX_ITEMS: usize = 10_000;

/// How many bytes the items of a list may have as JSON, and of each of its pages: the server keeps the list of a static provider, and puts
/// pages of several providers into one answer.
pub(crate) const MAX_LIST_BYTES: usize = 4 << 20;

/// What is wrong with a list whose end cannot be reached. The words follow the name of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// The list has no end.
    #[error("lists its {0}s on more than {MAX_PAGES} pages")]
    Pages(Kind),
    /// The list is longer than a client could use.
    #[error("lists more than {MAX_ITEMS} {0}s")]
    Items(Kind),
    /// The items have too many bytes.
    #[error("lists more than 4 MiB of {0}s")]
    Bytes(Kind),
    /// The list leads back to itself.
    #[error("lists its {0}s in a circle: it gives the same cursor twice")]
    Circle(Kind),
    /// The provider did not take back a cursor that it gave, nor one that it gave when it was asked again.
    #[error("refused a cursor of its own")]
    Cursor,
}

/// Why a list could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The provider answered with an error.
    Provider(McpError),
    Fault(ListFault),
}

impl ReadError {
    /// The error of the call that needs the list. The provider is named as in "provider `x`".
    pub(crate) fn into_mcp_error(self, provider: &str) -> McpError {
        match self {
            Self::Provider(error) => error,
            Self::Fault(fault) => McpError::Internal(format!("{provider} {fault}")),
        }
    }
}

/// Reads a list to its end, or until `take` has what it wants. `take` gets each page with the cursor that it was asked
/// for by. All pages must be there before the deadline.
pub(crate) async fn read_pages<T: Listed, P: Provider, B>(
    provider: &P,
    ctx: &Context,
    deadline: &Deadline<'_>,
    mut take: impl FnMut(Option<String>, ProviderPage<T>) -> ControlFlow<B> + Send,
) -> Result<Option<B>, ReadError> {
    let (mut cursor, mut cursors, mut items, mut bytes) = (None, BTreeSet::new(), 0, 0);
    for _ in 0..MAX_PAGES {
        let ctx = deadline.context(ctx).map_err(ReadError::Provider)?;
        let page = T::ask(provider, &ctx, cursor.as_deref()).await.map_err(ReadError::Provider)?;
        items += page.items.len();
        if items > MAX_ITEMS {
            return Err(ReadError::Fault(ListFault::Items(T::KIND)));
        }
        bytes = add_bytes(bytes, &page).map_err(ReadError::Fault)?;
        let next = page.next_cursor.clone();
        if let ControlFlow::Break(wanted) = take(cursor, page) {
            return Ok(Some(wanted));
        }
        cursor = next;
        let Some(next) = &cursor else { return Ok(None) };
        if !cursors.insert(next.clone()) {
            return Err(ReadError::Fault(ListFault::Circle(T::KIND)));
        }
    }
    Err(ReadError::Fault(ListFault::Pages(T::KIND)))
}

/// Checks a page that goes to a client at once.
pub(crate) fn check_page<T: Listed>(name: &str, page: ProviderPage<T>) -> Result<ProviderPage<T>, McpError> {
    match add_bytes(0, &page) {
        Ok(_) => Ok(page),
        Err(fault) => Err(ReadError::Fault(fault).into_mcp_error(&format!("provider `{name}`"))),
    }
}

/// Adds the bytes of a page to those of the pages before it.
fn add_bytes<T: Listed>(before: usize, page: &ProviderPage<T>) -> Result<usize, ListFault> {
    let bytes = page.items.iter().map(size_as_json).fold(before, usize::saturating_add);
    if bytes > MAX_LIST_BYTES { Err(ListFault::Bytes(T::KIND)) } else { Ok(bytes) }
}

/// Reads a list as far as the item. Where it changes between two of its pages, a provider may refuse the cursor that it
/// gave: the list is then read once more from its beginning.
pub(crate) async fn find<T: Listed, P: Provider>(
    provider: &P,
    ctx: &Context,
    deadline: &Deadline<'_>,
    mut is_wanted: impl FnMut(&T) -> bool + Send,
) -> Result<Option<T>, ReadError> {
    for _ in 0..2 {
        let take = |_, page: ProviderPage<T>| match page.items.into_iter().find(|item| is_wanted(item)) {
            Some(item) => ControlFlow::Break(item),
            None => ControlFlow::Continue(()),
        };
        match read_pages(provider, ctx, deadline, take).await {
            // What the provider offers was not known before.
            Err(ReadError::Provider(McpError::NotOffered)) => return Ok(None),
            Err(ReadError::Provider(McpError::InvalidCursor)) => {}
            found => return found,
        }
    }
    Err(ReadError::Fault(ListFault::Cursor))
}
