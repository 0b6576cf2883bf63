//! What each rule of a bundle gives for one input, for people who ask why a decision is as it is.

use std::fmt;

use regorus::Value;

use crate::bundle::{Bundle, RuleError, evaluate_rule};
use crate::document::Document;
use crate::place::Place;

/// What the rules of one path give for an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleValue {
    /// Where the first of them begins.
    pub place: Place,
    /// Their path, for example `data.wasmcp.allow`.
    pub path: String,
    /// What they give.
    pub outcome: RuleOutcome,
}

/// What a rule gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleOutcome {
    /// This value, as JSON with arrays for sets.
    Value(String),
    /// No value: none of the rules of the path holds.
    Undefined,
    /// It could not be evaluated, for this reason.
    Error(String),
}

impl fmt::Display for RuleValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, path, outcome } = self;
        match outcome {
            RuleOutcome::Value(json) => write!(formatter, "{place}: {path} = {json}"),
            RuleOutcome::Undefined => write!(formatter, "{place}: {path} has no value"),
            RuleOutcome::Error(error) => write!(formatter, "{place}: {path} failed: {error}"),
        }
    }
}

impl Bundle {
    /// What each rule of the bundle gives for an input, in the order of their places. A function has no value of its own and is left out. Each
    /// rule is evaluated by itself, as if it were asked for.
    #[must_use]
    pub fn explain(&self, document: &Document) -> Vec<RuleValue> {
        let value = |(path, place): (&str, &Place)| {
            let outcome = outcome(evaluate_rule(&mut self.engine(Some(document)), path));
            RuleValue { place: place.clone(), path: path.to_owned(), outcome }
        };
        let mut values: Vec<_> = self.rules().values().map(value).collect();
        values.sort_by(|one, other| one.place.cmp(&other.place));
        values
    }
}

fn outcome(value: Result<Value, RuleError>) -> RuleOutcome {
    match value {
        Ok(Value::Undefined) => RuleOutcome::Undefined,
        Ok(value) => match serde_json::to_string(&value) {
            Ok(json) => RuleOutcome::Value(json),
            Err(error) => RuleOutcome::Error(error.to_string()),
        },
        Err(fault) => RuleOutcome::Error(fault.to_string()),
    }
}
