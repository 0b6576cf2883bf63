//! `search_tools` and `call_tool`, the tools of a view that has more tools than a model should read: one finds tools by words, the other
//! calls what was found.

use std::collections::BTreeSet;

use catalog::{MAX_PAGES, Owned};
use contract::Provider;
use contract::model::{ContentBlock, McpError, TextContent, Tool, ToolAnnotations, ToolCall, ToolOutput, ToolPage};
use protocol::tool_search::{self, FoundToolCall, SearchError, ToolSearch};
use protocol::version::Version;
use protocol::{JsonBuffer, tools};

use super::Operation;
use crate::authorization::Item;
use crate::error::{CallError, MessageError, RequestError};
use crate::http::response::Response;
use crate::invocation::Invocation;
use crate::yield_once::yield_once;

/// How many tools a search finds where the client does not say, and at most.
const DEFAULT_RESULTS: usize = 10;
const MAX_RESULTS: usize = 50;
/// How many words of a query count.
const MAX_WORDS: usize = 32;
/// How many bytes at the start of a name, a title or a description are searched.
const MAX_SEARCHED: usize = 8 * 1024;
/// After how many tools other tasks may run.
const TOOLS_AT_ONCE: usize = 16;

/// Reads an operation as such a view means it: so the authorizer and all that follows see the tool that will run.
pub(crate) fn translate(operation: Operation) -> Result<Operation, RequestError> {
    Ok(match operation {
        Operation::ListTools(None) => Operation::ListToolSearch,
        Operation::ListTools(Some(_)) => return Err(CallError::Provider(McpError::InvalidCursor).into()),
        Operation::CallTool(call) if call.name == tool_search::SEARCH => {
            Operation::SearchTools(tool_search::search_arguments(&call.arguments).map_err(invalid)?)
        }
        Operation::CallTool(call) if call.name == tool_search::CALL => {
            let FoundToolCall { name, arguments } = tool_search::call_arguments(&call.arguments).map_err(invalid)?;
            Operation::CallFoundTool(ToolCall { name, arguments, ..call })
        }
        // A tool of its own name is not a tool of this view.
        Operation::CallTool(call) => {
            let item = Item::Tool { name: &call.name, arguments: &call.arguments };
            return Err(RequestError::absent(tools::CALL, &item));
        }
        other => other,
    })
}

fn invalid(error: SearchError) -> RequestError {
    MessageError::InvalidParams(error.to_string()).into()
}

/// Lists the two tools.
pub(super) fn list<P: Provider>(invocation: &Invocation<P>) -> Result<Response, RequestError> {
    let tools = vec![
        tool(
            tool_search::SEARCH,
            "Finds tools by words of their names and descriptions. Call what it finds with `call_tool`.",
            tool_search::SEARCH_SCHEMA,
            true,
        ),
        tool(tool_search::CALL, "Calls a tool that `search_tools` has found.", tool_search::CALL_SCHEMA, false),
    ];
    let mut page = ToolPage { tools, next_cursor: None, cache: None, extra: None };
    invocation.restrict_cache(&mut page.cache);
    invocation.respond(|out| tools::list_result(out, &page, invocation.version, invocation.server_info()))
}

fn tool(name: &str, description: &str, input_schema: &str, only_reads: bool) -> Tool {
    let annotations = ToolAnnotations {
        title: None,
        read_only_hint: only_reads.then_some(true),
        destructive_hint: None,
        idempotent_hint: None,
        open_world_hint: only_reads.then_some(false),
        extra: None,
    };
    Tool {
        name: name.to_owned(),
        title: None,
        description: Some(description.to_owned()),
        input_schema: input_schema.to_owned(),
        output_schema: None,
        annotations: Some(annotations),
        task_support: None,
        icons: Vec::new(),
        extra: None,
    }
}

/// Answers with the tools that have most of the words, of those that the caller would see in a list.
pub(super) async fn search<P: Provider>(
    invocation: &Invocation<P>,
    search: &ToolSearch,
) -> Result<Response, RequestError> {
    let words: BTreeSet<String> = words(&search.query).take(MAX_WORDS).map(str::to_lowercase).collect();
    let limit = search.limit.unwrap_or(DEFAULT_RESULTS).clamp(1, MAX_RESULTS);
    let mut found: Vec<(usize, Tool)> = Vec::new();
    let mut cursor = None;
    for _ in 0..MAX_PAGES {
        let page = invocation.list(invocation.catalog().tools(&invocation.context, cursor.as_deref())).await?;
        for (at, Owned { item, .. }) in page.items.into_iter().enumerate() {
            let score = score(&item, &words);
            if score > 0 {
                found.push((score, item));
            }
            if (at + 1).is_multiple_of(TOOLS_AT_ONCE) {
                yield_once().await;
            }
        }
        // The sort is stable, so that tools of one score are in the order of the list.
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        found.truncate(limit);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let page = ToolPage {
        tools: found.into_iter().map(|(_, tool)| tool).collect(),
        next_cursor: None,
        cache: None,
        extra: None,
    };
    let limit = invocation.result_limit();
    let mut json = JsonBuffer::new(limit, 0);
    // In the form that has the tools and nothing else.
    tools::list_result(&mut json, &page, Version::LATEST_LEGACY, None).map_err(CallError::ContractBreach)?;
    let json = json.finish().ok_or(CallError::ResultTooLarge(limit))?;
    let json = String::from_utf8_lossy(&json).into_owned();
    let content = vec![ContentBlock::Text(TextContent { text: json.clone(), annotations: None, extra: None })];
    let output = ToolOutput { content, structured_content: Some(json), is_error: false, extra: None };
    invocation.respond(|out| tools::call_result(out, &output, invocation.version, invocation.server_info()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// How well a tool fits: three for each word in its name, two for one in its title, one for one in its description. A word fits one that
/// begins with it.
fn score(tool: &Tool, wanted: &BTreeSet<String>) -> usize {
    let texts = [(3, Some(&tool.name)), (2, tool.title.as_ref()), (1, tool.description.as_ref())];
    texts.into_iter().map(|(weight, text)| weight * text.map_or(0, |text| count(text, wanted))).sum()
}

/// How many of the wanted words fit a word at the start of a text.
fn count(text: &str, wanted: &BTreeSet<String>) -> usize {
    let text = text.get(..text.floor_char_boundary(MAX_SEARCHED)).unwrap_or_default().to_lowercase();
    let mut sorted: Vec<&str> = words(&text).collect();
    sorted.sort_unstable();
    let fits = |word: &&String| {
        // Those that begin with it follow the place where it would stand itself.
        let at = sorted.partition_point(|other| *other < word.as_str());
        sorted.get(at).is_some_and(|other| other.starts_with(word.as_str()))
    };
    wanted.iter().filter(fits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_scored_by_the_words_that_begin_its_words() {
        let long = |at: usize, word: &str| format!("{} {word}", "x".repeat(at - 1));
        for (name, title, description, query, expected) in [
            ("get_weather", "", "", "weather", 3),
            ("get_weather", "", "", "Weath GET", 6),
            ("get_weather", "", "", "eather", 0),
            ("get_weather", "", "", "weathers", 0),
            ("a", "Get weather", "The weather of a city", "weather", 3),
            ("weather", "Weather", "Weather, and more weather", "weather", 6),
            ("a", "", "wea weather web", "weat", 1),
            ("a", "", "wea web", "weat", 0),
            ("a", "", "web, zebra: apple!", "a web z", 6),
            ("a", "", "", "-", 0),
            ("a", "", "ÜBER uns", "über", 1),
            ("b", "", &long(MAX_SEARCHED - 4, "word"), "word", 1),
            ("b", "", &long(MAX_SEARCHED - 4, "words"), "words", 0),
            ("b", "", &long(MAX_SEARCHED, "word"), "word", 0),
            ("b", "", &"語".repeat(MAX_SEARCHED), "語", 1),
        ] {
            let mut tool = tool(name, description, "{}", false);
            tool.title = (!title.is_empty()).then(|| title.to_owned());
            let wanted: BTreeSet<String> = words(query).map(str::to_lowercase).collect();
            assert_eq!(score(&tool, &wanted), expected, "{name} {title} {query}");
        }
    }
}
