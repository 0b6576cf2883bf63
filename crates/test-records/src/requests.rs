//! The parameters of each request in JSON, with every field of its record named.

use contract::model::{CompletionRef, CompletionRequest, PromptGet, ResourceRead, ToolCall};
use serde_json::{Map, Value, json};

use crate::tree::{object, parsed, text};

fn texts(entries: &[(String, String)]) -> Option<Value> {
    let object: Map<String, Value> = entries.iter().map(|(name, text)| (name.clone(), json!(text))).collect();
    (!object.is_empty()).then_some(Value::Object(object))
}

/// The parameters of `tools/call`. What an earlier leg saved is the transport's.
pub fn tool_call(ToolCall { name, arguments, resumed: _, extra }: &ToolCall) -> Value {
    object(extra, [("name", text(name)), ("arguments", Some(parsed(arguments)))])
}

/// The parameters of `resources/read`.
pub fn resource_read(ResourceRead { uri, resumed: _, extra }: &ResourceRead) -> Value {
    object(extra, [("uri", text(uri))])
}

/// The parameters of `prompts/get`.
pub fn prompt_get(PromptGet { name, arguments, resumed: _, extra }: &PromptGet) -> Value {
    object(extra, [("name", text(name)), ("arguments", texts(arguments))])
}

/// The parameters of `completion/complete`.
pub fn completion_request(request: &CompletionRequest) -> Value {
    let CompletionRequest { ref_, argument, value, arguments, extra } = request;
    let reference = match ref_ {
        CompletionRef::Prompt(name) => json!({"type": "ref/prompt", "name": name}),
        CompletionRef::ResourceTemplate(uri) => json!({"type": "ref/resource", "uri": uri}),
        CompletionRef::Unnamed(json) => parsed(json),
    };
    let context = texts(arguments).map(|arguments| json!({"arguments": arguments}));
    let argument = json!({"name": argument, "value": value});
    object(extra, [("ref", Some(reference)), ("argument", Some(argument)), ("context", context)])
}
