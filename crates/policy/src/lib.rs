//! Policies in Rego: what a caller may do and see, decided by [regorus](https://docs.rs/regorus) about exactly what will run.
//!
//! ```
//! use policy::{Bundle, File, Input, Item, Phase, Request, Server, Verdict};
//!
//! let text = r#"
//! package wasmcp
//! allow if input.tool.name == "add"
//! "#;
//! let bundle = Bundle::compile(&[File { path: "policy.rego", text }]).expect("a policy");
//! let input = Input {
//!     phase: Phase::Call,
//!     method: "tools/call",
//!     path: "/mcp",
//!     view: None,
//!     server: Some(Server { name: "calculator", version: "1.0.0" }),
//!     item: Item::Tool { name: "add", annotations: None, arguments: r#"{"a": 1, "b": 2}"# },
//!     provider: Some("calculator"),
//!     identity: None,
//!     request: &Request::default(),
//!     time_ns: 0,
//! };
//! let decision = bundle.decide(&input.document().expect("JSON"));
//! assert_eq!(decision.verdict, Verdict::Allow);
//! ```
//!
//! # Design
//! A decision is a function of the bundle and of the input document: no clock, no random number and no network takes part, so that it can
//! be repeated from its record, and kept where it reads nothing that differs from call to call (`decision_cache`). Each evaluation has an evaluator of
//! its own, which shares what was compiled. Whatever fails denies.
//!
//! This crate reads no file and writes no log: a shell gives it texts, and takes [`Decision`] and [`Record`].

mod answer;
mod authorizer;
mod bundle;
mod bundle_files;
mod checks;
mod decision;
mod decision_cache;
mod document;
mod entry_point;
mod error;
mod explanation;
mod functions;
mod identity;
mod input;
mod input_form;
mod json;
mod place;
mod record;
mod request;
mod revision;
mod step_limit;
mod syntax;
mod test_runner;

pub use authorizer::{DecisionLog, LazyAuthorizer, PolicyAuthorizer, PolicyOptions};
pub use bundle::Bundle;
pub use bundle_files::{File, MAX_BUNDLE, bundle_text, settings_files};
pub use checks::Finding;
pub use decision::{Cause, Decision, Verdict};
pub use document::{Document, MAX_VALUES};
pub use entry_point::EntryPoint;
pub use error::{CompileError, EvaluationError, InputError, Problem, WrittenInputError};
pub use explanation::{RuleOutcome, RuleValue};
pub use functions::{Family, MISSING_FUNCTIONS, REFUSED_FUNCTIONS, REGEX_FUNCTIONS};
pub use identity::{Identity, IdentityParts};
pub use input::{Annotations, Input, Item, Phase, Reference, Server};
pub use place::Place;
pub use record::{Record, RecordOptions};
pub use request::{Request, RequestParts};
pub use step_limit::MAX_STEPS;
pub use syntax::UnknownMember;
pub use test_runner::{TestOutcome, TestResult, run_tests};
