//! Random policies with what they mean, and random inputs.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]
#![allow(dead_code, reason = "no test uses all of it")]

use policy::{Annotations, Identity, IdentityParts, Input, Item, Phase, Reference, Request, RequestParts, Server};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

const NAMES: [&str; 5] = ["add", "delete_all", "delete_one", "read", "write"];
const URIS: [&str; 4] = ["file:///a", "file:///a/b", "file:///{path}", "https://example.com/a?b=c"];
const PROVIDERS: [&str; 3] = ["calculator", "files", "weather"];
const WORDS: [&str; 4] = ["admin", "reader", "writer", "ümlaut \"quoted\""];
const SCOPES: [&str; 3] = ["files:read", "files:write", "openid"];

pub(crate) fn generator(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// A caller.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) scopes: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) tenant: String,
}

/// What is called, or shown.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) provider: Option<&'static str>,
    pub(crate) read_only: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Method,
    Tool,
    Prompt,
    Resource,
    Template,
    PromptCompletion,
    TemplateCompletion,
}

pub(crate) fn caller(random: &mut StdRng) -> Option<Caller> {
    let some = |random: &mut StdRng, of: &[&str]| -> Vec<String> {
        of.iter().filter(|_| random.random_bool(0.4)).map(|word| (*word).to_owned()).collect()
    };
    random.random_bool(0.9).then(|| Caller {
        scopes: some(random, &SCOPES),
        roles: some(random, &WORDS),
        groups: some(random, &WORDS),
        tenant: (*["acme", "globex", "other"].choose(random).expect("one")).to_owned(),
    })
}

pub(crate) fn thing(random: &mut StdRng) -> Thing {
    use Kind::*;
    let kind = *[Method, Tool, Tool, Tool, Prompt, Resource, Template, PromptCompletion, TemplateCompletion]
        .choose(random)
        .expect("one");
    let name = match kind {
        Resource | Template | TemplateCompletion => *URIS.choose(random).expect("one"),
        _ => *NAMES.choose(random).expect("one"),
    };
    Thing {
        kind,
        name,
        provider: random.random_bool(0.8).then(|| *PROVIDERS.choose(random).expect("one")),
        read_only: [None, Some(true), Some(false)].choose(random).copied().flatten(),
    }
}

/// Arguments of a tool: some that the starter policies look at, some that are hard to read.
pub(crate) fn arguments(random: &mut StdRng) -> &'static str {
    [
        "{}",
        r#"{"path": "/data/public/a"}"#,
        r#"{"path": "/data/public/../a", "amount": 5}"#,
        r#"{"amount": 1000.5, "path": null}"#,
        r#"{"amount": 10, "path": "/data/inbox/x", "card": "4111"}"#,
        r#"{"a": [1, 2.5, -3, 1e10, 12345678901234567890, "\u0000\u001b[31m", {"b": {}}], "": false}"#,
    ]
    .choose(random)
    .expect("one")
}

/// Gives the input of a thing to a function.
pub(crate) fn with_input<T>(
    phase: Phase,
    thing: &Thing,
    caller: Option<&Caller>,
    arguments: &str,
    then: impl FnOnce(&Input<'_>) -> T,
) -> T {
    let identity = caller.map(|caller| {
        Identity::new(&IdentityParts {
            issuer: "https://issuer.example",
            subject: "ada",
            client: None,
            scopes: &caller.scopes,
            roles: &caller.roles,
            groups: &caller.groups,
            claims: &format!(r#"{{"sub": "ada", "tenant": "{}"}}"#, caller.tenant),
        })
        .expect("claims")
    });
    let pairs = [("x".to_owned(), "y".to_owned())];
    let (method, item) = match thing.kind {
        Kind::Method => ("tools/list", Item::Method),
        Kind::Tool => {
            let annotations =
                thing.read_only.map(|hint| Annotations { read_only: Some(hint), ..Annotations::default() });
            ("tools/call", Item::Tool { name: thing.name, annotations, arguments })
        }
        Kind::Prompt => ("prompts/get", Item::Prompt { name: thing.name, arguments: &pairs }),
        Kind::Resource => ("resources/read", Item::Resource { uri: thing.name, template: false }),
        Kind::Template => ("resources/read", Item::Resource { uri: thing.name, template: true }),
        Kind::PromptCompletion => {
            let reference = Reference::Prompt(thing.name);
            ("completion/complete", Item::Completion { reference, argument: "x", value: "v", arguments: &pairs })
        }
        Kind::TemplateCompletion => {
            let reference = Reference::Resource(thing.name);
            ("completion/complete", Item::Completion { reference, argument: "x", value: "v", arguments: &pairs })
        }
    };
    then(&Input {
        phase,
        method,
        path: "/mcp",
        view: None,
        server: Some(Server { name: "test", version: "1.0.0" }),
        item,
        provider: thing.provider,
        identity: identity.as_ref(),
        request: &Request::new(&RequestParts {
            id: Some("0123"),
            protocol_version: Some("2025-11-25"),
            client: Some(("test", "1")),
            headers: &[("x-tenant", "acme")],
            address: Some("192.0.2.1"),
        }),
        // Around the start and the end of an hour of work in Berlin, and the end of a week.
        time_ns: 1_796_000_000_000_000_000 + u64::try_from(thing.name.len()).expect("small") * 3_600_000_000_000 * 7,
    })
}

/// A condition of a rule.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    ToolIs(&'static str),
    ToolBegins(&'static str),
    UriBegins(&'static str),
    PromptIs(&'static str),
    Provider(&'static str),
    ReadOnly,
    Role(&'static str),
    Group(&'static str),
    Scope(&'static str),
    Tenant(&'static str),
    Not(Box<Self>),
}

/// A policy, each part of which is a list of rules, each of which is a list of conditions.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) allow: Vec<Vec<Condition>>,
    pub(crate) deny: Vec<Vec<Condition>>,
    /// What a caller lacks that no rule allows, and that these conditions hold for.
    pub(crate) step_up: Option<(Vec<Condition>, &'static str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Allow,
    Deny,
    StepUp(&'static str),
}

fn condition(random: &mut StdRng) -> Condition {
    let pick = |random: &mut StdRng, of: &[&'static str]| *of.choose(random).expect("one");
    match random.random_range(0..12) {
        0 => Condition::ToolIs(pick(random, &NAMES)),
        1 => Condition::ToolBegins(pick(random, &["a", "delete_", ""])),
        2 => Condition::UriBegins(pick(random, &["file:///a", "file:", "https:"])),
        3 => Condition::PromptIs(pick(random, &NAMES)),
        4 => Condition::Provider(pick(random, &PROVIDERS)),
        5 => Condition::ReadOnly,
        6 => Condition::Role(pick(random, &WORDS)),
        7 => Condition::Group(pick(random, &WORDS)),
        8 => Condition::Scope(pick(random, &SCOPES)),
        9 => Condition::Tenant(pick(random, &["acme", "globex"])),
        _ => Condition::Not(Box::new(match condition(random) {
            Condition::Not(inner) => *inner,
            other => other,
        })),
    }
}

fn rules(random: &mut StdRng, most: usize) -> Vec<Vec<Condition>> {
    (0..random.random_range(0..=most))
        .map(|_| (0..random.random_range(1..=3)).map(|_| condition(random)).collect())
        .collect()
}

pub(crate) fn policy(random: &mut StdRng) -> Policy {
    let step_up = random.random_bool(0.5).then(|| (vec![condition(random)], *SCOPES.choose(random).expect("one")));
    Policy { allow: rules(random, 4), deny: rules(random, 2), step_up }
}

impl Policy {
    /// The policy in Rego. What is negated is a rule of its own, since OPA and regorus differ in `not` before other things.
    pub(crate) fn rego(&self, package: &str) -> String {
        let mut negated = Vec::new();
        let mut text = format!("package {package}\n\n");
        for rule in &self.allow {
            text += &format!("permitted if {{\n{}}}\n\n", lines(rule, &mut negated));
        }
        text += "permitted if input.nothing\n\nallow if permitted\n\n";
        if let Some((conditions, scope)) = &self.step_up {
            let answer = format!("{{\"allow\": false, \"reason\": \"scope\", \"scopes\": [{scope:?}]}}");
            text += &format!("allow := {answer} if {{\n\tnot permitted\n{}}}\n\n", lines(conditions, &mut negated));
        }
        for (at, rule) in self.deny.iter().enumerate() {
            text += &format!("deny contains \"reason {at}\" if {{\n{}}}\n\n", lines(rule, &mut negated));
        }
        for (at, condition) in negated.iter().enumerate() {
            text += &format!("negated_{at} if {condition}\n\n");
        }
        text
    }

    /// What it means, by this program.
    pub(crate) fn meaning(&self, thing: &Thing, caller: Option<&Caller>) -> Meaning {
        let any = |rules: &[Vec<Condition>]| {
            rules.iter().any(|rule| rule.iter().all(|condition| condition.holds(thing, caller)))
        };
        if any(&self.deny) {
            return Meaning::Deny;
        }
        if any(&self.allow) {
            return Meaning::Allow;
        }
        match &self.step_up {
            Some((conditions, scope)) if conditions.iter().all(|condition| condition.holds(thing, caller)) => {
                Meaning::StepUp(scope)
            }
            _ => Meaning::Deny,
        }
    }
}

fn lines(conditions: &[Condition], negated: &mut Vec<String>) -> String {
    conditions
        .iter()
        .map(|condition| {
            format!(
                "	{}
",
                condition.rego(negated)
            )
        })
        .collect()
}

impl Condition {
    fn rego(&self, negated: &mut Vec<String>) -> String {
        let provider = |name: &str| {
            format!("{name:?} in [input[kind].provider | some kind in [\"tool\", \"prompt\", \"resource\"]]")
        };
        match self {
            Self::ToolIs(name) => format!("input.tool.name == {name:?}"),
            Self::ToolBegins(start) => format!("startswith(input.tool.name, {start:?})"),
            Self::UriBegins(start) => format!("startswith(input.resource.uri, {start:?})"),
            Self::PromptIs(name) => format!("input.prompt.name == {name:?}"),
            Self::Provider(name) => provider(name),
            Self::ReadOnly => "input.tool.annotations.readOnlyHint == true".to_owned(),
            Self::Role(role) => format!("{role:?} in input.identity.roles"),
            Self::Group(group) => format!("{group:?} in input.identity.groups"),
            Self::Scope(scope) => format!("{scope:?} in input.identity.scopes"),
            Self::Tenant(tenant) => format!("input.identity.claims.tenant == {tenant:?}"),
            Self::Not(inner) => {
                let condition = inner.rego(negated);
                negated.push(condition);
                format!("not negated_{}", negated.len() - 1)
            }
        }
    }

    fn holds(&self, thing: &Thing, caller: Option<&Caller>) -> bool {
        use Kind::*;
        let is_tool = thing.kind == Tool;
        let is_uri = matches!(thing.kind, Resource | Template | TemplateCompletion);
        let is_prompt = matches!(thing.kind, Prompt | PromptCompletion);
        let has = |list: fn(&Caller) -> &Vec<String>, word: &str| {
            caller.is_some_and(|caller| list(caller).iter().any(|has| has == word))
        };
        match self {
            Self::ToolIs(name) => is_tool && thing.name == *name,
            Self::ToolBegins(start) => is_tool && thing.name.starts_with(start),
            Self::UriBegins(start) => is_uri && thing.name.starts_with(start),
            Self::PromptIs(name) => is_prompt && thing.name == *name,
            Self::Provider(name) => thing.kind != Method && thing.provider == Some(name),
            Self::ReadOnly => is_tool && thing.read_only == Some(true),
            Self::Role(role) => has(|caller| &caller.roles, role),
            Self::Group(group) => has(|caller| &caller.groups, group),
            Self::Scope(scope) => has(|caller| &caller.scopes, scope),
            Self::Tenant(tenant) => caller.is_some_and(|caller| caller.tenant == *tenant),
            Self::Not(inner) => !inner.holds(thing, caller),
        }
    }
}
