//! The prompts.

use crate::bindings::exports::wasmcp::mcp::prompts;
use crate::bindings::wasmcp::mcp::model::{
    CacheHint, CacheScope, ContentBlock, Context, ErrorDetail, McpError, Prompt, PromptArgument, PromptGet, PromptLeg,
    PromptMessage, PromptOutcome, PromptOutput, PromptPage, Role,
};
use crate::describe::icon;
use crate::{Everything, content, errors, legs, page};

type Get = fn(&Context, &PromptGet) -> Result<PromptLeg, McpError>;

/// An argument's name, and whether it must be given.
type Argument = (&'static str, Option<bool>);

const PROMPTS: [(&str, &[Argument], Get); 8] = [
    ("greet", &[("name", Some(true)), ("style", Some(false))], greet),
    ("show", &[], show),
    ("count", &[], count),
    ("forever", &[], forever),
    ("ask", &[], ask),
    ("refuse", &[("with", Some(true))], refuse),
    ("echo", &[("any", None)], echo),
    ("numbers", &[("hundred", None), ("more", None)], show),
];

impl prompts::Guest for Everything {
    fn list_prompts(_ctx: Context, cursor: Option<String>) -> Result<PromptPage, McpError> {
        let (prompts, next_cursor) = page::of(&PROMPTS, cursor.as_deref())?;
        Ok(PromptPage {
            prompts: prompts.iter().map(|(name, arguments, _)| prompt(name, arguments)).collect(),
            next_cursor,
            cache: Some(CacheHint { ttl_ms: 60_000, scope: CacheScope::Public }),
            extra: Some(r#"{"_meta":{"test.everything/list":"kept"},"later":"kept"}"#.to_owned()),
        })
    }

    fn get_prompt(ctx: Context, get: PromptGet) -> Result<PromptLeg, McpError> {
        let Some((_, arguments, answer)) = PROMPTS.iter().find(|(name, ..)| *name == get.name) else {
            return Err(McpError::UnknownName(get.name));
        };
        let is_missing = |name: &str| argument(&get, name).is_none();
        match arguments.iter().find(|(name, required)| *required == Some(true) && is_missing(name)) {
            Some((name, _)) => Err(McpError::InvalidParams(ErrorDetail {
                message: format!("the argument `{name}` is required"),
                data: Some(format!(r#"{{"argument":"{name}"}}"#)),
            })),
            None => answer(&ctx, &get),
        }
    }
}

/// Uses both of its arguments.
fn greet(_: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
    let name = argument(get, "name").unwrap_or_default();
    let text = match argument(get, "style") {
        Some(style) => format!("Greet {name}, in the style {style}."),
        None => format!("Greet {name}."),
    };
    let output = PromptOutput { description: Some("A greeting.".to_owned()), ..messages([content::text(text)]) };
    Ok(PromptLeg { events: Vec::new(), outcome: PromptOutcome::Complete(output) })
}

/// Has messages of both roles, with every kind of content.
fn show(_: &Context, _: &PromptGet) -> Result<PromptLeg, McpError> {
    Ok(complete(content::every_kind()))
}

/// Takes three legs, each of which says how far it is.
fn count(_: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
    let (events, more) = legs::one_of_three(get.resumed.as_ref());
    Ok(match more {
        Some(more) => PromptLeg { events, outcome: PromptOutcome::More(more) },
        None => PromptLeg { events, ..complete([content::text("counted")]) },
    })
}

/// Always asks for one more leg.
fn forever(_: &Context, _: &PromptGet) -> Result<PromptLeg, McpError> {
    Ok(PromptLeg { events: Vec::new(), outcome: PromptOutcome::More(legs::one_of_infinitely_many()) })
}

/// Needs an answer of the client.
fn ask(_: &Context, _: &PromptGet) -> Result<PromptLeg, McpError> {
    Ok(PromptLeg { events: Vec::new(), outcome: PromptOutcome::InputRequired(legs::question()) })
}

/// Answers with the error that the argument names.
fn refuse(_: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
    Err(errors::named(argument(get, "with").unwrap_or_default()))
}

/// Answers with the members that the client sent beside the name.
fn echo(ctx: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
    let arguments: Vec<String> = get.arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let sent = format!(
        r#"{{"arguments":"{}","meta":{},"extra":{}}}"#,
        arguments.join(" "),
        ctx.meta.as_deref().unwrap_or("null"),
        get.extra.as_deref().unwrap_or("null")
    );
    Ok(complete([content::text(sent)]))
}

fn argument<'a>(get: &'a PromptGet, name: &str) -> Option<&'a str> {
    get.arguments.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

fn complete(blocks: impl IntoIterator<Item = ContentBlock>) -> PromptLeg {
    PromptLeg { events: Vec::new(), outcome: PromptOutcome::Complete(messages(blocks)) }
}

/// A message for each block, of the user and of the assistant in turn.
fn messages(blocks: impl IntoIterator<Item = ContentBlock>) -> PromptOutput {
    let roles = [Role::User, Role::Assistant].into_iter().cycle();
    let extra = Some(r#"{"later":"kept"}"#.to_owned());
    let messages =
        blocks.into_iter().zip(roles).map(|(content, role)| PromptMessage { role, content, extra: extra.clone() });
    PromptOutput {
        description: None,
        messages: messages.collect(),
        extra: Some(r#"{"_meta":{"test.everything/key":"kept"},"later":"kept"}"#.to_owned()),
    }
}

fn prompt(name: &str, arguments: &[Argument]) -> Prompt {
    Prompt {
        name: name.to_owned(),
        title: Some("A title".to_owned()),
        description: Some("A description.".to_owned()),
        arguments: arguments.iter().map(described).collect(),
        icons: vec![icon()],
        extra: Some(r#"{"_meta":{"test.everything/key":"kept"},"later":[1]}"#.to_owned()),
    }
}

fn described((name, required): &Argument) -> PromptArgument {
    PromptArgument {
        name: (*name).to_owned(),
        title: Some("A title".to_owned()),
        description: Some("A description.".to_owned()),
        required: *required,
        extra: Some(r#"{"later":true}"#.to_owned()),
    }
}
