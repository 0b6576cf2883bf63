//! Which records and variants of the contract are looked for on the wire, and why the others are not.

use contract::model::*;
use test_records::{Random, Sample};

const MODEL: &str = include_str!("../../../../wit/model.wit");

/// The name in `wit/` of a type that values are drawn of.
fn drawn<T: Sample>(name: &'static str) -> &'static str {
    let _draw: fn(&mut Random) -> T = T::sample;
    name
}

#[test]
fn every_record_of_the_contract_is_sent_or_has_a_reason() {
    let sent = [
        drawn::<Icon>("icon"),
        drawn::<Implementation>("implementation"),
        drawn::<Annotations>("annotations"),
        drawn::<CacheHint>("cache-hint"),
        drawn::<TextContent>("text-content"),
        drawn::<MediaContent>("media-content"),
        drawn::<ResourceInfo>("resource-info"),
        drawn::<ResourceBody>("resource-body"),
        drawn::<ResourceContents>("resource-contents"),
        drawn::<EmbeddedResource>("embedded-resource"),
        drawn::<ContentBlock>("content-block"),
        drawn::<Progress>("progress"),
        drawn::<LogMessage>("log-message"),
        drawn::<UnnamedRequest>("unnamed-request"),
        drawn::<Change>("change"),
        drawn::<Event>("event"),
        drawn::<More>("more"),
        drawn::<ToolAnnotations>("tool-annotations"),
        drawn::<Tool>("tool"),
        drawn::<ToolPage>("tool-page"),
        drawn::<ToolCall>("tool-call"),
        drawn::<ToolOutput>("tool-output"),
        drawn::<ResourcePage>("resource-page"),
        drawn::<ResourceTemplate>("resource-template"),
        drawn::<ResourceTemplatePage>("resource-template-page"),
        drawn::<ResourceRead>("resource-read"),
        drawn::<ResourceOutput>("resource-output"),
        drawn::<PromptArgument>("prompt-argument"),
        drawn::<Prompt>("prompt"),
        drawn::<PromptPage>("prompt-page"),
        drawn::<PromptGet>("prompt-get"),
        drawn::<PromptMessage>("prompt-message"),
        drawn::<PromptOutput>("prompt-output"),
        drawn::<CompletionRef>("completion-ref"),
        drawn::<CompletionRequest>("completion-request"),
        drawn::<CompletionValues>("completion-values"),
        drawn::<ProviderInfo>("provider-info"),
    ];
    let others: [(&str, &[&str]); 5] = [
        (
            "The provider makes them of an outcome and events (`provider.rs`).",
            &[
                "tool-leg",
                "resource-leg",
                "prompt-leg",
                "tool-outcome",
                "resource-outcome",
                "prompt-outcome",
                "resumption",
            ],
        ),
        ("The transport makes them (`context.rs`).", &["context", "client-capabilities", "principal", "trace-context"]),
        ("They are errors (`errors.rs`).", &["mcp-error", "error-detail", "error-code"]),
        ("No client can subscribe to changes yet.", &["change-page"]),
        (
            "No server asks its clients yet: `input-required` is an error (`families.rs`).",
            &[
                "input-required",
                "input-question",
                "input-answer",
                "input-request",
                "input-response",
                "form-elicitation",
                "url-elicitation",
                "elicitation-result",
                "tool-use",
                "tool-result",
                "sampling-content",
                "sampling-message",
                "model-preferences",
                "sampling-request",
                "sampling-result",
                "root",
            ],
        ),
    ];
    let mut known: Vec<&str> = others.iter().flat_map(|(_, names)| *names).copied().chain(sent).collect();
    let mut all: Vec<&str> = MODEL
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let rest = line.strip_prefix("record ").or_else(|| line.strip_prefix("variant "))?;
            rest.split_whitespace().next()
        })
        .collect();
    known.sort_unstable();
    all.sort_unstable();
    assert_eq!(all, known, "a type of `wit/model.wit` is missing here, or is gone");
}
