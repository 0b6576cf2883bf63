//! Arguments: the schema of their type, and how they are read.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The arguments of a tool or a prompt that takes none.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct NoArguments {}

/// The JSON Schema of a type, written out, as a form must be.
pub(crate) fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    });
    // Formats of numbers, such as `uint32`, are of no specification.
    let settings = settings.with_transform(RecursiveTransform(|schema: &mut Schema| {
        let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
        if ["int", "uint", "double", "float"].iter().any(|number| format.starts_with(number)) {
            schema.remove("format");
        }
    }));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    // The title is the name that the type has in Rust.
    schema.remove("title");
    schema.to_value()
}

/// The schema of arguments: they have no other members, as [`read`] does not take them.
pub(crate) fn input_schema<T: JsonSchema>() -> Value {
    let mut schema = schema::<T>();
    if let Some(root) = schema.as_object_mut() {
        root.entry("type").or_insert_with(|| "object".into());
        // Where a schema has parts, each describes some of the members.
        if !["oneOf", "anyOf", "allOf", "$ref"].iter().any(|parts| root.contains_key(*parts)) {
            root.entry("additionalProperties").or_insert(Value::Bool(false));
        }
    }
    schema
}

/// The schema of a form. A field that may be absent is one of its type that is not required: MCP has no form in which a type has several names.
pub(crate) fn form_schema<T: JsonSchema>() -> Value {
    let mut schema = schema::<T>();
    for (_, field) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(name) = field.get_mut("type") else { continue };
        let of_type = name.as_array().and_then(|names| names.iter().find(|name| *name != "null")).cloned();
        *name = of_type.unwrap_or_else(|| name.take());
    }
    schema
}

/// Reads arguments, which no server has checked. The text says where they are wrong, for the model.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    let mut unknown = None;
    let mut track = serde_path_to_error::Track::new();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let read = serde_ignored::deserialize(tracked, |path| {
        unknown.get_or_insert_with(|| path.to_string());
    });
    match (read, unknown) {
        (Ok(arguments), None) => Ok(arguments),
        (Ok(_), Some(unknown)) => Err(format!("`{unknown}` is not an argument")),
        (Err(error), _) => match track.path().to_string().as_str() {
            "." => Err(format!("the arguments cannot be used: {error}")),
            path => Err(format!("`{path}` cannot be used: {error}")),
        },
    }
}
