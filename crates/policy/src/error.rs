//! What can go wrong with a bundle, with an input and with an evaluation.

use std::fmt;

use crate::document::MAX_VALUES;
use crate::entry_point::EntryPoint;
use crate::place::Place;
use crate::step_limit::MAX_STEPS;

/// Why files are no bundle: every problem that was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CompileError {
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for CompileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// A problem of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no `.rego` file.
    #[error("no `.rego` file: a policy is a folder with at least one")]
    NoPolicy,
    /// Neither entry point that allows is there, so that everything would be denied.
    #[error(
        "no rule `allow` in the package `wasmcp`: nothing would be allowed; start a file with `package wasmcp` and add one"
    )]
    NoAllow,
    /// Two files of a package give one name to two things, one of them by an import. regorus takes one of them for both files.
    #[error(
        "{place}: the import `{name}` has the name of another import or rule of its package, in this file or another: import it \
         under a name of its own, as in `import data.lib as lib_of_this_file`"
    )]
    AmbiguousImport {
        /// The import.
        place: Place,
        /// The name.
        name: String,
    },
    /// A rule is below an entry point, such as `deny["reason"]` or `package wasmcp.deny`: the entry point would not be asked.
    #[error("{place}: `{rule}` is below the entry point `{entry}`, which would not be asked then: write `{}`", example(*.entry))]
    BelowEntry {
        /// The rule.
        place: Place,
        /// Its path.
        rule: String,
        /// The entry point.
        entry: EntryPoint,
    },
    /// A rule is below another, as `p.a := 1` is below `p[x] := 2`: for `p.a` regorus asks the first alone, and OPA both.
    #[error(
        "{place}: `{rule}` is below the rule `{above}`, which would not be asked for it: give one of them another name, or write the key of \
         this one as a variable, as in `p[x] := 1 if x := \"a\"`"
    )]
    BelowRule {
        /// The rule.
        place: Place,
        /// Its path.
        rule: String,
        /// The path of the other.
        above: String,
    },
    /// A file is larger than a bundle may be.
    #[error("{path}: the bundle is larger than {limit} bytes with this file")]
    TooLarge {
        /// The file.
        path: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The file is neither `.rego` nor `data.json`.
    #[error("{path}: a bundle has files `*.rego` and `data.json`; remove this one")]
    UnknownFile {
        /// The file.
        path: String,
    },
    /// A data file cannot be read.
    #[error("{place}: {message}")]
    Data {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// A policy nests deeper than its parser is made for.
    #[error(
        "{place}: the policy nests too deep here, or an expression is too long: give a part of it a rule of its own, or move what is only data to `data.json`"
    )]
    TooDeep {
        /// The bracket or the sign that is too much.
        place: Place,
    },
    /// A policy is not valid.
    #[error("{place}: {message}")]
    Policy {
        /// Where.
        place: Place,
        /// What regorus says.
        message: String,
    },
    /// A function is neither in the bundle nor built in.
    #[error("{place}: no function `{name}`: {hint}")]
    UnknownFunction {
        /// Where it is called.
        place: Place,
        /// Its name.
        name: String,
        /// What to do.
        hint: &'static str,
    },
    /// A function is built in and not for policies.
    #[error("{place}: `{name}` is not for policies: {reason}")]
    RefusedFunction {
        /// Where it is called.
        place: Place,
        /// Its name.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// A rule needs its own result.
    #[error("{place}: `{rule}` needs its own result: {}", .through.join(" -> "))]
    Recursion {
        /// The rule.
        place: Place,
        /// Its path.
        rule: String,
        /// The rules on the way back to it.
        through: Vec<String>,
    },
    /// A rule needs the address of the client, and the server does not know it. What is said of it would never hold there, so that a `deny`
    /// would deny nothing.
    #[error(
        "{place}: `input.request.address` is not known in a composed file or on a lattice, so that no rule about it would hold there, and a \
         `deny` would deny nothing: let the host or the proxy in front decide about addresses, or serve the providers by `wasmcp serve`"
    )]
    NoAddress {
        /// Where it is read first.
        place: Place,
    },
}

/// Why there is no input document. No text repeats a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// A part is no JSON object, or has a number that is too large to compare.
    #[error("the {part} are no JSON object with numbers that can be compared")]
    NotJson {
        /// The part.
        part: &'static str,
    },
    /// A part has more values than a policy is given.
    #[error("there are more than {MAX_VALUES} values in the {part}")]
    TooManyValues {
        /// The part.
        part: &'static str,
    },
}

/// Why an input that a person wrote is not what a server would ask about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrittenInputError {
    /// It is not of the schema.
    #[error("it is not of the schema policies/input.schema.json: {detail}")]
    Schema {
        /// Which member, and where. It may have values of the input, so that it is for people who evaluate by hand, not for logs.
        detail: String,
    },
    /// It is, and cannot be compared.
    #[error(transparent)]
    Input(#[from] InputError),
}

/// Why a policy gave no answer. Each denies. No text repeats a value of the input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// The rule has no value for this input.
    #[error("`{entry}` has no value for this input: no rule allows it")]
    Undefined {
        /// The rule.
        entry: EntryPoint,
    },
    /// The evaluation failed, for example since two rules gave two values.
    #[error("the evaluation of `{entry}` failed{}", at(.place))]
    Failed {
        /// The rule.
        entry: EntryPoint,
        /// Where, if it is known.
        place: Option<Place>,
        /// What regorus says. It may have values of the input, so that it is for people who evaluate by hand, not for logs.
        detail: String,
    },
    /// The answer is of a shape that is not in docs/policy.md.
    #[error("the answer of `{entry}` is not valid: {what}")]
    IllTyped {
        /// The rule.
        entry: EntryPoint,
        /// What is wrong.
        what: &'static str,
    },
    /// The evaluation took more steps than it may.
    #[error("the evaluation of `{entry}` took more than {MAX_STEPS} steps")]
    TooLong {
        /// The rule.
        entry: EntryPoint,
    },
}

fn example(entry: EntryPoint) -> &'static str {
    match entry {
        EntryPoint::Allow => "allow if …",
        EntryPoint::Visible => "visible if …",
        EntryPoint::Deny => "deny contains \"reason\" if …",
    }
}

fn at(place: &Option<Place>) -> String {
    place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default()
}
