//! The resources: listed ones, and those of templates.

use crate::bindings::exports::wasmcp::mcp::resources;
use crate::bindings::wasmcp::mcp::model::{
    CacheHint, CacheScope, Context, McpError, ResourceBody, ResourceContents, ResourceInfo, ResourceLeg,
    ResourceOutcome, ResourceOutput, ResourcePage, ResourceRead, ResourceTemplate, ResourceTemplatePage,
};
use crate::describe::icon;
use crate::{Everything, content, errors, legs, page};

type Read = fn(&Context, &ResourceRead) -> Result<ResourceLeg, McpError>;

/// Each resource, by the path of its URI.
const RESOURCES: [(&str, Read); 7] = [
    ("text", text),
    ("binary", binary),
    ("several", several),
    ("count", count),
    ("forever", forever),
    ("ask", ask),
    ("echo", echo),
];

/// Each template, its name, and what its URIs begin with.
const TEMPLATES: [(&str, &str, &str); 3] = [
    ("test:///greetings/{name}", "greetings", "test:///greetings/"),
    ("test:///files{/path*}{?lang}", "files", "test:///files/"),
    ("test:///errors/{kind}", "errors", "test:///errors/"),
];

/// How long clients may cache a list or a read that has a hint.
const CACHE: CacheHint = CacheHint { ttl_ms: 60_000, scope: CacheScope::Public };

impl resources::Guest for Everything {
    fn list_resources(_ctx: Context, cursor: Option<String>) -> Result<ResourcePage, McpError> {
        let (resources, next_cursor) = page::of(&RESOURCES, cursor.as_deref())?;
        Ok(ResourcePage {
            resources: resources.iter().map(|(name, _)| resource(name)).collect(),
            next_cursor,
            cache: Some(CACHE),
            extra: Some(r#"{"_meta":{"test.everything/list":"kept"},"later":"kept"}"#.to_owned()),
        })
    }

    fn list_templates(_ctx: Context, cursor: Option<String>) -> Result<ResourceTemplatePage, McpError> {
        let (templates, next_cursor) = page::of(&TEMPLATES, cursor.as_deref())?;
        let templates = templates.iter().map(|(uri_template, name, _)| template(uri_template, name)).collect();
        Ok(ResourceTemplatePage { templates, next_cursor, cache: None, extra: None })
    }

    fn read_resource(ctx: Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        let path = read.uri.strip_prefix("test:///").unwrap_or_default();
        if let Some((_, answer)) = RESOURCES.iter().find(|(name, _)| *name == path) {
            return answer(&ctx, &read);
        }
        let of_template = TEMPLATES.iter().find_map(|(_, name, start)| Some((*name, read.uri.strip_prefix(start)?)));
        match of_template {
            Some(("greetings", name)) => Ok(complete(vec![contents(&read.uri, format!("Hello, {name}!"))])),
            Some(("files", path)) => Ok(complete(vec![contents(&read.uri, format!("the file {path}"))])),
            Some((_, kind)) => Err(errors::named(kind)),
            None => Err(McpError::ResourceNotFound(read.uri)),
        }
    }
}

fn text(_: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
    let contents = ResourceContents {
        extra: Some(r#"{"_meta":{"test.everything/key":"kept"},"later":[1]}"#.to_owned()),
        ..contents(&read.uri, "grüß dich 🌍".to_owned())
    };
    let output = ResourceOutput {
        contents: vec![contents],
        cache: Some(CACHE),
        extra: Some(r#"{"_meta":{"test.everything/read":"kept"},"later":"kept"}"#.to_owned()),
    };
    Ok(ResourceLeg { events: Vec::new(), outcome: ResourceOutcome::Complete(output) })
}

fn binary(_: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
    let body = ResourceBody::Blob(vec![0, 255, 16]);
    let mime_type = Some("application/octet-stream".to_owned());
    Ok(complete(vec![ResourceContents { uri: read.uri.clone(), mime_type, body, extra: None }]))
}

/// Contents of every kind, under URIs of their own.
fn several(_: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
    let of =
        |part: &str, body| ResourceContents { uri: format!("{}/{part}", read.uri), mime_type: None, body, extra: None };
    Ok(complete(vec![
        of("text", ResourceBody::Text(String::new())),
        of("blob", ResourceBody::Blob(Vec::new())),
        of("rows", ResourceBody::Unnamed(r#"{"rows":[1,2]}"#.to_owned())),
    ]))
}

/// Takes three legs, each of which says how far the read is.
fn count(_: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
    let (events, more) = legs::one_of_three(read.resumed.as_ref());
    Ok(match more {
        Some(more) => ResourceLeg { events, outcome: ResourceOutcome::More(more) },
        None => ResourceLeg { events, ..complete(vec![contents(&read.uri, "counted".to_owned())]) },
    })
}

/// Always asks for one more leg.
fn forever(_: &Context, _: &ResourceRead) -> Result<ResourceLeg, McpError> {
    Ok(ResourceLeg { events: Vec::new(), outcome: ResourceOutcome::More(legs::one_of_infinitely_many()) })
}

/// Needs an answer of the client.
fn ask(_: &Context, _: &ResourceRead) -> Result<ResourceLeg, McpError> {
    Ok(ResourceLeg { events: Vec::new(), outcome: ResourceOutcome::InputRequired(legs::question()) })
}

/// Answers with the members that the client sent beside the URI.
fn echo(ctx: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
    let sent = format!(
        r#"{{"meta":{},"extra":{}}}"#,
        ctx.meta.as_deref().unwrap_or("null"),
        read.extra.as_deref().unwrap_or("null")
    );
    Ok(complete(vec![contents(&read.uri, sent)]))
}

fn contents(uri: &str, text: String) -> ResourceContents {
    let mime_type = Some("text/plain".to_owned());
    ResourceContents { uri: uri.to_owned(), mime_type, body: ResourceBody::Text(text), extra: None }
}

fn complete(contents: Vec<ResourceContents>) -> ResourceLeg {
    let output = ResourceOutput { contents, cache: None, extra: None };
    ResourceLeg { events: Vec::new(), outcome: ResourceOutcome::Complete(output) }
}

fn resource(name: &str) -> ResourceInfo {
    ResourceInfo {
        uri: format!("test:///{name}"),
        name: name.to_owned(),
        title: Some("A title".to_owned()),
        description: Some("A description.".to_owned()),
        mime_type: Some("text/plain".to_owned()),
        size: Some(5_000_000_000.0),
        annotations: Some(content::annotations()),
        icons: vec![icon()],
        extra: Some(r#"{"_meta":{"test.everything/key":"kept"},"later":[1]}"#.to_owned()),
    }
}

fn template(uri_template: &str, name: &str) -> ResourceTemplate {
    ResourceTemplate {
        uri_template: uri_template.to_owned(),
        name: name.to_owned(),
        title: Some("A title".to_owned()),
        description: Some("A description.".to_owned()),
        mime_type: Some("text/plain".to_owned()),
        annotations: Some(content::annotations()),
        icons: vec![icon()],
        extra: Some(r#"{"_meta":{"test.everything/key":"kept"},"later":[1]}"#.to_owned()),
    }
}
