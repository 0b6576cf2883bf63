//! Tests of a start that a signal interrupts: Ctrl-C, or a system that shuts down.

use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use serde_json::Value;
use wasmcp_tests::{Lattice, component, scratch};

use crate::one_provider;
use crate::wash::until;

pub(crate) const NAME: &str = "a start that is interrupted leaves no process and no keys";

pub(crate) fn leaves_nothing() -> Result<()> {
    let parts = Lattice::compose("interrupted-parts", &["calculator", "weather"])?;
    let manifest = one_provider("calculator", &component("calculator")?, &parts.join("transport.wasm"), "provider")?;
    for signal in ["INT", "TERM"] {
        let run = scratch("interrupted")?;
        let mut starting = Lattice::up_command(&run, &manifest)?;
        starting.args(["--port", "0"]);
        let starting = starting.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        until("a host is started", || {
            let state: Value = serde_json::from_slice(&std::fs::read(run.join("state.json"))?)?;
            Ok(state["processes"].as_array().is_some_and(|processes| processes.len() > 2))
        })?;
        ensure!(Lattice::left(&run)?.len() > 3, "the driver and the processes that it started are found");
        let kill = format!("kill -{signal} {}", starting.id());
        ensure!(Command::new("sh").args(["-c", &kill]).status()?.success(), "{kill}");
        let ended = starting.wait_with_output()?;
        let said = String::from_utf8_lossy(&ended.stderr);
        ensure!(!ended.status.success() && said.contains("interrupted"), "{signal}: {said}");
        ensure!(Lattice::left(&run)?.is_empty(), "{signal}: processes are left");
        ensure!(!run.join("credentials").exists() && !run.join("state.json").exists(), "{signal}: keys are left");
    }
    Ok(())
}
