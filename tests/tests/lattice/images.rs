//! Tests of images in a registry: the command of `make publish` publishes them, and hosts that load no files run them by digest.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use wasmcp_tests::{Lattice, Request, binaries, component, program, scratch};

use crate::conversations::judged;
use crate::hosts::call;
use crate::wash::{free_port, text};

pub(crate) const NAME: &str = "a registry: what was published is deployed by digest, on hosts that load no files";

pub(crate) fn deployed_by_digest() -> Result<()> {
    let registry = Registry::start()?;
    let parts = Lattice::compose("published", &["calculator", "weather"])?;
    let files = ["calculator", "weather"].map(component).into_iter().collect::<Result<Vec<_>>>()?;
    let one = parts.join("mcp-http-server.wasm");
    text(Command::new(program("wasmcp")?).args(["compose", "--for", "wasmcloud"]).args(files).arg("-o").arg(one))?;
    let (by_file, manifest) = (parts.join("wadm.hosts.yaml"), scratch("wadm.oci.yaml")?);
    let files = ("file://./target/lattice/", format!("file://{}/", parts.display()));
    std::fs::write(&by_file, include_str!("../../../wadm.hosts.yaml").replace(files.0, &files.1))?;
    let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let driver = std::env::var_os("WASMCP_LATTICE_DRIVER").context("run `make test-lattice`")?;
    let published = text(
        Command::new(driver)
            .current_dir(repository)
            .args(["publish", "--insecure", "--registry", &registry.authority])
            .arg("--manifest")
            .arg(&by_file)
            .arg("--output")
            .arg(&manifest),
    )?;
    // The registry also has the contract as a package, which can be fetched.
    let contract = published.lines().find_map(|line| line.strip_prefix("wasmcp:mcp ")).context("no contract")?;
    let digest = contract.split_once('@').with_context(|| format!("no digest: {contract}"))?.1;
    let fetched = Request::new("GET", &format!("/v2/wasmcp/mcp/manifests/{digest}"))
        .header("accept: application/vnd.oci.image.manifest.v1+json")
        .send(registry.authority.parse()?)?;
    ensure!(fetched.status == 200, "{contract}: {} {}", fetched.status, fetched.text());
    let deployed = std::fs::read_to_string(&manifest)?;
    ensure!(!deployed.contains("file://") && deployed.matches("@sha256:").count() == 3, "{deployed}");

    let lattice =
        Lattice::up("images", &manifest, &["--insecure-registry", &registry.authority, "--deadline", crate::DEADLINE])?;
    ensure!(lattice.state()?["file_load"] == false, "the hosts load files");
    ensure!(call(&lattice, "echo", r#"{"message":"by digest"}"#)? == "by digest");
    judged(&lattice, &["calculator", "weather"])
}

/// A registry on a free port. Dropping it ends it.
struct Registry {
    child: Child,
    authority: String,
}

impl Registry {
    fn start() -> Result<Registry> {
        let port = free_port()?;
        let folder = scratch("registry")?;
        std::fs::create_dir_all(&folder)?;
        let settings = folder.join("registry.yaml");
        let storage = folder.join("storage");
        std::fs::write(
            &settings,
            format!(
                "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: \"127.0.0.1:{port}\"}}\n",
                storage.display()
            ),
        )?;
        let mut command = Command::new(binaries()?.join("registry"));
        command.arg("serve").arg(settings);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let registry = Registry { child, authority: format!("127.0.0.1:{port}") };
        let (address, deadline) = (SocketAddr::from(([127, 0, 0, 1], port)), Instant::now() + Duration::from_secs(30));
        while Request::new("GET", "/v2/").send(address).is_err() {
            if Instant::now() > deadline {
                bail!("the registry does not answer");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(registry)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Both calls fail only if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
