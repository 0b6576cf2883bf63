//! Tests of verified tokens that are remembered.

use std::sync::Arc;

use contract::model::Principal;

use auth::{Now, Verdict, Verdicts};
use server::{Caller, Derived};

use crate::ports::World;

const START: Now = Now { unix_s: 1_800_000_000, monotonic_ms: 50_000 };

fn verdict(subject: &str, generation: u64, expires_s: u64) -> Arc<Verdict> {
    let principal = Principal {
        issuer: "https://issuer.example".to_owned(),
        subject: subject.to_owned(),
        client_id: None,
        scopes: Vec::new(),
        claims: "{}".to_owned(),
    };
    let caller = Arc::new(Caller { principal, roles: Vec::new(), groups: Vec::new(), derived: Derived::default() });
    Arc::new(Verdict { caller, issuer: 3, generation, expires_s })
}

fn after(unix_s: i64, monotonic_ms: u64) -> Now {
    Now { unix_s: START.unix_s.checked_add_signed(unix_s).unwrap(), monotonic_ms: START.monotonic_ms + monotonic_ms }
}

#[test]
fn a_token_is_remembered_until_it_expires_by_either_clock() {
    // How far the clocks are, and whether the token is still valid 300 s after the start.
    let cases = [
        (after(0, 0), true),
        (after(299, 299_999), true),
        (after(300, 299_000), false),
        (after(299, 300_000), false),
        (after(301, 301_000), false),
        (after(-3600, 10), true),
        (after(-3600, 300_000), false),
        (after(-3600 + 300, 300_000), false),
        (after(3600, 10), false),
    ];
    for (now, valid) in cases {
        let verdicts = Verdicts::new(100, &World::new());
        verdicts.insert("token", verdict("ada", 1, START.unix_s + 300), START);
        let found = verdicts.get("token", now, |issuer| if issuer == 3 { 1 } else { 0 });
        assert_eq!(found.is_some(), valid, "{now:?}");
        assert!(found.is_none_or(|found| found.caller.principal.subject == "ada"));
    }
}

#[test]
fn another_token_is_not_found() {
    let verdicts = Verdicts::new(100, &World::new());
    verdicts.insert("token", verdict("ada", 1, START.unix_s + 300), START);
    for token in ["", "toke", "token ", "Token", "tokem"] {
        assert!(verdicts.get(token, START, |_| 1).is_none(), "{token}");
    }
}

#[test]
fn a_rotation_forgets_what_the_old_keys_have_verified() {
    let verdicts = Verdicts::new(100, &World::new());
    verdicts.insert("token", verdict("ada", 1, START.unix_s + 300), START);
    assert!(verdicts.get("token", START, |_| 2).is_none());
    verdicts.insert("token", verdict("ada", 2, START.unix_s + 300), START);
    assert!(verdicts.get("token", START, |_| 2).is_some());
    assert_eq!(verdicts.len(), 1);
}

#[test]
fn an_expired_token_is_not_remembered() {
    let verdicts = Verdicts::new(100, &World::new());
    verdicts.insert("token", verdict("ada", 1, START.unix_s), START);
    assert!(verdicts.is_empty());
}

#[test]
fn a_hundred_thousand_tokens_fill_the_cache_and_no_more() {
    let sizes =
        [(0, 1000), (1, 1000), (2, 1000), (3, 1000), (100, 1000), (1023, 5000), (1024, 5000), (10_000, 100_000)];
    for (max_entries, tokens) in sizes {
        let verdicts = Verdicts::new(max_entries, &World::new());
        for number in 0..tokens {
            verdicts.insert(&format!("token-{number}"), verdict("ada", 1, START.unix_s + 300), START);
            if number % 1000 == 0 {
                assert!(verdicts.len() <= max_entries, "{} of {max_entries}", verdicts.len());
            }
        }
        assert!(verdicts.len() <= max_entries, "{} of {max_entries}", verdicts.len());
        let last = verdicts.get(&format!("token-{}", tokens - 1), START, |_| 1);
        assert_eq!(last.is_some(), max_entries >= 2, "{max_entries}");
    }
}

#[test]
fn a_token_that_comes_again_and_again_stays() {
    let verdicts = Verdicts::new(100, &World::new());
    verdicts.insert("often", verdict("ada", 1, START.unix_s + 300), START);
    for number in 0..10_000 {
        verdicts.insert(&format!("once-{number}"), verdict("bob", 1, START.unix_s + 300), START);
        assert!(verdicts.get("often", START, |_| 1).is_some(), "{number}");
        assert!(verdicts.len() <= 100);
    }
}

#[test]
fn a_thousand_principals_who_come_in_turn_are_all_remembered() {
    // The hashes of tokens do not spread evenly over the locks.
    let verdicts = Verdicts::new(4000, &World::new());
    let tokens: Vec<_> = (0..1000).map(|number| format!("token-{number}")).collect();
    for token in &tokens {
        verdicts.insert(token, verdict("ada", 1, START.unix_s + 300), START);
    }
    for _ in 0..5 {
        assert!(tokens.iter().all(|token| verdicts.get(token, START, |_| 1).is_some()));
    }
}

#[test]
fn no_text_of_the_cache_has_a_token() {
    let verdicts = Verdicts::new(100, &World::new());
    verdicts.insert("canary-token", verdict("ada", 1, START.unix_s + 300), START);
    assert_eq!(format!("{verdicts:?}"), "Verdicts { entries: 1, .. }");
}
