//! Lists show exactly what a call would be allowed or be told the scopes for, and both are what the policy means.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod random;

use policy::{Bundle, File, Phase, Verdict};
use random::{Kind, Meaning};

const POLICIES: u64 = 250;
const CASES_OF_A_POLICY: usize = 60;

#[test]
fn for_random_policies_and_callers_a_list_equals_the_calls() {
    let mut of_each = [0_usize; 3];
    for seed in 0..POLICIES {
        let random = &mut random::generator(seed);
        let policy = random::policy(random);
        let text = policy.rego("wasmcp");
        let bundle = Bundle::compile(&[File { path: "policy.rego", text: &text }])
            .unwrap_or_else(|error| panic!("{text}\n{error}"));
        for _ in 0..CASES_OF_A_POLICY {
            let (thing, caller) = (random::thing(random), random::caller(random));
            let decide = |phase, arguments| {
                random::with_input(phase, &thing, caller.as_ref(), arguments, |input| {
                    bundle.decide(&input.document().expect("a document"))
                })
            };
            let call = decide(Phase::Call, random::arguments(random));
            let (meaning, at) = match &call.verdict {
                Verdict::Allow => (Meaning::Allow, 0),
                Verdict::Deny => (Meaning::Deny, 1),
                Verdict::StepUp(scopes) => {
                    (Meaning::StepUp(SCOPES.iter().find(|scope| scopes[0] == **scope).expect("one")), 2)
                }
            };
            of_each[at] += 1;
            assert_eq!(meaning, policy.meaning(&thing, caller.as_ref()), "seed {seed}: {thing:?} {caller:?}\n{text}");
            if !matches!(thing.kind, Kind::Method | Kind::PromptCompletion | Kind::TemplateCompletion) {
                let list = decide(Phase::List, "not read");
                assert_eq!(list.shows(), call.shows(), "seed {seed}: {thing:?} {caller:?}\n{text}");
                assert_eq!(list.verdict, call.verdict, "seed {seed}");
            }
        }
    }
    assert!(of_each.iter().all(|cases| *cases > 500), "one verdict is rare: {of_each:?}");
    assert_eq!(of_each.iter().sum::<usize>(), 15_000);
}

const SCOPES: [&str; 3] = ["files:read", "files:write", "openid"];
