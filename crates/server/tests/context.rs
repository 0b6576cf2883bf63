//! Tests of the context that the policy, the observer and providers get: it says of the client what the client has said.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::sync::{Arc, Mutex};

use contract::model::{ClientFeatures, CompletionValues, Context};
use scripted::{Scripted, Server, modern, post};
use server::{AccessRequest, Authorizer, BoxFuture, Decision, ListRequest, Visibility};

/// Allows everything, and keeps the contexts.
struct Keep(Arc<Mutex<Vec<Context>>>);

impl Authorizer for Keep {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        self.0.lock().expect("lock").push(request.context.clone());
        Box::pin(std::future::ready(Decision::allow("")))
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::All))
    }
}

/// The contexts of the policy and of the provider, whose catalogue changes, for one request.
fn contexts(request: http::Request<bytes::Bytes>) -> Vec<Context> {
    let mut provider = Scripted::everything();
    provider.info.catalogue_static = false;
    provider.complete =
        Box::new(|_, _| Ok(CompletionValues { values: vec![], total: None, has_more: None, extra: None }));
    let (of_policy, of_provider) = (Arc::default(), Arc::clone(&provider.contexts));
    let server = Server::with(provider, |engine| engine.with_authorizer(Keep(Arc::clone(&of_policy))));
    assert_eq!(server.send(request).status, 200);
    let mut contexts = of_policy.lock().expect("lock").clone();
    contexts.extend(of_provider.lock().expect("lock").iter().map(|(_, context)| context.clone()));
    contexts
}

#[test]
fn the_client_of_initialize_and_the_version_that_is_agreed_on_are_in_the_context() {
    for (asked, agreed) in [("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2031-01-01", "2025-11-25")] {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"{asked}",
            "capabilities":{{"roots":{{}}}},"clientInfo":{{"name":"ada","version":"1"}}}}}}"#
        );
        let contexts = contexts(post(&[], &body));
        assert_eq!(contexts.len(), 2, "that of the policy and that of `describe`");
        for context in contexts {
            assert_eq!(context.client.map(|client| client.name).as_deref(), Some("ada"), "{asked}");
            assert_eq!((&*context.protocol_version, context.capabilities.features), (agreed, ClientFeatures::ROOTS));
        }
    }
}

#[test]
fn progress_is_wanted_only_where_the_client_could_get_it() {
    const COMPLETE: &str = r#""ref":{"type":"ref/prompt","name":"shown"},"argument":{"name":"a","value":""}"#;
    let token = r#","progressToken":1"#;
    for (method, params, meta, accept, wanted) in [
        ("tools/call", r#""name":"shown""#, token, "application/json, text/event-stream", true),
        ("resources/read", r#""uri":"test:/shown""#, token, "*/*", true),
        ("prompts/get", r#""name":"shown""#, token, "*/*", true),
        ("tools/call", r#""name":"shown""#, "", "*/*", false),
        ("tools/call", r#""name":"shown""#, token, "application/json", false),
        ("tools/list", "", token, "*/*", false),
        ("completion/complete", COMPLETE, token, "*/*", false),
    ] {
        let mut request = modern(method, params, meta);
        request.headers_mut().insert("accept", accept.parse().expect("header"));
        let contexts = contexts(request);
        assert!(contexts.len() > 1, "{method}");
        // The policy is asked first and the call comes last. What is asked in between to find the owner reports no progress.
        for context in [contexts.first(), contexts.last()].into_iter().flatten() {
            assert_eq!(context.progress_wanted, wanted, "{method} {meta} {accept}");
        }
    }
}
