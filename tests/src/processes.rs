//! Finds the processes of this machine by a variable of their environment.

use std::fs;

use anyhow::Result;

/// The processes that have this text in a variable of their environment, which their child processes inherit. A process that has ended and
/// waits for its parent has no environment.
pub fn processes_with(mark: &str) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")?.map_while(Result::ok) {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|byte| *byte == 0).any(|variable| String::from_utf8_lossy(variable).contains(mark)) {
            found.push(pid);
        }
    }
    Ok(found)
}
