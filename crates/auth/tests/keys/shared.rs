//! Tests of keys that fresh instances share through the store.

use server::FetchError;

use auth::{IssuerKeys, KeysConfig, KeysErrorCause};

use crate::keys::{JWKS, config, jwks, token, verify, world};
use crate::ports::{Callers, Reply, World, now};

/// As many fresh instances as there would be requests.
fn instances(world: &World, number: usize) -> Vec<IssuerKeys> {
    let new = || IssuerKeys::new(KeysConfig { shared: true, ..config() }, &world.ports_with_store());
    std::iter::repeat_with(new).take(number).collect()
}

fn instance(world: &World) -> IssuerKeys {
    instances(world, 1).remove(0)
}

#[test]
fn a_hundred_fresh_instances_at_the_same_moment_make_one_fetch() {
    let world = world(&[("a", 0)]);
    let instances = instances(&world, 100);
    world.close_gate();
    let mut callers = Callers::new(instances.iter().map(|keys| keys.for_key(Some("a"))));
    for _ in 0..20 {
        assert!(callers.poll().is_empty());
        world.pass_ms(50);
    }
    world.open_gate();
    let mut done = callers.poll();
    world.pass_ms(200);
    done.extend(callers.poll());
    assert_eq!((done.len(), callers.waiting()), (100, 0));
    for keys in done {
        verify(&token("a", 0), &keys.unwrap().set).unwrap();
    }
    assert_eq!(world.count(JWKS), 1);
}

#[test]
fn fresh_instances_one_after_the_other_make_one_fetch_per_interval_whatever_they_are_asked_for() {
    let world = world(&[("a", 0)]);
    for _ in 0..100 {
        now(instance(&world).for_key(Some("a"))).unwrap();
        now(instance(&world).for_key(Some("unknown"))).unwrap();
    }
    assert_eq!(world.count(JWKS), 1);
    world.pass_s(11);
    for _ in 0..100 {
        now(instance(&world).for_key(Some("a"))).unwrap();
    }
    assert_eq!(world.count(JWKS), 1, "keys that are known are not due");
    for _ in 0..100 {
        now(instance(&world).for_key(Some("unknown"))).unwrap();
    }
    assert_eq!(world.count(JWKS), 2);
}

#[test]
fn a_rotation_is_seen_by_every_fresh_instance() {
    let world = world(&[("a", 0)]);
    now(instance(&world).ready()).unwrap();
    world.answers(JWKS, Reply::json(jwks(&[("a", 0), ("b", 1)])));
    world.pass_s(11);
    for _ in 0..50 {
        verify(&token("b", 1), &now(instance(&world).for_key(Some("b"))).unwrap().set).unwrap();
        verify(&token("a", 0), &now(instance(&world).for_key(Some("a"))).unwrap().set).unwrap();
    }
    assert_eq!(world.count(JWKS), 2);

    world.answers(JWKS, Reply::json(jwks(&[("a", 2)])));
    world.pass_s(11);
    let keys = instance(&world);
    let old = now(keys.for_key(Some("a"))).unwrap();
    verify(&token("a", 2), &old.set).unwrap_err();
    verify(&token("a", 2), &now(keys.other_than(&old)).unwrap().set).unwrap();
    assert_eq!(world.count(JWKS), 3);
}

#[test]
fn an_instance_that_lasts_finds_what_another_one_has_fetched() {
    let world = world(&[("a", 0)]);
    let first = instance(&world);
    now(first.ready()).unwrap();
    world.answers(JWKS, Reply::json(jwks(&[("b", 1)])));
    world.pass_s(11);
    now(instance(&world).for_key(Some("b"))).unwrap();
    assert!(now(first.for_key(Some("b"))).unwrap().set.has(Some("b")));
    assert_eq!(world.count(JWKS), 2);
}

#[test]
fn an_issuer_that_is_down_is_asked_once_per_interval_by_all_fresh_instances() {
    let world = world(&[]);
    world.answers(JWKS, Reply::error(FetchError::Unreachable("refused".to_owned())));
    for interval in 1..=3 {
        for number in 0..100 {
            let error = now(instance(&world).ready()).unwrap_err();
            assert_eq!(error.cause == KeysErrorCause::FailedElsewhere, number > 0, "{error}");
        }
        assert_eq!(world.count(JWKS), interval);
        world.pass_s(11);
    }
    world.answers(JWKS, Reply::json(jwks(&[("a", 0)])));
    now(instance(&world).for_key(Some("a"))).unwrap();
}

#[test]
fn failed_fetches_keep_the_keys_of_the_store_until_their_time_is_over_and_not_longer() {
    let world = world(&[("a", 0)]);
    now(instance(&world).ready()).unwrap();
    world.answers(JWKS, Reply::error(FetchError::TimedOut));
    for _ in 0..5 {
        world.pass_s(600);
        for _ in 0..10 {
            assert!(now(instance(&world).for_key(Some("a"))).unwrap().set.has(Some("a")));
        }
    }
    assert_eq!(world.count(JWKS), 1 + 5);
    world.pass_s(600);
    assert!(now(instance(&world).for_key(Some("a"))).is_err());
}

#[test]
fn an_instance_that_ends_while_it_fetches_holds_the_others_up_for_one_timeout() {
    let world = world(&[("a", 0)]);
    let holder = instance(&world);
    world.close_gate();
    let mut ended = Callers::new([holder.ready()]);
    assert!(ended.poll().is_empty());
    drop(ended);
    world.open_gate();
    let other = instance(&world);
    let mut waiting = Callers::new([other.ready()]);
    let mut waited_ms = 0;
    let outcome = loop {
        if let Some(outcome) = waiting.poll().pop() {
            break outcome;
        }
        world.pass_ms(100);
        waited_ms += 100;
    };
    assert_eq!(outcome.unwrap_err().cause, KeysErrorCause::NotInTime);
    assert!((5000..=5200).contains(&waited_ms), "{waited_ms} ms");
    world.pass_s(10);
    now(instance(&world).ready()).unwrap();
}

#[test]
fn a_store_that_is_down_is_an_error_at_once() {
    let world = world(&[("a", 0)]);
    world.set_store_down(true);
    let error = now(instance(&world).for_key(Some("a"))).unwrap_err();
    assert!(matches!(error.cause, KeysErrorCause::Store(_)), "{error}");
    assert!(world.requests().is_empty(), "nothing limits the fetches then");

    world.set_store_down(false);
    let lasting = instance(&world);
    now(lasting.ready()).unwrap();
    world.set_store_down(true);
    world.pass_s(700);
    assert!(now(lasting.for_key(Some("a"))).is_ok(), "it has its own");
}

#[test]
fn an_entry_that_cannot_be_read_is_fetched_again() {
    for value in [&b""[..], b"\n", b"1\n{}", b"x\n{\"keys\":[]}", b"18446744073709551616\n", b"{\"keys\":[]}"] {
        let world = world(&[("a", 0)]);
        now(instance(&world).ready()).unwrap();
        world.pass_s(11);
        world.spoil_store(value);
        verify(&token("a", 0), &now(instance(&world).for_key(Some("a"))).unwrap().set).unwrap();
        assert_eq!(world.count(JWKS), 2);
    }
}

#[test]
fn a_host_whose_clock_is_behind_uses_keys_that_seem_to_be_fetched_later() {
    let world = world(&[("a", 0)]);
    now(instance(&world).ready()).unwrap();
    world.set_back_s(30);
    now(instance(&world).for_key(Some("a"))).unwrap();
    assert_eq!(world.count(JWKS), 1);
}

#[test]
fn a_known_key_costs_a_fresh_instance_one_look_at_the_store() {
    let world = world(&[("a", 0)]);
    now(instance(&world).ready()).unwrap();
    let before = world.store_calls();
    let keys = instance(&world);
    for _ in 0..100 {
        now(keys.for_key(Some("a"))).unwrap();
    }
    assert_eq!(world.store_calls() - before, 1);
}

#[test]
fn the_store_has_the_keys_as_they_came_and_no_url() {
    let world = world(&[("a", 0)]);
    now(instance(&world).ready()).unwrap();
    let stored = world.stored();
    assert_eq!(stored.len(), 2, "the keys and the lease");
    for (key, _) in &stored {
        assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{key}");
        assert!(!key.contains("example"), "{key}");
    }
    assert!(stored.iter().any(|(_, value)| value.ends_with(jwks(&[("a", 0)]).as_bytes())));
}
