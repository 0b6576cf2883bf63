//! The optional members that have one type wherever the schema names them: what an `extra` may give them.

use std::borrow::Cow;

use serde::Deserialize;

use crate::web_url;

/// A type of JSON, and the characters that its texts begin with.
struct Type(&'static str);

const TEXT: Type = Type("\"");
const OBJECT: Type = Type("{");
const ARRAY: Type = Type("[");
const BOOLEAN: Type = Type("tf");
const NUMBER: Type = Type("-0123456789");

/// The members by name, sorted (MCP 2026-07-28 and before, schema).
const MEMBERS: [(&str, Type); 21] = [
    ("_meta", OBJECT),
    ("annotations", OBJECT),
    ("description", TEXT),
    ("destructiveHint", BOOLEAN),
    ("execution", OBJECT),
    ("experimental", OBJECT),
    ("extensions", OBJECT),
    ("hasMore", BOOLEAN),
    ("icons", ARRAY),
    ("idempotentHint", BOOLEAN),
    ("instructions", TEXT),
    ("isError", BOOLEAN),
    ("lastModified", TEXT),
    ("mimeType", TEXT),
    ("openWorldHint", BOOLEAN),
    ("outputSchema", OBJECT),
    ("priority", NUMBER),
    ("readOnlyHint", BOOLEAN),
    ("size", NUMBER),
    ("title", TEXT),
    ("websiteUrl", TEXT),
];

/// Whether a member may have this value, which is JSON without space around it.
pub(super) fn may_have(name: &str, value: &str) -> bool {
    let has_type = match MEMBERS.binary_search_by_key(&name, |(name, _)| name) {
        Ok(at) => MEMBERS.get(at).is_some_and(|(_, Type(begins))| value.starts_with(|first| begins.contains(first))),
        Err(_) => true,
    };
    has_type && has_urls_for_clients(name, value)
}

/// Whether the URLs of a member are such as its field could have.
fn has_urls_for_clients(name: &str, value: &str) -> bool {
    match name {
        "websiteUrl" => serde_json::from_str(value).is_ok_and(|url: Cow<'_, str>| web_url::is_website(&url)),
        "icons" => serde_json::from_str(value)
            .is_ok_and(|icons: Vec<IconSource<'_>>| icons.iter().all(|icon| web_url::is_image(&icon.src))),
        _ => true,
    }
}

/// Of an icon, where it comes from.
#[derive(Deserialize)]
struct IconSource<'a> {
    #[serde(borrow)]
    src: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::{MEMBERS, may_have};

    #[test]
    fn a_member_that_the_schema_names_has_its_type_and_any_other_what_it_likes() {
        assert!(MEMBERS.is_sorted_by_key(|(name, _)| *name));
        for (name, good, bad) in [
            ("title", r#""t""#, "5"),
            ("outputSchema", "{}", "7"),
            ("annotations", "{}", r#""x""#),
            ("isError", "true", r#""x""#),
            ("isError", "false", "null"),
            ("icons", "[]", "{}"),
            ("icons", r#"[{"src":"data:,","x":1}]"#, r#"[{"src":"https://i"},{"src":"javascript:1"}]"#),
            ("icons", r#"[{"src":"\u0068ttps://i"}]"#, "[{}]"),
            ("websiteUrl", r#""https:\/\/w""#, r#""\u006aavascript:1""#),
            ("size", "-1", r#""1""#),
            ("_meta", "{}", "5"),
        ] {
            assert!(may_have(name, good) && !may_have(name, bad), "{name}");
        }
        for value in ["1", "null", "{}", r#""x""#] {
            assert!(may_have("later", value), "{value}");
        }
    }
}
