//! Every outcome that a call may have, in Rust: legs, a question, bytes, settings and failures, as `tests/conversations/outcomes.toml` has them.

use serde_json::{Value, json};

use bindings::exports::wasmcp::mcp::{provider, resources, tools};
use bindings::wasmcp::mcp::model::*;
use bindings::wasmcp::mcp::settings;

mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "outcomes", generate_all });
    export!(Outcomes);
    use super::Outcomes;
}

/// It names the language: no two providers of a server may have the same URI.
const BYTES_URI: &str = "outcomes://rs/bytes";
const NO_ARGUMENTS: &str = r#"{"type":"object"}"#;
const TO: &str = r#"{"type":"object","properties":{"to":{"type":"integer","minimum":1}},"required":["to"]}"#;
const KEY: &str = r#"{"type":"object","properties":{"key":{"type":"string"}},"required":["key"]}"#;
const AS: &str = r#"{"type":"object","properties":{"as":{"type":"string"}},"required":["as"]}"#;
const KINDS: &str = r#"["own","forbidden","unavailable","internal"]"#;
const FORM: &str = r#"{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}"#;

struct Outcomes;

impl provider::Guest for Outcomes {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        let (name, version) = ("outcomes".into(), "1.0.0".into());
        let (title, description, website_url) = (None, None, None);
        Ok(ProviderInfo {
            implementation: Implementation {
                name,
                version,
                title,
                description,
                website_url,
                icons: vec![],
                extra: None,
            },
            instructions: None,
            offers: Offers::TOOLS | Offers::RESOURCES | Offers::LOGGING,
            extensions: vec![],
            experimental: vec![],
            cache: None,
            catalogue_revision: "1".into(),
            catalogue_static: true,
            extra: None,
        })
    }
}

impl tools::Guest for Outcomes {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        only_page(cursor)?;
        let tools = [
            ("count", "Counts, each number in a leg.", TO),
            ("ask", "Asks the user for a name.", NO_ARGUMENTS),
            ("picture", "Shows bytes in every kind of content.", NO_ARGUMENTS),
            ("setting", "Says what a setting is.", KEY),
            ("fail", "Fails as it is told to.", AS),
            ("crash", "Fails as no tool should.", NO_ARGUMENTS),
        ];
        let tools = tools.map(|(name, description, input_schema)| Tool {
            name: name.into(),
            title: None,
            description: Some(description.into()),
            input_schema: input_schema.into(),
            output_schema: None,
            annotations: None,
            task_support: None,
            icons: vec![],
            extra: None,
        });
        Ok(ToolPage { tools: tools.into(), next_cursor: None, cache: None, extra: None })
    }

    fn call_tool(_ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        let arguments: Value = serde_json::from_str(&call.arguments).expect("the arguments are an object");
        let text = |name: &str| arguments[name].as_str().unwrap_or_default();
        let (events, outcome) = match call.name.as_str() {
            "count" => count(arguments["to"].as_u64().unwrap_or(1), call.resumed)?,
            "ask" => (vec![], ToolOutcome::InputRequired(question())),
            "picture" => (vec![], complete(picture())),
            "setting" => (vec![], complete(vec![text_block(setting(text("key"))?)])),
            "fail" => return Err(failure(text("as"))),
            "crash" => panic!("as no tool should"),
            _ => return Err(McpError::UnknownName(call.name)),
        };
        Ok(ToolLeg { events, outcome })
    }
}

impl resources::Guest for Outcomes {
    fn list_resources(_ctx: Context, cursor: Option<String>) -> Result<ResourcePage, McpError> {
        only_page(cursor)?;
        let (uri, name, mime_type) = (BYTES_URI.into(), "bytes".into(), Some("application/octet-stream".into()));
        let (title, description, annotations, icons) = (None, None, None, vec![]);
        let size = Some(256.0);
        let bytes = ResourceInfo { uri, name, title, description, mime_type, size, annotations, icons, extra: None };
        Ok(ResourcePage { resources: vec![bytes], next_cursor: None, cache: None, extra: None })
    }

    fn list_templates(_ctx: Context, cursor: Option<String>) -> Result<ResourceTemplatePage, McpError> {
        only_page(cursor)?;
        Ok(ResourceTemplatePage { templates: vec![], next_cursor: None, cache: None, extra: None })
    }

    /// Every value of a byte. The first leg saves one half, to which the second leg adds the other.
    fn read_resource(_ctx: Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        if read.uri != BYTES_URI {
            return Err(McpError::ResourceNotFound(read.uri));
        }
        let Some(mut bytes) = read.resumed.and_then(|resumed| resumed.saved) else {
            let outcome = ResourceOutcome::More(More { saved: (0..128).collect(), after_ms: 0 });
            return Ok(ResourceLeg { events: vec![progress(1, 2)], outcome });
        };
        bytes.extend(128..=255);
        let output = ResourceOutput { contents: vec![contents(bytes)], cache: None, extra: None };
        Ok(ResourceLeg { events: vec![progress(2, 2)], outcome: ResourceOutcome::Complete(output) })
    }
}

/// Each list has one page, so that no cursor was ever given out.
fn only_page(cursor: Option<String>) -> Result<(), McpError> {
    if cursor.is_some() { Err(McpError::InvalidCursor) } else { Ok(()) }
}

/// One leg of as many as the number that it counts to.
fn count(to: u64, resumed: Option<Resumption>) -> Result<(Vec<Event>, ToolOutcome), McpError> {
    let leg = match resumed.and_then(|resumed| resumed.saved) {
        None => 1,
        Some(saved) => {
            let state: Value = serde_json::from_slice(&saved).map_err(|_| McpError::InvalidSaved)?;
            state["legs"].as_u64().ok_or(McpError::InvalidSaved)? + 1
        }
    };
    let data = json!({ "leg": leg }).to_string();
    let log = LogMessage { level: LogLevel::Info, logger: Some("outcomes".into()), data, extra: None };
    let outcome = if leg < to {
        ToolOutcome::More(More { saved: json!({ "legs": leg }).to_string().into_bytes(), after_ms: 1 })
    } else {
        complete(vec![text_block(format!("counted to {to} in {leg} legs"))])
    };
    Ok((vec![progress(leg, to), Event::Log(log)], outcome))
}

fn progress(leg: u64, of: u64) -> Event {
    let message = Some(format!("leg {leg} of {of}"));
    Event::Progress(Progress { progress: leg as f64, total: Some(of as f64), message, extra: None })
}

fn question() -> InputRequired {
    let form = FormElicitation { message: "Who?".into(), requested_schema: FORM.into(), extra: None };
    let question = InputQuestion { key: "who".into(), request: InputRequest::ElicitForm(form) };
    InputRequired { questions: vec![question], saved: Some(vec![0, 255]), extra: None }
}

fn picture() -> Vec<ContentBlock> {
    let media = |data: &[u8], mime_type: &str| MediaContent {
        data: data.into(),
        mime_type: mime_type.into(),
        annotations: None,
        extra: None,
    };
    let embedded = |bytes| EmbeddedResource { contents: contents(bytes), annotations: None, extra: None };
    vec![
        ContentBlock::Image(media(b"\x89PNG\r\n\x1a\n\x00\xff", "image/png")),
        ContentBlock::Audio(media(b"\x00\xff\xfe\x80", "audio/wav")),
        ContentBlock::EmbeddedResource(embedded(vec![0xff, 0])),
        ContentBlock::EmbeddedResource(embedded(vec![])),
    ]
}

fn contents(bytes: Vec<u8>) -> ResourceContents {
    let mime_type = Some("application/octet-stream".into());
    ResourceContents { uri: BYTES_URI.into(), mime_type, body: ResourceBody::Blob(bytes), extra: None }
}

fn setting(key: &str) -> Result<String, McpError> {
    Ok(settings::get(key)?.map_or_else(|| format!("`{key}` is not set"), |value| format!("`{key}` is `{value}`")))
}

fn failure(kind: &str) -> McpError {
    match kind {
        "own" => McpError::Other(ErrorCode { code: 42, message: "its own".into(), data: Some(r#"{"why":1}"#.into()) }),
        "forbidden" => McpError::Forbidden("not today".into()),
        "unavailable" => McpError::Unavailable(Some(1500)),
        "internal" => McpError::Internal("it broke".into()),
        _ => McpError::InvalidParams(ErrorDetail { message: "not so".into(), data: Some(KINDS.into()) }),
    }
}

fn text_block(text: String) -> ContentBlock {
    ContentBlock::Text(TextContent { text, annotations: None, extra: None })
}

fn complete(content: Vec<ContentBlock>) -> ToolOutcome {
    ToolOutcome::Complete(ToolOutput { content, structured_content: None, is_error: false, extra: None })
}
