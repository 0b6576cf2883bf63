//! An engine under a policy, over two providers with two items of each kind.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use catalog::{Catalog, NamedProvider};
use contract::model::*;
use contract::{Events, Provider};
use futures_executor::block_on;
use policy::{Bundle, DecisionLog, PolicyAuthorizer, PolicyOptions};
use serde_json::Value;
use server::{
    Admission, AuthError, Authenticator, Body, BoxFuture, Caller, Clock, Config, Engine, Ports, ProtectedResource,
    Random,
};

/// The lists, and for each the method that runs on its items, and the items.
pub(crate) const ITEMS: &[(&str, &str, &str, &str, &[&str])] = &[
    ("tools/list", "tools", "name", "tools/call", &["one.a", "one.b", "two.a", "two.b"]),
    ("prompts/list", "prompts", "name", "prompts/get", &["one.a", "one.b", "two.a", "two.b"]),
    ("resources/list", "resources", "uri", "resources/read", &["one:/a", "one:/b", "two:/a", "two:/b"]),
];

/// The parameters of a call of this item.
pub(crate) fn params(method: &str, name: &str) -> String {
    match method {
        "resources/read" => format!(r#""uri":"{name}""#),
        "tools/call" => format!(r#""name":"{name}","arguments":{{}}"#),
        _ => format!(r#""name":"{name}""#),
    }
}

/// Two items of each kind, the first of which only reads.
struct Items {
    scheme: &'static str,
    is_static: bool,
    calls: Arc<Mutex<Vec<&'static str>>>,
}

type Answer<T> = Result<T, McpError>;

impl Items {
    fn called(&self, function: &'static str) {
        self.calls.lock().expect("lock").push(function);
    }
}

impl Provider for Items {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        let mut info = test_records::info(self.scheme, Offers::TOOLS | Offers::PROMPTS | Offers::RESOURCES);
        info.catalogue_static = self.is_static;
        Ok(info)
    }
    async fn list_tools(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ToolPage> {
        let tool = |name: &str| {
            let mut tool = test_records::tool(name);
            tool.input_schema = r#"{"type":"object"}"#.to_owned();
            tool.annotations = Some(ToolAnnotations {
                title: None,
                read_only_hint: Some(name == "a"),
                destructive_hint: None,
                idempotent_hint: None,
                open_world_hint: None,
                extra: None,
            });
            tool
        };
        Ok(ToolPage { tools: ["a", "b"].map(tool).into(), next_cursor: None, cache: None, extra: None })
    }
    async fn list_prompts(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<PromptPage> {
        Ok(PromptPage {
            prompts: ["a", "b"].map(test_records::prompt).into(),
            next_cursor: None,
            cache: None,
            extra: None,
        })
    }
    async fn list_resources(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ResourcePage> {
        let resource = |name: &str| test_records::resource(&format!("{}:/{name}", self.scheme));
        Ok(ResourcePage { resources: ["a", "b"].map(resource).into(), next_cursor: None, cache: None, extra: None })
    }
    async fn list_templates(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ResourceTemplatePage> {
        Ok(ResourceTemplatePage { templates: vec![], next_cursor: None, cache: None, extra: None })
    }
    async fn call_tool(&self, _ctx: &Context, call: &ToolCall, _events: &Events) -> Answer<ToolLeg> {
        if !["a", "b"].contains(&call.name.as_str()) {
            return Err(McpError::UnknownName(call.name.clone()));
        }
        self.called("call-tool");
        let output = test_records::tool_output(vec![test_records::text("done")]);
        Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Complete(output) })
    }
    async fn get_prompt(&self, _ctx: &Context, get: &PromptGet, _events: &Events) -> Answer<PromptLeg> {
        if !["a", "b"].contains(&get.name.as_str()) {
            return Err(McpError::UnknownName(get.name.clone()));
        }
        self.called("get-prompt");
        let output = PromptOutput { description: None, messages: vec![], extra: None };
        Ok(PromptLeg { events: vec![], outcome: PromptOutcome::Complete(output) })
    }
    async fn read_resource(&self, _ctx: &Context, read: &ResourceRead, _events: &Events) -> Answer<ResourceLeg> {
        if !["a", "b"].iter().any(|name| read.uri == format!("{}:/{name}", self.scheme)) {
            return Err(McpError::ResourceNotFound(read.uri.clone()));
        }
        self.called("read-resource");
        let body = ResourceBody::Text("text".to_owned());
        let contents = vec![ResourceContents { uri: read.uri.clone(), mime_type: None, body, extra: None }];
        let output = ResourceOutput { contents, cache: None, extra: None };
        Ok(ResourceLeg { events: vec![], outcome: ResourceOutcome::Complete(output) })
    }
}

/// A caller of this subject, of whom `ada` has a role; none for an empty one.
pub(crate) fn caller(subject: &str) -> Option<Arc<Caller>> {
    let principal = Principal {
        issuer: "https://issuer.example".to_owned(),
        subject: subject.to_owned(),
        client_id: None,
        scopes: vec![],
        claims: "{}".to_owned(),
    };
    let roles = if subject == "ada" { vec!["reader".to_owned()] } else { vec![] };
    (!subject.is_empty()).then(|| Arc::new(Caller { principal, roles, groups: vec![] }))
}

struct Known(Option<Arc<Caller>>);

impl Authenticator for Known {
    fn authenticate<'a>(
        &'a self,
        _head: &'a http::request::Parts,
    ) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
    fn protected_resource(&self) -> Option<ProtectedResource> {
        None
    }
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

struct Fixed;

impl Clock for Fixed {
    fn monotonic_ms(&self) -> u64 {
        0
    }
    fn unix_ms(&self) -> u64 {
        1_800_000_000_000
    }
    fn sleep_ms(&self, _ms: u32) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

impl Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// The lines of a log.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<String>>);

impl Lines {
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("lock"))
    }
}

impl DecisionLog for Lines {
    fn write(&self, line: String) {
        self.0.lock().expect("lock").push(line);
    }
}

/// How a request was answered.
#[derive(Debug)]
#[allow(dead_code, reason = "a failed test shows it")]
pub(crate) enum Reply {
    Result(Value),
    Absent(Value),
    StepUp,
    Forbidden,
}

pub(crate) struct Server {
    engine: Arc<Engine<Items>>,
    pub(crate) policy: Arc<PolicyAuthorizer>,
    calls: Arc<Mutex<Vec<&'static str>>>,
}

impl Server {
    pub(crate) fn of(bundle: Bundle, options: PolicyOptions, is_static: bool, caller: Option<Arc<Caller>>) -> Self {
        let calls = Arc::default();
        let provider = |scheme: &'static str| NamedProvider {
            name: scheme.to_owned(),
            prefix: Some(format!("{scheme}.")),
            provider: Items { scheme, is_static, calls: Arc::clone(&calls) },
        };
        let providers = vec![provider("one"), provider("two")];
        let context = Context::internal("start".into(), 1000);
        let catalog = block_on(Catalog::build(providers, &context)).expect("a catalogue");
        let ports = Ports::new(Fixed, Fixed);
        let policy = Arc::new(PolicyAuthorizer::new(bundle, options, &ports));
        let engine = Engine::new(catalog, Config::default(), ports)
            .with_authenticator(Known(caller))
            .with_authorizers(vec![Arc::clone(&policy) as _]);
        Self { engine: Arc::new(engine), policy, calls }
    }

    /// The functions of providers that were called for clients.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().expect("lock").clone()
    }

    fn send(&self, method: &str, params: &str) -> (u16, bool, String) {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#);
        let request = http::Request::post("/mcp")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2025-11-25");
        let (head, body) = request.body(Bytes::from(body)).expect("a request").into_parts();
        let response = block_on(async {
            match self.engine.admit(&head).await {
                Admission::Answered(response) => response,
                Admission::Body(admitted) => self.engine.answer(admitted, &head.headers, body).await,
            }
        });
        let challenged = response.headers().contains_key("www-authenticate");
        let (head, body) = response.into_parts();
        let Body::Full(bytes) = body else { panic!("a stream") };
        (head.status.as_u16(), challenged, String::from_utf8(bytes.to_vec()).expect("text"))
    }

    /// The text of the answer to a call.
    pub(crate) fn text(&self, method: &str, name: &str) -> String {
        self.send(method, &params(method, name)).2
    }

    pub(crate) fn ask(&self, method: &str, params: &str) -> Reply {
        let (status, challenged, text) = self.send(method, params);
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        match (status, &answer["result"], answer["error"]["code"].as_i64()) {
            (200, Value::Object(result), None) => Reply::Result(Value::Object(result.clone())),
            (200, _, Some(-32601 | -32602 | -32002)) => Reply::Absent(answer),
            (403, ..) if challenged => Reply::StepUp,
            (403, _, Some(-32600)) => Reply::Forbidden,
            _ => panic!("{method} {params}: {status} {answer}"),
        }
    }

    /// The names of a list; none where the list itself is denied.
    pub(crate) fn listed(&self, method: &str, member: &str, key: &str) -> Option<Vec<String>> {
        let Reply::Result(result) = self.ask(method, "") else { return None };
        let items = result[member].as_array().expect("a list");
        Some(items.iter().map(|item| item[key].as_str().expect("a name").to_owned()).collect())
    }
}
