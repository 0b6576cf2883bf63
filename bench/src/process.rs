//! A child process on a core of its own, and its CPU time and memory as `/proc` reports them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The unit of CPU time in `/proc`, on every machine that a wasmCloud host runs on.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// The cores that this process may use.
pub(crate) fn cores() -> anyhow::Result<Vec<usize>> {
    let set = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect())
}

/// A core for the load, and another for the server.
pub(crate) fn two_cores() -> anyhow::Result<(usize, usize)> {
    let cores = cores()?;
    let (Some(&load), Some(&server)) = (cores.first(), cores.last()) else { bail!("no core to run on") };
    ensure!(load != server, "needs two cores: one for the server and one for the load");
    Ok((load, server))
}

/// Binds the calling thread, and what it starts from now on, to `core`.
pub(crate) fn pin(core: usize) -> anyhow::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).with_context(|| format!("cannot use core {core} alone"))
}

/// A running server; dropping it kills it.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` on `core`, or wherever the calling thread may run; its output goes to `log`.
    pub(crate) fn start(mut command: Command, core: Option<usize>, log: &Path) -> anyhow::Result<Self> {
        let out = File::create(log).with_context(|| format!("cannot write `{}`", log.display()))?;
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        // Affinity is a property of a thread and inherited: a thread that only spawns saves an unsafe `pre_exec`.
        let spawn = std::thread::spawn(move || -> anyhow::Result<Child> {
            core.map_or(Ok(()), pin)?;
            command.spawn().with_context(|| format!("cannot start `{}`", command.get_program().display()))
        });
        let child = spawn.join().map_err(|_| anyhow::anyhow!("the spawning thread ended"))??;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Returns an error with the end of its output if the process has ended.
    pub(crate) fn still_runs(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            let text = fs::read_to_string(&self.log).unwrap_or_default();
            let tail = text.lines().rev().take(10).collect::<Vec<_>>();
            bail!("it ended with {status}:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        Ok(())
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// CPU time so far, user and system, of its threads.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let mut nanos = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // This file counts in ns, while `stat` counts in 10 ms. The file of a thread that has just ended is gone.
            let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
            nanos += text.split(' ').next().context("`/proc` has another format")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// Resident memory in kB: now and at its highest.
    pub(crate) fn memory(&self) -> anyhow::Result<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).context("`/proc` has another format")?;
            line.trim().trim_end_matches(" kB").parse::<u64>().context("`/proc` has another format")
        };
        Ok((field("VmRSS:")?, field("VmHWM:")?))
    }
}

/// CPU time so far of any process, user and system, to 10 ms for each; unlike `Process::cpu` it has that of threads that have ended.
pub(crate) fn cpu(id: u32) -> anyhow::Result<Duration> {
    let path = format!("/proc/{id}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("cannot read `{path}`"))?;
    // The second field is a name in parentheses, which may have anything in it.
    let (_, rest) = stat.rsplit_once(')').context("`/proc` has another format")?;
    let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Ok(TICK * u32::try_from(ticks.sum::<Result<u64, _>>()?)?)
}

/// The processes that a process has started and that still run.
pub(crate) fn children(parent: u32) -> anyhow::Result<Vec<u32>> {
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // A process may have ended meanwhile.
        let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        // proc(5): the parent is the second field after the name in parentheses.
        let of = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        if of == Some(parent) {
            children.push(id);
        }
    }
    Ok(children)
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
