//! Tests of a server of several providers of which one is ill: it hangs, is slow, refuses, or says what no client can be told. Its neighbours
//! are served.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use catalog::{BuildOptions, Catalog, NamedProvider};
use contract::model::{Context, McpError, Tool, ToolAnnotations};
use scripted::{Reply, Scripted, Server, StoppedClock, complete, config, leg, ports_with, tool};
use serde_json::Value;
use server::{Clock, Engine, Incomplete, Observer, Ports};

/// The functions of a provider that were called.
type Calls = Arc<Mutex<Vec<&'static str>>>;

const ANY: &str = r#"{"type":"object"}"#;
const INITIALIZE: &str = r#""protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}"#;

/// What the observer was told that answers lack.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("lock"))
    }
}

impl Observer for Told {
    fn incomplete(&self, incomplete: &Incomplete<'_>) {
        let Incomplete { call_id, provider, reason } = *incomplete;
        assert!(!call_id.is_empty());
        self.0.lock().expect("lock").push(format!("{provider} {reason}"));
    }
}

/// A server of these providers, of which some may be away, and how many warnings there were at its start.
fn of(providers: Vec<(&str, Scripted)>, clock: &StoppedClock, told: &Told) -> (Server, usize) {
    let named = |(name, provider): (&str, Scripted)| NamedProvider { name: name.into(), prefix: None, provider };
    let (context, options) =
        (Context::internal("start".into(), 1000), BuildOptions { absence_allowed: true, ..BuildOptions::default() });
    let built = Catalog::build_with(providers.into_iter().map(named).collect(), &context, &options);
    let (catalog, warnings) = futures_executor::block_on(built).expect("catalogue");
    let ports = Ports { observer: Arc::new(told.clone()), ..ports_with(clock) };
    (Server(Arc::new(Engine::new(catalog, config(&[]), ports))), warnings.len())
}

/// A provider with one tool that can be called by any name.
fn provider(of_tool: Tool, is_static: bool) -> Scripted {
    let answer = of_tool.name.clone();
    let mut provider = Scripted::new(move |_, _| leg(complete(&answer)));
    provider.tools = vec![of_tool];
    provider.info.catalogue_static = is_static;
    provider
}

/// A server of a provider with the tool `route`, static or not, and of one with the tool `ill` whose catalogue can change, which is asked
/// first where several are; what of them a test changes or reads.
struct Neighbours {
    server: Server,
    clock: StoppedClock,
    told: Told,
    good: Handles,
    ill: Handles,
}

/// What a test changes and reads of a provider that is served.
struct Handles {
    calls: Calls,
    contexts: Arc<Mutex<Vec<(&'static str, Context)>>>,
    hangs: Arc<Mutex<Option<&'static str>>>,
    fails: Arc<Mutex<Option<(&'static str, McpError)>>>,
    more_tools: Arc<Mutex<Vec<Tool>>>,
    endless: Arc<AtomicBool>,
    experimental: Arc<Mutex<Vec<(String, String)>>>,
}

impl Handles {
    fn of(provider: &Scripted) -> Self {
        Self {
            calls: Arc::clone(&provider.calls),
            contexts: Arc::clone(&provider.contexts),
            hangs: Arc::clone(&provider.hangs),
            fails: Arc::clone(&provider.fails),
            more_tools: Arc::clone(&provider.more_tools),
            endless: Arc::clone(&provider.endless),
            experimental: Arc::clone(&provider.experimental),
        }
    }
    /// How often a function was called since this was asked last.
    fn taken(&self, function: &str) -> usize {
        let calls = std::mem::take(&mut *self.calls.lock().expect("lock"));
        calls.into_iter().filter(|call| *call == function).count()
    }
}

impl Neighbours {
    fn new(is_static: bool) -> Self {
        let region = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
        let (good, ill) = (provider(tool("route", region), is_static), provider(tool("ill", ANY), false));
        let (clock, told) = (ill.clock.clone(), Told::default());
        let handles = [Handles::of(&good), Handles::of(&ill)];
        let (server, warnings) = of(vec![("ill", ill), ("good", good)], &clock, &told);
        assert_eq!(warnings, 0);
        let [good, ill] = handles;
        for provider in [&good, &ill] {
            provider.calls.lock().expect("lock").clear();
        }
        Self { server, clock, told, good, ill }
    }
    /// The names of the tools that are listed, and the first provider whose part is missing.
    fn listed(&self, version: &str) -> (Vec<String>, Value) {
        let listed = self.server.request(version, "tools/list", "").json();
        let tools = listed["result"]["tools"].as_array().unwrap_or_else(|| panic!("no list: {listed}"));
        let names = tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect();
        (names, listed["result"]["_meta"]["wasmcp/gaps"][0].clone())
    }
    fn get(&self, path: &str) -> Reply {
        let request = http::Request::get(path).header("host", "localhost").body(bytes::Bytes::new());
        self.server.send(request.expect("request"))
    }
    /// What `server/discover` says to be missing, after a look whether `initialize` answers too.
    fn described(&self) -> Value {
        let initialized = self.server.request("2025-11-25", "initialize", INITIALIZE).json();
        assert!(initialized["result"]["serverInfo"].is_object(), "{initialized}");
        let discovered = self.server.request("2026-07-28", "server/discover", "").json();
        assert!(discovered["result"]["capabilities"]["tools"].is_object(), "{discovered}");
        discovered["result"]["_meta"]["wasmcp/gaps"][0].clone()
    }
}

/// Both versions that list.
const VERSIONS: [&str; 2] = ["2026-07-28", "2025-11-25"];

#[test]
fn a_call_asks_its_owner_alone() {
    for is_static in [true, false] {
        for hanging in ["describe", "list-tools"] {
            let Neighbours { server, good, ill, .. } = Neighbours::new(is_static);
            *ill.hangs.lock().expect("lock") = Some(hanging);
            let reply = server.call("route", r#"{}"#, "");
            assert_eq!((reply.status, reply.json()["result"]["isError"].is_null()), (200, true), "{hanging}");
            let missing = server.call("route", r#"{"region":"eu"}"#, "");
            assert_eq!((missing.status, missing.code()), (400, Some(-32020)), "the header matters: {hanging}");
            let legacy = server
                .legacy(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"route","arguments":{}}}"#);
            assert_eq!(legacy.status, 200);
            assert!(ill.calls.lock().expect("lock").is_empty(), "{hanging}");
            let lists = good.taken("list-tools");
            assert_eq!(lists, if is_static { 0 } else { 3 }, "once for a call of a list that can change");
        }
    }
}

#[test]
fn a_provider_that_is_away_at_the_start_is_served_when_it_comes_back() {
    let away = Arc::new(Mutex::new(true));
    for version in VERSIONS {
        *away.lock().expect("lock") = true;
        let mut ill = provider(tool("ill", ANY), false);
        ill.away = Some(Arc::clone(&away));
        let good = provider(tool("route", ANY), true);
        let (server, warnings) = of(vec![("good", good), ("ill", ill)], &StoppedClock::default(), &Told::default());
        assert_eq!(warnings, 1);

        let names = || {
            let listed = server.request(version, "tools/list", "").json();
            let tools = listed["result"]["tools"].as_array().expect("tools").clone();
            (tools.len(), listed["result"]["_meta"]["wasmcp/gaps"][0].clone())
        };
        assert_eq!(names(), (1, "ill".into()), "{version}");
        assert_eq!(server.request(version, "tools/call", r#""name":"route""#).status, 200, "{version}");
        *away.lock().expect("lock") = false;
        assert_eq!(names(), (2, Value::Null), "{version}");
        let called = server.request(version, "tools/call", r#""name":"ill""#).json();
        assert_eq!(called["result"]["content"][0]["text"], "ill", "{version}: {called}");
    }
}

#[test]
fn a_provider_that_refuses_is_missing_and_no_client_is_refused_for_it() {
    for is_static in [true, false] {
        for error in [
            McpError::Forbidden("not you".into()),
            McpError::InsufficientScope(vec!["everything".into()]),
            McpError::InvalidCursor,
        ] {
            let neighbours = Neighbours::new(is_static);
            *neighbours.ill.fails.lock().expect("lock") = Some(("list-tools", error.clone()));
            for version in VERSIONS {
                assert_eq!(neighbours.listed(version), (vec!["route".to_owned()], "ill".into()), "{version} {error:?}");
                assert!(
                    matches!(&*neighbours.told.take(), [told] if told.starts_with("ill is missing: ")),
                    "{error:?}"
                );
            }
            let named = neighbours.server.request("2026-07-28", "tools/list", r#""cursor":"ill:1""#);
            let refused = error == McpError::InvalidCursor;
            assert_eq!(named.code().is_some(), refused, "a cursor that it is named by: {error:?}");

            *neighbours.ill.fails.lock().expect("lock") = Some(("describe", error.clone()));
            assert_eq!(neighbours.described(), "ill", "{error:?}");
            assert_eq!(neighbours.get("/readyz").status, 200, "{error:?}");
        }
    }
}

#[test]
fn what_no_client_can_be_told_is_left_out_and_all_else_is_served() {
    let with = |change: fn(&mut Tool)| {
        let mut tool = tool("bad", ANY);
        change(&mut tool);
        tool
    };
    let hints = |extra: &str| ToolAnnotations { extra: Some(extra.into()), ..test_records::tool_annotations() };
    let mut hinted = tool("bad", ANY);
    hinted.annotations = Some(hints("[]"));
    let cases = [
        (with(|it| it.output_schema = Some("[]".into())), "`outputSchema` must be a JSON object"),
        (with(|it| it.extra = Some("x".into())), "`extra` is not a JSON object"),
        (with(|it| it.input_schema = r#"{"type":"object","a":1,"a":2}"#.into()), "`inputSchema`"),
        (hinted, "`annotations.extra`"),
        (with(|it| it.name = "b\u{7}d".into()), "such a name"),
        (with(|it| it.input_schema = "[]".into()), "not a JSON object"),
        (
            with(|it| {
                it.input_schema = r#"{"type":"object","properties":{"a":{"type":"number","x-mcp-header":"A"}}}"#.into()
            }),
            "clients would not use the tool",
        ),
    ];
    for (bad, fault) in cases {
        let neighbours = Neighbours::new(true);
        *neighbours.ill.more_tools.lock().expect("lock") = vec![bad.clone(), tool("fine", ANY)];
        for version in VERSIONS {
            let names = ["ill", "fine", "route"].map(str::to_owned).to_vec();
            assert_eq!(neighbours.listed(version), (names, Value::Null), "{version} {fault}");
            let told = neighbours.told.take();
            assert!(matches!(&*told, [told] if told.contains(fault)), "{fault}: {told:?}");
        }
    }
    for experimental in [vec![("e", "5")], vec![("e", "{}"), ("e", "{}")]] {
        let neighbours = Neighbours::new(true);
        let entries = experimental.iter().map(|(name, json)| ((*name).to_owned(), (*json).to_owned()));
        neighbours.ill.experimental.lock().expect("lock").extend(entries);
        assert_eq!(neighbours.described(), "ill", "{experimental:?}");
        assert!(neighbours.told.take().iter().all(|told| told.contains("experimental")));
    }
}

#[test]
fn a_description_that_hangs_is_waited_for_once() {
    let neighbours = Neighbours::new(false);
    *neighbours.ill.hangs.lock().expect("lock") = Some("describe");
    let took_ms = || {
        let before = neighbours.clock.monotonic_ms();
        assert_eq!(neighbours.described(), "ill");
        neighbours.clock.monotonic_ms() - before
    };
    assert_eq!((took_ms(), neighbours.ill.taken("describe")), (10_000, 1));
    assert_eq!((took_ms(), neighbours.ill.taken("describe")), (0, 0), "it is known that it hangs");
    neighbours.clock.advance(5_000);
    assert_eq!((took_ms(), neighbours.ill.taken("describe")), (10_000, 1), "it is asked again");

    *neighbours.ill.hangs.lock().expect("lock") = None;
    assert_eq!(neighbours.described(), "ill");
    neighbours.clock.advance(5_000);
    assert_eq!(neighbours.described(), Value::Null, "it answers again");
}

#[test]
fn a_provider_that_hangs_does_not_take_the_others_out_of_service() {
    for (is_static, both_hang, status, asked) in [(true, false, 200, 0), (false, false, 200, 1), (false, true, 503, 1)]
    {
        let neighbours = Neighbours::new(is_static);
        *neighbours.ill.hangs.lock().expect("lock") = Some("describe");
        *neighbours.good.hangs.lock().expect("lock") = both_hang.then_some("describe");
        assert_eq!(neighbours.get("/readyz").status, status, "{is_static} {both_hang}");
        assert_eq!(neighbours.ill.taken("describe"), asked, "{is_static} {both_hang}");
        let contexts = neighbours.ill.contexts.lock().expect("lock");
        let told = contexts.last().map(|(_, context)| context.remaining_ms);
        assert_eq!(told.filter(|_| asked > 0), (asked > 0).then_some(1000));
    }
}

#[test]
fn all_pages_of_a_list_together_have_the_time_of_one_answer() {
    let mut ill = provider(tool("ill", ANY), false);
    ill.takes_ms = vec![("list-tools", 3_000)];
    let (good, clock, told) = (provider(tool("route", ANY), false), ill.clock.clone(), Told::default());
    let [good_handles, ill_handles] = [Handles::of(&good), Handles::of(&ill)];
    let (server, _) = of(vec![("ill", ill), ("good", good)], &clock, &told);
    *good_handles.more_tools.lock().expect("lock") = vec![tool("late", ANY)];
    ill_handles.endless.store(true, Ordering::Relaxed);
    ill_handles.contexts.lock().expect("lock").clear();

    // Neither had the tool at the start, so that the first provider could be its owner.
    let called = server.call("late", "{}", "").json();
    assert_eq!(called["result"]["content"][0]["text"], "route", "{called}");
    let contexts = std::mem::take(&mut *ill_handles.contexts.lock().expect("lock"));
    let times: Vec<_> = contexts.iter().map(|(_, context)| context.remaining_ms).collect();
    assert_eq!(times, [10_000, 7_000, 4_000, 1_000]);
    assert_eq!(told.take(), ["ill cannot be listed to find an owner: it did not answer in time"]);
    let unknown = server.call("none", "{}", "").json();
    assert_eq!(unknown["error"]["message"], "the provider did not answer in time", "it might have it: {unknown}");
}

#[test]
fn a_tool_of_one_provider_can_be_called_while_another_cannot_be_listed() {
    type Ail = fn(&Handles);
    let ailments: [(&str, Ail); 3] = [
        ("hangs", |ill| *ill.hangs.lock().expect("lock") = Some("list-tools")),
        ("traps", |ill| *ill.fails.lock().expect("lock") = Some(("list-tools", McpError::Internal("trap".into())))),
        ("lists without end", |ill| ill.endless.store(true, Ordering::Relaxed)),
    ];
    for (ailment, ail) in ailments {
        let away = Arc::new(Mutex::new(true));
        let mut late = provider(tool("late", ANY), false);
        late.away = Some(Arc::clone(&away));
        let (ill, told) = (provider(tool("ill", ANY), false), Told::default());
        let (clock, ill_handles, late_handles) = (ill.clock.clone(), Handles::of(&ill), Handles::of(&late));
        let (server, warnings) = of(vec![("ill", ill), ("late", late)], &clock, &told);
        assert_eq!(warnings, 1, "`late` is a gap at the start");
        *away.lock().expect("lock") = false;
        ail(&ill_handles);
        let answer = |name: &str| server.call(name, "{}", "").json();
        let called = answer("late");
        assert_eq!(called["result"]["content"][0]["text"], "late", "{ailment}: {called}");
        assert_eq!(told.take().len(), 1, "{ailment}");

        // What a provider had at the start stays its own, although another lists it now.
        *late_handles.more_tools.lock().expect("lock") = vec![tool("ill", ANY)];
        late_handles.calls.lock().expect("lock").clear();
        assert_eq!(answer("ill")["error"]["code"], -32603, "{ailment}");
        assert!(late_handles.calls.lock().expect("lock").is_empty(), "{ailment}: no other provider learns of the call");
    }
}
