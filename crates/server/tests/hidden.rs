//! Tests that what a policy hides and what does not exist are answered with the same bytes.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod scripted;

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::Catalog;
use scripted::{
    DenyAll, HideSecrets, LIFECYCLE, METHODS, Reply, Scripted, StepUp, UNDECODABLE, VERSIONS, provider, server_under,
    without_capabilities,
};
use server::AllowAll;

#[test]
fn a_hidden_item_and_an_absent_one_answer_with_the_same_bytes() {
    let pass_through = |catalogue_static| Catalog::pass_through(provider(catalogue_static), None);
    let catalogues: [(&str, &dyn Fn() -> Catalog<Scripted>); 3] = [
        ("static", &|| pass_through(true)),
        ("changing", &|| pass_through(false)),
        ("without the capability", &without_capabilities),
    ];
    for (what, catalog) in catalogues {
        for version in VERSIONS {
            for (method, params) in METHODS.iter().filter(|(_, params)| params.contains("NAME")) {
                for more in ["", r#","requestState":"x""#] {
                    let answer = |name: &str| {
                        let server = server_under(catalog(), HideSecrets::default());
                        let reply = server.request(version, method, &format!("{}{more}", params.replace("NAME", name)));
                        let body = reply.chunks.concat().replace(name, "NAME");
                        (reply.status, format!("{:?}", reply.headers), body)
                    };
                    let hidden = answer("secret");
                    assert_eq!(hidden, answer("absent"), "{what}: {version} {method} {params}{more}");
                    assert!(hidden.2.contains("error"), "{what}: {version} {method} {params}");
                }
            }
        }
    }
}

#[test]
fn a_denied_method_answers_as_one_that_no_provider_offers() {
    for version in VERSIONS {
        for (method, params) in
            UNDECODABLE.iter().copied().chain(METHODS.iter().copied().filter(|(_, params)| params.is_empty()))
        {
            let [denied, absent] = [
                server_under(Catalog::pass_through(provider(true), None), DenyAll),
                server_under(without_capabilities(), AllowAll),
            ]
            .map(|server| server.request(version, method, params));
            let answer = |reply: &Reply| (reply.status, format!("{:?}", reply.headers), reply.chunks.clone());
            assert_eq!(answer(&denied), answer(&absent), "{version} {method}");
            assert_eq!(absent.code(), Some(-32601), "{version} {method} {params}");
        }
    }
}

#[test]
fn that_a_server_lacks_a_method_comes_before_what_a_policy_or_the_parameters_lack() {
    for version in VERSIONS {
        for (method, params) in METHODS.iter().chain(UNDECODABLE) {
            let server = server_under(without_capabilities(), StepUp);
            assert_eq!(server.request(version, method, params).code(), Some(-32601), "{version} {method} {params}");
        }
    }
}

#[test]
fn a_policy_decides_by_its_method_about_a_request_that_cannot_be_decoded() {
    for (method, params) in UNDECODABLE {
        let policy = HideSecrets::default();
        let asked = Arc::clone(&policy.0);
        let reply =
            server_under(Catalog::pass_through(provider(true), None), policy).request("2026-07-28", method, params);
        assert_eq!((reply.status, reply.code()), (200, Some(-32602)), "{method} {params}");
        assert_eq!(*asked.lock().expect("lock"), [format!("{method} Method")], "{method} {params}");
    }
}

#[test]
fn a_method_that_the_server_does_not_serve_yet_is_the_same_for_every_caller() {
    let [open, denied] =
        [server_under(without_capabilities(), AllowAll), server_under(without_capabilities(), DenyAll)]
            .map(|server| server.request("2025-11-25", "logging/setLevel", ""));
    assert_eq!((denied.status, denied.chunks), (open.status, open.chunks));
}

#[test]
fn each_method_that_the_server_serves_is_in_the_tables_of_these_tests() {
    let tested = METHODS.iter().map(|(method, _)| *method).chain(LIFECYCLE.iter().map(|(_, method, _)| *method));
    assert_eq!(tested.collect::<BTreeSet<_>>(), server::served_methods().collect());
    let with_capability = METHODS.iter().map(|(method, _)| *method).collect::<BTreeSet<_>>();
    assert_eq!(UNDECODABLE.iter().map(|(method, _)| *method).collect::<BTreeSet<_>>(), with_capability);
}
