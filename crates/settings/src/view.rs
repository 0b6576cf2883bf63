//! Views: named parts of what a server has, each with an endpoint of its own.

use std::collections::BTreeSet;

use crate::name_pattern::Pattern;

/// How many views there may be, and how many selectors each has: every request of a view is compared with all of them.
const MAX_VIEWS: usize = 64;
const MAX_SELECTORS: usize = 64;
/// How long the name of a view may be, in bytes.
const MAX_NAME: usize = 64;
/// The word of a view whose tools are searched for.
const SEARCH: &str = "search_tools";

/// A part of what a server has, at the endpoint `/mcp/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The name in the path.
    pub name: String,
    /// Whether the view lists, instead of its tools, one that searches them and one that calls what was found.
    pub tool_search: bool,
    /// What selects an item: any of these.
    pub selectors: Vec<Selector>,
}

/// What selects items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// All items of the providers of this name.
    Provider(Pattern),
    /// The tools of this name, as clients see it.
    Tool(Pattern),
    /// The resources of this URI, and the templates of this text.
    Resource(Pattern),
    /// The prompts of this name.
    Prompt(Pattern),
    /// The tools that say this of themselves (MCP, `ToolAnnotations`).
    Annotation(Annotation),
}

/// What a tool says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Annotation {
    /// `readOnlyHint` is true.
    ReadOnly,
    /// `idempotentHint` is true.
    Idempotent,
    /// `destructiveHint` is false, which it is not by default.
    NotDestructive,
    /// `openWorldHint` is false, which it is not by default.
    ClosedWorld,
}

/// Reads the views of a setting: `reports=provider:sales tool:get_*; safe=annotation:readOnlyHint; all=search_tools provider:*`.
pub(crate) fn views(text: &str) -> Option<Vec<View>> {
    let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    let views: Vec<View> = entries.map(view).collect::<Option<_>>()?;
    let names: BTreeSet<&str> = views.iter().map(|view| view.name.as_str()).collect();
    (names.len() == views.len() && views.len() <= MAX_VIEWS).then_some(views)
}

fn view(entry: &str) -> Option<View> {
    let (name, selectors) = entry.split_once('=')?;
    let name = name.trim();
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_legal) {
        return None;
    }
    let (searches, words): (Vec<_>, Vec<_>) = selectors.split_ascii_whitespace().partition(|word| *word == SEARCH);
    let selectors: Vec<Selector> = words.into_iter().map(selector).collect::<Option<_>>()?;
    let is_legal = (1..=MAX_SELECTORS).contains(&selectors.len()) && searches.len() <= 1;
    is_legal.then(|| View { name: name.to_owned(), tool_search: !searches.is_empty(), selectors })
}

fn selector(word: &str) -> Option<Selector> {
    let (kind, value) = word.split_once(':')?;
    Some(match kind {
        "provider" => Selector::Provider(Pattern::parse(value)?),
        "tool" => Selector::Tool(Pattern::parse(value)?),
        "resource" => Selector::Resource(Pattern::parse(value)?),
        "prompt" => Selector::Prompt(Pattern::parse(value)?),
        "annotation" => Selector::Annotation(match value {
            "readOnlyHint" => Annotation::ReadOnly,
            "idempotentHint" => Annotation::Idempotent,
            "!destructiveHint" => Annotation::NotDestructive,
            "!openWorldHint" => Annotation::ClosedWorld,
            _ => return None,
        }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_read_with_their_selectors() {
        let pattern = |text| Pattern::parse(text).expect("a pattern");
        let read = views(" a=provider:p tool:get_* resource:file:///a=b*  prompt:x ;safe-1 = annotation:readOnlyHint; all=search_tools provider:*;")
            .expect("views");
        let expected = [
            View {
                name: "a".to_owned(),
                tool_search: false,
                selectors: vec![
                    Selector::Provider(pattern("p")),
                    Selector::Tool(pattern("get_*")),
                    Selector::Resource(pattern("file:///a=b*")),
                    Selector::Prompt(pattern("x")),
                ],
            },
            View {
                name: "safe-1".to_owned(),
                tool_search: false,
                selectors: vec![Selector::Annotation(Annotation::ReadOnly)],
            },
            View { name: "all".to_owned(), tool_search: true, selectors: vec![Selector::Provider(pattern("*"))] },
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn what_is_no_view_is_refused() {
        let many = "a=tool:b;".repeat(2);
        let selectors = format!("a={}", "tool:b ".repeat(MAX_SELECTORS + 1));
        let name = format!("{}=tool:b", "a".repeat(MAX_NAME + 1));
        for text in [
            "a",
            "a=",
            "=tool:b",
            "a=tool:",
            "a=tools:b",
            "a=tool",
            "a=annotation:readonly",
            "a/b=tool:b",
            "a=search_tools",
            "a=search_tools search_tools tool:b",
            &many,
            &selectors,
            &name,
        ] {
            assert_eq!(views(text), None, "{text}");
        }
        let all: String = (0..=MAX_VIEWS).map(|number| format!("v{number}=tool:b;")).collect();
        assert_eq!(views(&all), None);
        assert_eq!(views(" ; "), Some(vec![]));
    }
}
