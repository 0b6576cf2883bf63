//! The decision of a policy.

use std::borrow::Cow;

use server::{EngineDenial, Limits};

use crate::error::{EvaluationError, InputError};

/// The decision about one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Whether it may run, or be shown.
    pub verdict: Verdict,
    /// Why, for logs and administrators. No client sees it.
    pub reason: Cow<'static, str>,
    /// What decided.
    pub cause: Cause,
    /// The arguments that no log may have: names with `/` between the levels.
    pub redact: Vec<String>,
    /// The limits of the call.
    pub limits: Limits,
}

/// Whether something may run, or be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allow,
    /// It must not: the caller learns nothing of it.
    Deny,
    /// It may with a token that has all of these scopes. Lists show it.
    StepUp(Vec<String>),
}

/// What decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The answer of `allow` or `visible`.
    Rule,
    /// A reason of `deny`.
    DenyRule,
    /// No answer could be had.
    Error(EvaluationError),
    /// There was nothing to ask about.
    Input(InputError),
    /// The engine, without the policy.
    Engine(EngineDenial),
}

impl Decision {
    /// Whether a list shows the item: the caller may use it, or could with more scopes.
    #[must_use]
    pub fn shows(&self) -> bool {
        !matches!(self.verdict, Verdict::Deny)
    }

    pub(crate) fn denied(reason: impl Into<Cow<'static, str>>, cause: Cause) -> Self {
        Self { verdict: Verdict::Deny, reason: reason.into(), cause, redact: Vec::new(), limits: Limits::default() }
    }
}

impl From<EvaluationError> for Decision {
    fn from(error: EvaluationError) -> Self {
        Self::denied(error.to_string(), Cause::Error(error))
    }
}

impl From<InputError> for Decision {
    fn from(error: InputError) -> Self {
        Self::denied(error.to_string(), Cause::Input(error))
    }
}

impl From<EngineDenial> for Decision {
    fn from(denial: EngineDenial) -> Self {
        Self::denied(denial.reason(), Cause::Engine(denial))
    }
}

impl Cause {
    /// One word for it, for records.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::DenyRule => "deny",
            Self::Error(EvaluationError::Undefined { .. }) => "undefined",
            Self::Error(EvaluationError::Failed { .. }) => "failed",
            Self::Error(EvaluationError::IllTyped { .. }) => "ill-typed",
            Self::Error(EvaluationError::TooLong { .. }) => "too-long",
            Self::Input(_) => "input",
            Self::Engine(EngineDenial::NotInView) => "view",
            Self::Engine(EngineDenial::FactsUnknown) => "unknown",
        }
    }
}
