//! The JSON that each record has in each version of MCP, as a tree: a second implementation, from the schemas, with every field named, so
//! that it does not compile when a record gets another one.

use contract::model::*;
use serde_json::{Value, json};

use super::tree::{
    Member, Peers, V2025_11_25, add_server_info, bytes, cacheable, entries, is_modern, list, number, object, object_of,
    optional, parsed, result, some, text,
};

fn role(role: Role) -> Value {
    match role {
        Role::User => json!("user"),
        Role::Assistant => json!("assistant"),
    }
}

fn annotations(of: &Option<Annotations>) -> Option<Value> {
    let Annotations { audience, priority, last_modified, extra } = of.as_ref()?;
    Some(object(
        extra,
        [
            ("audience", some(audience, |of| role(*of))),
            ("priority", number(priority)),
            ("lastModified", optional(last_modified)),
        ],
    ))
}

fn icons(icons: &[Icon], version: &str) -> Option<Value> {
    let icon = |Icon { src, mime_type, sizes, theme, extra }: &Icon| {
        let theme = theme.map(|theme| match theme {
            IconTheme::Light => json!("light"),
            IconTheme::Dark => json!("dark"),
        });
        let sizes = some(sizes, |size| json!(size));
        object(extra, [("src", text(src)), ("mimeType", optional(mime_type)), ("sizes", sizes), ("theme", theme)])
    };
    some(icons, icon).filter(|_| version >= V2025_11_25)
}

/// An `Implementation`.
pub fn implementation(of: &Implementation, version: &str) -> Value {
    let Implementation { name, version: release, title, description, website_url, icons: images, extra } = of;
    let later = |member: Option<Value>| member.filter(|_| version >= V2025_11_25);
    object(
        extra,
        [
            ("name", text(name)),
            ("version", text(release)),
            ("title", optional(title)),
            ("description", later(optional(description))),
            ("websiteUrl", later(optional(website_url))),
            ("icons", icons(images, version)),
        ],
    )
}

/// The result of `server/discover`, or of `initialize` before.
pub fn provider_info(info: &ProviderInfo, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    // The revision and whether the catalogue is static are for hosts.
    let ProviderInfo {
        implementation: program,
        instructions,
        offers,
        extensions,
        experimental,
        cache,
        catalogue_revision: _,
        catalogue_static: _,
        extra,
    } = info;
    let flag = |offer| offers.contains(offer).then_some(json!(true));
    let offered = |offer, members: Vec<Member>| offers.contains(offer).then(|| object_of(json!({}), members));
    let capabilities = object(
        &None,
        [
            ("tools", offered(Offers::TOOLS, vec![("listChanged", flag(Offers::TOOLS_CHANGES))])),
            (
                "resources",
                offered(
                    Offers::RESOURCES,
                    vec![
                        ("subscribe", flag(Offers::RESOURCE_SUBSCRIPTIONS)),
                        ("listChanged", flag(Offers::RESOURCES_CHANGES)),
                    ],
                ),
            ),
            ("prompts", offered(Offers::PROMPTS, vec![("listChanged", flag(Offers::PROMPTS_CHANGES))])),
            ("completions", offered(Offers::COMPLETION, vec![])),
            ("logging", offered(Offers::LOGGING, vec![])),
            ("experimental", entries(experimental)),
            ("extensions", entries(extensions).filter(|_| is_modern(version))),
        ],
    );
    match is_modern(version) {
        true => cacheable(
            extra,
            cache,
            peers,
            [
                ("supportedVersions", Some(json!(["2026-07-28"]))),
                ("capabilities", Some(capabilities)),
                ("instructions", optional(instructions)),
            ],
        ),
        false => result(
            extra,
            peers,
            [
                ("protocolVersion", text(version)),
                ("capabilities", Some(capabilities)),
                ("serverInfo", Some(implementation(program, version))),
                ("instructions", optional(instructions)),
            ],
        ),
    }
}

fn resource_members(info: &ResourceInfo, version: &str) -> Value {
    let ResourceInfo { uri, name, title, description, mime_type, size, annotations: notes, icons: images, extra } =
        info;
    object(
        extra,
        [
            ("uri", text(uri)),
            ("name", text(name)),
            ("title", optional(title)),
            ("description", optional(description)),
            ("mimeType", optional(mime_type)),
            ("size", number(size)),
            ("annotations", annotations(notes)),
            ("icons", icons(images, version)),
        ],
    )
}

fn contents(contents: &ResourceContents) -> Value {
    let ResourceContents { uri, mime_type, body, extra } = contents;
    let named = [("uri", text(uri)), ("mimeType", optional(mime_type))];
    match body {
        ResourceBody::Text(body) => object_of(object(extra, named), [("text", text(body))]),
        ResourceBody::Blob(body) => object_of(object(extra, named), [("blob", bytes(body))]),
        ResourceBody::Unnamed(body) => {
            let mut all = object(extra, []);
            all.as_object_mut().unwrap().extend(parsed(body).as_object().unwrap().clone());
            object_of(all, named)
        }
    }
}

fn content(block: &ContentBlock, version: &str) -> Value {
    let media = |kind, MediaContent { data, mime_type, annotations: notes, extra }: &MediaContent| {
        object(
            extra,
            [
                ("type", text(kind)),
                ("data", bytes(data)),
                ("mimeType", text(mime_type)),
                ("annotations", annotations(notes)),
            ],
        )
    };
    match block {
        ContentBlock::Text(TextContent { text: words, annotations: notes, extra }) => {
            object(extra, [("type", text("text")), ("text", text(words)), ("annotations", annotations(notes))])
        }
        ContentBlock::Image(content) => media("image", content),
        ContentBlock::Audio(content) => media("audio", content),
        ContentBlock::ResourceLink(info) => {
            object_of(resource_members(info, version), [("type", text("resource_link"))])
        }
        ContentBlock::EmbeddedResource(EmbeddedResource { contents: inner, annotations: notes, extra }) => object(
            extra,
            [("type", text("resource")), ("resource", Some(contents(inner))), ("annotations", annotations(notes))],
        ),
        ContentBlock::Unnamed(json) => parsed(json),
    }
}

fn tool(tool: &Tool, version: &str) -> Value {
    let Tool {
        name,
        title,
        description,
        input_schema,
        output_schema,
        annotations: hints,
        task_support,
        icons: images,
        extra,
    } = tool;
    let hints = hints.as_ref().map(|hints| {
        let ToolAnnotations { title, read_only_hint, destructive_hint, idempotent_hint, open_world_hint, extra } =
            hints;
        object(
            extra,
            [
                ("title", optional(title)),
                ("readOnlyHint", optional(read_only_hint)),
                ("destructiveHint", optional(destructive_hint)),
                ("idempotentHint", optional(idempotent_hint)),
                ("openWorldHint", optional(open_world_hint)),
            ],
        )
    });
    let output = output_schema.as_deref().map(parsed);
    let execution = task_support.filter(|_| version == V2025_11_25).map(|support| {
        let support = match support {
            TaskSupport::Forbidden => "forbidden",
            TaskSupport::Optional => "optional",
            TaskSupport::Required => "required",
        };
        let inner = extra.as_deref().map(parsed).and_then(|extra| extra.get("execution").cloned());
        object_of(inner.unwrap_or(json!({})), [("taskSupport", text(support))])
    });
    object(
        extra,
        [
            ("name", text(name)),
            ("title", optional(title)),
            ("description", optional(description)),
            ("inputSchema", Some(parsed(input_schema))),
            ("outputSchema", output.filter(|schema| is_modern(version) || schema["type"] == "object")),
            ("annotations", hints),
            ("execution", execution),
            ("icons", icons(images, version)),
        ],
    )
}

/// The result of `tools/list`.
pub fn tool_page(page: &ToolPage, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let ToolPage { tools, next_cursor, cache, extra } = page;
    let members = [("tools", list(tools, |of| tool(of, version))), ("nextCursor", optional(next_cursor))];
    cacheable(extra, cache, peers, members)
}

/// The result of `tools/call`.
pub fn tool_output(output: &ToolOutput, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let ToolOutput { content: blocks, structured_content, is_error, extra } = output;
    let structured = structured_content.as_deref().map(parsed);
    result(
        extra,
        peers,
        [
            ("content", list(blocks, |block| content(block, version))),
            ("structuredContent", structured.filter(|value| is_modern(version) || value.is_object())),
            ("isError", is_error.then_some(json!(true))),
        ],
    )
}

/// The result of `resources/list`.
pub fn resource_page(page: &ResourcePage, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let ResourcePage { resources, next_cursor, cache, extra } = page;
    let resources = list(resources, |info| resource_members(info, version));
    cacheable(extra, cache, peers, [("resources", resources), ("nextCursor", optional(next_cursor))])
}

/// The result of `resources/templates/list`.
pub fn template_page(page: &ResourceTemplatePage, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let ResourceTemplatePage { templates, next_cursor, cache, extra } = page;
    let template = |template: &ResourceTemplate| {
        let ResourceTemplate {
            uri_template,
            name,
            title,
            description,
            mime_type,
            annotations: notes,
            icons: images,
            extra,
        } = template;
        object(
            extra,
            [
                ("uriTemplate", text(uri_template)),
                ("name", text(name)),
                ("title", optional(title)),
                ("description", optional(description)),
                ("mimeType", optional(mime_type)),
                ("annotations", annotations(notes)),
                ("icons", icons(images, version)),
            ],
        )
    };
    let members = [("resourceTemplates", list(templates, template)), ("nextCursor", optional(next_cursor))];
    cacheable(extra, cache, peers, members)
}

/// The result of `resources/read`.
pub fn resource_output(output: &ResourceOutput, peers: &Peers<'_>) -> Value {
    let ResourceOutput { contents: all, cache, extra } = output;
    cacheable(extra, cache, peers, [("contents", list(all, contents))])
}

/// The result of `prompts/list`.
pub fn prompt_page(page: &PromptPage, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let PromptPage { prompts, next_cursor, cache, extra } = page;
    let argument = |argument: &PromptArgument| {
        let PromptArgument { name, title, description, required, extra } = argument;
        object(
            extra,
            [
                ("name", text(name)),
                ("title", optional(title)),
                ("description", optional(description)),
                ("required", optional(required)),
            ],
        )
    };
    let prompt = |prompt: &Prompt| {
        let Prompt { name, title, description, arguments, icons: images, extra } = prompt;
        object(
            extra,
            [
                ("name", text(name)),
                ("title", optional(title)),
                ("description", optional(description)),
                ("arguments", some(arguments, argument)),
                ("icons", icons(images, version)),
            ],
        )
    };
    cacheable(extra, cache, peers, [("prompts", list(prompts, prompt)), ("nextCursor", optional(next_cursor))])
}

/// The result of `prompts/get`.
pub fn prompt_output(output: &PromptOutput, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let PromptOutput { description, messages, extra } = output;
    let message = |PromptMessage { role: speaker, content: block, extra }: &PromptMessage| {
        object(extra, [("role", Some(role(*speaker))), ("content", Some(content(block, version)))])
    };
    result(extra, peers, [("description", optional(description)), ("messages", list(messages, message))])
}

/// The result of `completion/complete`.
pub fn completion_values(of: &CompletionValues, peers: &Peers<'_>) -> Value {
    let CompletionValues { values, total, has_more, extra } = of;
    let inner = extra.as_deref().map(parsed).and_then(|extra| extra.get("completion").cloned());
    let values = list(values, |value| json!(value));
    let members = [("values", values), ("total", optional(total)), ("hasMore", optional(has_more))];
    result(extra, peers, [("completion", Some(object_of(inner.unwrap_or(json!({})), members)))])
}

/// A result of a type that has no case, which only modern clients get.
pub fn unnamed_result(json: &str, peers: &Peers<'_>) -> Value {
    let mut result = parsed(json);
    add_server_info(&mut result, peers);
    result
}

/// `notifications/progress` under this token.
pub fn progress(token: &str, of: &Progress) -> Value {
    let Progress { progress, total, message, extra } = of;
    let params = object(
        extra,
        [
            ("progressToken", text(token)),
            ("progress", number(&Some(*progress))),
            ("total", number(total)),
            ("message", optional(message)),
        ],
    );
    json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})
}

/// `notifications/message`.
pub fn log_message(of: &LogMessage) -> Value {
    let LogMessage { level, logger, data, extra } = of;
    let params =
        object(extra, [("level", text(log_level(*level))), ("logger", optional(logger)), ("data", Some(parsed(data)))]);
    json!({"jsonrpc": "2.0", "method": "notifications/message", "params": params})
}

/// The name of a level, as in `logging` of the schemas.
pub fn log_level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Notice => "notice",
        LogLevel::Warning => "warning",
        LogLevel::Error => "error",
        LogLevel::Critical => "critical",
        LogLevel::Alert => "alert",
        LogLevel::Emergency => "emergency",
    }
}

/// An event as a notification; `None` where no client of this version gets one. Progress goes under this token.
pub fn event(event: &Event, version: &str, token: &str) -> Option<Value> {
    let notification = |UnnamedRequest { method, params }: &UnnamedRequest| {
        object(&None, [("jsonrpc", text("2.0")), ("method", text(method)), ("params", params.as_deref().map(parsed))])
    };
    match event {
        Event::Progress(of) => Some(progress(token, of)),
        Event::Log(of) => Some(log_message(of)),
        Event::ElicitationComplete(id) => (version == V2025_11_25).then(|| {
            let params = json!({"elicitationId": id});
            json!({"jsonrpc": "2.0", "method": "notifications/elicitation/complete", "params": params})
        }),
        // No client can subscribe to changes yet.
        Event::Changed(
            Change::ToolList
            | Change::ResourceList
            | Change::PromptList
            | Change::ResourceUpdated(_)
            | Change::Unnamed(_),
        ) => None,
        Event::Unnamed(of) => Some(notification(of)),
    }
}
