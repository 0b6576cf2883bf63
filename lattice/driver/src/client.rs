//! What the driver asks the server itself, over HTTP.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Response};

/// How long the server has for an answer: a first call may have to wait for a component to be compiled.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether the server whose `/mcp` that is says that it is ready; the error has what it says instead.
pub(crate) async fn ready(url: &str) -> Result<()> {
    let ready = url.strip_suffix("/mcp").unwrap_or(url).to_owned() + "/readyz";
    let answer = client()?.get(&ready).send().await.map_err(why).with_context(|| format!("{ready} does not answer"))?;
    if answer.status() == 200 {
        return Ok(());
    }
    bail!("{ready} answers {}", short(answer).await)
}

fn client() -> Result<Client> {
    // Never by a proxy: it is this machine.
    Client::builder().timeout(PATIENCE).no_proxy().build().context("no HTTP client")
}

/// The innermost reason, which reqwest keeps to itself.
fn why(error: reqwest::Error) -> anyhow::Error {
    let mut inner: &dyn std::error::Error = &error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    anyhow::anyhow!("{inner}")
}

async fn short(answer: Response) -> String {
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    format!("{}: {}", status.as_u16(), text.chars().take(300).collect::<String>())
}
