//! Names in NATS: of the bucket of a component, and of an entry in it.

use data_encoding::BASE64URL_NOPAD;

/// How long the id of a component may be.
const MAX_ID_BYTES: usize = 128;

/// Whether an id can be a part of the name of a bucket. Ids from wadm can: `APPLICATION-COMPONENT`, with `_` for all other characters.
pub(crate) fn is_component_id(id: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !id.is_empty() && id.len() <= MAX_ID_BYTES && id.bytes().all(is_part)
}

/// The stream behind the bucket of a component, as a key-value bucket of NATS names it: `nats kv ls` shows it.
pub(crate) fn stream(component: &str) -> String {
    format!("KV_wasmcp-state-{component}")
}

/// All subjects of the bucket of a component.
pub(crate) fn subjects(component: &str) -> String {
    format!("$KV.wasmcp-state-{component}.>")
}

/// The subject of an entry. A key may have any characters, and a subject may not.
pub(crate) fn subject(component: &str, key: &str) -> String {
    format!("$KV.wasmcp-state-{component}.k{}", BASE64URL_NOPAD.encode(key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_name_something_else_is_none() {
        for (id, expected) in [
            ("wasmcp-weather", true),
            ("my_app-http_client", true),
            ("", false),
            ("a.b", false),
            ("*", false),
            (">", false),
            ("a b", false),
            ("ä", false),
            (&"a".repeat(128), true),
            (&"a".repeat(129), false),
        ] {
            assert_eq!(is_component_id(id), expected, "{id}");
        }
    }

    #[test]
    fn every_key_is_one_token_and_no_other_keys() {
        let keys = ["", "a", "A", "a.b", "*", ">", " ", "ä", "a\0", "k"];
        let names: std::collections::BTreeSet<_> = keys.iter().map(|key| subject("c", key)).collect();
        assert_eq!(names.len(), keys.len());
        for name in names {
            let token = name.strip_prefix("$KV.wasmcp-state-c.").unwrap();
            assert!(is_component_id(token), "{name}");
        }
    }
}
