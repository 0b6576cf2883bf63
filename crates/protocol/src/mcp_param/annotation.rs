//! The annotations of an input schema that ask for headers.

use std::collections::HashMap;

use serde_json::Value;

/// The keyword of a property, in an input schema, that asks for a header.
pub(super) const KEYWORD: &str = "x-mcp-header";

/// A property that asks for a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Annotation {
    name: String,
    /// The names of the properties that lead to it.
    pub(super) path: Vec<String>,
}

impl Annotation {
    /// The header as the specification writes it.
    pub(super) fn header(&self) -> String {
        format!("Mcp-Param-{}", self.name)
    }

    /// The header in lower case, as HTTP libraries name it.
    pub(super) fn header_key(&self) -> String {
        self.header().to_ascii_lowercase()
    }

    /// The value of the argument; `null` where there is none.
    pub(super) fn argument<'v>(&self, arguments: &'v Value) -> &'v Value {
        self.path.iter().fold(arguments, |value, name| value.get(name).unwrap_or(&Value::Null))
    }
}

/// The annotations that have an effect: on properties that chains of `properties` alone lead to from the root, whose one type is string,
/// integer or boolean, and whose name may be part of a header's (RFC 9110 §5.6.2, `token`) and is that of no other one: one header
/// cannot repeat two arguments.
pub(super) fn of_schema(schema: &Value) -> Vec<Annotation> {
    let mut found = Vec::new();
    walk(schema, &mut Vec::new(), &mut found);
    let mut uses: HashMap<String, u32> = HashMap::new();
    for annotation in &found {
        let count = uses.entry(annotation.header_key()).or_default();
        *count = count.saturating_add(1);
    }
    found.retain(|annotation| uses.get(&annotation.header_key()) == Some(&1));
    found
}

fn walk<'s>(schema: &'s Value, path: &mut Vec<&'s str>, found: &mut Vec<Annotation>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (property, schema) in properties {
        path.push(property);
        let kind = schema.get("type").and_then(Value::as_str);
        if let Some(name) = schema.get(KEYWORD).and_then(Value::as_str)
            && is_rfc9110_token(name)
            && matches!(kind, Some("string" | "integer" | "boolean"))
        {
            found.push(Annotation { name: name.to_owned(), path: path.iter().map(|&name| name.to_owned()).collect() });
        }
        walk(schema, path, found);
        path.pop();
    }
}

fn is_rfc9110_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
