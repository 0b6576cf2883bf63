//! `wasmcp dev` as a new author meets it: a project that `wasmcp new` wrote, one line that is edited, and the official TypeScript client. In Go
//! here; `make examples` names all five languages in `WASMCP_DEV`.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use libtest_mimic::{Arguments, Trial};
use wasmcp_tests::{Gate, Reply, Request, Server, component, program, scratch};

/// How long the first build may take: a cold one compiles the crates of Rust, or an interpreter.
const FIRST_BUILD: Duration = Duration::from_secs(900);

const SERVES: &str = "the new build serves 1 tool of ";
const STILL_SERVES: &str = "the last good build still serves";

/// A language, and what its project has.
struct Language {
    name: &'static str,
    /// The file with the tool.
    source: &'static str,
    /// What its tool prints about a line that is no code.
    complaint: &'static str,
}

const LANGUAGES: [Language; 5] = [
    Language { name: "rust", source: "src/lib.rs", complaint: "could not compile" },
    Language { name: "python", source: "app.py", complaint: "SyntaxError" },
    Language { name: "go", source: "export_wasmcp_mcp_tools/tools.go", complaint: "syntax error" },
    Language { name: "typescript", source: "provider.ts", complaint: "ERROR" },
    Language { name: "javascript", source: "provider.js", complaint: "unexpected token" },
];
/// No code in any of the languages.
const NO_CODE: &str = "\n)(\n";

fn main() -> Result<ExitCode> {
    let wanted = env::var("WASMCP_DEV").unwrap_or_else(|_| "go".to_owned());
    let mut trials = vec![
        trial("a tool that is missing is named with its remedy".to_owned(), a_tool_is_missing),
        trial("a table `[dev]` that cannot be used is an error".to_owned(), a_table_is_wrong),
    ];
    for name in wanted.split_whitespace() {
        let language = LANGUAGES.iter().find(|language| language.name == name);
        let language = language.with_context(|| format!("WASMCP_DEV names `{name}`, which is no language"))?;
        trials.push(trial(format!("{name}: an author edits one line"), || edits(language)));
        if name == "go" {
            trials.push(trial("go: a call that is under way ends with its build".to_owned(), under_way));
            trials.push(trial("go: a build leaves the calls of other providers alone".to_owned(), beside_another));
            trials.push(trial("go: a signal ends it while it builds".to_owned(), a_signal_while_it_builds));
            trials.push(trial("go: what does not build at the start is served once it does".to_owned(), late));
        }
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}

fn trial(name: String, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(|error| format!("{error:#}").into()))
}

/// A project that `wasmcp new` has written, after its setup.
struct Project {
    folder: PathBuf,
    source: PathBuf,
}

impl Project {
    fn new(name: &str, language: &Language) -> Result<Project> {
        let project = Project::unprepared(name, language)?;
        let mut setup = Command::new("make");
        // Its target folder is its own, whatever the clone's is.
        let made = setup
            .arg("--silent")
            .arg("-C")
            .arg(&project.folder)
            .arg("setup")
            .env_remove("CARGO_TARGET_DIR")
            .output()?;
        ensure!(made.status.success(), "`make setup`: {}", String::from_utf8_lossy(&made.stderr));
        Ok(project)
    }

    /// One whose setup has not been run.
    fn unprepared(name: &str, language: &Language) -> Result<Project> {
        let folder = scratch(name)?;
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let mut new = Command::new(program("wasmcp")?);
        let made = new.args(["new", "hello", "--lang", language.name, "--output"]).arg(&folder).output()?;
        ensure!(made.status.success(), "`wasmcp new`: {}", String::from_utf8_lossy(&made.stderr));
        let said = String::from_utf8_lossy(&made.stdout);
        ensure!(said.contains("wasmcp dev"), "`wasmcp new` does not name the next step: {said}");
        Ok(Project { source: folder.join(language.source), folder })
    }

    /// Replaces a text in a file of the project, as an author does.
    fn edit(&self, file: &Path, from: &str, to: &str) -> Result<()> {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path)?;
        ensure!(text.contains(from), "`{}` has no `{from}`", path.display());
        Ok(fs::write(&path, text.replacen(from, to, 1))?)
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(program("wasmcp")?);
        command.arg("dev").arg(&self.folder).env_remove("CARGO_TARGET_DIR");
        Ok(command)
    }

    /// Serves the project, and returns once it is ready.
    fn dev(&self) -> Result<Server> {
        let server = Server::listening_program(self.command()?.args(["--addr", "127.0.0.1:0"]), FIRST_BUILD)?;
        server.ready()?;
        Ok(server)
    }

    /// What the command prints where it does not serve, with this `PATH`.
    fn fails(&self, path: &str) -> Result<String> {
        Self::fails_as(self.command()?.env("PATH", path))
    }

    /// What the command prints with options that it refuses.
    fn fails_with(&self, options: &[&str]) -> Result<String> {
        Self::fails_as(self.command()?.args(options))
    }

    fn fails_as(command: &mut Command) -> Result<String> {
        let output = command.args(["--addr", "127.0.0.1:0"]).output()?;
        ensure!(output.status.code() == Some(1), "{output:?}");
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The TypeScript client, which stays connected.
struct Client {
    process: Child,
    asks: ChildStdin,
    hears: BufReader<ChildStdout>,
}

impl Client {
    fn connect(server: &Server) -> Result<Client> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/typescript/greet.mjs");
        let url = format!("http://{}/mcp", server.addr);
        let mut node = Command::new("node");
        let mut process = node.args([script, &url]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let asks = process.stdin.take().context("no input")?;
        let hears = BufReader::new(process.stdout.take().context("no output")?);
        Ok(Client { process, asks, hears })
    }

    /// Lists the tools and calls `greet` for a name: the tool's description, and the answer.
    fn greet(&mut self, name: &str) -> Result<String> {
        writeln!(self.asks, "{name}")?;
        let mut line = String::new();
        self.hears.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    fn expect(&mut self, expected: &str) -> Result<()> {
        let found = self.greet("Ada")?;
        ensure!(found == expected, "the client got `{found}`, not `{expected}`");
        Ok(())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits for what `dev` prints after so many bytes, with the deadline of a build.
fn wait(server: &Server, bytes: usize, text: &str) -> Result<String> {
    let log = server.wait_for_log_within(bytes, text, FIRST_BUILD)?;
    Ok(log.get(bytes..).unwrap_or_default().to_owned())
}

/// Edits the project, waits for what `dev` prints about the outcome, and gives what it has printed since.
fn after(server: &Server, text: &str, edit: impl FnOnce() -> Result<()>) -> Result<String> {
    let bytes = server.log().len();
    edit()?;
    wait(server, bytes, text)
}

fn edits(language: &Language) -> Result<()> {
    let project = Project::new(language.name, language)?;
    let source = Path::new(language.source);
    project.edit(source, "Hello", "Good day")?;
    let server = project.dev()?;
    let mut client = Client::connect(&server)?;
    client.expect("Greets a person. Good day, Ada!")?;

    let said = after(&server, SERVES, || project.edit(source, "Good day", "Welcome"))?;
    ensure!(said.contains(&format!("`{}` has changed: building", language.source)), "{said}");
    client.expect("Greets a person. Welcome, Ada!")?;
    after(&server, SERVES, || project.edit(source, "Greets a person.", "Greets.")).context("a list that changes")?;
    client.expect("Greets. Welcome, Ada!")?;

    let good = fs::read_to_string(&project.source)?;
    let said = after(&server, STILL_SERVES, || Ok(fs::write(&project.source, format!("{good}{NO_CODE}"))?))?;
    ensure!(said.contains(language.complaint) && said.contains("has failed: see what it printed above"), "{said}");
    client.expect("Greets. Welcome, Ada!")?;
    after(&server, SERVES, || Ok(fs::write(&project.source, good.replace("Welcome", "Welcome back"))?))?;
    client.expect("Greets. Welcome back, Ada!")?;

    let (status, log) = server.stop()?;
    ensure!(status.success(), "{status}:\n{log}");
    // What a build writes is no change, nor what it reads.
    let builds = log.matches("has changed: building").count();
    ensure!(builds == 4, "{builds} builds after 4 changes:\n{log}");
    Ok(())
}

fn go() -> &'static Language {
    &LANGUAGES[2]
}

/// A call waits for the gate while its provider is replaced.
fn under_way() -> Result<()> {
    let (project, gate) = (Project::new("under-way", go())?, Gate::start()?);
    let authority = gate.authority()?;
    project.edit(Path::new("wit/world.wit"), "@0.1.0;\n", "@0.1.0;\n    include wasmcp:mcp/http-service@0.1.0;\n")?;
    let source = Path::new(go().source);
    project.edit(source, "\tmcp \"wit_component", "\t\"wit_component/wasmcp_mcp_http\"\n\tmcp \"wit_component")?;
    let wait_for_gate = format!(
        "if *given.Name == \"slow\" {{\n\t\twasmcp_mcp_http.Send([]wasmcp_mcp_http.Request{{{{Method: \"GET\", Url: \"http://{authority}/\"}}}})\n\t}}\n\treturn fmt"
    );
    project.edit(source, "return fmt", &wait_for_gate)?;
    // The options that the manifest gives: `--egress`, and two settings that let a call take as long as a build.
    let mut manifest = fs::OpenOptions::new().append(true).open(project.folder.join("wasmcp.toml"))?;
    let set = r#"["transport.call-timeout-ms=900000", "transport.total-timeout-ms=900000"]"#;
    writeln!(manifest, "\n[dev]\negress = [\"{authority}\"]\nset = {set}")?;
    let mut command = project.command()?;
    let server =
        Server::listening_program(command.args(["--addr", "127.0.0.1:0", "--limit-time", "15m"]), FIRST_BUILD)?;
    server.ready()?;
    let addr = server.addr;
    let slow = thread::spawn(move || Request::call("greet", r#"{"name":"slow"}"#).send(addr));
    let waiting = gate.wait()?;
    after(&server, SERVES, || project.edit(source, "Hello", "Welcome"))?;
    let (now, expected) = (server.call("greet", r#"{"name":"Ada"}"#)?, "Welcome, Ada!");
    ensure!(now == expected, "a call that begins after the reload got `{now}`");
    waiting.open()?;
    let answer = slow.join().map_err(|_| anyhow::anyhow!("the call has no answer"))??.json()?;
    let text = answer.pointer("/result/content/0/text").and_then(|text| text.as_str());
    ensure!(text == Some("Hello, slow!"), "the call that began before the reload got {answer}");
    Ok(())
}

/// A provider beside the project is served all the time, also while the project cannot be built, and its calls outlive builds.
fn beside_another() -> Result<()> {
    let (project, gate) = (Project::new("beside-another", go())?, Gate::start()?);
    let authority = gate.authority()?;
    // What the manifest gives without a name is for the project's own provider.
    let mut manifest = fs::OpenOptions::new().append(true).open(project.folder.join("wasmcp.toml"))?;
    writeln!(manifest, "\n[dev]\nset = [\"units=metric\"]\negress = [\"{authority}\"]")?;
    let with = project.fails_with(&["--with", "absent.wasm"])?;
    ensure!(with.contains("absent.wasm"), "a file that is not there: {with}");
    let mut command = project.command()?;
    command.args(["--addr", "127.0.0.1:0", "--limit-time", "15m", "--with"]).arg(component("live-events")?);
    command.args(["--set", "transport.call-timeout-ms=900000", "--set", "transport.total-timeout-ms=900000"]);
    command.args(["--set", &format!("live-events.url=http://{authority}")]);
    command.args(["--egress", &format!("live-events={authority}")]);
    let server = Server::listening_program(&mut command, FIRST_BUILD)?;
    server.ready()?;
    let addr = server.addr;
    let pauses = thread::spawn(move || Request::call("pause", "{}").send(addr));
    let waiting = gate.wait()?;
    let good = fs::read_to_string(&project.source)?;
    after(&server, STILL_SERVES, || Ok(fs::write(&project.source, NO_CODE)?))?;
    let second = thread::spawn(move || Request::call("pause", "{}").send(addr));
    gate.wait()?.open()?;
    let ended = |call: thread::JoinHandle<Result<_>>| -> Result<()> {
        let reply: Reply = call.join().map_err(|_| anyhow::anyhow!("the call has no answer"))??;
        let answer = reply.json()?;
        ensure!(answer.pointer("/result/content").is_some(), "the other provider's call got {answer}");
        Ok(())
    };
    ended(second)?;
    after(&server, "the new build serves ", || Ok(fs::write(&project.source, good.replace("Hello", "Welcome"))?))?;
    let now = server.call("greet", r#"{"name":"Ada"}"#)?;
    ensure!(now == "Welcome, Ada!", "a call that begins after the reload got `{now}`");
    waiting.open()?;
    ended(pauses)
}

/// Nothing is served before there is something, and a change is enough for that.
fn late() -> Result<()> {
    let project = Project::new("late", go())?;
    let good = fs::read_to_string(&project.source)?;
    fs::write(&project.source, format!("{good}{NO_CODE}"))?;
    let mut dev = project.command()?;
    let mut dev = dev.args(["--addr", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (errors, output) = (dev.stderr.take().context("no errors")?, dev.stdout.take().context("no output")?);
    let mut lines = BufReader::new(errors).lines();
    let failed = lines
        .find(|line| line.as_ref().is_ok_and(|line| line.contains("nothing is served yet, as the build has failed")));
    ensure!(failed.is_some(), "it does not say that the build has failed");
    fs::write(&project.source, good)?;
    // What it says later must not fill the pipe.
    let rest = thread::spawn(move || lines.count());
    let banner = BufReader::new(output).lines().map_while(Result::ok).find(|line| line.contains("mcpServers"));
    ensure!(banner.is_some(), "it does not serve what builds");
    dev.kill()?;
    dev.wait()?;
    let _ = rest.join();
    Ok(())
}

/// Stands in for `go`. While there is a folder `hold` beside it, it starts another process, as compilers are started, and waits for that.
const HELD_GO: &str = r#"#!/bin/sh
hold="$(dirname "$0")/hold"
if [ -d "$hold" ]; then
    (sleep 60; touch "$hold/outlived") &
    echo "the tool waits" >&2
    wait
fi
PATH="${PATH#*:}" exec go "$@"
"#;

/// Neither the command, nor the tool that it runs, nor what that has started goes on after the signal.
fn a_signal_while_it_builds() -> Result<()> {
    for (name, command, said_before, status) in [
        ("signal-first", "dev", None, 0),
        ("signal-later", "dev", Some("watching `"), 0),
        ("signal-build", "build", None, 143),
    ] {
        ends_while_it_builds(name, command, said_before, status).with_context(|| name.to_owned())?;
    }
    Ok(())
}

fn ends_while_it_builds(name: &str, subcommand: &str, said_before: Option<&str>, status: i32) -> Result<()> {
    let project = match said_before {
        Some(_) => Project::new(name, go())?,
        None => Project::unprepared(name, go())?,
    };
    let tools = scratch(&format!("{name}-tools"))?;
    let hold = tools.join("hold");
    if tools.exists() {
        fs::remove_dir_all(&tools)?;
    }
    fs::create_dir_all(&tools)?;
    fs::write(tools.join("go"), HELD_GO)?;
    fs::set_permissions(tools.join("go"), fs::Permissions::from_mode(0o755))?;
    let path = format!("{}:{}", tools.display(), env::var("PATH")?);
    let mut command = Command::new(program("wasmcp")?);
    command.arg(subcommand).arg(&project.folder).env("PATH", path).stdout(Stdio::null()).stderr(Stdio::piped());
    if subcommand == "dev" {
        command.args(["--addr", "127.0.0.1:0"]);
    }
    if said_before.is_none() {
        fs::create_dir(&hold)?;
    }
    let mut process = command.spawn()?;
    let mut lines = BufReader::new(process.stderr.take().context("no errors")?).lines().map_while(Result::ok);
    if let Some(said) = said_before {
        ensure!(lines.any(|line| line.contains(said)), "it does not say `{said}`");
        fs::create_dir(&hold)?;
        project.edit(Path::new(go().source), "Hello", "Welcome")?;
    }
    ensure!(lines.any(|line| line.contains("the tool waits")), "it does not build");
    ensure!(Command::new("kill").arg(process.id().to_string()).status()?.success(), "it has ended before");
    // All that it has started holds the pipe open.
    let rest: Vec<String> = lines.collect();
    ensure!(!hold.join("outlived").exists(), "what the tool has started has outlived the command");
    let ended = process.wait()?;
    ensure!(ended.code() == Some(status), "{ended}: {rest:?}");
    Ok(())
}

fn a_tool_is_missing() -> Result<()> {
    for (name, language, said) in [
        ("without-go", go(), "`go` is not there: install Go 1.25 or later from https://go.dev"),
        ("without-qjs", &LANGUAGES[4], "`componentize-qjs` is not there: run `npm install` in `"),
    ] {
        let project = Project::unprepared(name, language)?;
        let found = project.fails("")?;
        ensure!(found.contains(said), "{found}");
    }
    Ok(())
}

fn a_table_is_wrong() -> Result<()> {
    let project = Project::unprepared("table", go())?;
    let manifest = fs::read_to_string(project.folder.join("wasmcp.toml"))?;
    for (line, said) in [
        ("addr = \"8080\"", "in `[dev]` of wasmcp.toml: `addr = \"8080\"`: expected an IP address and a port"),
        ("egress = [\"http://example.com\"]", "in `[dev]` of wasmcp.toml: `http://example.com` in `egress`: "),
        ("ignore = [\"{a\"]", "`{a` in `ignore` of wasmcp.toml is no pattern"),
        ("set = [\"other.key=1\"]", "the settings name a provider `other`, which is not served; there is `hello`"),
        ("adr = \"127.0.0.1:0\"", "unknown field `adr`"),
    ] {
        fs::write(project.folder.join("wasmcp.toml"), format!("{manifest}\n[dev]\n{line}\n"))?;
        let found = project.fails("")?;
        ensure!(found.contains(said), "{line}: {found}");
    }
    Ok(())
}
