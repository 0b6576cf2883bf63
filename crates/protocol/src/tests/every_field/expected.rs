//! The expected JSON of each record in each version, as a tree: a second implementation, from the schemas of MCP, with every field named.

use contract::model::*;
use serde_json::{Value, json};

use super::tree::{
    Member, add_server_info, bytes, cacheable, entries, list, number, object, object_of, optional, parsed, result,
    some, text,
};
use crate::Version::{self, V2025_11_25};

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

fn icons(icons: &[Icon], version: Version) -> Option<Value> {
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

fn implementation(of: &Implementation, version: Version) -> Value {
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

pub(super) fn provider_info(info: &ProviderInfo, version: Version) -> Value {
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
            ("extensions", entries(extensions).filter(|_| version.is_modern())),
        ],
    );
    match version.is_modern() {
        true => cacheable(
            extra,
            cache,
            version,
            [
                ("supportedVersions", Some(json!(["2026-07-28", "2025-11-25", "2025-06-18"]))),
                ("capabilities", Some(capabilities)),
                ("instructions", optional(instructions)),
            ],
        ),
        false => result(
            extra,
            version,
            [
                ("protocolVersion", text(version.as_str())),
                ("capabilities", Some(capabilities)),
                ("serverInfo", Some(implementation(program, version))),
                ("instructions", optional(instructions)),
            ],
        ),
    }
}

fn resource_members(info: &ResourceInfo, version: Version) -> Value {
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

fn content(block: &ContentBlock, version: Version) -> Value {
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

fn tool(tool: &Tool, version: Version) -> Value {
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
            ("outputSchema", output.filter(|schema| version.is_modern() || schema["type"] == "object")),
            ("annotations", hints),
            ("execution", execution),
            ("icons", icons(images, version)),
        ],
    )
}

pub(super) fn tool_page(page: &ToolPage, version: Version) -> Value {
    let ToolPage { tools, next_cursor, cache, extra } = page;
    let members = [("tools", list(tools, |of| tool(of, version))), ("nextCursor", optional(next_cursor))];
    cacheable(extra, cache, version, members)
}

pub(super) fn tool_output(output: &ToolOutput, version: Version) -> Value {
    let ToolOutput { content: blocks, structured_content, is_error, extra } = output;
    let structured = structured_content.as_deref().map(parsed);
    result(
        extra,
        version,
        [
            ("content", list(blocks, |block| content(block, version))),
            ("structuredContent", structured.filter(|value| version.is_modern() || value.is_object())),
            ("isError", is_error.then_some(json!(true))),
        ],
    )
}

pub(super) fn resource_page(page: &ResourcePage, version: Version) -> Value {
    let ResourcePage { resources, next_cursor, cache, extra } = page;
    let resources = list(resources, |info| resource_members(info, version));
    cacheable(extra, cache, version, [("resources", resources), ("nextCursor", optional(next_cursor))])
}

pub(super) fn template_page(page: &ResourceTemplatePage, version: Version) -> Value {
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
    cacheable(extra, cache, version, members)
}

pub(super) fn resource_output(output: &ResourceOutput, version: Version) -> Value {
    let ResourceOutput { contents: all, cache, extra } = output;
    cacheable(extra, cache, version, [("contents", list(all, contents))])
}

pub(super) fn prompt_page(page: &PromptPage, version: Version) -> Value {
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
    cacheable(extra, cache, version, [("prompts", list(prompts, prompt)), ("nextCursor", optional(next_cursor))])
}

pub(super) fn prompt_output(output: &PromptOutput, version: Version) -> Value {
    let PromptOutput { description, messages, extra } = output;
    let message = |PromptMessage { role: speaker, content: block, extra }: &PromptMessage| {
        object(extra, [("role", Some(role(*speaker))), ("content", Some(content(block, version)))])
    };
    result(extra, version, [("description", optional(description)), ("messages", list(messages, message))])
}

pub(super) fn completion_values(of: &CompletionValues, version: Version) -> Value {
    let CompletionValues { values, total, has_more, extra } = of;
    let inner = extra.as_deref().map(parsed).and_then(|extra| extra.get("completion").cloned());
    let values = list(values, |value| json!(value));
    let members = [("values", values), ("total", optional(total)), ("hasMore", optional(has_more))];
    result(extra, version, [("completion", Some(object_of(inner.unwrap_or(json!({})), members)))])
}

pub(super) fn unnamed_result(json: &str) -> Value {
    let mut result = parsed(json);
    add_server_info(&mut result);
    result
}

pub(super) fn progress(token: &str, of: &Progress) -> Value {
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

pub(super) fn log_message(of: &LogMessage) -> Value {
    let LogMessage { level, logger, data, extra } = of;
    let level = match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Notice => "notice",
        LogLevel::Warning => "warning",
        LogLevel::Error => "error",
        LogLevel::Critical => "critical",
        LogLevel::Alert => "alert",
        LogLevel::Emergency => "emergency",
    };
    let params = object(extra, [("level", text(level)), ("logger", optional(logger)), ("data", Some(parsed(data)))]);
    json!({"jsonrpc": "2.0", "method": "notifications/message", "params": params})
}
