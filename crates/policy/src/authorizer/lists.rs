//! Which items of a list a caller may see: the policy is asked about each as if it were called.

use catalog::Owned;
use server::{BoxFuture, ListRequest, ListedItems, Visibility, yield_once};

use super::of_request::{OfRequest, annotations_of};
use crate::input::Item;

/// After how many items of a list other tasks may run.
const ITEMS_AT_ONCE: usize = 16;

/// Decides about each item of a page.
pub(super) fn filter<'a>(request: &'a OfRequest, list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
    Box::pin(async move {
        let shown = match list.items {
            ListedItems::Tools(tools) => {
                each(tools, |tool, owner| {
                    let item =
                        Item::Tool { name: &tool.name, annotations: Some(annotations_of(tool)), arguments: "{}" };
                    request.shows(list, "tools/call", item, owner)
                })
                .await
            }
            ListedItems::Resources(items) => {
                each(items, |resource, owner| {
                    let item = Item::Resource { uri: &resource.uri, template: false };
                    request.shows(list, "resources/read", item, owner)
                })
                .await
            }
            ListedItems::Templates(items) => {
                each(items, |template, owner| {
                    let item = Item::Resource { uri: &template.uri_template, template: true };
                    request.shows(list, "resources/read", item, owner)
                })
                .await
            }
            ListedItems::Prompts(items) => {
                each(items, |prompt, owner| {
                    request.shows(list, "prompts/get", Item::Prompt { name: &prompt.name, arguments: &[] }, owner)
                })
                .await
            }
        };
        // The policy may be another in a moment.
        Visibility::Filtered { shown, ttl_ms: 0 }
    })
}

/// Lets others run between items, so that a long list ends within the time of its request.
async fn each<T: Sync>(items: &[Owned<T>], shows: impl Fn(&T, Option<&str>) -> bool + Send + Sync) -> Vec<bool> {
    let mut shown = Vec::with_capacity(items.len());
    for owned in items {
        shown.push(shows(&owned.item, owned.owner.as_deref()));
        if shown.len().is_multiple_of(ITEMS_AT_ONCE) {
            yield_once().await;
        }
    }
    shown
}
