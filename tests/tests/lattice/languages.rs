//! The example of each language as a component of its own, all behind one transport: the conversations that each has alone on `wasmcp serve`,
//! every setting that it refuses, and four that answer while the fifth is away.
//!
//! wasmCloud 1.9 has neither a list of the hosts that a component may ask nor a limit of memory for one component, so that what
//! `tests/examples/` shows of `--egress` and `--limit-memory` has nothing like it here.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wasmcp_tests::examples::{
    CITIES, Example, SETTINGS, TIMEOUT_MS, answer, has_cities, in_time, is_error, is_text, list_all, only_of, repeats,
};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Lattice, Request, free_address, scratch};

use crate::DEADLINE;
use crate::hosts::call;
use crate::wash::until;

pub(crate) const NAME: &str = "five languages: the example of each has behind one transport the conversations that it has alone, and needs no other";

/// How long a call may take, in milliseconds.
const CALL_MS: u32 = 8000;
/// The language that is taken away.
const AWAY: &str = "go";
/// The row about what one provider says of itself: [`Five::described`] is about what five do.
const ALONE: &str = "the server has the description of its provider";

pub(crate) fn served() -> Result<()> {
    let examples = Example::all()?;
    let runtime = Runtime::new()?;
    // Each example has an upstream of its own, which answers nothing before five requests are open at once.
    let held = || runtime.block_on(Upstream::start(Options { hold_until: CITIES.len(), delay: Duration::ZERO }));
    let upstreams = examples.iter().map(|_| held()).collect::<io::Result<Vec<_>>>()?;
    let (parts, address) = (composed(&examples)?, free_address()?);
    let manifests = Manifests { parts: &parts, address, examples: &examples, upstreams: &upstreams };
    let port = address.port().to_string();
    let lattice = Lattice::up("languages", &manifests.usual()?, &["--port", &port, "--deadline", DEADLINE])?;
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

fn composed(examples: &[Example]) -> Result<PathBuf> {
    let named: Vec<String> = examples.iter().map(|example| example.built.named(example.language)).collect();
    let prefix = |example: &Example| format!("--prefix={}={}", example.language, example.prefix());
    let prefixes: Vec<String> = examples.iter().map(prefix).collect();
    Lattice::composed("languages-parts", &texts(&named), &texts(&prefixes))
}

fn texts(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

/// Writes the manifests of one lattice.
struct Manifests<'a> {
    parts: &'a Path,
    address: SocketAddr,
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
        let mut text = include_str!("../../lattice/languages.yaml")
            .replace("{address}", &self.address.to_string())
            .replace("{call-ms}", &call_ms.to_string());
        for (Example { language, .. }, upstream) in self.examples.iter().zip(self.upstreams) {
            let usual =
                [("geocoding-url", upstream.url()), ("forecast-url", upstream.url()), ("timeout-ms", TIMEOUT_MS)];
            let settings = usual.iter().chain(other).map(|(key, value)| (format!("{language}.{key}"), json!(value)));
            let settings = Value::Object(settings.collect()).to_string();
            text += &include_str!("../../lattice/language.yaml")
                .replace("{language}", language)
                .replace("{settings}", &settings)
                .replace("{instances}", if away == Some(language) { "0" } else { "100" });
        }
        let file = scratch("languages.yaml")?;
        std::fs::write(&file, text.replace("{parts}", &self.parts.display().to_string()))?;
        Ok(file)
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
        let (mut judged, mut wrong) = (0, Vec::new());
        self.each(|example, upstream| {
            let (alone, cases): (Vec<_>, Vec<_>) = example
                .cases(&example.prefix(), upstream.authority())?
                .into_iter()
                .partition(|case| case.name == ALONE);
            ensure!(alone.len() == 1, "{} rows have the name `{ALONE}`", alone.len());
            for case in cases {
                judged += 1;
                let reply = case.request()?.send(self.lattice.address()?);
                let reply = reply.map(|reply| only_of(&example.prefix(), &example.conditions(), reply));
                if let Err(error) = reply.and_then(|reply| case.judge(&reply).and_then(|()| repeats(&reply))) {
                    wrong.push(format!("{}: {}: {error:#}", example.language, case.name));
                }
            }
            Ok(())
        })?;
        println!("{judged} cases");
        ensure!(wrong.is_empty(), "{} of {judged} cases:\n{}", wrong.len(), wrong.join("\n"));
        Ok(())
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
