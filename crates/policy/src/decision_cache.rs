//! The answers of a bundle that are kept: a decision is a function of its input, so one that reads nothing of what differs from call to call is
//! made once for each caller and item.

use server::Recent;

use crate::decision::{Decision, Verdict};
use crate::input::{Annotations, Item, Phase, Reference, Server};

/// How many inputs have answers that are kept.
const MAX_KEPT: usize = 8192;
/// The longest key that is kept, in bytes: a client chooses names and URIs.
const MAX_KEY: usize = 1024;
/// The longest texts of an answer that is kept, in bytes.
const MAX_TEXTS: usize = 1024;

/// The answers that were given last.
pub(crate) struct DecisionCache(Recent<Key, Answers>);

/// Those members of the input that are the same in many calls: all but the arguments, the text to complete, the request and the time.
#[derive(Clone, Copy)]
pub(crate) struct CacheInput<'a> {
    pub(crate) phase: Phase,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) view: Option<&'a str>,
    pub(crate) server: Option<Server<'a>>,
    pub(crate) item: Item<'a>,
    pub(crate) provider: Option<&'a str>,
    /// The number of the caller, which stands for one identity.
    pub(crate) caller: u64,
}

/// Stands for one [`CacheInput`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(Box<[u8]>);

/// What the entry points answered. None is an answer that is not kept.
#[derive(Clone, Default)]
pub(crate) struct Answers {
    /// The reason of `deny`, if it had one.
    pub(crate) denial: Option<Option<String>>,
    /// The answer of `allow`, or of `visible`.
    pub(crate) decision: Option<Decision>,
}

impl Answers {
    /// How many answers are there.
    pub(crate) fn count(&self) -> usize {
        usize::from(self.denial.is_some()) + usize::from(self.decision.is_some())
    }
}

impl DecisionCache {
    pub(crate) fn new() -> Self {
        Self(Recent::new(MAX_KEPT))
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Answers> {
        self.0.get(key)
    }

    /// Keeps answers, unless they are long.
    pub(crate) fn keep(&self, key: Key, answers: Answers) {
        let texts = answers.denial.iter().flatten().map(String::len).sum::<usize>()
            + answers.decision.iter().map(length).sum::<usize>();
        if texts <= MAX_TEXTS {
            self.0.insert(key, answers);
        }
    }
}

/// The bytes of the texts of a decision.
fn length(decision: &Decision) -> usize {
    let scopes = match &decision.verdict {
        Verdict::StepUp(scopes) => scopes.as_slice(),
        Verdict::Allow | Verdict::Deny => &[],
    };
    let lists = scopes.iter().chain(&decision.redact).map(|text| size_of::<String>() + text.len());
    decision.reason.len() + lists.sum::<usize>()
}

impl Key {
    /// None if it is too long.
    pub(crate) fn of(input: &CacheInput<'_>) -> Option<Self> {
        let CacheInput { phase, method, path, view, server, item, provider, caller } = *input;
        let mut key = Vec::with_capacity(192);
        key.extend(caller.to_le_bytes());
        key.push(match phase {
            Phase::List => 0,
            Phase::Call => 1,
        });
        let (name, version) = server.map(|server| (server.name, server.version)).unzip();
        for text in [Some(method), Some(path), view, provider, name, version] {
            push(&mut key, text);
        }
        let (kind, name) = match item {
            Item::Method | Item::Completion { reference: Reference::Unknown, .. } => (0, None),
            Item::Tool { name, .. } => (1, Some(name)),
            Item::Resource { uri, template: false } => (2, Some(uri)),
            Item::Resource { uri, template: true } | Item::Completion { reference: Reference::Resource(uri), .. } => {
                (3, Some(uri))
            }
            Item::Prompt { name, .. } | Item::Completion { reference: Reference::Prompt(name), .. } => (4, Some(name)),
        };
        key.push(kind);
        push(&mut key, name);
        if let Item::Tool { annotations: Some(annotations), .. } = item {
            let Annotations { read_only, destructive, idempotent, open_world } = annotations;
            key.extend([read_only, destructive, idempotent, open_world].map(|said| said.map_or(2, u8::from)));
        }
        (key.len() <= MAX_KEY).then(|| Self(key.into()))
    }
}

/// A text with its length before it, so that two texts are never the same bytes as two others.
fn push(key: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => key.push(0),
        Some(text) => {
            key.push(1);
            key.extend(text.len().to_le_bytes());
            key.extend(text.as_bytes());
        }
    }
}

#[cfg(test)]
#[path = "decision_cache_tests.rs"]
mod tests;
