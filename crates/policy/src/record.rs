//! The record of a decision: one line of JSON for a log, without secrets and without characters that could make it look like two.

mod line;
mod mask;

use serde_json::{Map, Value, json};

use crate::decision::{Decision, Verdict};
use crate::document::Document;

/// A decision, with what a log says of it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The id of the decision, which the caller of the policy makes up.
    pub id: &'a str,
    /// The revision of the bundle.
    pub revision: &'a str,
    /// Whether the policy only says what it would have done.
    pub dry_run: bool,
    /// What was decided about.
    pub document: &'a Document,
    /// The decision.
    pub decision: &'a Decision,
    /// How long the decision took, in microseconds.
    pub micros: u64,
}

/// What a record has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordOptions {
    /// Whether it has the arguments, without those that are secret.
    pub arguments: bool,
    /// How many bytes the line may have. Fewer than [`RecordOptions::MIN_BYTES`] count as that.
    pub max_bytes: usize,
}

impl RecordOptions {
    /// The smallest limit of a line, in bytes.
    pub const MIN_BYTES: usize = 4096;
}

impl Default for RecordOptions {
    /// No arguments, and 16 KiB.
    fn default() -> Self {
        Self { arguments: false, max_bytes: 16 * 1024 }
    }
}

impl Record<'_> {
    /// The line, without a line break at its end. Secrets are masked: arguments whose name says so, and those that the policy redacts.
    /// A line that would be too long loses first its arguments, then the ends of its texts.
    #[must_use]
    pub fn to_line(&self, options: &RecordOptions) -> String {
        let limit = options.max_bytes.max(RecordOptions::MIN_BYTES);
        let mut members = self.members();
        if options.arguments && self.is_given_arguments() {
            if let Some(arguments) = self.arguments(limit) {
                let mut whole = members.clone();
                whole.insert("arguments".to_owned(), arguments);
                let line = line::encode(&whole);
                if line.len() <= limit {
                    return line;
                }
            }
            members.insert("arguments_omitted".to_owned(), Value::Bool(true));
        }
        line::encode_within(members, limit)
    }

    fn members(&self) -> Map<String, Value> {
        let text = |path: &[&str]| self.document.text(path).map(Value::from);
        let object = |members: Vec<(&str, Option<Value>)>| {
            let members: Map<_, _> =
                members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        };
        let (result, scopes) = match &self.decision.verdict {
            Verdict::Allow => ("allow", None),
            Verdict::Deny => ("deny", None),
            Verdict::StepUp(scopes) => ("step-up", Some(json!(scopes))),
        };
        let time = self.document.member(&["time"]).and_then(|time| time.as_u64().ok());
        let item = ["tool", "prompt"].into_iter().find_map(|kind| Some((kind, text(&[kind, "name"])?)));
        let item = item.or_else(|| text(&["resource", "uri"]).map(|uri| ("resource", mask::uri(uri))));
        let provider = ["tool", "prompt", "resource"].into_iter().find_map(|kind| text(&[kind, "provider"]));
        let principal = object(vec![
            ("issuer", text(&["identity", "issuer"])),
            ("subject", text(&["identity", "subject"])),
            ("client", text(&["identity", "client"])),
        ]);
        let members = [
            ("decision_id", Some(Value::from(self.id))),
            ("revision", Some(Value::from(self.revision))),
            ("dry_run", self.dry_run.then_some(Value::Bool(true))),
            ("time", time.map(Value::from)),
            ("request_id", text(&["request", "id"])),
            ("phase", text(&["phase"])),
            ("method", text(&["method"])),
            ("path", text(&["path"])),
            ("view", text(&["view"])),
            ("kind", item.as_ref().map(|(kind, _)| Value::from(*kind))),
            ("name", item.map(|(_, name)| name)),
            ("provider", provider),
            ("principal", principal),
            ("address", text(&["request", "address"])),
            ("result", Some(Value::from(result))),
            ("cause", Some(Value::from(self.decision.cause.word()))),
            ("reason", Some(Value::from(self.decision.reason.as_ref()))),
            ("scopes", scopes),
            ("micros", Some(Value::from(self.micros))),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// Whether what was decided about has arguments: those that cannot be read, or are too many, are not in the document.
    fn is_given_arguments(&self) -> bool {
        let has = |member: &str| self.document.member(&[member]).is_some();
        let is_call = self.document.text(&["phase"]) == Some("call");
        has("arguments") || (is_call && ["tool", "prompt", "completion"].into_iter().any(has))
    }

    /// The arguments without secrets, if they fit into so many bytes.
    fn arguments(&self, mut room: usize) -> Option<Value> {
        let redact: Vec<_> = self.decision.redact.iter().map(|path| path.trim_start_matches('/')).collect();
        mask::masked(self.document.member(&["arguments"])?, &redact, &mut room)
    }
}
