//! Lists show exactly what a call would be allowed or be told the scopes for, and both are what the policy means.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod engine;
mod random;

use std::sync::Arc;

use contract::model::Principal;
use engine::{ITEMS, Reply, Server};
use policy::{Bundle, File, Phase, PolicyOptions, Verdict};
use random::{Kind, Meaning, Thing};

const POLICIES: u64 = 250;
const CASES_OF_A_POLICY: usize = 60;
const POLICIES_OF_ENGINES: u64 = 60;

#[test]
fn for_random_policies_and_callers_a_list_equals_the_calls() {
    let (mut of_each, mut completions) = ([0_usize; 3], 0);
    for seed in 0..POLICIES {
        let random = &mut random::generator(seed);
        let policy = random::policy(random);
        let text = policy.rego("wasmcp");
        let bundle = Bundle::compile(&[File { path: "policy.rego", text: &text }])
            .unwrap_or_else(|error| panic!("{text}\n{error}"));
        for _ in 0..CASES_OF_A_POLICY {
            let (thing, caller) = (random::thing(random), random::caller(random));
            let decide_about = |thing: &Thing, phase, arguments| {
                random::with_input(phase, thing, caller.as_ref(), arguments, |input| {
                    bundle.decide(&input.document().expect("a document"))
                })
            };
            let decide = |phase, arguments| decide_about(&thing, phase, arguments);
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
                // Values for an argument of a prompt or a template may be asked for by whom lists show it to.
                let completion = match thing.kind {
                    Kind::Prompt => Kind::PromptCompletion,
                    Kind::Template => Kind::TemplateCompletion,
                    _ => continue,
                };
                let completion = decide_about(&Thing { kind: completion, ..thing.clone() }, Phase::Call, "{}");
                assert_eq!(list.verdict, completion.verdict, "seed {seed}: {thing:?} {caller:?}\n{text}");
                completions += 1;
            }
        }
    }
    assert!(of_each.iter().all(|cases| *cases > 500), "one verdict is rare: {of_each:?}");
    assert_eq!(of_each.iter().sum::<usize>(), 15_000);
    assert!(completions > 2_000, "only {completions} completions");
}

/// The names of the engine's items in the place of those that random policies have.
const NAMES: [(&str, &str); 11] = [
    ("add", "one.a"),
    ("delete_all", "one.b"),
    ("delete_one", "two.a"),
    ("read", "two.b"),
    ("a", "two."),
    ("delete_", "one."),
    ("file:///a", "one:/a"),
    ("file:", "one:"),
    ("https:", "two:"),
    ("calculator", "one"),
    ("files", "two"),
];

/// The policy, by which every list may be asked for: what it shows is another question.
fn with_lists(policy: &str) -> Bundle {
    let entries = "package wasmcp\n\nis_list if endswith(input.method, \"/list\")\n\nallow if is_list\n\nallow := data.random.allow if not is_list\n\n\
        deny contains reason if {\n\tnot is_list\n\tsome reason in data.random.deny\n}\n";
    let named = |text: String, (from, to): &(&str, &str)| text.replace(&format!("\"{from}\""), &format!("\"{to}\""));
    let policy = NAMES.iter().fold(policy.to_owned(), named);
    let files = [File { path: "entries.rego", text: entries }, File { path: "random.rego", text: &policy }];
    Bundle::compile(&files).unwrap_or_else(|error| panic!("{policy}\n{error}"))
}

fn verified(caller: random::Caller) -> Arc<server::Caller> {
    let random::Caller { scopes, roles, groups, tenant } = caller;
    let claims = format!(r#"{{"tenant":"{tenant}"}}"#);
    let (issuer, subject) = ("https://issuer.example".to_owned(), "ada".to_owned());
    Arc::new(server::Caller {
        principal: Principal { issuer, subject, client_id: None, scopes, claims },
        roles,
        groups,
        derived: server::Derived::default(),
    })
}

#[test]
fn for_random_policies_the_pages_of_an_engine_show_what_it_lets_call() {
    let (mut shown, mut hidden) = (0, 0);
    for seed in 0..POLICIES_OF_ENGINES {
        let random = &mut random::generator(1_000_000 + seed);
        let (text, caller) = (random::policy(random).rego("random"), random::caller(random).map(verified));
        for is_static in [true, false] {
            let server = Server::of(with_lists(&text), PolicyOptions::default(), is_static, caller.clone());
            for (list, member, key, call, names) in ITEMS {
                let listed = server.listed(list, member, key).expect("a list");
                let called: Vec<_> = names
                    .iter()
                    .filter(|name| match server.ask(call, &engine::params(call, name)) {
                        Reply::Result(_) | Reply::StepUp(_) => true,
                        Reply::Absent(_) => false,
                        Reply::Forbidden => panic!("denials are hidden"),
                    })
                    .collect();
                assert_eq!(
                    listed.iter().collect::<Vec<_>>(),
                    called,
                    "seed {seed}, static: {is_static}, {list} {call}\n{text}"
                );
                shown += called.len();
                hidden += names.len() - called.len();
            }
        }
    }
    assert!(shown > 500 && hidden > 500, "{shown} shown, {hidden} hidden");
}

/// A decision that was kept is the one that would be made now.
#[test]
fn a_server_that_many_have_asked_answers_as_a_new_one() {
    let mut answers = std::collections::BTreeSet::new();
    for seed in 0..POLICIES_OF_ENGINES / 4 {
        let random = &mut random::generator(2_000_000 + seed);
        let text = random::policy(random).rego("random");
        let callers: Vec<_> = (0..4).map(|_| random::caller(random).map(verified)).collect();
        let new = |caller: &Option<Arc<server::Caller>>| {
            Server::of(with_lists(&text), PolicyOptions::default(), seed % 2 == 0, caller.clone())
        };
        let asked = new(&None);
        for turn in 0..3 {
            for caller in &callers {
                asked.set_caller(caller.clone());
                for (list, member, key, call, names) in ITEMS {
                    let what = format!("seed {seed}, turn {turn}, {list} {call}\n{text}");
                    assert_eq!(asked.listed(list, member, key), new(caller).listed(list, member, key), "{what}");
                    for name in *names {
                        let mut params = engine::params(call, name);
                        if *call == "tools/call" {
                            params = params.replace("{}", random::arguments(random));
                        }
                        let reply = format!("{:?}", asked.ask(call, &params));
                        assert_eq!(reply, format!("{:?}", new(caller).ask(call, &params)), "{what}");
                        answers.insert(reply.split('(').next().map(str::to_owned));
                    }
                }
            }
        }
    }
    assert_eq!(answers.len(), 3, "{answers:?}");
}

#[test]
fn the_lists_of_these_engines_have_several_pages() {
    let bundle = || with_lists("package random\n\nallow := true\n\ndeny := set()\n");
    for is_static in [true, false] {
        let server = Server::of(bundle(), PolicyOptions::default(), is_static, None);
        for (list, ..) in ITEMS {
            let Reply::Result(page) = server.ask(list, "") else { panic!("{list}") };
            assert!(page["nextCursor"].is_string(), "{list}: {page}");
        }
    }
}

const SCOPES: [&str; 3] = ["files:read", "files:write", "openid"];
