//! An engine under a policy, over two providers with two items of each kind, each on a page of its own.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]
#![allow(dead_code, reason = "no test uses all of it")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use catalog::{Catalog, NamedProvider};
use contract::model::*;
use contract::{Events, Provider};
use futures_executor::block_on;
use policy::{Bundle, DecisionLog, PolicyAuthorizer, PolicyOptions};
use serde_json::Value;
use server::{
    Admission, AuthError, Authenticator, Body, BoxFuture, Caller, Clock, Config, Derived, Engine, Ports,
    ProtectedResource, Random,
};

/// The lists, and for each the method that runs on its items, and the items.
pub(crate) const ITEMS: &[(&str, &str, &str, &str, &[&str])] = &[
    ("tools/list", "tools", "name", "tools/call", &["one.a", "one.b", "two.a", "two.b"]),
    ("prompts/list", "prompts", "name", "prompts/get", &["one.a", "one.b", "two.a", "two.b"]),
    ("prompts/list", "prompts", "name", "completion/complete", &["one.a", "one.b", "two.a", "two.b"]),
    ("resources/list", "resources", "uri", "resources/read", &["one:/a", "one:/b", "two:/a", "two:/b"]),
    ("resources/templates/list", "resourceTemplates", "uriTemplate", "completion/complete", TEMPLATES),
];
const TEMPLATES: &[&str] = &["one:/a/{x}", "one:/b/{x}", "two:/a/{x}", "two:/b/{x}"];

/// Views of the server beside `/mcp`: what the provider `one` has, and the tools that say that they only read.
const VIEWS: &str = "one=provider:one; readers=annotation:readOnlyHint; tools=tool:*.a";

/// The parameters of a call of this item.
pub(crate) fn params(method: &str, name: &str) -> String {
    match method {
        "resources/read" => format!(r#""uri":"{name}""#),
        "tools/call" => format!(r#""name":"{name}","arguments":{{}}"#),
        "completion/complete" => {
            let reference = match name.contains('{') {
                true => format!(r#""type":"ref/resource","uri":"{name}""#),
                false => format!(r#""type":"ref/prompt","name":"{name}""#),
            };
            format!(r#""ref":{{{reference}}},"argument":{{"name":"x","value":"v"}}"#)
        }
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

    fn resource(&self, name: &str) -> ResourceInfo {
        test_records::resource(&format!("{}:/{name}", self.scheme))
    }
}

/// The item of a page, of which there are two, and the cursor of the next.
fn page<T>(cursor: Option<&str>, item: impl Fn(&str) -> T) -> Answer<(Vec<T>, Option<String>)> {
    match cursor {
        None => Ok((vec![item("a")], Some("second".to_owned()))),
        Some("second") => Ok((vec![item("b")], None)),
        Some(_) => Err(McpError::InvalidCursor),
    }
}

impl Provider for Items {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        let mut info =
            test_records::info(self.scheme, Offers::TOOLS | Offers::PROMPTS | Offers::RESOURCES | Offers::COMPLETION);
        info.catalogue_static = self.is_static;
        Ok(info)
    }
    async fn list_tools(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<ToolPage> {
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
        let (tools, next_cursor) = page(cursor, tool)?;
        Ok(ToolPage { tools, next_cursor, cache: None, extra: None })
    }
    async fn list_prompts(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<PromptPage> {
        let (prompts, next_cursor) = page(cursor, test_records::prompt)?;
        Ok(PromptPage { prompts, next_cursor, cache: None, extra: None })
    }
    async fn list_resources(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<ResourcePage> {
        let (resources, next_cursor) = page(cursor, |name| self.resource(name))?;
        Ok(ResourcePage { resources, next_cursor, cache: None, extra: None })
    }
    async fn list_templates(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<ResourceTemplatePage> {
        let template = |name: &str| test_records::template(&format!("{}:/{name}/{{x}}", self.scheme));
        let (templates, next_cursor) = page(cursor, template)?;
        Ok(ResourceTemplatePage { templates, next_cursor, cache: None, extra: None })
    }
    async fn complete(&self, _ctx: &Context, request: &CompletionRequest) -> Answer<CompletionValues> {
        let (CompletionRef::Prompt(name) | CompletionRef::ResourceTemplate(name) | CompletionRef::Unnamed(name)) =
            &request.ref_;
        let name = name.trim_start_matches(&format!("{}:/", self.scheme)).trim_end_matches("/{x}");
        if !["a", "b"].contains(&name) {
            return Err(McpError::UnknownName(name.to_owned()));
        }
        self.called("complete");
        Ok(CompletionValues { values: vec![], total: None, has_more: None, extra: None })
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

/// A caller of this subject, of whom `ada` has a role and scopes; none for an empty one.
pub(crate) fn caller(subject: &str) -> Option<Arc<Caller>> {
    let principal = Principal {
        issuer: "https://issuer.example".to_owned(),
        subject: subject.to_owned(),
        client_id: None,
        scopes: if subject == "ada" { vec!["basic".to_owned(), "more".to_owned()] } else { vec![] },
        claims: "{}".to_owned(),
    };
    let roles = if subject == "ada" { vec!["reader".to_owned()] } else { vec![] };
    (!subject.is_empty()).then(|| Arc::new(Caller { principal, roles, groups: vec![], derived: Derived::default() }))
}

/// Takes every request for one of this caller.
#[derive(Clone)]
struct Known(Arc<Mutex<Option<Arc<Caller>>>>);

impl Authenticator for Known {
    fn authenticate<'a>(
        &'a self,
        _head: &'a http::request::Parts,
    ) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>> {
        Box::pin(std::future::ready(Ok(self.0.lock().expect("lock").clone())))
    }
    fn protected_resource(&self) -> Option<ProtectedResource> {
        None
    }
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

pub(crate) struct Fixed;

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
    /// The scopes that the challenge names.
    StepUp(String),
    Forbidden,
}

pub(crate) struct Server {
    engine: Arc<Engine<Items>>,
    pub(crate) policy: Arc<PolicyAuthorizer>,
    caller: Known,
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
        let config = Config::from_settings(|name| (name == "views").then(|| VIEWS.to_owned())).expect("settings");
        let caller = Known(Arc::new(Mutex::new(caller)));
        let engine = Engine::new(catalog, config, ports)
            .with_authenticator(caller.clone())
            .with_authorizers(vec![Arc::clone(&policy) as _]);
        Self { engine: Arc::new(engine), policy, caller, calls }
    }

    /// Takes the requests from now on for those of another caller.
    pub(crate) fn set_caller(&self, caller: Option<Arc<Caller>>) {
        *self.caller.0.lock().expect("lock") = caller;
    }

    /// The functions of providers that were called for clients.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().expect("lock").clone()
    }

    fn send(&self, method: &str, params: &str) -> (u16, Option<String>, String) {
        let response = self.exchange("/mcp", "2025-11-25", method, params, &[]);
        let challenge =
            response.headers().get("www-authenticate").map(|value| value.to_str().expect("text").to_owned());
        (response.status().as_u16(), challenge, response.into_body())
    }

    /// The response to a request of any version, to any view, with more headers than it needs.
    pub(crate) fn exchange(
        &self,
        path: &str,
        version: &str,
        method: &str,
        params: &str,
        headers: &[(&str, &str)],
    ) -> http::Response<String> {
        let mut request = http::Request::post(path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", version);
        let mut params: Value = serde_json::from_str(&format!("{{{params}}}")).expect("JSON");
        if version == "2026-07-28" {
            request = request.header("mcp-method", method);
            let name = match method {
                "resources/read" => params["uri"].as_str(),
                "tools/call" | "prompts/get" => params["name"].as_str(),
                _ => None,
            };
            request = name.into_iter().fold(request, |request, name| request.header("mcp-name", name));
            let meta = &mut params["_meta"];
            meta["io.modelcontextprotocol/protocolVersion"] = version.into();
            meta["io.modelcontextprotocol/clientCapabilities"] = serde_json::json!({});
        }
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = serde_json::json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let (head, body) = request.body(Bytes::from(body)).expect("a request").into_parts();
        let response = block_on(async {
            match self.engine.admit(&head).await {
                Admission::Answered(response) => response,
                Admission::Body(admitted) => self.engine.answer(admitted, &head.headers, body).await,
            }
        });
        response.map(|body| match body {
            Body::Full(bytes) => String::from_utf8(bytes.to_vec()).expect("text"),
            _ => panic!("a stream"),
        })
    }

    pub(crate) fn ask(&self, method: &str, params: &str) -> Reply {
        let (status, challenge, text) = self.send(method, params);
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        match (status, &answer["result"], answer["error"]["code"].as_i64()) {
            (200, Value::Object(result), None) => Reply::Result(Value::Object(result.clone())),
            (200, _, Some(-32601 | -32602 | -32002)) => Reply::Absent(answer),
            (403, _, Some(-32600)) => match challenge {
                Some(challenge) => {
                    let scopes = challenge.split_once("scope=\"").and_then(|(_, rest)| rest.split_once('"'));
                    Reply::StepUp(scopes.expect("scopes").0.to_owned())
                }
                None => Reply::Forbidden,
            },
            _ => panic!("{method} {params}: {status} {answer}"),
        }
    }

    /// The names of a list through all of its pages; none where the list itself is denied.
    pub(crate) fn listed(&self, method: &str, member: &str, key: &str) -> Option<Vec<String>> {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let Reply::Result(result) = self.ask(method, &cursor) else { return None };
            let items = result[member].as_array().expect("a list");
            names.extend(items.iter().map(|item| item[key].as_str().expect("a name").to_owned()));
            let Some(next) = result["nextCursor"].as_str() else { return Some(names) };
            cursor = format!(r#""cursor":{}"#, Value::from(next));
        }
    }
}
