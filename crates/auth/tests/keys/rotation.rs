//! Tests of keys that are fetched: how often, by whom, and for how long they are used.

use futures_util::future::join_all;
use server::FetchError;

use auth::{IssuerKeys, KeySet, KeySource, KeysConfig, KeysErrorCause};

use crate::keys::{ISSUER, JWKS, config, jwks, token, verify, world};
use crate::ports::{Callers, Reply, now};

#[test]
fn a_rotation_in_mid_traffic_refuses_no_token() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    assert_eq!(keys.generation(), 0);
    let request = |kid, index| {
        let keys = now(keys.for_key(Some(kid))).unwrap();
        verify(&token(kid, index), &keys.set).unwrap();
    };
    for _ in 0..100 {
        request("a", 0);
    }
    assert_eq!(world.count(JWKS), 1);
    // Also right after keys were fetched for another reason.
    world.answers(JWKS, Reply::json(jwks(&[("a", 0), ("b", 1)])));
    for _ in 0..100 {
        request("b", 1);
        request("a", 0);
    }
    assert_eq!((world.count(JWKS), keys.generation()), (2, 2));
    world.answers(JWKS, Reply::json(jwks(&[("b", 1), ("c", 2)])));
    world.pass_s(10);
    for _ in 0..100 {
        request("c", 2);
        request("b", 1);
    }
    assert_eq!((world.count(JWKS), keys.generation()), (3, 3));
}

#[test]
fn a_flood_of_unknown_keys_makes_one_fetch_per_interval() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    for interval in 1..=3 {
        for number in 0..1000 {
            let keys = now(keys.for_key(Some(&format!("unknown-{number}")))).unwrap();
            assert!(!keys.set.has(Some("unknown-0")));
        }
        assert_eq!(world.count(JWKS), interval);
        assert_eq!(keys.generation(), 1, "the keys are the same");
        world.pass_ms(9_999);
        now(keys.for_key(Some("unknown"))).unwrap();
        assert_eq!(world.count(JWKS), interval, "the interval is not over");
        world.pass_ms(1);
    }
}

#[test]
fn a_flood_at_the_same_moment_waits_for_one_fetch() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    now(keys.ready()).unwrap();
    world.pass_s(10);
    world.close_gate();
    let names: Vec<_> = (0..1000).map(|number| format!("unknown-{number}")).collect();
    let mut flood = Callers::new(names.iter().map(|name| keys.for_key(Some(name))));
    assert!(flood.poll().is_empty());
    assert!(now(keys.for_key(Some("a"))).is_ok(), "a known key waits for no fetch");
    world.open_gate();
    assert_eq!(flood.poll().len(), 1000);
    assert_eq!(world.count(JWKS), 2);
}

#[test]
fn failed_fetches_keep_good_keys_until_their_time_is_over_and_not_longer() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    now(keys.ready()).unwrap();
    world.answers(JWKS, Reply::error(FetchError::Unreachable("refused".to_owned())));
    let mut passed_s = 0;
    while passed_s < 3599 {
        let step_s = (3599 - passed_s).min(7);
        world.pass_s(step_s);
        passed_s += step_s;
        assert!(now(keys.for_key(Some("a"))).unwrap().set.has(Some("a")));
        assert!(now(keys.for_key(Some("b"))).is_ok(), "the set that is there");
    }
    let tried = world.count(JWKS);
    assert!((2..=1 + 3599 / 10 + 1).contains(&tried), "{tried} fetches");
    assert_eq!(keys.generation(), 1);
    world.pass_s(1);
    assert_eq!(keys.generation(), 2, "what these keys have verified does not count any more");
    let error = now(keys.for_key(Some("a"))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the keys of the issuer `https://issuer.example/tenant` cannot be had: `https://issuer.example/keys`: no response: refused; \
         check that this host may reach it and that it is up"
    );

    world.answers(JWKS, Reply::json(jwks(&[("a", 0)])));
    world.pass_s(10);
    assert_eq!(now(keys.for_key(Some("a"))).unwrap().generation, 3);
}

#[test]
fn an_issuer_that_is_down_at_the_start_is_asked_once_per_interval_and_may_come_back() {
    let world = world(&[]);
    world.answers(JWKS, Reply::error(FetchError::TimedOut));
    let keys = IssuerKeys::new(config(), &world.ports());
    for interval in 1..=3 {
        for _ in 0..100 {
            assert!(now(keys.for_key(Some("a"))).is_err());
            assert!(now(keys.ready()).is_err());
        }
        assert_eq!((world.count(JWKS), keys.generation()), (interval, 0));
        world.pass_s(10);
    }
    world.answers(JWKS, Reply::json(jwks(&[("a", 0)])));
    now(keys.ready()).unwrap();
    verify(&token("a", 0), &now(keys.for_key(Some("a"))).unwrap().set).unwrap();
    assert_eq!(world.count(JWKS), 4);
}

#[test]
fn a_new_key_with_the_same_name_is_found_by_the_token_that_the_old_one_does_not_verify() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    now(keys.ready()).unwrap();
    world.answers(JWKS, Reply::json(jwks(&[("a", 1)])));
    let old = now(keys.for_key(Some("a"))).unwrap();
    verify(&token("a", 1), &old.set).unwrap_err();
    let new = now(keys.other_than(&old)).unwrap();
    verify(&token("a", 1), &new.set).unwrap();
    verify(&token("a", 0), &new.set).unwrap_err();
    assert_eq!((world.count(JWKS), old.generation, new.generation), (2, 1, 2));

    for _ in 0..1000 {
        assert_eq!(now(keys.other_than(&new)).unwrap().generation, 2);
    }
    assert_eq!(world.count(JWKS), 2, "a flood of wrong signatures is limited like one of unknown keys");

    // Without such a token it is found when the keys are due.
    world.answers(JWKS, Reply::json(jwks(&[("a", 2)])));
    world.pass_s(600);
    verify(&token("a", 2), &now(keys.for_key(Some("a"))).unwrap().set).unwrap();
    assert_eq!(keys.generation(), 3);
}

#[test]
fn a_thousand_first_callers_make_one_fetch_which_goes_on_when_the_first_is_dropped() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    world.close_gate();
    let mut callers = Callers::new((0..1000).map(|_| keys.for_key(Some("a"))));
    assert!(callers.poll().is_empty());
    callers.drop_first();
    assert!(callers.poll().is_empty());
    world.open_gate();
    let done = callers.poll();
    assert_eq!((done.len(), callers.waiting()), (999, 0));
    assert!(done.iter().all(|keys| keys.as_ref().is_ok_and(|keys| keys.set.has(Some("a")))));
    assert_eq!(world.count(JWKS), 1);
}

#[test]
fn callers_that_sleep_are_woken_when_the_first_of_them_is_dropped() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    world.close_gate();
    let mut first = Callers::new([keys.for_key(Some("a"))]);
    assert!(first.poll().is_empty());
    drop(first);
    world.open_gate();
    // An executor polls only who was woken.
    let done = futures_executor::block_on(join_all((0..100).map(|_| keys.for_key(Some("a")))));
    assert!(done.iter().all(Result::is_ok));
    assert_eq!(world.count(JWKS), 1, "the fetch of the one who is gone went on");
}

#[test]
fn clients_that_go_away_do_not_make_more_fetches() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    now(keys.ready()).unwrap();
    world.close_gate();
    for number in 0..1000 {
        let name = format!("unknown-{number}");
        assert!(Callers::new([keys.for_key(Some(&name))]).poll().is_empty());
    }
    assert_eq!(world.count(JWKS), 2);
}

#[test]
fn keys_that_are_due_are_waited_for_by_one_caller_and_serve_the_others() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    now(keys.ready()).unwrap();
    world.pass_ms(599_999);
    now(keys.for_key(Some("a"))).unwrap();
    assert_eq!(world.count(JWKS), 1);
    world.pass_ms(1);
    world.close_gate();
    let mut callers = Callers::new((0..100).map(|_| keys.for_key(Some("a"))));
    assert_eq!(callers.poll().len(), 99);
    drop(callers);
    let mut callers = Callers::new((0..100).map(|_| keys.for_key(Some("a"))));
    assert_eq!(callers.poll().len(), 99, "another one goes on in the place of the one who is gone");
    world.open_gate();
    assert_eq!(callers.poll().len(), 1);
    now(keys.for_key(Some("a"))).unwrap();
    assert_eq!(world.count(JWKS), 2);
}

#[test]
fn a_clock_that_is_set_back_does_not_lengthen_the_life_of_keys() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    now(keys.ready()).unwrap();
    world.answers(JWKS, Reply::error(FetchError::TimedOut));
    world.set_back_s(3600);
    world.pass_s(3599);
    assert!(now(keys.for_key(Some("a"))).is_ok());
    world.pass_s(10);
    assert!(now(keys.for_key(Some("a"))).is_err());
}

#[test]
fn two_issuers_share_no_keys() {
    let world = world(&[("a", 0)]);
    world.answers("https://other.example/keys", Reply::json(jwks(&[("a", 1), ("b", 2)])));
    for ports in [world.ports(), world.ports_with_store()] {
        let other = KeysConfig {
            issuer: "https://other.example".to_owned(),
            source: KeySource::JwksUri("https://other.example/keys".to_owned()),
            shared: true,
            ..config()
        };
        let other = IssuerKeys::new(other, &ports);
        let keys = IssuerKeys::new(KeysConfig { shared: true, ..config() }, &ports);
        assert!(now(other.for_key(Some("a"))).unwrap().set.has(Some("b")));
        let set = now(keys.for_key(Some("a"))).unwrap().set;
        assert!(!set.has(Some("b")));
        verify(&token("a", 0), &set).unwrap();
        verify(&token("a", 1), &set).unwrap_err();
    }
}

#[test]
fn pinned_keys_are_never_fetched() {
    let world = world(&[("a", 0)]);
    let pinned = KeySet::parse(jwks(&[("a", 0)]).as_bytes()).unwrap();
    let keys = IssuerKeys::new(KeysConfig { source: KeySource::Pinned(pinned), ..config() }, &world.ports());
    for _ in 0..3 {
        let held = now(keys.for_key(Some("unknown"))).unwrap();
        assert_eq!(now(keys.other_than(&held)).unwrap().generation, keys.generation());
        now(keys.ready()).unwrap();
        world.pass_s(100_000);
    }
    assert!(world.requests().is_empty());
}

#[test]
fn a_host_without_http_says_that_keys_must_be_pinned() {
    let world = world(&[("a", 0)]);
    let mut ports = world.ports();
    ports.fetch = None;
    let error = now(IssuerKeys::new(config(), &ports).ready()).unwrap_err();
    assert_eq!(error.issuer, ISSUER);
    assert!(matches!(error.cause, KeysErrorCause::Document(_)));
    assert!(error.to_string().contains("pin the keys with `auth.jwks`"), "{error}");
}

#[test]
fn keys_that_cannot_be_used_are_told_when_they_change() {
    let world = world(&[("a", 0)]);
    let keys = IssuerKeys::new(config(), &world.ports());
    let good = jwks(&[("a", 0)]);
    let with = |others: &str| Reply::json(good.replace(r#"{"keys":["#, &format!(r#"{{"keys":[{others},"#)));
    let encryption = r#"{"kty":"RSA","use":"enc","kid":"enc"}"#;
    let off_curve = r#"{"kty":"OKP","crv":"Ed25519","kid":"short","x":"AAAA"}"#;
    let many = [off_curve; 10].join(",");
    for (reply, told) in [
        (Reply::json(good.clone()), 0),
        (with(encryption), 0),
        (with(off_curve), 1),
        (with(off_curve), 1),
        (Reply::json(good.clone()), 1),
        (with(&many), 2),
    ] {
        world.answers(JWKS, reply);
        now(keys.for_key(Some("a"))).unwrap();
        assert_eq!(world.told().len(), told, "{:?}", world.told());
        world.pass_s(600);
    }
    let [first, many] = world.told().try_into().unwrap();
    assert_eq!(first, format!("{ISSUER}, 1 usable: key 0 (`short`): its `x` is missing or malformed"));
    assert!(many.ends_with("; and 2 more"), "{many}");
}
