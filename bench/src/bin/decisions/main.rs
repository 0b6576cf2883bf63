//! What a decision of each policy costs with `crates/policy`, in tables that `make bench` adds to its results. `decisions` takes no arguments.

mod first_decision;

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use first_decision::First;
use policy::{
    Annotations, Bundle, Document, File, Identity, IdentityParts, Input, InputError, Item, Phase, Request,
    RequestParts, Server, Verdict,
};
use rustix::time::{ClockId, clock_gettime};
use wasmcp_bench::policy_files;
use wasmcp_bench::stats::Spread;

/// How often each cost is measured.
const BATCHES: usize = 25;
/// How long one measurement takes at least: it repeats what is measured.
const BATCH: Duration = Duration::from_millis(3);

const OFFICE_HOURS_S: u64 = 1_796_119_200;
const NIGHT_S: u64 = 1_796_162_400;

/// A policy with a call that it allows and one that it does not.
struct Case {
    folder: &'static str,
    allowed: Call,
    refused: Call,
}

#[derive(Clone, Copy)]
struct Call {
    tool: &'static str,
    arguments: &'static str,
    provider: &'static str,
    reads: bool,
    time_s: u64,
}

const READ: Call = Call {
    tool: "read_file",
    arguments: r#"{"path": "/data/public/report.txt"}"#,
    provider: "weather",
    reads: true,
    time_s: OFFICE_HOURS_S,
};
const WRITE: Call = Call { tool: "write_file", reads: false, ..READ };

/// The starters, and last the policy of the secured servers.
const CASES: [Case; 6] = [
    Case { folder: "tool-scopes", allowed: READ, refused: Call { tool: "delete_file", ..WRITE } },
    Case { folder: "read-only", allowed: READ, refused: WRITE },
    Case {
        folder: "arguments",
        allowed: READ,
        refused: Call { arguments: r#"{"path": "/data/public/../secret.txt"}"#, ..READ },
    },
    Case { folder: "tenants", allowed: READ, refused: Call { provider: "calculator", ..READ } },
    Case { folder: "office-hours", allowed: WRITE, refused: Call { time_s: NIGHT_S, ..WRITE } },
    Case {
        folder: policy_files::SECURED,
        allowed: Call { tool: "echo", arguments: r#"{"message": "hello 10000001"}"#, ..WRITE },
        refused: WRITE,
    },
];

/// The claims of a caller's token, as long as those of the secured servers' tokens.
const CLAIMS: &str = r#"{"aud":"https://mcp.example/mcp","client_id":"bench","exp":1796119500,"iat":1796119200,"iss":"https://issuer.example","jti":"00000001","realm_access":{"roles":["reader"]},"scope":"files:read","sub":"principal-0001","tenant":"globex"}"#;

fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "## What a decision of a policy costs, µs of CPU\n")?;
    writeln!(
        out,
        "| policy | to compile it | caller and request | document of a call | decision: allowed | decision: refused |"
    )?;
    writeln!(out, "|{}", " --- |".repeat(6))?;
    for case in &CASES {
        writeln!(out, "{}", row(case).with_context(|| case.folder)?)?;
    }
    writeln!(out, "\n{}", first_decision::HEAD)?;
    for case in &CASES {
        writeln!(out, "{}", first(case).with_context(|| case.folder)?)?;
    }
    writeln!(out)?;
    Ok(())
}

impl Case {
    /// Its name in the tables.
    fn name(&self) -> &'static str {
        if self.folder == policy_files::SECURED { "that of the secured servers" } else { self.folder }
    }

    /// The files by their names. A whole path replaces that of the starters.
    fn texts(&self) -> anyhow::Result<Vec<(String, String)>> {
        policy_files::read(&Path::new(policy_files::STARTERS).join(self.folder))
    }
}

/// The line of a policy in the table of first decisions.
fn first(case: &Case) -> anyhow::Result<String> {
    let texts = case.texts()?;
    let files: Vec<_> = texts.iter().map(|(path, text)| File { path, text }).collect();
    let (identity, request) = parts()?;
    let document = document(case.allowed, &identity, &request)?;
    Ok(format!("| {} |{}", case.name(), First::new(&files, &document)?.row()?))
}

fn row(case: &Case) -> anyhow::Result<String> {
    let texts = case.texts()?;
    let files: Vec<_> = texts.iter().map(|(path, text)| File { path, text }).collect();
    let bundle = Bundle::compile(&files)?;
    let findings = bundle.findings();
    ensure!(findings.is_empty(), "`wasmcp check` would warn: {findings:?}");
    let (identity, request) = parts()?;
    let [allowed, refused] = [case.allowed, case.refused].map(|call| document(call, &identity, &request));
    let (allowed, refused) = (allowed?, refused?);
    ensure!(bundle.decide(&allowed).verdict == Verdict::Allow, "it refuses the call that it should allow");
    ensure!(bundle.decide(&refused).verdict != Verdict::Allow, "it allows the call that it should refuse");
    let name = case.name();
    Ok(format!(
        "| {name} | {:.0} | {:.2} | {:.2} | {:.1} | {:.1} |",
        cost(|| Bundle::compile(&files)),
        cost(parts),
        cost(|| document(case.allowed, &identity, &request)),
        cost(|| bundle.decide(&allowed)),
        cost(|| bundle.decide(&refused)),
    ))
}

/// What is the same for all decisions of a request.
fn parts() -> Result<(Identity, Request), InputError> {
    let texts = |text: &str| vec![text.to_owned()];
    let identity = Identity::new(&IdentityParts {
        issuer: "https://issuer.example",
        subject: "principal-0001",
        client: Some("bench"),
        scopes: &texts("files:read"),
        roles: &texts("reader"),
        groups: &[],
        claims: black_box(CLAIMS),
    })?;
    let request = Request::new(&RequestParts {
        id: Some("01890a5d-ac96-774b-bcce-b302099a8057"),
        protocol_version: Some("2026-07-28"),
        client: Some(("bench", "1.0")),
        headers: &[],
        address: Some("127.0.0.1"),
    });
    Ok((identity, request))
}

fn document(call: Call, identity: &Identity, request: &Request) -> Result<Document, InputError> {
    let annotations = Annotations { read_only: Some(call.reads), ..Annotations::default() };
    Input {
        phase: Phase::Call,
        method: "tools/call",
        path: "/mcp",
        view: None,
        server: Some(Server { name: "weather", version: "0.1.0" }),
        item: Item::Tool { name: call.tool, annotations: Some(annotations), arguments: black_box(call.arguments) },
        provider: Some(call.provider),
        identity: Some(identity),
        request,
        time_ns: call.time_s * 1_000_000_000,
    }
    .document()
}

/// CPU time of this thread so far: whatever else the machine does takes none of it.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.try_into().unwrap_or_default())
}

/// The CPU time that something takes, in µs.
fn cost<T>(mut run: impl FnMut() -> T) -> Spread {
    let mut batch = |count: u32| {
        let start = used();
        for _ in 0..count {
            black_box(run());
        }
        used().saturating_sub(start)
    };
    let mut count = 1;
    while batch(count) < BATCH {
        count *= 2;
    }
    Spread::of((0..BATCHES).map(|_| batch(count).as_secs_f64() * 1e6 / f64::from(count)).collect())
}
