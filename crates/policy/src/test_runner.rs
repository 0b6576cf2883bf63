//! Runs the tests of a bundle: rules whose names begin with `test_`, as `opa test` does.

use regorus::Value;

use crate::bundle::{Bundle, evaluate_rule};
use crate::bundle_files::File;
use crate::error::CompileError;
use crate::place::Place;

/// The outcome of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// The path of the rule, for example `data.wasmcp_test.test_reader_may_read`.
    pub name: String,
    /// Where the rule begins.
    pub place: Place,
    /// How it went.
    pub outcome: TestOutcome,
}

/// How a test went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestOutcome {
    /// The rule is true.
    Passed,
    /// The rule is false, or no statement of it holds.
    Failed,
    /// The rule could not be evaluated, for this reason.
    Error(String),
    /// Its name begins with `todo_test_`.
    Skipped,
}

/// Runs all tests of these files, in the order of their names.
///
/// # Errors
/// The files cannot be compiled.
pub fn run_tests(files: &[File<'_>]) -> Result<Vec<TestResult>, CompileError> {
    let bundle = Bundle::compile_with_tests(files)?;
    let tests = bundle.rules().paths().filter_map(|(path, place)| {
        let rule = path.rsplit('.').next()?;
        let outcome = if rule.starts_with("test_") {
            run(&bundle, path)
        } else if rule.starts_with("todo_test_") {
            TestOutcome::Skipped
        } else {
            return None;
        };
        Some(TestResult { name: path.to_owned(), place: place.clone(), outcome })
    });
    Ok(tests.collect())
}

fn run(bundle: &Bundle, path: &str) -> TestOutcome {
    match evaluate_rule(&mut bundle.engine(None), path) {
        Ok(Value::Bool(true)) => TestOutcome::Passed,
        Ok(Value::Bool(false) | Value::Undefined) => TestOutcome::Failed,
        Ok(_) => TestOutcome::Error("the test is neither true nor false".to_owned()),
        Err(fault) => TestOutcome::Error(fault.to_string()),
    }
}
