//! Asks providers what they have, as the router does: over wRPC, by NATS.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::{Client, StatusCode, Subscriber};
use catalog::CatalogueSnapshot;
use contract::{Provider as _, nobody, reason};
use futures::StreamExt as _;
use router::{AcceptedCall, Config, PendingCall, Rpc, RpcError, connect};
use contract::FunctionName;

use crate::inventory::Provider;
use crate::model::PROVIDERS;
use crate::state::LATTICE;

/// How long a provider has for its list, in milliseconds.
const PATIENCE: u32 = 10_000;

/// Adds to every provider the names of its tools, as clients see them. Returns what it could not.
pub(crate) async fn tools(nats: &Client, providers: &mut [Provider]) -> Vec<String> {
    let targets =
        providers.iter().filter_map(|provider| Some((provider.name.clone(), provider.component.clone()?))).collect();
    let lattice = Arc::new(Nats { nats: nats.clone(), targets, started: Instant::now() });
    let mut missing = Vec::new();
    for provider in providers.iter_mut() {
        match ask(&lattice, provider).await {
            Ok(tools) => provider.tools = tools,
            Err(reason) => missing.push(format!("the provider {} does not say what it has: {reason}", provider.name)),
        }
    }
    missing.extend(clashes(providers));
    missing
}

/// Tools of one name: a call could not say whose it is.
fn clashes(providers: &[Provider]) -> Vec<String> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let mut missing = Vec::new();
    for provider in providers {
        for tool in &provider.tools {
            match owners.insert(tool, &provider.name) {
                Some(first) if first != provider.name => missing.push(format!(
                    "the tool `{tool}` is offered by {first} and by {name}: give one of them a prefix in `{PROVIDERS}`, `{name}={name}.`",
                    name = provider.name
                )),
                _ => {}
            }
        }
    }
    missing
}

async fn ask(lattice: &Arc<Nats>, provider: &Provider) -> Result<Vec<String>, String> {
    let declared = match provider.prefix.as_str() {
        "" => provider.name.clone(),
        prefix => format!("{}={prefix}", provider.name),
    };
    let config = Config::from_settings(|key| match key {
        "providers" => Some(declared.clone()),
        "list-timeout-ms" => Some(PATIENCE.to_string()),
        _ => None,
    })
    .map_err(|error| error.to_string())?;
    let catalog = connect(lattice, &config, CatalogueSnapshot::default()).map_err(|error| error.to_string())?;
    let context = nobody("status".to_owned(), PATIENCE);
    let (mut names, mut cursor) = (Vec::new(), None);
    loop {
        let page = catalog.list_tools(&context, cursor.as_deref()).await.map_err(|error| error.explanation())?;
        names.extend(page.tools.into_iter().map(|tool| tool.name));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(names);
        }
    }
}

/// The lattice as wRPC 0.0.1 has it on NATS, for calls whose parameters are few.
struct Nats {
    nats: Client,
    /// The component behind each link.
    targets: BTreeMap<String, String>,
    started: Instant,
}

/// A call that no host has accepted yet.
struct Sent {
    nats: Client,
    accepted: Subscriber,
    results: Subscriber,
}

/// A call that a host has accepted.
struct Accepted {
    nats: Client,
    /// Where further parameters go.
    params: String,
    results: Subscriber,
}

impl Rpc for Nats {
    type Pending = Sent;

    async fn send(&self, link: &str, function: FunctionName, params: Vec<u8>) -> Result<Sent, RpcError> {
        let target = self.targets.get(link).ok_or(RpcError::NoLink)?;
        let subject = format!("{LATTICE}.{target}.wrpc.0.0.1.{}.{}", function.interface(), function.name());
        let inbox = self.nats.new_inbox();
        let accepted = self.nats.subscribe(inbox.clone()).await.map_err(broken)?;
        let results = self.nats.subscribe(format!("{inbox}.results")).await.map_err(broken)?;
        self.nats.publish_with_reply(subject, inbox, params.into()).await.map_err(broken)?;
        Ok(Sent { nats: self.nats.clone(), accepted, results })
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn sleep_ms(&self, ms: u32) {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }
}

impl PendingCall for Sent {
    type Accepted = Accepted;

    async fn accepted(mut self) -> Result<Accepted, RpcError> {
        let answer = self.accepted.next().await.ok_or(RpcError::ConnectionClosed)?;
        if answer.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(RpcError::NoInstance);
        }
        let reply = answer.reply.ok_or(RpcError::ConnectionClosed)?;
        Ok(Accepted { nats: self.nats, params: format!("{reply}.params"), results: self.results })
    }
}

impl AcceptedCall for Accepted {
    async fn send_params(&mut self, params: Vec<u8>) -> Result<(), RpcError> {
        self.nats.publish(self.params.clone(), params.into()).await.map_err(broken)
    }

    async fn result(mut self, limit: usize) -> Result<Vec<u8>, RpcError> {
        // An empty message is the end of what was sent before it, here and there.
        self.nats.publish(self.params, Vec::new().into()).await.map_err(broken)?;
        let mut bytes = Vec::new();
        while let Some(message) = self.results.next().await {
            if message.payload.is_empty() {
                return Ok(bytes);
            }
            if bytes.len() + message.payload.len() > limit {
                return Err(RpcError::TooLarge(limit));
            }
            bytes.extend_from_slice(&message.payload);
        }
        Err(RpcError::ConnectionClosed)
    }
}

fn broken<E>(_: E) -> RpcError {
    RpcError::Failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_two_providers_offer_under_one_name_is_a_gap() {
        let provider = |name: &str, tools: &[&str]| Provider {
            name: name.to_owned(),
            prefix: String::new(),
            component: None,
            hosts: 1,
            tools: tools.iter().map(|&tool| tool.to_owned()).collect(),
        };
        for (second, wanted) in
            [(&["b.add", "sub"][..], None), (&["add", "sub"], Some("the tool `add` is offered by a and by b"))]
        {
            let found = clashes(&[provider("a", &["add", "echo"]), provider("b", second)]);
            assert_eq!(found.len(), usize::from(wanted.is_some()), "{found:?}");
            assert!(found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted)), "{found:?}");
        }
    }
}
