//! What NATS allows each role, tried on a real server with the configuration that `up` writes.
#![cfg(test)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event};
use rustix::process::Signal;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wasmcp_lattice::manifest::Manifest;
use wasmcp_lattice::nats::credentials::{Issuer, Role, User};
use wasmcp_lattice::nats::scope::Scope;
use wasmcp_lattice::process::binaries::Binaries;
use wasmcp_lattice::process::run_dir::RunDir;
use wasmcp_lattice::process::{Process, start};

const HOST: &str = "NAHOST";

#[derive(Clone, Copy, Debug)]
enum Act {
    Publish,
    Subscribe,
}
use Act::{Publish, Subscribe};

/// Which role does what on which subject, and whether that is allowed.
const CASES: &[(Role, Act, &str, bool)] = &[
    // Only the edge calls components; the driver calls none at all.
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
    // Calls can be received where their components may run.
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
    // A provider host receives orders to itself and to all hosts.
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.*.NAHOST", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.auction", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.config.>", true),
    (Role::ProviderHost, Subscribe, "wasmbus.ctl.v1.default.component.*.NBHOST", false),
    // A provider host cannot end the capability providers of other hosts.
    (Role::ProviderHost, Publish, "wasmbus.rpc.default.wasmcp-http_client.health", true),
    (Role::ProviderHost, Publish, "wasmbus.rpc.default.wasmcp-http_server.linkdefs.put", true),
    (Role::ProviderHost, Publish, "wasmbus.rpc.default.wasmcp-http_server.default.shutdown", false),
    // What a component keeps is reached by the state provider on the edge, and by nothing else.
    (Role::ProviderHost, Publish, "default.wasmcp-state.wrpc.0.0.1.wasmcp:mcp/state@0.1.0.get", true),
    (Role::EdgeHost, Publish, "$KV.wasmcp-state-wasmcp-keeper.ka", true),
    (Role::EdgeHost, Publish, "$JS.API.DIRECT.GET.KV_wasmcp-state-wasmcp-keeper.$KV.wasmcp-state-wasmcp-keeper.ka", true),
    (Role::EdgeHost, Publish, "$JS.API.STREAM.CREATE.KV_wasmcp-state-wasmcp-keeper", true),
    (Role::EdgeHost, Publish, "$JS.API.STREAM.PURGE.KV_wasmcp-state-wasmcp-keeper", true),
    (Role::EdgeHost, Subscribe, "_INBOX_wasmcp_state.>", true),
    (Role::EdgeHost, Publish, "$JS.API.STREAM.DELETE.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::EdgeHost, Publish, "$KV.wasmcp-state-wasmcp-weather.ka", false),
    (Role::EdgeHost, Subscribe, "$KV.wasmcp-state-wasmcp-keeper.>", false),
    (Role::ProviderHost, Publish, "$KV.wasmcp-state-wasmcp-keeper.ka", false),
    (
        Role::ProviderHost,
        Publish,
        "$JS.API.DIRECT.GET.KV_wasmcp-state-wasmcp-keeper.$KV.wasmcp-state-wasmcp-keeper.ka",
        false,
    ),
    (Role::ProviderHost, Publish, "$JS.API.STREAM.MSG.GET.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::ProviderHost, Publish, "$JS.API.STREAM.PURGE.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::ProviderHost, Publish, "$JS.API.CONSUMER.CREATE.KV_wasmcp-state-wasmcp-keeper", false),
    (Role::ProviderHost, Subscribe, "$KV.wasmcp-state-wasmcp-keeper.>", false),
    (Role::ProviderHost, Subscribe, "_INBOX_wasmcp_state.>", false),
    (Role::Driver, Publish, "$KV.wasmcp-state-wasmcp-keeper.ka", false),
    (Role::Driver, Publish, "default.wasmcp-state.wrpc.0.0.1.wasmcp:mcp/state@0.1.0.get", false),
];

/// A subject that no role may use: its refusal comes after the refusals of everything before it.
const FENCE: &str = "fence";

#[tokio::test]
async fn every_role_may_do_what_it_has_to_and_nothing_else() {
    let Some(binaries) = std::env::var_os("WASMCP_LATTICE_BINARIES") else {
        panic!("this test needs a NATS server: set WASMCP_LATTICE_BINARIES to \"$(tools/install lattice)/bin\"");
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("permissions-{}", std::process::id()));
    let run_dir = RunDir::at(&folder).unwrap();
    run_dir.create().unwrap();
    let (issuer, trust) = Issuer::new().unwrap();
    let port = start::free_port().unwrap();
    let binaries = Binaries::in_folder(&PathBuf::from(binaries)).unwrap();
    let _nats = KillOnDrop(start::nats(&run_dir, &binaries, port, &trust).await.unwrap());
    let address = format!("127.0.0.1:{port}");

    let refusal = ConnectOptions::new().connect(&address).await.map(|_| ()).unwrap_err().to_string();
    assert!(refusal.contains("authorization"), "a client without credentials: {refusal}");
    let stranger = Issuer::new().unwrap().0.user("stranger", Role::Driver, &Scope::default()).unwrap();
    assert!(connect(&address, &stranger).await.is_err(), "credentials of another lattice");

    let manifest = format!("{}\n{}", include_str!("../../../wadm.hosts.yaml"), include_str!("keeper.yaml"));
    let manifest = Manifest::parse(&manifest, Path::new(".")).unwrap();
    let scope = Scope::of(&manifest.application()).for_host(HOST);
    let mut wrong = Vec::new();
    for &(role, act, subject, is_allowed) in CASES {
        let user = issuer.user("one", role, &scope).unwrap();
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
        // The timeout is for a server that stops answering; otherwise the fence ends the loop.
        let event = tokio::time::timeout(Duration::from_secs(30), events.recv()).await.expect("the fence is refused");
        match event.expect("a connection") {
            event if event.contains(&format!("\"{FENCE}\"")) => return refused,
            event => refused.push(event),
        }
    }
}

/// A process that is killed when the test ends, even if it fails.
struct KillOnDrop(Process);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        let _ = self.0.signal(Signal::KILL);
    }
}
