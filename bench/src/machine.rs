//! Describes the machine and the versions of what was measured.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process::{self, TICK};

/// The lines at the head of the results; `names` are the packages whose versions matter.
pub(crate) fn describe(workspace: &Path, names: &[&str], pinned: &str) -> Vec<String> {
    let cores = process::cores().map_or(0, |cores| cores.len());
    let lock = fs::read_to_string(workspace.join("Cargo.lock")).unwrap_or_default();
    let versions: Vec<_> = names.iter().map(|name| format!("{name} {}", version(&lock, name))).collect();
    vec![
        format!("Date: {}", output("date", &["-u", "+%Y-%m-%d %H:%M UTC"])),
        format!("Machine: {cores} cores, {}, {}", line_of("/proc/cpuinfo", "model name"), memory()),
        format!("Kernel: Linux {}", read("/proc/sys/kernel/osrelease")),
        format!("Load average before the run: {}", load_average()),
        format!("Versions: {}, {}", versions.join(", "), output("rustc", &["--version"])),
        format!("Profile of `wasmcp` and of all programs beside it: `{}`", profile()),
        format!("Pinned: {pinned}"),
    ]
}

/// The profile with which this program was built, and with it those that it measures: the name of its folder.
fn profile() -> String {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().and_then(Path::file_name);
    folder.map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The programs of a lattice, as `tools/versions` pins them.
pub(crate) fn lattice_versions(workspace: &Path) -> String {
    let text = fs::read_to_string(workspace.join("tools/versions")).unwrap_or_default();
    let of = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("unknown").to_owned();
    // `tools/install` names the directory after the origin of its programs.
    let binaries = std::env::var("WASMCP_LATTICE_BINARIES").unwrap_or_default();
    let origin = match binaries.contains("lattice-bench") {
        true => {
            "built here from their crates with opt-level 1 (`lattice/upstream`), not the binaries that wasmCloud releases"
        }
        false => "as released",
    };
    format!("wasmCloud {}, NATS server {}; hosts and wadm unpatched, {origin}", of("WASMCLOUD="), of("NATS_SERVER="))
}

/// CPU time so far of everything on this machine.
pub(crate) fn busy() -> anyhow::Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let mut ticks = 0;
    for (index, field) in stat.lines().next().unwrap_or_default().split_whitespace().skip(1).take(7).enumerate() {
        // Fields 3 and 4 are the time when idle and when waiting for a disk.
        if !matches!(index, 3 | 4) {
            ticks += field.parse::<u32>()?;
        }
    }
    Ok(TICK * ticks)
}

fn load_average() -> String {
    read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn memory() -> String {
    let kilobytes = line_of("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse::<f64>().unwrap_or_default();
    format!("{:.0} GB", kilobytes / 1024.0 / 1024.0)
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

fn line_of(path: &str, name: &str) -> String {
    let text = read(path);
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_once(':').map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// What a program prints.
pub(crate) fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    output.map_or("unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The version of a package in a lock file.
fn version<'a>(lock: &'a str, name: &str) -> &'a str {
    let start = format!("name = \"{name}\"\nversion = \"");
    lock.split_once(&start).and_then(|(_, rest)| rest.split_once('"')).map_or("unknown", |(version, _)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_by_the_whole_name() {
        let lock = "name = \"axum-core\"\nversion = \"0.5.6\"\n\nname = \"axum\"\nversion = \"0.8.9\"\n";
        assert_eq!(version(lock, "axum"), "0.8.9");
        assert_eq!(version(lock, "rmcp"), "unknown");
    }
}
