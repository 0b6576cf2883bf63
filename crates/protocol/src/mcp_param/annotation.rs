//! The annotations of an input schema that ask for headers.

use std::collections::HashMap;

use serde_json::{Map, Value};
use thiserror::Error;

/// The keyword of a property, in an input schema, that asks for a header.
pub(super) const KEYWORD: &str = "x-mcp-header";

/// How many headers a tool may ask for. HTTP servers take about a hundred.
pub const MAX_ANNOTATIONS: usize = 64;

/// A property that asks for a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Annotation {
    name: String,
    /// The names of the properties that lead to it.
    pub(super) path: Vec<String>,
}

/// An annotation that clients must not follow, so that they do not use its tool (MCP 2026-07-28, custom headers from tool parameters).
/// Each has the path in the schema.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AnnotationFault {
    /// The annotation stands where its value cannot be found in the arguments of every call.
    #[error("`{0}` has `{KEYWORD}`, which may stand only on properties that `properties` alone lead to")]
    Misplaced(String),
    /// The argument has no single form as text.
    #[error("`{0}` has `{KEYWORD}` and must therefore have the type `string`, `integer` or `boolean`")]
    Type(String),
    /// The value is no name of a header.
    #[error(
        "`{0}` has `{KEYWORD}`, whose value must be the rest of a header's name: letters, digits, `-` and the like"
    )]
    Name(String),
    /// One header cannot repeat two arguments.
    #[error("`{0}` asks for the same header as another property")]
    Repeated(String),
    /// No client would send that many.
    #[error("it asks for more than {MAX_ANNOTATIONS} headers")]
    TooMany,
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

/// The annotations that have an effect, and the first fault of the others: on properties that chains of `properties` alone lead to from
/// the root, whose one type is string, integer or boolean, and whose name may be part of a header's (RFC 9110 §5.6.2, `token`) and is
/// that of no other one: one header cannot repeat two arguments. A schema with more of them than [`MAX_ANNOTATIONS`] has none.
pub(super) fn of_schema(schema: &Value) -> (Vec<Annotation>, Option<AnnotationFault>) {
    let mut walk = Walk::default();
    walk.schema(schema, true);
    let Walk { mut found, mut fault, .. } = walk;
    if found.len() > MAX_ANNOTATIONS {
        return (Vec::new(), Some(AnnotationFault::TooMany));
    }
    let mut uses: HashMap<String, u32> = HashMap::new();
    for annotation in &found {
        let count = uses.entry(annotation.header_key()).or_default();
        *count = count.saturating_add(1);
        if *count > 1 {
            fault.get_or_insert_with(|| AnnotationFault::Repeated(annotation.path.join(".")));
        }
    }
    found.retain(|annotation| uses.get(&annotation.header_key()) == Some(&1));
    (found, fault)
}

/// The keywords whose value is a schema, an array of schemas, or an object of schemas (JSON Schema 2020-12).
const SCHEMAS: [&str; 12] = [
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
    "additionalItems",
];
const ARRAYS: [&str; 5] = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
const OBJECTS: [&str; 4] = ["$defs", "definitions", "patternProperties", "dependentSchemas"];

#[derive(Default)]
struct Walk<'s> {
    path: Vec<&'s str>,
    found: Vec<Annotation>,
    fault: Option<AnnotationFault>,
}

impl<'s> Walk<'s> {
    /// Looks through the parts of a schema. Without `reachable`, no chain of `properties` leads here from the root.
    fn schema(&mut self, schema: &'s Value, reachable: bool) {
        // The annotations after these are not used, and need not be kept.
        let (Some(schema), true) = (schema.as_object(), self.found.len() <= MAX_ANNOTATIONS) else { return };
        if let Some(name) = schema.get(KEYWORD) {
            self.annotation(schema, name, reachable && !self.path.is_empty());
        }
        self.members(schema.get("properties"), reachable);
        for keyword in OBJECTS {
            self.within(keyword, |walk| walk.members(schema.get(keyword), false));
        }
        for keyword in SCHEMAS {
            if let Some(part) = schema.get(keyword) {
                self.within(keyword, |walk| walk.schema(part, false));
            }
        }
        for keyword in ARRAYS {
            for part in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.within(keyword, |walk| walk.schema(part, false));
            }
        }
    }

    fn members(&mut self, schemas: Option<&'s Value>, reachable: bool) {
        for (name, schema) in schemas.and_then(Value::as_object).into_iter().flatten() {
            self.within(name, |walk| walk.schema(schema, reachable));
        }
    }

    fn within(&mut self, name: &'s str, look: impl FnOnce(&mut Self)) {
        self.path.push(name);
        look(self);
        self.path.pop();
    }

    fn annotation(&mut self, schema: &Map<String, Value>, name: &Value, reachable: bool) {
        let kind = schema.get("type").and_then(Value::as_str);
        let fault = match name.as_str().filter(|name| is_rfc9110_token(name)) {
            _ if !reachable => AnnotationFault::Misplaced,
            None => AnnotationFault::Name,
            Some(_) if !matches!(kind, Some("string" | "integer" | "boolean")) => AnnotationFault::Type,
            Some(name) => {
                let path = self.path.iter().map(|&name| name.to_owned()).collect();
                return self.found.push(Annotation { name: name.to_owned(), path });
            }
        };
        let path = &self.path;
        self.fault.get_or_insert_with(|| fault(path.join(".")));
    }
}

fn is_rfc9110_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
