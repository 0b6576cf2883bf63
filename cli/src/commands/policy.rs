//! `wasmcp policy`: runs the tests of a policy, and evaluates it about one input.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use policy::{Document, EntryPoint, TestOutcome};

use crate::log::report;
use crate::policy::{load_and_warn, test};

/// How large an input may be, in bytes.
const MAX_INPUT: u64 = 16 << 20;

/// Tests policies, and evaluates them by hand
#[derive(clap::Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Runs the rules whose names begin with `test_`, as `opa test` does
    Test {
        /// The folder of the policy and its tests
        #[arg(value_name = "FOLDER")]
        path: PathBuf,
    },
    /// Prints what a policy decides about an input, and why
    Eval {
        /// The folder of the policy, or its file
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// A file with the input, as docs/policy.md describes it, or `-` for the standard input
        #[arg(long, value_name = "FILE")]
        input: PathBuf,
        /// Prints first what each rule of the policy gives for the input
        #[arg(long)]
        explain: bool,
    },
}

impl Policy {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.what {
            What::Test { path } => run_tests(&path),
            What::Eval { path, input, explain } => evaluate(&path, &input, explain),
        }
    }
}

fn run_tests(path: &std::path::Path) -> anyhow::Result<()> {
    let results = test(path)?;
    let mut wrong = 0;
    for result in &results {
        let outcome = match &result.outcome {
            TestOutcome::Passed => "passed".to_owned(),
            TestOutcome::Skipped => "left out".to_owned(),
            TestOutcome::Failed => "failed".to_owned(),
            TestOutcome::Error(error) => format!("failed: {error}"),
        };
        wrong += usize::from(matches!(result.outcome, TestOutcome::Failed | TestOutcome::Error(_)));
        report(&format!("{}: {} {outcome}", result.place, result.name));
    }
    if results.is_empty() {
        bail!(
            "`{}` has no tests: a test is a rule whose name begins with `test_`, in a file `*_test.rego`",
            path.display()
        );
    }
    if wrong > 0 {
        bail!("{wrong} of {} tests failed", results.len());
    }
    report(&format!("{} tests passed", results.len()));
    Ok(())
}

fn evaluate(path: &std::path::Path, input: &std::path::Path, explain: bool) -> anyhow::Result<()> {
    let bundle = load_and_warn(path)?;
    let text = if input.as_os_str() == "-" {
        super::read_text(std::io::stdin(), MAX_INPUT)
    } else {
        std::fs::File::open(input).and_then(|file| super::read_text(file, MAX_INPUT))
    };
    let text = text.with_context(|| format!("cannot read `{}`", input.display()))?;
    let now_ns = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let now_ns = u64::try_from(now_ns).unwrap_or(u64::MAX);
    let document = Document::from_input(&text, now_ns).with_context(|| format!("`{}` is no input", input.display()))?;
    if explain {
        for rule in bundle.explain(&document) {
            report(&rule.to_string());
        }
    }
    for entry in EntryPoint::ALL {
        match bundle.value(entry, &document) {
            Ok(Some(value)) => report(&format!("{entry} = {value}")),
            Ok(None) => report(&format!("{entry} has no value")),
            Err(error) => report(&format!("{entry}: {error}")),
        }
    }
    let decision = bundle.decide(&document);
    let result = match &decision.verdict {
        policy::Verdict::Allow => "allow".to_owned(),
        policy::Verdict::Deny => "deny".to_owned(),
        policy::Verdict::StepUp(scopes) => format!("step up to {}", scopes.join(" ")),
    };
    report(&format!("decision: {result}: {} ({})", decision.reason, decision.cause.word()));
    Ok(())
}
