//! How much memory this process may use on this machine: what the machine has, or what its control groups allow.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

/// How much memory a machine is taken to have that does not say it.
const DEFAULT_MEMORY: usize = 4 << 30;

/// How many bytes of memory this process may use.
pub(crate) fn machine_memory() -> usize {
    memory_below(Path::new("/"))
}

/// The least of what Linux says below this root.
fn memory_below(root: &Path) -> usize {
    let machine =
        read_to_string(root.join("proc/meminfo")).ok().and_then(|text| total(&text)).unwrap_or(DEFAULT_MEMORY);
    let groups = read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let limits = groups.lines().filter_map(group).flat_map(|(hierarchy, file, path)| {
        // A group is limited by those above it. In a container the file system may begin at a group further down.
        let mounted = root.join(hierarchy);
        ancestors(path).filter_map(move |path| read_to_string(mounted.join(path).join(file)).ok()?.trim().parse().ok())
    });
    limits.fold(machine, usize::min)
}

/// The row `MemTotal` (proc_meminfo(5)).
fn total(meminfo: &str) -> Option<usize> {
    let row = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    row.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

/// Where the limit of a group stands: its hierarchy, the file and the path of the group (cgroups(7)).
fn group(line: &str) -> Option<(&'static str, &'static str, &str)> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (controllers, path) = (parts.next()?, parts.next()?.trim_start_matches('/'));
    match controllers {
        "" => Some(("sys/fs/cgroup", "memory.max", path)),
        _ if controllers.split(',').any(|name| name == "memory") => {
            Some(("sys/fs/cgroup/memory", "memory.limit_in_bytes", path))
        }
        _ => None,
    }
}

fn ancestors(path: &str) -> impl Iterator<Item = PathBuf> {
    Path::new(path).ancestors().map(Path::to_path_buf).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_the_machine_and_its_groups_counts() {
        const RAM: (&str, &str) = ("proc/meminfo", "MemTotal:       2048 kB\nMemFree:        1 kB\n");
        for (name, files, expected) in [
            ("nothing", &[][..], DEFAULT_MEMORY),
            ("machine", &[RAM], 2 << 20),
            ("no limit", &[RAM, ("proc/self/cgroup", "0::/a/b\n"), ("sys/fs/cgroup/a/b/memory.max", "max\n")], 2 << 20),
            ("own group", &[RAM, ("proc/self/cgroup", "0::/a/b\n"), ("sys/fs/cgroup/a/b/memory.max", "4096\n")], 4096),
            ("group above", &[RAM, ("proc/self/cgroup", "0::/a/b\n"), ("sys/fs/cgroup/a/memory.max", "4096\n")], 4096),
            ("container", &[RAM, ("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/memory.max", "4096\n")], 4096),
            (
                "version 1",
                &[
                    RAM,
                    ("proc/self/cgroup", "5:cpu:/x\n4:memory:/a\n"),
                    ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "8192\n"),
                ],
                8192,
            ),
            (
                "more than the machine",
                &[RAM, ("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/memory.max", "9223372036854771712\n")],
                2 << 20,
            ),
        ] {
            let root =
                std::env::temp_dir().join(format!("wasmcp-memory-{}-{}", std::process::id(), name.replace(' ', "-")));
            for (path, text) in files {
                let path = root.join(path);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("temporary folder");
                std::fs::write(path, text).expect("temporary file");
            }
            assert_eq!(memory_below(&root), expected, "{name}");
            let _ = std::fs::remove_dir_all(root);
        }
    }
}
