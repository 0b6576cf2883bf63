//! Starts a server on one of the shells with a setup.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::examples::Endpoint;
use crate::upstream::Upstream;
use crate::{Reply, Request, component, program, scratch};

/// How long a start may take: a cold one compiles every component, perhaps on a single core.
const START: Duration = Duration::from_secs(180);
/// How long a line may take from the server's log to the test.
const LOG: Duration = Duration::from_secs(60);

/// The program around the engine.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Shell {
    /// `wasmcp serve`, each provider a component of its own.
    Native,
    /// One file by `wasmcp compose`, under `wasmtime serve -Scli`.
    Composed,
    /// The same file under `wasmcp serve`.
    Hosted,
}

impl Shell {
    /// All shells.
    pub const ALL: [Shell; 3] = [Shell::Native, Shell::Composed, Shell::Hosted];
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shell::Native => "native",
            Shell::Composed => "composed",
            Shell::Hosted => "hosted",
        })
    }
}

/// The providers of a server and their options, the same on every shell.
#[derive(Default)]
pub struct Setup {
    addr: Option<SocketAddr>,
    providers: Vec<String>,
    prefixes: Vec<(String, String)>,
    settings: Vec<(String, String, String)>,
    egress: Vec<(String, String)>,
    policy: Option<PathBuf>,
    one_file: Option<PathBuf>,
    flags: Vec<String>,
    wasmtime: Vec<String>,
    hosted: Vec<String>,
}

impl Setup {
    /// A setup of these providers, by the names of their files, or as `NAME=FILE`.
    pub fn of(providers: &[&str]) -> Setup {
        Setup { providers: providers.iter().map(ToString::to_string).collect(), ..Setup::default() }
    }

    /// Listens on this address instead of one that is free: for a server that must know its URL before it starts.
    pub fn at(mut self, addr: SocketAddr) -> Setup {
        self.addr = Some(addr);
        self
    }

    /// Adds a prefix to the names of a provider.
    pub fn prefix(mut self, provider: &str, prefix: &str) -> Setup {
        self.prefixes.push((provider.into(), prefix.into()));
        self
    }

    /// Adds a setting of a provider, or of the `transport`.
    pub fn set(mut self, provider: &str, key: &str, value: &str) -> Setup {
        self.settings.push((provider.into(), key.into(), value.into()));
        self
    }

    /// Asks for tokens of this issuer for this resource, whose keys are pinned.
    pub fn tokens_of(self, issuer: &str, resource: &str, jwks: &str) -> Setup {
        self.set("auth", "issuers", issuer).set("auth", "resource", resource).set("auth", "jwks", jwks)
    }

    /// Decides by the policy in this folder or file, which a composed file carries.
    pub fn policy(mut self, path: &Path) -> Setup {
        self.policy = Some(path.to_owned());
        self
    }

    /// Makes the provider `weather` use this stand-in for its upstream.
    pub fn weather_of(self, upstream: &Upstream) -> Setup {
        self.set("weather", "geocoding-url", upstream.url())
            .set("weather", "forecast-url", upstream.url())
            .egress("weather", upstream.authority())
    }

    /// Serves this file, which was composed before, on the shells that serve one file.
    pub fn one_file(mut self, path: &Path) -> Setup {
        self.one_file = Some(path.to_owned());
        self
    }

    /// Adds flags of `wasmcp serve` for providers. A composed file takes none.
    pub fn flags(mut self, flags: &[&str]) -> Setup {
        self.flags.extend(flags.iter().map(ToString::to_string));
        self
    }

    /// Adds flags of `wasmcp serve` for the server itself, whatever it serves.
    pub fn serve_flags(mut self, flags: &[&str]) -> Setup {
        self.hosted.extend(flags.iter().map(ToString::to_string));
        self.flags(flags)
    }

    /// Adds flags of `wasmtime serve`.
    pub fn wasmtime(mut self, flags: &[&str]) -> Setup {
        self.wasmtime.extend(flags.iter().map(ToString::to_string));
        self
    }

    /// Allows a provider to send requests to `HOST:PORT`. Under wasmtime every provider may send requests to every host.
    pub fn egress(mut self, provider: &str, to: &str) -> Setup {
        self.egress.push((provider.into(), to.into()));
        self
    }

    fn files(&self) -> Result<Vec<PathBuf>> {
        let file = |name: &String| if name.contains('=') { Ok(PathBuf::from(name)) } else { component(name) };
        self.providers.iter().map(file).collect()
    }

    fn prefix_flags(&self) -> Vec<String> {
        self.prefixes.iter().map(|(provider, prefix)| format!("--prefix={provider}={prefix}")).collect()
    }

    fn policy_flags(&self) -> impl Iterator<Item = &OsStr> {
        self.policy.iter().flat_map(|path| [OsStr::new("--policy"), path.as_os_str()])
    }

    fn command(&self, shell: Shell) -> Result<Command> {
        let program = program(if shell == Shell::Composed { "wasmtime" } else { "wasmcp" })?;
        let mut command = Command::new(program);
        let addr = self.addr.map_or_else(|| "127.0.0.1:0".to_owned(), |addr| addr.to_string());
        command.args(["serve", "--addr", &addr]);
        for (provider, key, value) in &self.settings {
            match shell {
                Shell::Composed => command.arg("--env").arg(format!("{}={value}", variable(provider, key))),
                Shell::Native | Shell::Hosted => command.arg("--set").arg(format!("{provider}.{key}={value}")),
            };
        }
        for (provider, to) in &self.egress {
            match shell {
                Shell::Native => command.arg("--egress").arg(format!("{provider}={to}")),
                Shell::Hosted => command.arg("--egress").arg(to),
                Shell::Composed => &mut command,
            };
        }
        match shell {
            Shell::Native => {
                command.args(&self.flags).args(self.policy_flags()).args(self.prefix_flags()).args(self.files()?)
            }
            Shell::Composed => command.arg("-Scli").args(&self.wasmtime).arg(self.compose()?),
            Shell::Hosted => command.args(&self.hosted).arg(self.compose()?),
        };
        Ok(command)
    }

    /// Composes the providers into one file, with a transport that asks for tokens where a setting is about them.
    pub fn compose(&self) -> Result<PathBuf> {
        if let Some(file) = &self.one_file {
            return Ok(file.clone());
        }
        let auth = self.settings.iter().any(|(section, ..)| section == "auth").then_some("--auth");
        let secured = auth.map_or("", |_| "-secured");
        // The policy is part of the file, which is named after it.
        let policy = self.policy.as_ref().and_then(|path| path.to_str()).map(|path| path.replace(['/', '.'], "-"));
        let names: Vec<_> =
            self.providers.iter().map(|provider| provider.split('=').next().unwrap_or_default()).collect();
        let name = format!("{}{secured}{}.wasm", names.join("-"), policy.unwrap_or_default());
        let file = scratch(&name)?;
        let made = Command::new(program("wasmcp")?)
            .arg("compose")
            .args(auth)
            .args(self.policy_flags())
            .args(self.prefix_flags())
            .args(self.files()?)
            .arg("-o")
            .arg(&file)
            .output()?;
        if !made.status.success() {
            bail!("`wasmcp compose` failed: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(file)
    }
}

/// An address of this machine on which nothing listens.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// The environment variable from which the adapter reads a setting.
fn variable(provider: &str, key: &str) -> String {
    format!("WASMCP__{provider}__{key}").to_uppercase().replace(['-', '.'], "_")
}

/// The lines that a server has printed.
#[derive(Default)]
struct Log {
    text: Mutex<String>,
    added: Condvar,
}

/// A server that runs. Dropping it kills it.
pub struct Server {
    child: Child,
    /// The address on which it listens.
    pub addr: SocketAddr,
    log: Arc<Log>,
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server, and returns once it is ready.
    pub fn start(shell: Shell, setup: &Setup) -> Result<Server> {
        Server::spawn(&mut setup.command(shell)?).with_context(|| format!("the {shell} server did not start"))
    }

    /// Starts a server, and returns once it listens. It may never be ready.
    pub fn listening(shell: Shell, setup: &Setup) -> Result<Server> {
        Server::run(&mut setup.command(shell)?, Stdio::piped(), Instant::now() + START)
    }

    /// Starts a server whose standard error is this, and returns once it is ready.
    pub fn with_log(shell: Shell, setup: &Setup, log: impl Into<Stdio>) -> Result<Server> {
        let deadline = Instant::now() + START;
        let server = Server::run(&mut setup.command(shell)?, log.into(), deadline)?;
        server.wait_until_ready(deadline)?;
        Ok(server)
    }

    /// Runs a command that says on which address of 127.0.0.1 it listens, and waits until its `/readyz` agrees.
    pub fn spawn(command: &mut Command) -> Result<Server> {
        let deadline = Instant::now() + START;
        let server = Server::run(command, Stdio::piped(), deadline)?;
        server.wait_until_ready(deadline)?;
        Ok(server)
    }

    /// Runs a command that says on which address of 127.0.0.1 it listens, and returns once it has.
    pub fn listening_program(command: &mut Command, within: Duration) -> Result<Server> {
        Server::run(command, Stdio::piped(), Instant::now() + within)
    }

    fn run(command: &mut Command, stderr: Stdio, deadline: Instant) -> Result<Server> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn()?;
        let log = Arc::<Log>::default();
        let (said, heard) = channel();
        let mut readers = Vec::new();
        for output in [child.stdout.take().map(boxed), child.stderr.take().map(boxed)].into_iter().flatten() {
            let (log, said) = (Arc::clone(&log), said.clone());
            readers.push(thread::spawn(move || listen(output, &log, &said)));
        }
        drop(said);
        // From here on an early return drops `server`, which kills the child.
        let mut server = Server { child, addr: SocketAddr::from(([127, 0, 0, 1], 0)), log, readers };
        server.addr = server.wait_for_address(&heard, deadline)?;
        Ok(server)
    }

    /// Waits until `/readyz` says that the server is ready.
    pub fn ready(&self) -> Result<()> {
        self.wait_until_ready(Instant::now() + START)
    }

    /// Sends a request and waits for the answer.
    pub fn send(&self, request: &Request) -> Result<Reply> {
        request.send(self.addr).with_context(|| format!("the server says:\n{}", self.log()))
    }

    /// Calls a tool and gives the text of the answer's first content, or else the whole answer.
    pub fn call(&self, name: &str, arguments: &str) -> Result<String> {
        let answer = self.send(&Request::call(name, arguments))?.json()?;
        let text = answer.pointer("/result/content/0/text").and_then(|text| text.as_str());
        Ok(text.map_or_else(|| answer.to_string(), str::to_owned))
    }

    /// Every page of a list, as a client of a version gets them: the results of a method, each with the cursor that the one before it gave.
    pub fn pages(&self, version: &str, method: &str) -> Result<Vec<Value>> {
        let mut pages: Vec<Value> = Vec::new();
        loop {
            let cursor = pages.last().and_then(|page| page.get("nextCursor"));
            let params = cursor.map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }));
            let first = pages.first().and_then(|page| page.get("nextCursor"));
            ensure!(pages.len() < 2 || cursor != first, "{method} leads back to its second page");
            let answer = self.send(&Request::of(version, method, params))?.json()?;
            let page = answer.get("result").with_context(|| format!("{method}: {answer}"))?;
            let is_last = page.get("nextCursor").is_none();
            pages.push(page.clone());
            if is_last {
                return Ok(pages);
            }
        }
    }

    /// The lines that the server has printed so far.
    pub fn log(&self) -> String {
        self.log.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the server has printed this text, and gives everything that it has printed.
    pub fn wait_for_log(&self, text: &str) -> Result<String> {
        self.wait_for_log_after(0, text)
    }

    /// Waits until the server has printed this text after so many bytes, and gives everything that it has printed. The host logs before it
    /// answers, but another thread reads the log.
    pub fn wait_for_log_after(&self, bytes: usize, text: &str) -> Result<String> {
        self.wait_for_log_within(bytes, text, LOG)
    }

    /// The same, for what takes longer.
    pub fn wait_for_log_within(&self, bytes: usize, text: &str, time: Duration) -> Result<String> {
        let lacks = |log: &mut String| !log.get(bytes..).is_some_and(|new| new.contains(text));
        let log = self.log.text.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.log.added.wait_timeout_while(log, time, lacks);
        let (log, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        ensure!(!waited.timed_out(), "nothing of `{text}` in\n{log}");
        Ok(log.clone())
    }

    /// Sends the signal to stop, and waits for the end. Gives the exit status and everything that the server has printed.
    pub fn stop(mut self) -> Result<(ExitStatus, String)> {
        ensure!(Command::new("kill").arg(self.id().to_string()).status()?.success(), "the server has ended before");
        let deadline = Instant::now() + START;
        let status = loop {
            match self.child.try_wait()? {
                Some(status) => break status,
                None if Instant::now() > deadline => bail!("it does not stop:\n{}", self.log()),
                None => thread::yield_now(),
            }
        };
        for reader in std::mem::take(&mut self.readers) {
            let _ = reader.join();
        }
        Ok((status, self.log()))
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait_for_address(&mut self, addresses: &Receiver<SocketAddr>, deadline: Instant) -> Result<SocketAddr> {
        match addresses.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(addr) => Ok(addr),
            Err(RecvTimeoutError::Timeout) => bail!("it named no address in time:\n{}", self.log()),
            Err(RecvTimeoutError::Disconnected) => bail!("it ended ({}):\n{}", self.child.wait()?, self.log()),
        }
    }

    fn wait_until_ready(&self, deadline: Instant) -> Result<()> {
        loop {
            match Request::new("GET", "/readyz").send(self.addr) {
                Ok(reply) if reply.status == 200 => return Ok(()),
                last if Instant::now() > deadline => bail!("not ready in time: {last:?}\n{}", self.log()),
                _ => thread::yield_now(),
            }
        }
    }
}

impl Server {
    /// Ends the process at once, and waits for its end.
    pub(crate) fn kill(&mut self) {
        // Both calls fail only if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Endpoint for Server {
    fn send(&self, request: &Request) -> Result<Reply> {
        self.send(request)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

type Output = Box<dyn Read + Send>;

fn boxed(output: impl Read + Send + 'static) -> Output {
    Box::new(output)
}

/// Appends the lines that a server prints to the log, and sends every address in them.
fn listen(output: Output, log: &Log, addresses: &Sender<SocketAddr>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(addr) = address(&line) {
            let _ = addresses.send(addr);
        }
        let mut text = log.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.push_str(&line);
        text.push('\n');
        log.added.notify_all();
    }
}

/// The address of a line such as `Serving HTTP on http://127.0.0.1:8080/`. A program can name the address of another one before it has its own, such as that of an issuer
/// that does not answer.
fn address(line: &str) -> Option<SocketAddr> {
    let (before, rest) = line.split_once("http://")?;
    let before = before.to_ascii_lowercase();
    if !["serving", "listening"].iter().any(|word| before.contains(word)) {
        return None;
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}
