//! What is wrong with a bundle before it decides anything, and what is only suspicious.

use std::fmt;

use crate::entry_point::EntryPoint;
use crate::error::Problem;
use crate::functions;
use crate::place::Place;
use crate::syntax::{Rules, UnknownMember};

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
    /// A member of the input that no input has: what is said of it never holds.
    UnknownMember(UnknownMember),
    /// The name of the tool is compared with one that no provider has.
    UnknownTool {
        /// Where.
        place: Place,
        /// The name.
        name: String,
    },
    /// `deny` has a value instead of reasons.
    DenyWithoutReasons {
        /// Where.
        place: Place,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMember(UnknownMember { place, member, known }) => write!(
                formatter,
                "{place}: there is never a `{member}`, so that a line about it does not hold: the members there are `{}`",
                known.join("`, `")
            ),
            Self::UnknownTool { place, name } => write!(
                formatter,
                "{place}: no provider has a tool `{name}`, so that this never matches one: the names are those that `tools/list` has"
            ),
            Self::DenyWithoutReasons { place } => write!(
                formatter,
                "{place}: `deny` is a set of reasons, and has another value here: write `deny contains \"the reason\" if`"
            ),
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
        }
    }
}

/// Why the rules cannot be used.
pub(crate) fn problems(rules: &Rules) -> Vec<Problem> {
    let ambiguous = rules.ambiguous_imports().iter();
    let mut problems: Vec<_> =
        ambiguous.map(|(place, name)| Problem::AmbiguousImport { place: place.clone(), name: name.clone() }).collect();
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
    // A rule below an entry point has a problem already.
    let others =
        rules.below_others().filter(|(_, _, above)| EntryPoint::ALL.iter().all(|entry| entry.rule() != *above));
    problems.extend(others.map(|(place, rule, above)| Problem::BelowRule {
        place: place.clone(),
        rule: rule.to_owned(),
        above: above.to_owned(),
    }));
    if let Some((place, mut through)) = rules.cycle() {
        let rule = through.first().cloned().unwrap_or_default();
        through.push(rule.clone());
        problems.push(Problem::Recursion { place, rule, through });
    }
    problems
}

/// The names of tools that the rules are about and no provider has.
pub(crate) fn unknown_tools(rules: &Rules, is_tool: impl Fn(&str) -> bool) -> Vec<Finding> {
    let unknown = rules.tool_names().iter().filter(|(_, name)| !is_tool(name));
    unknown.map(|(place, name)| Finding::UnknownTool { place: place.clone(), name: name.clone() }).collect()
}

/// What is suspicious about the rules.
pub(crate) fn findings(rules: &Rules) -> Vec<Finding> {
    let mut findings: Vec<_> = rules.unknown_members().iter().cloned().map(Finding::UnknownMember).collect();
    findings.extend(
        rules.no_set(EntryPoint::Deny.rule()).map(|place| Finding::DenyWithoutReasons { place: place.clone() }),
    );
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
    findings
}
