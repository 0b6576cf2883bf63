//! Tests of the official `wash` by its literal commands: `wash up -d`, `wash app deploy`. Variables of its environment give it free ports of
//! this machine and a folder for its files.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use wasmcp_tests::{Client, Request, Task, binaries, component, processes_with, program, scratch};

use crate::policy;

/// A test that gets the URL of a stand-in for the weather service.
type Test = fn(&str) -> Result<()>;

pub(crate) const TESTS: &[(&str, Test)] = &[
    (
        "one host: wash up, wash app deploy wadm.yaml; a provider scaled by hand, removed and put back; a policy changed; the same in one file",
        one_host,
    ),
    ("one host without the features that it needs: the driver's status says which are missing", without_features),
];

/// The features that the manifest needs.
const FEATURES: &str = "builtin-http-server,builtin-http-client,rpc-interface";

/// The limit of the calculator's concurrent calls, in wadm.yaml.
const CALCULATOR: &str = "\
        # Calls at once. With 1 every call would wait for the one before it.
        - type: spreadscaler
          properties:
            instances: 100";

/// How long hosts and wadm may take to carry out a manifest.
const DEPLOY_TIMEOUT: Duration = Duration::from_secs(180);

fn one_host(weather: &str) -> Result<()> {
    let wash = Wash::up("wash", Some(FEATURES))?;
    let manifest = wash.manifest(include_str!("../../../wadm.yaml"), weather)?;
    wash.run(&["app", "deploy"], &[&manifest])?;
    wash.until_ready()?;
    converse(&wash)?;
    scale(&wash)?;
    curl(&wash)?;

    // Without the calculator, its name is in the list of missing providers, and the rest is served.
    let without = wash.rewrite("without.yaml", &manifest, &[(CALCULATOR, &CALCULATOR.replace("100", "0"))])?;
    wash.run(&["app", "deploy"], &[&without])?;
    until("the calculator is gone", || {
        let answer = wash.post(&Request::call("add", r#"{"a":2,"b":3}"#))?;
        Ok(answer
            .pointer("/error/message")
            .and_then(Value::as_str)
            .is_some_and(|message| message.contains("try again")))
    })?;
    let list = wash.post(&Request::legacy(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#))?;
    ensure!(list.pointer("/result/_meta/wasmcp~1gaps") == Some(&serde_json::json!(["calculator"])), "{list}");
    ensure!(list.to_string().contains("get_weather"), "{list}");

    wash.run(&["app", "deploy"], &[&manifest])?;
    until("the calculator is back", || {
        Ok(wash.post(&Request::call("add", r#"{"a":2,"b":3}"#))?.pointer("/result/structuredContent/result")
            == Some(&5.into()))
    })?;
    converse(&wash)?;
    policy::redeployed(&wash, &manifest)?;

    // The same conversations with everything in one component.
    wash.run(&["app", "undeploy", "wasmcp"], &[])?;
    until("nothing serves any more", || Ok(std::net::TcpStream::connect(wash.http).is_err()))?;
    let one = wash.manifest(include_str!("../../../wadm.one-file.yaml"), weather)?;
    wash.run(&["app", "deploy"], &[&one])?;
    wash.until_ready()?;
    converse(&wash)?;
    wash.down()
}

/// A host carries out `wash scale component` at once, and wadm undoes it: the number of instances is the one in the manifest.
fn scale(wash: &Wash) -> Result<()> {
    let hosts: Value = serde_json::from_str(&wash.run(&["get", "hosts", "-o", "json"], &[])?)?;
    let host = hosts.pointer("/hosts/0/id").and_then(Value::as_str).with_context(|| format!("no host: {hosts}"))?;
    let image = format!("file://{}", wash.home.join("lattice/calculator.wasm").display());
    // `wash` waits until the host confirms.
    let said = wash.run(&["scale", "component", host, &image, "wasmcp-calculator", "--max-instances", "7"], &[])?;
    ensure!(said.contains("7 max concurrent instances"), "{said}");
    until("the calculator takes as many calls at once as the manifest says", || {
        let inventory: Value = serde_json::from_str(&wash.run(&["get", "inventory", host, "-o", "json"], &[])?)?;
        let components = inventory.pointer("/inventories/0/components").and_then(Value::as_array);
        let calculator = components.into_iter().flatten().find(|component| component["id"] == "wasmcp-calculator");
        let instances = calculator.and_then(|calculator| calculator["max_instances"].as_u64());
        ensure!(instances == Some(100), "{inventory}");
        Ok(true)
    })
}

fn without_features(weather: &str) -> Result<()> {
    let wash = Wash::up("wash-without", None)?;
    let manifest = wash.manifest(include_str!("../../../wadm.yaml"), weather)?;
    wash.run(&["app", "deploy"], &[&manifest])?;
    let driver = std::env::var_os("WASMCP_LATTICE_DRIVER").context("run `make test-lattice`")?;
    let mut said = String::new();
    until("the missing features are named", || {
        let status = Command::new(&driver)
            .args([
                "status",
                "--nats",
                &format!("127.0.0.1:{}", wash.nats),
                "--url",
                &format!("http://{}/mcp", wash.http),
            ])
            .output()?;
        said = format!("{}{}", String::from_utf8_lossy(&status.stdout), String::from_utf8_lossy(&status.stderr));
        Ok(!status.status.success()
            && said.contains("WASMCLOUD_EXPERIMENTAL_FEATURES")
            && said.contains("builtin-http-server"))
    })
    .with_context(|| format!("`wasmcp-lattice status` says: {said}"))?;
    wash.down()
}

fn converse(wash: &Wash) -> Result<()> {
    let url = format!("http://{}/mcp", wash.http);
    Client::all().try_for_each(|client| {
        client.run(&url, Task::Tools).with_context(|| format!("{}, {}", client.language, client.mode))
    })
}

/// Sends the `curl` line of the README.
fn curl(wash: &Wash) -> Result<()> {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":2}}}"#;
    let url = format!("http://{}/mcp", wash.http);
    let output = text(Command::new("curl").args(["-s", &url, "-H", "content-type: application/json", "-d", body]))?;
    ensure!(output.contains(r#""structuredContent":{"result":3}"#), "{output}");
    Ok(())
}

/// A lattice that `wash up -d` started. Dropping it ends it.
pub(crate) struct Wash {
    pub(crate) home: PathBuf,
    features: Option<&'static str>,
    pub(crate) nats: u16,
    websocket: u16,
    pub(crate) http: SocketAddr,
}

impl Wash {
    fn up(name: &str, features: Option<&'static str>) -> Result<Wash> {
        let home = scratch(name)?;
        if home.exists() {
            std::fs::remove_dir_all(&home)?;
        }
        // Programs that are installed already are linked, so that wash does not download them.
        for program in ["nats-server", "wadm", "v1.9.1/wasmcloud_host"] {
            let (from, to) = (binaries()?.join("../downloads").join(program), home.join("downloads").join(program));
            std::fs::create_dir_all(to.parent().context("a folder")?)?;
            if let Ok(there) = std::fs::canonicalize(from) {
                std::os::unix::fs::symlink(there, to)?;
            }
        }
        std::fs::create_dir_all(home.join("tmp"))?;
        let http = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let wash = Wash { home, features, nats: free_port()?, websocket: free_port()?, http };
        wash.run(&["up", "-d"], &[])?;
        Ok(wash)
    }

    fn command(&self) -> Result<Command> {
        let mut wash = Command::new(binaries()?.join("wash"));
        let port = self.nats.to_string();
        wash.current_dir(&self.home)
            .env("HOME", &self.home)
            .env("TMPDIR", self.home.join("tmp"))
            .env("WASH_DOWNLOADS_DIR", self.home.join("downloads"))
            .env("WASMCLOUD_NATS_HOST", "127.0.0.1")
            .env("WASMCLOUD_NATS_PORT", &port)
            .env("NATS_WEBSOCKET_PORT", self.websocket.to_string())
            .envs([("WASMCLOUD_CTL_HOST", "127.0.0.1"), ("WASMCLOUD_CTL_PORT", &port)])
            .envs([("WASMCLOUD_RPC_HOST", "127.0.0.1"), ("WASMCLOUD_RPC_PORT", &port)])
            .env_remove("WASMCLOUD_EXPERIMENTAL_FEATURES");
        if let Some(features) = self.features {
            wash.env("WASMCLOUD_EXPERIMENTAL_FEATURES", features);
        }
        Ok(wash)
    }

    pub(crate) fn run(&self, arguments: &[&str], files: &[&Path]) -> Result<String> {
        text(self.command()?.args(arguments).args(files))
    }

    /// Writes a manifest of the repository with the components built for this test, a free port, and the local stand-in for the weather service.
    fn manifest(&self, manifest: &str, weather: &str) -> Result<PathBuf> {
        let folder = self.home.join("lattice");
        let files = ["calculator", "weather"].map(component).into_iter().collect::<Result<Vec<_>>>()?;
        let compose = |target: &str, output: &Path| {
            let mut wasmcp = Command::new(program("wasmcp")?);
            text(wasmcp.args(["compose", "--for", target]).args(&files).arg("-o").arg(output))
        };
        compose("lattice", &folder)?;
        compose("wasmcloud", &folder.join("mcp-http-server.wasm"))?;
        let timeout = r#"weather.timeout-ms: "5000""#;
        let urls = format!(
            "{timeout}\n              weather.geocoding-url: {weather}\n              weather.forecast-url: {weather}"
        );
        let written = self.home.join("wadm.yaml");
        std::fs::write(&written, manifest)?;
        let replaced = [
            ("file://./target/lattice/", format!("file://{}/", folder.display())),
            ("127.0.0.1:8080", self.http.to_string()),
            (timeout, urls),
        ];
        let replaced: Vec<_> = replaced.iter().map(|(from, to)| (*from, to.as_str())).collect();
        self.rewrite("wadm.yaml", &written, &replaced)
    }

    /// Replaces texts in a manifest. Each text to replace must be in it.
    pub(crate) fn rewrite(&self, name: &str, manifest: &Path, replaced: &[(&str, &str)]) -> Result<PathBuf> {
        let mut text = std::fs::read_to_string(manifest)?;
        for (from, to) in replaced {
            ensure!(text.contains(from), "no `{from}` in {}", manifest.display());
            text = text.replace(from, to);
        }
        let file = self.home.join(name);
        std::fs::write(&file, text)?;
        Ok(file)
    }

    fn post(&self, request: &Request) -> Result<Value> {
        request.send(self.http)?.json()
    }

    fn until_ready(&self) -> Result<()> {
        // A server is ready as soon as it has one provider, but these tests need both.
        until("the server is ready, and its list is whole", || {
            let list = self.post(&Request::legacy(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#))?;
            Ok(list.pointer("/result/tools").is_some() && list.pointer("/result/_meta/wasmcp~1gaps").is_none())
        })
    }

    /// Ends the lattice, and waits until no process of it is left.
    fn down(&self) -> Result<()> {
        self.run(&["down"], &[])?;
        until("no process is left", || Ok(self.processes()?.is_empty()))
    }

    /// The processes that were started with this folder.
    fn processes(&self) -> Result<Vec<u32>> {
        processes_with(&self.home.display().to_string())
    }
}

impl Drop for Wash {
    fn drop(&mut self) {
        // A test that succeeds has ended the lattice already.
        if self.processes().is_ok_and(|left| !left.is_empty())
            && let Err(error) = self.down()
        {
            eprintln!("wash did not end what it started: {error:#}");
        }
    }
}

/// Waits until a condition holds that depends on other processes.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + DEPLOY_TIMEOUT;
    loop {
        let last = holds();
        match last {
            Ok(true) => return Ok(()),
            last if Instant::now() > deadline => bail!("not within {DEPLOY_TIMEOUT:?}: {what} ({last:?})"),
            _ => thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Returns a port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Runs a command that must succeed, and returns its standard output.
pub(crate) fn text(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    ensure!(status.success(), "{command:?} failed: {stdout}{stderr}");
    Ok(stdout.into_owned())
}
