//! What of a provider's page goes into a merged list: the items that are its own, and that clients can be sent.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::model::{Context, McpError};
use protocol::result;

use crate::catalog::{Catalog, Entry};
use crate::lists::{Listed, Owned, ProviderPage};
use crate::provider_rules::check_encoding;
use crate::{BuildError, merge_metadata};

impl<P> Catalog<P> {
    /// The items that the provider owns and clients can be sent. Those of a static provider were checked when it was asked. What is left out
    /// is still its provider's: no other provider gets its calls.
    pub(crate) fn to_client_items<T: Listed>(
        &self,
        ctx: &Context,
        entry: &Entry,
        items: Vec<T>,
        on_this_page: &mut BTreeSet<String>,
    ) -> Vec<Owned<T>> {
        let mut faults = Faults::default();
        let mut owned = Vec::with_capacity(items.len());
        for item in items {
            let checked = if entry.is_static() { Ok(()) } else { check_item(entry, &item) };
            let Some(item) = self.to_client_item(entry, item, on_this_page) else { continue };
            match checked {
                Ok(()) => owned.push(item),
                Err(fault) => faults.add(fault),
            }
        }
        if let Some(first) = faults.first {
            let reason = format!("lists what is left out of its {}s, {} of them: {first}", T::KIND, faults.count);
            self.ports.incomplete(&ctx.call_id, &entry.name, &reason);
        }
        owned
    }

    /// An item under the name that clients use. `None` where the name belongs to another provider: to one whose
    /// catalogue is known, that had the name at the start or has the prefix, or to an earlier one on this page.
    fn to_client_item<T: Listed>(
        &self,
        entry: &Entry,
        mut item: T,
        on_this_page: &mut BTreeSet<String>,
    ) -> Option<Owned<T>> {
        if T::KIND.is_prefixed() && entry.prefix.is_some() {
            item.set_key(entry.client_name(item.key()));
        }
        self.own_key(entry, T::KIND, item.key())?;
        let dynamic_owner = || Some(&self.entries.get(self.place_of_dynamic_item(T::KIND, item.key())?)?.name);
        let is_owner = match self.owner(T::KIND, item.key()).or_else(dynamic_owner) {
            Some(owner) => *owner == entry.name,
            None => on_this_page.insert(item.key().to_owned()),
        };
        is_owner.then(|| Owned { owner: Some(Arc::clone(&entry.name)), item })
    }
}

/// The error of a provider that refuses a cursor, although it was asked for its first page.
pub(crate) fn refused_cursor(entry: &Entry) -> McpError {
    McpError::Internal(format!("provider `{}` refused a cursor that it was not asked for", entry.name))
}

/// What is wrong with the items of a page.
#[derive(Default)]
struct Faults {
    first: Option<BuildError>,
    count: usize,
}

impl Faults {
    fn add(&mut self, fault: BuildError) {
        self.first.get_or_insert(fault);
        self.count += 1;
    }
}

/// Checks an item of a list that is merged with those of others, as it was checked at the start. What is only advised against was told then.
fn check_item<T: Listed>(entry: &Entry, item: &T) -> Result<(), BuildError> {
    item.check_rules(&entry.name, entry.prefix.as_deref())?;
    check_encoding(&entry.name, item)
}

/// A page without what holds for its provider alone. What it says beside its items was checked at the start if it is that of a static
/// provider.
pub(crate) fn separated<T: Listed>(entry: &Entry, mut page: ProviderPage<T>) -> Result<ProviderPage<T>, McpError> {
    merge_metadata::separate(&entry.name, &mut page.cache, &mut page.extra)?;
    if !entry.is_static() {
        let broken =
            |fault| McpError::Internal(format!("provider `{}` lists what no client can be told: {fault}", entry.name));
        result::check_page(page.extra.as_deref(), page.cache.as_ref()).map_err(broken)?;
    }
    Ok(page)
}
