//! A compiled policy, and the decisions of it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use regorus::{Engine, LimitError, Value};
use settings::SettingError;

use crate::answer;
use crate::bundle_files::{self, File, settings_files};
use crate::checks::{self, Finding};
use crate::decision::{Cause, Decision};
use crate::decision_cache::{Answers, DecisionCache, Key};
use crate::document::Document;
use crate::entry_point::EntryPoint;
use crate::error::{CompileError, EvaluationError, Problem};
use crate::input::{Members, Phase};
use crate::place::{Place, split_message};
use crate::revision;
use crate::step_limit::{self, MAX_STEPS};
use crate::syntax::{Rules, too_deep};

/// A compiled policy of one revision. It does not change: a server that loads another keeps this one for the requests that it has begun.
pub struct Bundle {
    /// Never evaluated itself: each decision has a copy, which shares what was compiled and has a state of its own.
    engine: Engine,
    revision: String,
    has_visible: bool,
    has_deny: bool,
    reads_facts: bool,
    members: Members,
    rules: Rules,
    /// The entry points that read nothing that differs between two inputs of one key, in the phases where that is so.
    kept: Vec<(EntryPoint, Phase)>,
    cache: DecisionCache,
}

impl fmt::Debug for Bundle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Bundle").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl Bundle {
    /// Compiles `.rego` files and `data.json` files. Files that end in `_test.rego` are left out.
    ///
    /// # Errors
    /// All problems that were found, each with its place.
    pub fn compile(files: &[File<'_>]) -> Result<Self, CompileError> {
        let files: Vec<_> = files.iter().copied().filter(|file| !file.is_test()).collect();
        Self::compile_all(&files, true)
    }

    /// Compiles the text that [`bundle_text`](crate::bundle_text) made, for the composed file that carries it.
    ///
    /// # Errors
    /// The text is not one, or as for [`Self::compile`] and [`Self::without_address`].
    pub fn from_text(text: &str) -> Result<Self, CompileError> {
        let files = bundle_files::from_text(text).map_err(|problem| CompileError { problems: vec![problem] })?;
        Self::compile(&files.iter().map(|(path, text)| File { path, text }).collect::<Vec<_>>())?.without_address()
    }

    /// Compiles the policy of the settings `policy.rego` and `policy.data`. None where there is none.
    ///
    /// # Errors
    /// The setting cannot be used.
    pub fn from_settings(settings: &settings::Policy) -> Result<Option<Self>, SettingError> {
        let files = settings_files(settings)?;
        if files.is_empty() {
            return Ok(None);
        }
        Self::compile(&files).map(Some).map_err(unusable)
    }

    /// The same for a composed file and for a lattice.
    ///
    /// # Errors
    /// The setting cannot be used, or not there, as for [`Self::without_address`].
    pub fn from_settings_without_address(settings: &settings::Policy) -> Result<Option<Self>, SettingError> {
        Self::from_settings(settings)?.map(Self::without_address).transpose().map_err(unusable)
    }

    /// The bundle for a server that does not know from which address a request comes: a composed file, or the transport of a lattice.
    ///
    /// # Errors
    /// A rule that decides reads `input.request.address`.
    pub fn without_address(self) -> Result<Self, CompileError> {
        match EntryPoint::ALL.into_iter().find_map(|entry| self.rules.reads(entry.rule()).address) {
            None => Ok(self),
            Some(place) => Err(CompileError { problems: vec![Problem::NoAddress { place }] }),
        }
    }

    /// Compiles all files, of which none needs an entry point.
    pub(crate) fn compile_with_tests(files: &[File<'_>]) -> Result<Self, CompileError> {
        Self::compile_all(files, false)
    }

    fn compile_all(files: &[File<'_>], needs_allow: bool) -> Result<Self, CompileError> {
        let files = bundle_files::sorted(files).map_err(|problems| CompileError { problems })?;
        let mut engine = Engine::new();
        engine.set_execution_timer_config(step_limit::limit());
        // An error of a built-in function is an error of the evaluation, which denies. Without, `not f(x)` would hold where `f` fails.
        engine.set_strict_builtin_errors(true);
        let mut problems = Vec::new();
        for file in &files {
            match bundle_files::data(file) {
                Ok(None) => {
                    if file.text.contains('\0') {
                        // regorus reads no further, and OPA refuses it.
                        let message = "it has a NUL character, after which nothing would be read".to_owned();
                        problems.push(Problem::Policy { place: Place::start_of(file.path), message });
                    } else if let Some(place) = too_deep(file.path, file.text) {
                        problems.push(Problem::TooDeep { place });
                    } else if let Err(error) = engine.add_policy(file.path.to_owned(), file.text.to_owned()) {
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
        if needs_allow && !rules.has(EntryPoint::Allow.rule()) {
            problems.push(Problem::NoAllow);
        }
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
            revision: revision::of(&files),
            has_visible: has(EntryPoint::Visible),
            has_deny: has(EntryPoint::Deny),
            reads_facts: EntryPoint::ALL.into_iter().any(|entry| rules.reads(entry.rule()).facts),
            members: EntryPoint::ALL
                .into_iter()
                .map(|entry| rules.reads(entry.rule()).members)
                .fold(Members::default(), Members::and),
            engine,
            kept: kept(&rules),
            rules,
            cache: DecisionCache::new(),
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

    /// Whether decisions depend on who calls.
    #[must_use]
    pub fn reads_identity(&self) -> bool {
        EntryPoint::ALL.into_iter().any(|entry| self.rules.reads(entry.rule()).identity)
    }

    /// The members of the document that decisions may depend on.
    pub(crate) fn members(&self) -> Members {
        self.members
    }

    /// What is suspicious about it: `wasmcp check` warns about this.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        checks::findings(&self.rules)
    }

    /// The names of tools that the policy is about and that none of these is: a server warns about them, whose providers do not change.
    #[must_use]
    pub fn unknown_tools(&self, is_tool: impl Fn(&str) -> bool) -> Vec<Finding> {
        checks::unknown_tools(&self.rules, is_tool)
    }

    /// Decides about a document: `deny` first, then `visible` in the phase `list` where the policy has it, else `allow`. Whatever fails
    /// denies.
    #[must_use]
    pub fn decide(&self, document: &Document) -> Decision {
        self.evaluate(document, &mut Answers::default()).unwrap_or_else(Decision::from)
    }

    /// The decision about what this key stands for, where it was made before and depends on nothing else.
    pub(crate) fn recall(&self, key: &Key) -> Option<Decision> {
        let Answers { denial, decision } = self.cache.get(key)?;
        match if self.has_deny { denial? } else { None } {
            Some(reason) => Some(Decision::denied(reason, Cause::DenyRule)),
            None => decision,
        }
    }

    /// Decides about a document, and keeps what depends on nothing but what its key stands for.
    pub(crate) fn decide_and_keep(&self, document: &Document, key: Key, phase: Phase) -> Decision {
        let mut answers = self.cache.get(&key).unwrap_or_default();
        let known = answers.count();
        let decision = self.evaluate(document, &mut answers).unwrap_or_else(Decision::from);
        if !self.is_kept(EntryPoint::Deny, phase) {
            answers.denial = None;
        }
        if !self.is_kept(self.entry(phase), phase) {
            answers.decision = None;
        }
        if answers.count() > known {
            self.cache.keep(key, answers);
        }
        decision
    }

    /// Whether answers of this phase are kept.
    pub(crate) fn keeps(&self, phase: Phase) -> bool {
        (self.has_deny && self.is_kept(EntryPoint::Deny, phase)) || self.is_kept(self.entry(phase), phase)
    }

    /// Whether answers of an entry point are kept in a phase.
    pub(crate) fn is_kept(&self, entry: EntryPoint, phase: Phase) -> bool {
        self.kept.contains(&(entry, phase))
    }

    /// What is asked after `deny`.
    fn entry(&self, phase: Phase) -> EntryPoint {
        if phase == Phase::List && self.has_visible { EntryPoint::Visible } else { EntryPoint::Allow }
    }

    /// Asks for the answers that are not there yet.
    fn evaluate(&self, document: &Document, answers: &mut Answers) -> Result<Decision, EvaluationError> {
        let mut evaluator = None;
        let mut value = |entry| evaluator.get_or_insert_with(|| self.evaluator(document)).value(entry);
        if self.has_deny {
            let denial = match answers.denial.take() {
                Some(denial) => denial,
                None => answer::denial(&value(EntryPoint::Deny)?)?,
            };
            if let Some(reason) = answers.denial.insert(denial) {
                return Ok(Decision::denied(reason.clone(), Cause::DenyRule));
            }
        }
        let phase = if document.text(&["phase"]) == Some("list") { Phase::List } else { Phase::Call };
        let entry = self.entry(phase);
        let decision = match answers.decision.take() {
            Some(decision) => decision,
            None => answer::decision(entry, &value(entry)?)?,
        };
        Ok(answers.decision.insert(decision).clone())
    }

    /// The value of an entry point as JSON on one line, with arrays for sets, for `wasmcp policy eval`. None if it has no value.
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
        let json = serde_json::to_string(&value);
        json.map(Some).map_err(|_| EvaluationError::IllTyped { entry, what: "it has no form in JSON" })
    }

    /// An evaluator of its own, with this input.
    fn evaluator(&self, document: &Document) -> Evaluator {
        Evaluator { engine: self.engine(Some(document)) }
    }

    /// An evaluator for a rule of the caller's choice.
    pub(crate) fn engine(&self, document: Option<&Document>) -> Engine {
        let mut engine = self.engine.clone();
        if let Some(document) = document {
            engine.set_input(document.0.clone());
        }
        engine
    }

    /// The rules of the bundle.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// That the setting with the policy cannot be used, and why.
fn unusable(error: CompileError) -> SettingError {
    SettingError::Unusable { key: "policy.rego", reason: error.to_string() }
}

/// The entry points whose answers may be kept. A list has no arguments.
fn kept(rules: &Rules) -> Vec<(EntryPoint, Phase)> {
    let of_entry = |entry: EntryPoint| {
        let reads = rules.reads(entry.rule());
        let is_kept = [(Phase::List, !reads.varies), (Phase::Call, !reads.varies && !reads.may_read_arguments)];
        is_kept.into_iter().filter_map(move |(phase, is_kept)| is_kept.then_some((entry, phase)))
    };
    EntryPoint::ALL.into_iter().flat_map(of_entry).collect()
}

struct Evaluator {
    engine: Engine,
}

impl Evaluator {
    fn value(&mut self, entry: EntryPoint) -> Result<Value, EvaluationError> {
        evaluate_rule(&mut self.engine, entry.rule()).map_err(|fault| match fault {
            RuleError::TooLong => EvaluationError::TooLong { entry },
            RuleError::Failed { place, detail } => EvaluationError::Failed { entry, place, detail },
        })
    }
}

/// Why a rule could not be evaluated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RuleError {
    /// It took more steps than it may.
    TooLong,
    /// For this reason, at this place if it is known.
    Failed { place: Option<Place>, detail: String },
}

impl fmt::Display for RuleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(formatter, "it took more than {MAX_STEPS} steps"),
            Self::Failed { place: Some(place), detail } => write!(formatter, "{place}: {detail}"),
            Self::Failed { place: None, detail } => formatter.write_str(detail),
        }
    }
}

/// Evaluates a rule.
pub(crate) fn evaluate_rule(engine: &mut Engine, rule: &str) -> Result<Value, RuleError> {
    guarded(|| engine.eval_rule(rule.to_owned()))
}

/// Runs an evaluation. A function of regorus may panic on what a caller sends; the evaluator is not used again after that.
fn guarded<E>(evaluation: impl FnOnce() -> Result<Value, E>) -> Result<Value, RuleError>
where
    E: AsRef<dyn std::error::Error + Send + Sync> + fmt::Display,
{
    let Ok(evaluated) = catch_unwind(AssertUnwindSafe(evaluation)) else {
        return Err(RuleError::Failed { place: None, detail: "a built-in function panicked".to_owned() });
    };
    evaluated.map_err(|error| {
        if is_too_long(&error) {
            return RuleError::TooLong;
        }
        let (place, detail) = split_message(&error.to_string());
        RuleError::Failed { place, detail }
    })
}

/// Whether an evaluation ended at its limit of steps. Out of a function of the bundle the error comes as a text alone.
fn is_too_long(error: &(impl AsRef<dyn std::error::Error + Send + Sync> + fmt::Display)) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error.as_ref());
    while let Some(error) = source {
        if matches!(error.downcast_ref(), Some(LimitError::TimeLimitExceeded { .. })) {
            return true;
        }
        source = error.source();
    }
    error.to_string().starts_with("execution exceeded time limit")
}

fn problem(text: &str, path: &str) -> Problem {
    let (place, message) = split_message(text);
    Problem::Policy { place: place.unwrap_or_else(|| Place::start_of(path)), message }
}

fn is_missing_entry(text: &str) -> bool {
    text.contains("not a valid rule path")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error of regorus.
    type Failure = Box<dyn std::error::Error + Send + Sync>;

    #[test]
    fn a_panic_of_a_function_is_a_failed_evaluation() {
        let fault = guarded::<Failure>(|| panic!("of a function")).expect_err("a fault");
        assert_eq!(fault.to_string(), "a built-in function panicked");
        assert_eq!(guarded::<Failure>(|| Ok(Value::Null)), Ok(Value::Null));
    }
}
