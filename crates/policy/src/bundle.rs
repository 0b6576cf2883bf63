//! A compiled policy, and the decisions of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use regorus::{Engine, LimitError, Value};

use crate::answer;
use crate::bundle_files::{self, File};
use crate::checks::{self, Finding};
use crate::decision::{Cause, Decision};
use crate::document::Document;
use crate::entry_point::EntryPoint;
use crate::error::{CompileError, EvaluationError, Problem};
use crate::functions::Family;
use crate::place::{Place, split_message};
use crate::steps;
use crate::syntax::Rules;

/// A compiled policy of one revision. It does not change: a server that loads another keeps this one for the requests that it has begun.
#[derive(Debug)]
pub struct Bundle {
    /// Never evaluated itself: each decision has a copy, which shares what was compiled and has a state of its own.
    engine: Engine,
    revision: String,
    has_visible: bool,
    has_deny: bool,
    reads_facts: bool,
    rules: Rules,
}

impl Bundle {
    /// Compiles `.rego` files and `data.json` files. Files that end in `_test.rego` are left out.
    ///
    /// # Errors
    /// All problems that were found, each with its place.
    pub fn compile(files: &[File<'_>]) -> Result<Self, CompileError> {
        let files: Vec<_> = files.iter().copied().filter(|file| !file.is_test()).collect();
        let bundle = Self::compile_with_tests(&files)?;
        if !bundle.rules.has(EntryPoint::Allow.rule()) {
            return Err(CompileError { problems: vec![Problem::NoAllow] });
        }
        Ok(bundle)
    }

    /// Compiles all files, of which none needs an entry point.
    pub(crate) fn compile_with_tests(files: &[File<'_>]) -> Result<Self, CompileError> {
        let files = bundle_files::sorted(files).map_err(|problems| CompileError { problems })?;
        let mut engine = Engine::new();
        engine.set_execution_timer_config(steps::limit());
        // An error of a built-in function is an error of the evaluation, which denies. Without, `not f(x)` would hold where `f` fails.
        engine.set_strict_builtin_errors(true);
        let mut problems = Vec::new();
        for file in &files {
            match bundle_files::data(file) {
                Ok(None) => {
                    if let Err(error) = engine.add_policy(file.path.to_owned(), file.text.to_owned()) {
                        problems.push(problem(&error.to_string(), file.path));
                    }
                }
                Ok(Some(data)) => {
                    if let Err(error) = engine.add_data(data) {
                        let message = split_message(&error.to_string()).1;
                        problems.push(Problem::Data { place: Place::start_of(file.path), message });
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(CompileError { problems });
        }
        let first = files.first().map_or("", |file| file.path);
        let rules = Rules::of(engine.get_modules());
        problems = checks::problems(&rules);
        // Any rule does: this schedules the statements of all modules, once for all copies.
        if let Err(error) = engine.compile_with_entrypoint(&"data.wasmcp.allow".into())
            && problems.is_empty()
            && !is_missing_entry(&error.to_string())
        {
            problems.push(problem(&error.to_string(), first));
        }
        if !problems.is_empty() {
            return Err(CompileError { problems });
        }
        let has = |entry: EntryPoint| rules.has(entry.rule());
        Ok(Self {
            revision: bundle_files::revision(&files),
            has_visible: has(EntryPoint::Visible),
            has_deny: has(EntryPoint::Deny),
            reads_facts: EntryPoint::ALL.into_iter().any(|entry| rules.reads(entry.rule()).facts),
            engine,
            rules,
        })
    }

    /// What the bundle was compiled from: the SHA-256 of paths and texts, in hexadecimal.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Whether decisions depend on the provider of an item, or on what a tool says of itself: then no decision is made without.
    #[must_use]
    pub fn reads_facts(&self) -> bool {
        self.reads_facts
    }

    /// What `wasmcp check` warns about. `component` are the families of functions that the component will have in which the policy is to
    /// run; all of them for `wasmcp serve`.
    #[must_use]
    pub fn findings(&self, component: &[Family]) -> Vec<Finding> {
        checks::findings(&self.rules, component)
    }

    /// Decides about a document: `deny` first, then `visible` in the phase `list` where the policy has it, else `allow`. Whatever fails
    /// denies.
    #[must_use]
    pub fn decide(&self, document: &Document) -> Decision {
        self.evaluate(document).unwrap_or_else(Decision::from)
    }

    fn evaluate(&self, document: &Document) -> Result<Decision, EvaluationError> {
        let mut evaluator = self.evaluator(document);
        if self.has_deny
            && let Some(reason) = answer::denial(&evaluator.value(EntryPoint::Deny)?)?
        {
            return Ok(Decision::denied(reason, Cause::DenyRule));
        }
        let lists = document.text(&["phase"]) == Some("list");
        let entry = if lists && self.has_visible { EntryPoint::Visible } else { EntryPoint::Allow };
        answer::decision(entry, &evaluator.value(entry)?)
    }

    /// The value of an entry point as JSON, with arrays for sets, for `wasmcp policy eval`. None if it has no value.
    ///
    /// # Errors
    /// The evaluation failed, or took too long.
    pub fn value(&self, entry: EntryPoint, document: &Document) -> Result<Option<String>, EvaluationError> {
        if !self.rules.has(entry.rule()) {
            return Ok(None);
        }
        let value = self.evaluator(document).value(entry)?;
        if value == Value::Undefined {
            return Ok(None);
        }
        let json = value.to_json_str();
        json.map(Some).map_err(|_| EvaluationError::IllTyped { entry, what: "it has no form in JSON" })
    }

    /// An evaluator of its own, with this input.
    fn evaluator(&self, document: &Document) -> Evaluator {
        let mut engine = self.engine.clone();
        engine.set_input(document.0.clone());
        Evaluator { engine }
    }

    /// An evaluator for a rule of the caller's choice.
    pub(crate) fn engine(&self) -> Engine {
        self.engine.clone()
    }

    /// The rules of the bundle.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }
}

struct Evaluator {
    engine: Engine,
}

impl Evaluator {
    fn value(&mut self, entry: EntryPoint) -> Result<Value, EvaluationError> {
        // A function of regorus may panic on what a caller sends. The evaluator is thrown away after that.
        let evaluated = catch_unwind(AssertUnwindSafe(|| self.engine.eval_rule(entry.rule().to_owned())));
        let Ok(evaluated) = evaluated else {
            return Err(EvaluationError::Failed { entry, place: None, detail: PANIC.to_owned() });
        };
        evaluated.map_err(|error| {
            if is_too_long(&error) {
                return EvaluationError::TooLong { entry };
            }
            let (place, detail) = split_message(&error.to_string());
            EvaluationError::Failed { entry, place, detail }
        })
    }
}

/// What a failed evaluation says that ended with a panic.
const PANIC: &str = "a built-in function panicked";

/// Whether an evaluation ended at its limit of steps.
pub(crate) fn is_too_long(error: &(impl AsRef<dyn std::error::Error + Send + Sync> + ?Sized)) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error.as_ref());
    while let Some(error) = source {
        if matches!(error.downcast_ref(), Some(LimitError::TimeLimitExceeded { .. })) {
            return true;
        }
        source = error.source();
    }
    false
}

fn problem(text: &str, path: &str) -> Problem {
    let (place, message) = split_message(text);
    Problem::Policy { place: place.unwrap_or_else(|| Place::start_of(path)), message }
}

fn is_missing_entry(text: &str) -> bool {
    text.contains("not a valid rule path")
}
