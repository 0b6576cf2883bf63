//! Lists the tools of providers in the same way as the router: over wRPC, on NATS.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::{Client, StatusCode, Subscriber};
use contract::model::{Context, McpError};
use contract::{FunctionName, Provider as _};
use futures::StreamExt as _;
use router::{CatalogueSnapshot, Config, Rpc, RpcError, connect};

use super::observed::Provider;
use crate::manifest::PROVIDERS;
use crate::nats::LATTICE;

/// How long a provider may take to list its tools, in milliseconds.
const LIST_TIMEOUT_MS: u32 = 10_000;
/// How many pages of tools are read of a provider.
const MAX_PAGES: usize = 1000;

/// Sets the tools of every provider, as clients see them. Returns what is wrong with the providers or their tools.
pub(super) async fn list_tools(nats: &Client, providers: &mut [Provider]) -> Vec<String> {
    let targets =
        providers.iter().filter_map(|provider| Some((provider.name.clone(), provider.component.clone()?))).collect();
    let lattice = Arc::new(Nats { nats: nats.clone(), targets, started: Instant::now() });
    let mut missing = Vec::new();
    for provider in providers.iter_mut() {
        match tools(&lattice, provider).await {
            Ok(tools) => provider.tools = Some(tools),
            Err(reason) => missing.push(format!("the provider {} does not list its tools: {reason}", provider.name)),
        }
    }
    missing.extend(duplicate_tools(providers));
    missing
}

/// Tools of different providers with one name: a call of it would be ambiguous.
fn duplicate_tools(providers: &[Provider]) -> Vec<String> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let mut missing = Vec::new();
    for provider in providers {
        for tool in provider.tools.iter().flatten() {
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

/// The names of a provider's tools; empty if it answers that it offers none.
async fn tools(lattice: &Arc<Nats>, provider: &Provider) -> Result<Vec<String>, String> {
    let declared = match provider.prefix.as_str() {
        "" => provider.name.clone(),
        prefix => format!("{}={prefix}", provider.name),
    };
    let config = Config::from_settings(|key| match key {
        "providers" => Some(declared.clone()),
        "list-timeout-ms" => Some(LIST_TIMEOUT_MS.to_string()),
        _ => None,
    })
    .map_err(|error| error.to_string())?;
    let router = connect(lattice, &config, CatalogueSnapshot::default()).map_err(|error| error.to_string())?;
    let context = Context::internal("status".to_owned(), LIST_TIMEOUT_MS);
    let (mut names, mut cursor) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let page = match router.list_tools(&context, cursor.as_deref()).await {
            Ok(page) => page,
            Err(McpError::NotOffered) if cursor.is_none() => return Ok(names),
            Err(error) => return Err(error.explanation()),
        };
        names.extend(page.tools.into_iter().map(|tool| tool.name));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(names);
        }
    }
    Err(format!("its list of tools has more than {MAX_PAGES} pages"))
}

/// A lattice with wRPC 0.0.1 on NATS, for calls whose parameters fit one message.
struct Nats {
    nats: Client,
    /// The component behind each link.
    targets: BTreeMap<String, String>,
    started: Instant,
}

/// A call that no host has accepted yet.
struct PendingCall {
    nats: Client,
    acceptance: Subscriber,
    results: Subscriber,
}

/// A call that a host has accepted.
struct AcceptedCall {
    nats: Client,
    /// The subject for further parameters.
    params: String,
    results: Subscriber,
}

impl Rpc for Nats {
    type Pending = PendingCall;

    async fn send(&self, link: &str, function: FunctionName, params: Vec<u8>) -> Result<PendingCall, RpcError> {
        let target = self.targets.get(link).ok_or(RpcError::NoLink)?;
        let subject = format!("{LATTICE}.{target}.wrpc.0.0.1.{}.{}", function.interface, function.function);
        let inbox = self.nats.new_inbox();
        let acceptance = self.nats.subscribe(inbox.clone()).await.map_err(nats_failed)?;
        let results = self.nats.subscribe(format!("{inbox}.results")).await.map_err(nats_failed)?;
        self.nats.publish_with_reply(subject, inbox, params.into()).await.map_err(nats_failed)?;
        Ok(PendingCall { nats: self.nats.clone(), acceptance, results })
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn sleep_ms(&self, ms: u32) {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }
}

impl router::PendingCall for PendingCall {
    type Accepted = AcceptedCall;

    async fn accepted(mut self) -> Result<AcceptedCall, RpcError> {
        let answer = self.acceptance.next().await.ok_or(RpcError::ConnectionClosed)?;
        if answer.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(RpcError::NoInstance);
        }
        let reply = answer.reply.ok_or(RpcError::ConnectionClosed)?;
        Ok(AcceptedCall { nats: self.nats, params: format!("{reply}.params"), results: self.results })
    }
}

impl router::AcceptedCall for AcceptedCall {
    async fn send_params(&mut self, params: Vec<u8>) -> Result<(), RpcError> {
        self.nats.publish(self.params.clone(), params.into()).await.map_err(nats_failed)
    }

    async fn result(mut self, limit: usize) -> Result<Vec<u8>, RpcError> {
        // In both directions an empty message ends the sequence of messages before it.
        self.nats.publish(self.params, Vec::new().into()).await.map_err(nats_failed)?;
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

fn nats_failed<E>(_: E) -> RpcError {
    RpcError::Failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_two_providers_offer_under_one_name_is_reported() {
        let provider = |name: &str, tools: &[&str]| Provider {
            name: name.to_owned(),
            prefix: String::new(),
            component: None,
            hosts: 1,
            tools: Some(tools.iter().map(|&tool| tool.to_owned()).collect()),
        };
        for (second, expected) in
            [(&["b.add", "sub"][..], None), (&["add", "sub"], Some("the tool `add` is offered by a and by b"))]
        {
            let found = duplicate_tools(&[provider("a", &["add", "echo"]), provider("b", second)]);
            assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
            assert!(found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected)), "{found:?}");
        }
    }
}
