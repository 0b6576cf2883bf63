//! Values of every record of the contract go through a provider, a catalogue and the whole server, and every field is found on the wire
//! of the versions that have it, and nothing else is. The provider finds every field of the requests.
//!
//! The values, the expected JSON and the parameters name every field of a record (`crates/test-records`), so that none of them compiles
//! when the contract gets another one.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod client;
mod contract_records;
mod merged;
mod provider;
#[path = "../scripted/mod.rs"]
mod scripted;

use std::sync::Arc;

use catalog::{Catalog, CatalogueSnapshot, NamedProvider};
use contract::Provider;
use contract::model::{Context, LogLevel};
use server::Engine;
use test_records::{Random, Sample, is_modern};

use client::Client;
use merged::{Part, merged};
use provider::Sampled;
use scripted::{Server, VERSIONS, config, ports};

const SEEDS: u32 = 10;

/// Sends every request of every version to a server of this catalogue.
fn check<P: Provider>(catalog: Catalog<P>, seen: &Sampled, seed: u32, note: &str) {
    let server = Server(Arc::new(Engine::new(catalog, config(&[]), ports())));
    for version in VERSIONS {
        let log_level = is_modern(version).then(|| LogLevel::sample(&mut Random::new(seed)));
        let note = &format!("seed {seed}, {note}:");
        Client { server: &server, seen, version, log_level, note }.check();
    }
}

fn named(parts: &[Part<'_>]) -> Vec<NamedProvider<Sampled>> {
    let named = |part: &Part<'_>| NamedProvider {
        name: part.name.to_owned(),
        prefix: Some(part.prefix.to_owned()).filter(|prefix| !prefix.is_empty()),
        provider: part.provider.clone(),
    };
    parts.iter().map(named).collect()
}

fn built(parts: &[Part<'_>]) -> Catalog<Sampled> {
    let context = Context::internal("start".into(), 1000);
    futures_executor::block_on(Catalog::build(named(parts), &context)).expect("catalogue")
}

/// The snapshot as a composed file has it: written and read again.
fn snapshot(parts: &[Part<'_>]) -> CatalogueSnapshot {
    let texts = built(parts).snapshot().expect("snapshot").to_parts().expect("texts");
    CatalogueSnapshot::from_parts(texts).expect("snapshot")
}

/// The provider as it is when a snapshot was made of it: a static one is not asked again.
fn later(provider: &Sampled) -> Sampled {
    if provider.info.catalogue_static { provider.clone().known() } else { provider.clone() }
}

#[test]
fn every_field_of_a_provider_that_is_asked_is_on_the_wire() {
    for seed in 0..SEEDS {
        for is_static in [false, true] {
            let random = &mut Random::new(seed);
            let provider = Sampled::new("one", is_static, random).with_unnamed_reference(random);
            check(Catalog::pass_through(provider.clone(), None), &provider, seed, &format!("static {is_static}"));
        }
    }
}

#[test]
fn every_field_of_a_provider_with_a_snapshot_is_on_the_wire() {
    for seed in 0..SEEDS {
        for is_static in [false, true] {
            let random = &mut Random::new(seed);
            let provider = Sampled::new("one", is_static, random).with_unnamed_reference(random);
            let part = |provider| Part { name: "one", prefix: "", provider };
            let (parts, later) = ([part(&provider)], later(&provider));
            check(built(&parts), &provider, seed, &format!("built, static {is_static}"));
            let again = Catalog::from_snapshot(named(&[part(&later)]), snapshot(&parts)).expect("catalogue");
            check(again, &provider, seed, &format!("from the snapshot, static {is_static}"));
            let composed = Catalog::pass_through(later.clone(), Some(snapshot(&parts)));
            check(composed, &provider, seed, &format!("composed, static {is_static}"));
        }
    }
}

#[test]
fn every_field_of_a_provider_with_a_prefix_is_on_the_wire() {
    for seed in 0..SEEDS {
        for is_static in [false, true] {
            let provider = Sampled::new("one", is_static, &mut Random::new(seed));
            let part = |provider| Part { name: "one", prefix: "p.", provider };
            let (parts, later) = ([part(&provider)], later(&provider));
            check(built(&parts), &merged(&parts), seed, &format!("built, static {is_static}"));
            let again = Catalog::from_snapshot(named(&[part(&later)]), snapshot(&parts)).expect("catalogue");
            check(again, &merged(&parts), seed, &format!("from the snapshot, static {is_static}"));
        }
    }
}

#[test]
fn every_field_of_two_providers_is_on_the_wire() {
    for seed in 0..SEEDS {
        for are_static in [[false, false], [false, true], [true, false], [true, true]] {
            let random = &mut Random::new(seed);
            let providers = [("one", are_static[0]), ("two", are_static[1])];
            let [one, two] = providers.map(|(name, is_static)| Sampled::new(name, is_static, random));
            let parts = |one, two| {
                [Part { name: "one", prefix: "", provider: one }, Part { name: "two", prefix: "two.", provider: two }]
            };
            let (one_later, two_later) = (later(&one), later(&two));
            let (now, later) = (parts(&one, &two), parts(&one_later, &two_later));
            let seen = merged(&now);
            check(built(&now), &seen, seed, &format!("built, static {are_static:?}"));
            let again = || Catalog::from_snapshot(named(&later), snapshot(&now)).expect("catalogue");
            check(again(), &seen, seed, &format!("from the snapshot, static {are_static:?}"));
            // The two are behind one import then.
            let composed = Catalog::pass_through(again(), Some(snapshot(&now)));
            check(composed, &seen, seed, &format!("composed, static {are_static:?}"));
        }
    }
}
