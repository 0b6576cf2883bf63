//! What NATS lets whom do, asked of a real server with the configuration that `up` writes.
#![cfg(test)]

use std::path::PathBuf;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event};
use rustix::process::Signal;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wasmcp_lattice::credentials::{Issuer, Role, User};
use wasmcp_lattice::process::Process;
use wasmcp_lattice::reach::Reach;
use wasmcp_lattice::start;
use wasmcp_lattice::state::Run;
use wasmcp_lattice::tools::Tools;

const HOST: &str = "NAHOST";

#[derive(Clone, Copy, Debug)]
enum Act {
    Publish,
    Subscribe,
}
use Act::{Publish, Subscribe};

/// Who, does what, on which subject, and whether that is allowed.
const CASES: &[(Role, Act, &str, bool)] = &[
    // Only the edge calls components, and the driver none at all.
    (Role::EdgeHost, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", true),
    (Role::ProviderHost, Publish, "default.wasmcp-transport.wrpc.0.0.1.wasi:http/incoming-handler.handle", false),
    (Role::ProviderHost, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    (
        Role::ProviderHost,
        Publish,
        "default.wasmcp-http_client.wrpc.0.0.1.wrpc:http/outgoing-handler@0.1.0.handle",
        true,
    ),
    (Role::Wadm, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    (Role::Driver, Publish, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", false),
    // Calls are heard where their components may run.
    (Role::ProviderHost, Subscribe, "default.wasmcp-calculator.wrpc.0.0.1.wasmcp:mcp/tools@0.1.0.call-tool", true),
    (Role::ProviderHost, Subscribe, "default.wasmcp-transport.wrpc.0.0.1.wasi:http/incoming-handler.handle", false),
    (Role::ProviderHost, Subscribe, "default.*.wrpc.>", false),
    (Role::Driver, Subscribe, "default.wasmcp-calculator.wrpc.>", false),
    // Only wadm and the driver give orders.
    (Role::Driver, Publish, "wasmbus.ctl.v1.default.host.ping", true),
    (Role::Wadm, Publish, "wasmbus.ctl.v1.default.component.scale.NAHOST", true),
    (Role::EdgeHost, Publish, "wasmbus.ctl.v1.default.host.stop.NAHOST", false),
    (Role::ProviderHost, Publish, "wasmbus.ctl.v1.default.host.stop.NAHOST", false),
    (Role::ProviderHost, Publish, "wasmbus.ctl.v1.default.link.put", false),
    (Role::ProviderHost, Publish, "wadm.api.default.model.put", false),
    // A provider host hears orders to itself and to all.
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.*.NAHOST", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.auction", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.config.>", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.*.NBHOST", false),
    // Nor does it end the capability providers of others.
    (Role::ProviderHost, Publish, "wasmbus.rpc.default.wasmcp-http_client.health", true),
    (Role::ProviderHost, Publish, "wasmbus.rpc.default.wasmcp-http_server.linkdefs.put", true),
    (Role::ProviderHost, Publish, "wasmbus.rpc.default.wasmcp-http_server.default.shutdown", false),
];

/// Nobody may use it: the refusal of it comes after that of everything before.
const FENCE: &str = "fence";

#[tokio::test]
async fn everybody_may_do_what_it_has_to_and_nothing_else() {
    let Some(tools) = std::env::var_os("WASMCP_LATTICE_TOOLS") else {
        panic!("this test needs a NATS server: set WASMCP_LATTICE_TOOLS to \"$(tools/install lattice)/bin\"");
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("permissions-{}", std::process::id()));
    let run = Run::at(&folder).unwrap();
    run.create().unwrap();
    let (issuer, trust) = Issuer::new().unwrap();
    let port = start::free_port().unwrap();
    let nats = start::nats(&run, &Tools::of(&PathBuf::from(tools)).unwrap(), port, &trust).await.unwrap();
    let _nats = Ended(nats);
    let address = format!("127.0.0.1:{port}");

    let refusal = ConnectOptions::new().connect(&address).await.map(|_| ()).unwrap_err().to_string();
    assert!(refusal.contains("authorization"), "who brings no credentials: {refusal}");
    let stranger = Issuer::new().unwrap().0.user("stranger", Role::Driver, &Reach::default()).unwrap();
    assert!(connect(&address, &stranger).await.is_err(), "credentials of another lattice");

    let manifest = serde_yaml::from_str(include_str!("../../../wadm.hosts.yaml")).unwrap();
    let reach = Reach::of_providers(&manifest).on(HOST);
    let mut wrong = Vec::new();
    for &(role, act, subject, is_allowed) in CASES {
        let user = issuer.user("one", role, &reach).unwrap();
        let (client, mut events) = connect(&address, &user).await.unwrap();
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
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn connect(address: &str, user: &User) -> anyhow::Result<(Client, UnboundedReceiver<String>)> {
    let (sender, events) = unbounded_channel();
    let options = ConnectOptions::with_credentials(&user.text())?.event_callback(move |event| {
        if let Event::ServerError(error) = event {
            let _ = sender.send(error.to_string().to_lowercase());
        }
        std::future::ready(())
    });
    Ok((options.connect(address).await?, events))
}

/// What was refused before the fence.
async fn until_fence(events: &mut UnboundedReceiver<String>) -> Vec<String> {
    let mut refused = Vec::new();
    loop {
        // For a server that answers no more; one that does ends the loop by the fence.
        let event = tokio::time::timeout(Duration::from_secs(30), events.recv()).await.expect("the fence is refused");
        match event.expect("a connection") {
            event if event.contains(&format!("\"{FENCE}\"")) => return refused,
            event => refused.push(event),
        }
    }
}

/// Ended when dropped, also by a test that fails.
struct Ended(Process);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.signal(Signal::KILL);
    }
}
