//! Views: which items of the server an endpoint `/mcp/NAME` has. A view takes away and never adds: what it selects, the authorizer may
//! still deny.

use catalog::{ItemFacts, Owned};
use contract::model::{CompletionRef, Prompt, ResourceInfo, ResourceTemplate, Tool, ToolAnnotations};
use settings::{Annotation, Selector, View};

use crate::authorization::{Item, ListedItems};

/// The family of an item, as selectors tell them apart. A template is a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Tool,
    Resource,
    Prompt,
}

/// Whether a view has what a request asks for; `None` where that depends on what is not known yet of the item. A method without an item is
/// in every view.
pub(crate) fn has(view: &View, item: &Item<'_>, facts: impl FnOnce() -> Option<ItemFacts>) -> Option<bool> {
    let (family, name) = match *item {
        Item::Method => return Some(true),
        Item::Tool { name, .. } => (Family::Tool, name),
        Item::Resource { uri } => (Family::Resource, uri),
        Item::Prompt { name, .. } => (Family::Prompt, name),
        Item::Completion { reference: CompletionRef::Prompt(name), .. } => (Family::Prompt, name.as_str()),
        Item::Completion { reference: CompletionRef::ResourceTemplate(text), .. } => (Family::Resource, text.as_str()),
        // No selector names it.
        Item::Completion { reference: CompletionRef::Unnamed(_), .. } => return Some(false),
    };
    if is_named(view, family, name) {
        return Some(true);
    }
    let asks_for_facts = |selector: &Selector| match selector {
        Selector::Provider(_) => true,
        Selector::Annotation(_) => family == Family::Tool,
        Selector::Tool(_) | Selector::Resource(_) | Selector::Prompt(_) => false,
    };
    if !view.selectors.iter().any(asks_for_facts) {
        return Some(false);
    }
    let facts = facts()?;
    let tool = facts.tool.as_ref().map(|facts| &facts.tool);
    let selected = is_described(view, Some(&facts.owner), tool.and_then(|tool| tool.annotations.as_ref()));
    let is_known = selected || family != Family::Tool || tool.is_some();
    is_known.then_some(selected)
}

/// Whether a view has a tool of this provider that says this of itself, where none of its selectors names the tool.
pub(crate) fn is_described(view: &View, owner: Option<&str>, annotations: Option<&ToolAnnotations>) -> bool {
    view.selectors.iter().any(|selector| match selector {
        Selector::Provider(pattern) => owner.is_some_and(|owner| pattern.matches(owner)),
        Selector::Annotation(annotation) => annotations.is_some_and(|said| says(said, *annotation)),
        Selector::Tool(_) | Selector::Resource(_) | Selector::Prompt(_) => false,
    })
}

/// For each item of a page, in its order, whether a view has it.
pub(crate) fn shown(view: &View, items: ListedItems<'_>) -> Vec<bool> {
    fn each<T>(view: &View, family: Family, items: &[Owned<T>], name: impl Fn(&T) -> &str) -> Vec<bool> {
        let selected = |owned: &Owned<T>| {
            is_named(view, family, name(&owned.item)) || is_described(view, owned.owner.as_deref(), None)
        };
        items.iter().map(selected).collect()
    }
    match items {
        ListedItems::Tools(tools) => {
            let selected = |owned: &Owned<Tool>| {
                is_named(view, Family::Tool, &owned.item.name)
                    || is_described(view, owned.owner.as_deref(), owned.item.annotations.as_ref())
            };
            tools.iter().map(selected).collect()
        }
        ListedItems::Resources(items) => each(view, Family::Resource, items, |item: &ResourceInfo| &item.uri),
        ListedItems::Templates(items) => {
            each(view, Family::Resource, items, |item: &ResourceTemplate| &item.uri_template)
        }
        ListedItems::Prompts(items) => each(view, Family::Prompt, items, |item: &Prompt| &item.name),
    }
}

fn is_named(view: &View, family: Family, name: &str) -> bool {
    view.selectors.iter().any(|selector| match selector {
        Selector::Tool(pattern) => family == Family::Tool && pattern.matches(name),
        Selector::Resource(pattern) => family == Family::Resource && pattern.matches(name),
        Selector::Prompt(pattern) => family == Family::Prompt && pattern.matches(name),
        Selector::Provider(_) | Selector::Annotation(_) => false,
    })
}

fn says(said: &ToolAnnotations, annotation: Annotation) -> bool {
    match annotation {
        Annotation::ReadOnly => said.read_only_hint == Some(true),
        Annotation::Idempotent => said.idempotent_hint == Some(true),
        Annotation::NotDestructive => said.destructive_hint == Some(false),
        Annotation::ClosedWorld => said.open_world_hint == Some(false),
    }
}
