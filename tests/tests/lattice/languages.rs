//! The example of each language as a component of its own, all behind one transport: the conversations that each has alone on `wasmcp serve`,
//! every setting that it refuses, and four that answer while the fifth is away.
//!
//! wasmCloud 1.9 has neither a list of the hosts that a component may ask nor a limit of memory for one component, so that what
//! `tests/examples/` shows of `--egress` and `--limit-memory` has nothing like it here.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wasmcp_tests::examples::{
    CITIES, Example, SETTINGS, TIMEOUT_MS, answer, has_cities, in_time, is_error, is_text, list_all, only_of, repeats,
};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Case, Lattice, Request, free_address};

use crate::conversations::Tally;
use crate::deployment::{Deployment, Provider};
use crate::hosts::call;
use crate::wash::until;

pub(crate) const NAME: &str = "five languages: the example of each has behind one transport the conversations that it has alone, and needs no other";

/// How long a call may take, in milliseconds.
const CALL_MS: u32 = 8000;
/// The language that is taken away.
const AWAY: &str = "go";
/// The row about what one provider says of itself: [`Five::described`] is about what five do.
const ALONE: &str = "the server has the description of its provider";
/// The link by which an example asks its upstream.
const TO_UPSTREAM: &str = "        - type: link
          properties:
            namespace: wasi
            package: http
            interfaces: [outgoing-handler]
            target: { name: http-client }
";

pub(crate) fn served() -> Result<()> {
    let examples = Example::all()?;
    let runtime = Runtime::new()?;
    // Each example has an upstream of its own, which answers nothing before five requests are open at once.
    let held = || runtime.block_on(Upstream::start(Options { hold_until: CITIES.len(), delay: Duration::ZERO }));
    let upstreams = examples.iter().map(|_| held()).collect::<io::Result<Vec<_>>>()?;
    let deployment = Deployment::of("languages", &providers(&examples, &upstreams, &[]))?;
    let manifests = Manifests { deployment, examples: &examples, upstreams: &upstreams };
    let lattice = manifests.deployment.up(&manifests.usual()?)?;
    let five = Five { lattice, manifests };
    five.at_once()?;
    five.described()?;
    five.conversations()?;
    five.large()?;
    five.one_away()?;
    five.refused_settings()?;
    five.down()?;
    five.in_time()
}

/// The examples with the settings that the table takes for granted, or with these instead.
fn providers<'a>(
    examples: &'a [Example],
    upstreams: &'a [Upstream],
    other: &[(&'a str, &'a str)],
) -> Vec<Provider<'a>> {
    let of = |(example, upstream): (&'a Example, &'a Upstream)| {
        let url = upstream.url();
        let usual = [("geocoding-url", url), ("forecast-url", url), ("timeout-ms", TIMEOUT_MS)];
        let settings = usual.into_iter().chain(other.iter().copied()).collect();
        let (name, built) = (example.language.to_owned(), &example.built);
        Provider { name, built, settings, links: TO_UPSTREAM, instances: 100 }
    };
    examples.iter().zip(upstreams).map(of).collect()
}

/// Writes the manifests of one lattice.
struct Manifests<'a> {
    deployment: Deployment,
    examples: &'a [Example],
    upstreams: &'a [Upstream],
}

impl Manifests<'_> {
    /// With the settings that the table takes for granted.
    fn usual(&self) -> Result<PathBuf> {
        self.written(CALL_MS, &[], None)
    }

    /// With these settings of each example instead of those that the table takes for granted, and without one of the examples.
    fn written(&self, call_ms: u32, other: &[(&str, &str)], away: Option<&str>) -> Result<PathBuf> {
        let mut providers = providers(self.examples, self.upstreams, other);
        for provider in providers.iter_mut().filter(|provider| away == Some(provider.name.as_str())) {
            provider.instances = 0;
        }
        self.deployment.manifest(&[("transport.call-timeout-ms", &call_ms.to_string())], &providers)
    }
}

struct Five<'a> {
    lattice: Lattice,
    manifests: Manifests<'a>,
}

impl Five<'_> {
    fn each(&self, mut test: impl FnMut(&Example, &Upstream) -> Result<()>) -> Result<()> {
        let mut all = self.manifests.examples.iter().zip(self.manifests.upstreams);
        all.try_for_each(|(example, upstream)| test(example, upstream).with_context(|| example.language))
    }

    /// It has to be the first that asks the upstreams.
    fn at_once(&self) -> Result<()> {
        self.each(|example, upstream| {
            let tool = example.prefix() + "multi_weather";
            has_cities(&answer(&self.lattice, &tool, &json!({ "cities": CITIES }))?)?;
            ensure!(upstream.most_at_once() >= CITIES.len(), "at most {} were open at once", upstream.most_at_once());
            Ok(())
        })
    }

    /// What the server says of itself, and the whole lists, are those of all five, in their order.
    fn described(&self) -> Result<()> {
        let discover = Request::of("2026-07-28", "server/discover", json!({})).send(self.lattice.address()?)?.json()?;
        let instructions = discover.pointer("/result/instructions").and_then(Value::as_str).unwrap_or_default();
        self.each(|Example { language, .. }, _| {
            let its = format!("# {language}\n\nFor several places call `multi_weather` once");
            ensure!(instructions.contains(&its), "{discover}");
            Ok(())
        })?;
        list_all(&self.lattice, &self.manifests.examples.iter().collect::<Vec<_>>())
    }

    /// The table of each language, with its prefix.
    fn conversations(&self) -> Result<()> {
        let mut tally = Tally::default();
        self.each(|example, upstream| {
            let (alone, cases): (Vec<_>, Vec<_>) = example
                .cases(&example.prefix(), upstream.authority())?
                .into_iter()
                .map(Case::on_lattice)
                .partition(|case| case.name == ALONE);
            ensure!(alone.len() == 1, "{} rows have the name `{ALONE}`", alone.len());
            for case in cases {
                let reply = case.request()?.send(self.lattice.address()?);
                let reply = reply.map(|reply| only_of(&example.prefix(), &example.conditions(), reply));
                let judgement = reply.and_then(|reply| case.judge(&reply).and_then(|()| repeats(&reply)));
                tally.add(example.language, &case, judgement);
            }
            Ok(())
        })?;
        tally.end()
    }

    fn large(&self) -> Result<()> {
        let message = "aä東🌍".repeat(200_000);
        self.each(|example, _| {
            is_text(&self.lattice, &(example.prefix() + "echo"), &json!({ "message": message }), &message)
        })
    }

    /// While one is away its calls fail, lists say who is missing, and all others answer.
    fn one_away(&self) -> Result<()> {
        let (away, others): (Vec<_>, Vec<_>) =
            self.manifests.examples.iter().partition(|example| example.language == AWAY);
        let [away] = away.as_slice() else { anyhow::bail!("{} examples are called {AWAY}", away.len()) };
        self.lattice.deploy(&self.manifests.written(CALL_MS, &[], Some(AWAY))?)?;
        until("one is away", || {
            let answer = answer(&self.lattice, &(away.prefix() + "echo"), &json!({ "message": "hello" }))?;
            let message = answer.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
            ensure!(message.contains("try again"), "{answer}");
            Ok(true)
        })?;
        others.iter().try_for_each(|example| example.works(&self.lattice))?;
        list_all(&self.lattice, &others)?;
        let list = Request::of("2026-07-28", "tools/list", json!({})).send(self.lattice.address()?)?.json()?;
        ensure!(list.pointer("/result/_meta/wasmcp~1gaps") == Some(&json!([AWAY])), "{list}");

        self.lattice.deploy(&self.manifests.usual()?)?;
        until("it is back", || away.works(&self.lattice).map(|()| true))?;
        list_all(&self.lattice, &self.manifests.examples.iter().collect::<Vec<_>>())
    }

    /// A setting that cannot be used is named, and what needs no setting answers.
    fn refused_settings(&self) -> Result<()> {
        for (key, value, said) in SETTINGS {
            self.errs(&[(key, value)], said).with_context(|| format!("{key}={value}"))?;
        }
        Ok(())
    }

    fn down(&self) -> Result<()> {
        let host = free_address()?.to_string();
        let said = format!("<has the weather service at `{host}` cannot be reached: >");
        self.errs(&[("geocoding-url", &format!("http://{host}"))], &said)
    }

    /// Deploys other settings of all five, and waits until each says this error.
    fn errs(&self, settings: &[(&str, &str)], said: &str) -> Result<()> {
        self.lattice.deploy(&self.manifests.written(CALL_MS, settings, None)?)?;
        self.each(|example, _| {
            let oslo = json!({ "location": "Oslo" });
            let tool = example.prefix() + "get_weather";
            until("it says the error", || is_error(&self.lattice, &tool, &oslo, said).map(|()| true))?;
            is_text(&self.lattice, &(example.prefix() + "echo"), &json!({ "message": "hello" }), "hello")
        })
    }

    /// A timeout is at most half of the time that the call has.
    fn in_time(&self) -> Result<()> {
        self.lattice.deploy(&self.manifests.written(2000, &[("timeout-ms", "60000")], None)?)?;
        self.each(|example, _| {
            let tool = example.prefix() + "get_weather";
            until("the call is shorter", || {
                in_time(&call(&self.lattice, &tool, r#"{"location":"Slowville"}"#)?, 2000).map(|()| true)
            })
        })
    }
}
