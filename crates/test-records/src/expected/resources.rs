//! Resources and their templates.

use contract::model::{ResourceInfo, ResourceOutput, ResourcePage, ResourceTemplate, ResourceTemplatePage};
use serde_json::Value;

use super::content::{annotations, contents, icons};
use crate::tree::{Peers, cacheable, list, number, object, optional, text};

pub(super) fn resource_members(info: &ResourceInfo, version: &str) -> Value {
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
