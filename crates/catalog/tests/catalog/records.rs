//! Records of the contract, as short as they can be and with every field.

use contract::model::*;

pub(crate) use test_records::{prompt, resource, template, tool, tool_call as call};

pub(crate) fn context() -> Context {
    Context::internal("1".into(), 1000)
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn icons() -> Vec<Icon> {
    let icon = |theme| Icon {
        src: "https://x/i\n\"".into(),
        mime_type: text("image/png"),
        sizes: vec!["48x48".into(), "any".into()],
        theme: Some(theme),
        extra: text(r#"{"i":1}"#),
    };
    vec![icon(IconTheme::Light), icon(IconTheme::Dark)]
}

fn annotations() -> Option<Annotations> {
    Some(Annotations {
        audience: vec![Role::User, Role::Assistant],
        priority: Some(0.1 + 0.2),
        last_modified: text("2026-01-01"),
        extra: text("{}"),
    })
}

/// A tool with every field. Its schemas are not written as compactly as they could be.
pub(crate) fn full_tool(name: &str, support: TaskSupport) -> Tool {
    Tool {
        name: name.into(),
        title: text("Übertitel 🦀"),
        description: text("two\nlines"),
        input_schema: "{ \"type\": \"object\",\n \"x\": 1.50 }".into(),
        output_schema: text("{\"type\":\"array\"}"),
        annotations: Some(ToolAnnotations {
            title: text("t"),
            read_only_hint: Some(true),
            destructive_hint: Some(false),
            idempotent_hint: None,
            open_world_hint: Some(true),
            extra: text(r#"{"_meta":{"a":[1]}}"#),
        }),
        task_support: Some(support),
        icons: icons(),
        extra: text(r#"{"execution":{"y":1}}"#),
    }
}

pub(crate) fn full_prompt(name: &str) -> Prompt {
    Prompt {
        name: name.into(),
        title: text("t"),
        description: text("d"),
        arguments: vec![PromptArgument {
            name: "a".into(),
            title: text("t"),
            description: text("d"),
            required: Some(true),
            extra: text("{ \"a\" : 1.50 }"),
        }],
        icons: icons(),
        extra: text("{}"),
    }
}

pub(crate) fn full_resource(uri: &str) -> ResourceInfo {
    ResourceInfo {
        uri: uri.into(),
        name: "n".into(),
        title: text("t"),
        description: text("d"),
        mime_type: text("text/plain"),
        size: Some(9_007_199_254_740_993.0),
        annotations: annotations(),
        icons: icons(),
        extra: text("{}"),
    }
}

pub(crate) fn full_template(template: &str) -> ResourceTemplate {
    ResourceTemplate {
        uri_template: template.into(),
        name: "n".into(),
        title: text("t"),
        description: text("d"),
        mime_type: text("text/plain"),
        annotations: annotations(),
        icons: icons(),
        extra: text("{}"),
    }
}

/// A description with every field, of a static catalogue.
pub(crate) fn full_info() -> ProviderInfo {
    let entries = |name: &str| vec![(name.to_owned(), r#"{"a": 1}"#.to_owned())];
    ProviderInfo {
        implementation: Implementation {
            name: "n".into(),
            version: "1".into(),
            title: text("t"),
            description: text("d"),
            website_url: text("https://x"),
            icons: icons(),
            extra: text("{}"),
        },
        instructions: text("Be kind."),
        offers: Offers::all(),
        extensions: entries("x"),
        experimental: entries("e"),
        cache: Some(CacheHint { ttl_ms: u32::MAX, scope: CacheScope::Private }),
        catalogue_revision: "r \u{1}".into(),
        catalogue_static: true,
        extra: text(r#"{"x":1.50}"#),
    }
}
