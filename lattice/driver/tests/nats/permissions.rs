//! What NATS allows each role: one attempt for each case.

use tokio::sync::mpsc::UnboundedReceiver;
use wasmcp_lattice::nats::credentials::{Issuer, Role};
use wasmcp_lattice::nats::scope::Scope;

use crate::{DEADLINE, Server};

#[derive(Clone, Copy, Debug)]
enum Act {
    Publish,
    Subscribe,
}
use Act::{Publish, Subscribe};

/// Which role does what on which subject, and whether that is allowed.
const CASES: &[(Role, Act, &str, bool)] = &[
    // Only the edge calls components; the driver calls none at all.
    (Role::EdgeCalls, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", true),
    (Role::ProviderCalls, Publish, "default.wasmcp-transport.wrpc.0.0.1.wasi:http/incoming-handler.handle", false),
    (Role::ProviderCalls, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    (
        Role::ProviderCalls,
        Publish,
        "default.wasmcp-http_client.wrpc.0.0.1.wrpc:http/outgoing-handler@0.1.0.handle",
        true,
    ),
    (Role::Wadm, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    (Role::Driver, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    // Calls can be received where their components may run.
    (Role::ProviderCalls, Subscribe, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", true),
    (Role::ProviderCalls, Subscribe, "default.wasmcp-transport.wrpc.0.0.1.wasi:http/incoming-handler.handle", false),
    (Role::ProviderCalls, Subscribe, "default.*.wrpc.>", false),
    (Role::Driver, Subscribe, "default.wasmcp-calculator.wrpc.>", false),
    // Only wadm and the driver give orders.
    (Role::Driver, Publish, "wasmbus.ctl.v1.default.host.ping", true),
    (Role::Wadm, Publish, "wasmbus.ctl.v1.default.component.scale.NAHOST", true),
    (Role::EdgeHost, Publish, "wasmbus.ctl.v1.default.host.stop.NAHOST", false),
    (Role::ProviderHost, Publish, "wasmbus.ctl.v1.default.host.stop.NAHOST", false),
    (Role::ProviderHost, Publish, "wasmbus.ctl.v1.default.link.put", false),
    (Role::ProviderHost, Publish, "wadm.api.default.model.put", false),
    // A provider host receives orders to itself and to all hosts.
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.*.NAHOST", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.auction", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.config.>", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.*.NBHOST", false),
    // A provider host cannot end the capability providers of other hosts.
    (Role::ProviderCalls, Publish, "wasmbus.rpc.default.wasmcp-http_client.health", true),
    (Role::ProviderCalls, Publish, "wasmbus.rpc.default.wasmcp-http_server.linkdefs.put", false),
    (Role::ProviderCalls, Publish, "wasmbus.rpc.default.XKEY.linkdefs.put", false),
    (Role::ProviderCalls, Publish, "wasmbus.rpc.default.wasmcp-http_server.default.shutdown", false),
    // What hosts follow is written by the edge, and provider hosts have a copy. No connection for calls may ask JetStream to deliver.
    (Role::EdgeHost, Publish, "$KV.CONFIGDATA_default.transport", true),
    (Role::ProviderHost, Publish, "$KV.CONFIGDATA_default.transport", false),
    (Role::ProviderHost, Publish, "$KV.LATTICEDATA_default.COMPONENT_wasmcp-calculator", true),
    (Role::ProviderHost, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    (Role::EdgeHost, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    (Role::EdgeCalls, Publish, "$JS.API.CONSUMER.CREATE.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::ProviderCalls, Publish, "$JS.API.INFO", false),
    (Role::ProviderCalls, Publish, "$JS.API.CONSUMER.CREATE.KV_LATTICEDATA_default", false),
    // What a component keeps is reached by the state provider on the edge, and by nothing else.
    (Role::ProviderCalls, Publish, "default.wasmcp-state.wrpc.0.0.1.wasmcp:mcp/state@0.1.0.get", true),
    (Role::EdgeCalls, Publish, "$KV.wasmcp-state-wasmcp-keeper.ka", true),
    (
        Role::EdgeCalls,
        Publish,
        "$JS.API.DIRECT.GET.KV_wasmcp-state-wasmcp-keeper.$KV.wasmcp-state-wasmcp-keeper.ka",
        true,
    ),
    (Role::EdgeCalls, Publish, "$JS.API.STREAM.CREATE.KV_wasmcp-state-wasmcp-keeper", true),
    (Role::EdgeCalls, Publish, "$JS.API.STREAM.PURGE.KV_wasmcp-state-wasmcp-keeper", true),
    (Role::EdgeCalls, Subscribe, "_INBOX_wasmcp_state.>", true),
    (Role::EdgeCalls, Publish, "$JS.API.STREAM.DELETE.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::EdgeCalls, Publish, "$KV.wasmcp-state-wasmcp-weather.ka", false),
    (Role::EdgeCalls, Subscribe, "$KV.wasmcp-state-wasmcp-keeper.>", false),
    (Role::ProviderCalls, Publish, "$KV.wasmcp-state-wasmcp-keeper.ka", false),
    (
        Role::ProviderCalls,
        Publish,
        "$JS.API.DIRECT.GET.KV_wasmcp-state-wasmcp-keeper.$KV.wasmcp-state-wasmcp-keeper.ka",
        false,
    ),
    (Role::ProviderCalls, Publish, "$JS.API.STREAM.MSG.GET.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::ProviderCalls, Publish, "$JS.API.STREAM.PURGE.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::ProviderCalls, Publish, "$JS.API.CONSUMER.CREATE.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::ProviderCalls, Subscribe, "$KV.wasmcp-state-wasmcp-keeper.>", false),
    (Role::ProviderCalls, Subscribe, "_INBOX_wasmcp_state.>", false),
    (Role::Driver, Publish, "$KV.wasmcp-state-wasmcp-keeper.ka", false),
    (Role::Driver, Publish, "default.wasmcp-state.wrpc.0.0.1.wasmcp:mcp/state@0.1.0.get", false),
];

/// A subject that no role may use: its refusal comes after the refusals of everything before it.
const FENCE: &str = "fence";

#[tokio::test]
async fn every_role_may_do_what_it_has_to_and_nothing_else() {
    let server = Server::start("permissions").await;
    let refusal = async_nats::connect(&server.address).await.map(|_| ()).unwrap_err().to_string();
    assert!(refusal.contains("authorization"), "a client without credentials: {refusal}");
    let stranger = Issuer::new(&server.scope).unwrap().0.user("stranger", Role::Driver, &Scope::default()).unwrap();
    assert!(server.connect_as(&stranger).await.is_err(), "credentials of another lattice");

    let mut wrong = Vec::new();
    for &(role, act, subject, is_allowed) in CASES {
        let (client, mut events) = server.connect(role).await;
        match act {
            Publish => client.publish(subject, "".into()).await.unwrap(),
            Subscribe => std::mem::forget(client.subscribe(subject).await.unwrap()),
        }
        client.publish(FENCE, "".into()).await.unwrap();
        client.flush().await.unwrap();
        let refused = until_fence(&mut events).await;
        let is_refused = refused.iter().any(|event| event.contains(&format!("\"{subject}\"").to_lowercase()));
        if is_refused == is_allowed || refused.len() != usize::from(!is_allowed) {
            wrong.push(format!("{role:?} {act:?} {subject}: refused is {refused:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What was refused before the fence.
async fn until_fence(events: &mut UnboundedReceiver<String>) -> Vec<String> {
    let mut refused = Vec::new();
    loop {
        // The timeout is for a server that stops answering; otherwise the fence ends the loop.
        let event = tokio::time::timeout(DEADLINE, events.recv()).await.expect("the fence is refused");
        match event.expect("a connection") {
            event if event.contains(&format!("\"{FENCE}\"")) => return refused,
            event => refused.push(event),
        }
    }
}
