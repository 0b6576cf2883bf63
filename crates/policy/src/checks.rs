//! What is wrong with a bundle before it decides anything, and what is only suspicious.

use std::collections::BTreeMap;
use std::fmt;

use crate::entry_point::EntryPoint;
use crate::error::Problem;
use crate::functions::{self, Family};
use crate::place::Place;
use crate::syntax::Rules;

/// What `wasmcp check` warns about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// `allow` reads the arguments of calls, which lists do not have, and there is no `visible`.
    ArgumentsWithoutVisible {
        /// Where they are read first.
        place: Place,
    },
    /// `deny` reads the arguments of calls, which lists do not have, and asks for the phase nowhere.
    ArgumentsInDeny {
        /// Where they are read first.
        place: Place,
    },
    /// `not` stands before a call, a comparison or `in` with a member of the input. If that is missing, `not` holds here, and OPA skips
    /// the rule.
    NotOfMissing {
        /// Where.
        place: Place,
    },
    /// A function is not in the component in which the policy is to run.
    NotInComponent {
        /// Where it is called.
        place: Place,
        /// Its name.
        name: String,
        /// The family that the component lacks.
        family: Family,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ArgumentsWithoutVisible { place } => write!(
                formatter,
                "{place}: `allow` reads `input.arguments`, which are not there when a list is made, so that lists may hide what a call may \
                 do: add a rule `visible` to the package `wasmcp`"
            ),
            Self::ArgumentsInDeny { place } => write!(
                formatter,
                "{place}: `deny` reads `input.arguments`, which are not there when a list is made, where `not` would hide what may be \
                 called: begin the rule with `input.phase == \"call\"`"
            ),
            Self::NotOfMissing { place } => write!(
                formatter,
                "{place}: `not` holds here if a member of `input` is missing, and OPA would skip the rule: name what follows `not` as a rule \
                 of its own, or take the member into a variable first"
            ),
            Self::NotInComponent { place, name, family } => write!(
                formatter,
                "{place}: a component has no function `{name}` (family {}): every decision that calls it would deny there",
                family.feature()
            ),
        }
    }
}

/// Why the rules cannot be used.
pub(crate) fn problems(rules: &Rules) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (place, name) in rules.calls() {
        let (place, name) = (place.clone(), name.to_owned());
        if let Some(reason) = functions::refusal(&name) {
            problems.push(Problem::RefusedFunction { place, name, reason });
        } else if !functions::is_built_in(&name) {
            problems.push(Problem::UnknownFunction { hint: functions::hint(&name), place, name });
        }
    }
    for entry in EntryPoint::ALL {
        let below = format!("{}.", entry.rule());
        problems.extend(
            rules.paths().filter(|(path, _)| path.starts_with(&below)).map(|(path, place)| Problem::BelowEntry {
                place: place.clone(),
                rule: path.to_owned(),
                entry,
            }),
        );
    }
    if let Some((place, mut through)) = rules.cycle() {
        let rule = through.first().cloned().unwrap_or_default();
        through.push(rule.clone());
        problems.push(Problem::Recursion { place, rule, through });
    }
    problems
}

/// What is suspicious about the rules.
pub(crate) fn findings(rules: &Rules, component: &[Family]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !rules.has(EntryPoint::Visible.rule())
        && let Some(place) = rules.reads(EntryPoint::Allow.rule()).arguments
    {
        findings.push(Finding::ArgumentsWithoutVisible { place });
    }
    let deny = rules.reads(EntryPoint::Deny.rule());
    if let Some(place) = deny.arguments.filter(|_| !deny.phase) {
        findings.push(Finding::ArgumentsInDeny { place });
    }
    findings.extend(rules.negations().iter().map(|place| Finding::NotOfMissing { place: place.clone() }));
    // The first place of each function is enough.
    let mut lacking = BTreeMap::new();
    for (place, name) in rules.calls() {
        if let Some(family) = Family::of(name).filter(|family| !component.contains(family)) {
            lacking.entry(name).or_insert((place, family));
        }
    }
    findings.extend(lacking.into_iter().map(|(name, (place, family))| Finding::NotInComponent {
        place: place.clone(),
        name: name.to_owned(),
        family,
    }));
    findings
}
