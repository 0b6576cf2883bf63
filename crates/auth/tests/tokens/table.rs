//! Every refused token has its error, and every accepted one its caller.

use std::collections::HashSet;

use test_tokens::{Expected, Issuer};

use crate::verify;

/// An issuer on the machine itself: hosts are numbers there, and there are ports.
fn local() -> Issuer {
    Issuer {
        issuer: "http://127.0.0.1:9797".to_owned(),
        audience: "http://127.0.0.1:8080/mcp".to_owned(),
        now_s: 1_900_000_000,
    }
}

#[test]
fn a_token_that_breaks_a_rule_is_refused_with_the_error_of_the_rule() {
    let mut wrong = Vec::new();
    for issuer in [Issuer::example(), local()] {
        for refused in issuer.refused() {
            let verdict = verify(&issuer, &refused.token).err();
            if verdict.as_ref() != Some(&refused.expected) {
                wrong.push(format!("{}: {verdict:?} instead of {:?}", refused.name, refused.expected));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_token_that_keeps_the_rules_is_accepted_and_names_its_caller() {
    for issuer in [Issuer::example(), local()] {
        for accepted in issuer.accepted() {
            let verified =
                verify(&issuer, &accepted.token).unwrap_or_else(|error| panic!("{}: {error}", accepted.name));
            let (caller, expires_s) = (verified.caller, verified.expires_s);
            assert_eq!(caller.principal.issuer, issuer.issuer, "{}", accepted.name);
            let claims = accepted.token.split('.').nth(1).unwrap();
            assert_eq!(test_tokens::encoded(&caller.principal.claims), claims, "{}", accepted.name);
            let actual = Expected {
                subject: caller.principal.subject,
                client_id: caller.principal.client_id,
                scopes: caller.principal.scopes,
                roles: caller.roles,
                groups: caller.groups,
                expires_s,
            };
            assert_eq!(actual, accepted.expected, "{}", accepted.name);
        }
    }
}

#[test]
fn the_tables_are_as_large_as_they_should_be_and_name_each_token_once() {
    let issuer = Issuer::example();
    let names: Vec<_> = issuer.refused().into_iter().map(|refused| refused.name).collect();
    assert!(names.len() >= 80, "{}", names.len());
    let mut seen = HashSet::new();
    for name in names.into_iter().chain(issuer.accepted().into_iter().map(|accepted| accepted.name)) {
        assert!(seen.insert(name), "{name} is there twice");
    }
}

#[test]
fn the_text_of_an_error_can_stand_in_a_challenge_and_has_no_part_of_the_token() {
    let issuer = Issuer::example();
    for refused in issuer.refused() {
        let text = verify(&issuer, &refused.token).unwrap_err().to_string();
        // `error_description` of RFC 6750 §3.
        assert!(text.bytes().all(|byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')), "{text}");
        for part in ["user-1", "admin", "attacker", "mcp.example", "issuer.example", "client-1", "jane"] {
            assert!(!text.contains(part), "{}: {text}", refused.name);
        }
        assert!(
            !refused.token.split('.').any(|part| part.len() > 8 && text.contains(part)),
            "{}: {text}",
            refused.name
        );
    }
}
