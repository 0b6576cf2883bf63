//! How many connections each component may have, so that all of them together leave clients the descriptors that they need.

use super::idle_connections::MAX_IDLE;

/// How many connections of one component carry a request or a response at once: one for each of its calls, of which 256 run at once by
/// default. Further requests wait, within their own time.
pub(crate) const MAX_ACTIVE: usize = 256;
/// How many descriptors are neither for clients nor for connections of components: those of the runtime, of the log and of the listener.
const RESERVED_DESCRIPTORS: usize = 64;
/// How many descriptors a process has where the system does not say it.
const DEFAULT_DESCRIPTORS: usize = 1024;

/// How many connections one component may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionLimits {
    /// How many carry a request or a response.
    pub(crate) active: usize,
    /// How many are idle, for its next requests.
    pub(crate) idle: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { active: MAX_ACTIVE, idle: MAX_IDLE }
    }
}

impl ConnectionLimits {
    /// The limits of each of these components on this machine, where so many clients may be connected.
    pub(crate) fn of_each(components: usize, clients: usize) -> Self {
        Self::share(components, clients, descriptors())
    }

    /// What clients do not need is divided, a third of each share for idle connections. Where clients may need all, as the process may
    /// have few, a quarter of them is.
    fn share(components: usize, clients: usize, descriptors: usize) -> Self {
        let free = descriptors.saturating_sub(clients).saturating_sub(RESERVED_DESCRIPTORS).max(descriptors / 4);
        let each = free / components.max(1);
        let idle = (each / 3).clamp(1, MAX_IDLE);
        Self { active: each.saturating_sub(idle).clamp(8, MAX_ACTIVE), idle }
    }
}

/// How many files and sockets this process may have open, as Linux says it.
fn descriptors() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    open_files(&limits).unwrap_or(DEFAULT_DESCRIPTORS)
}

/// The soft limit in the row `Max open files` (proc_pid_limits(5)).
fn open_files(limits: &str) -> Option<usize> {
    let row = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match row.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_share_what_clients_do_not_need() {
        let plenty = ConnectionLimits::default();
        for (components, clients, descriptors, active, idle) in [
            (1, 1024, 1 << 20, plenty.active, plenty.idle),
            (100, 1024, 1 << 20, plenty.active, plenty.idle),
            (1, 512, 1024, 256, 128),
            (2, 512, 1024, 150, 74),
            (5, 512, 1024, 60, 29),
            (1, 1024, 1024, 171, 85),
            (64, 1024, 1024, 8, 1),
            (0, 0, 0, 8, 1),
        ] {
            let share = ConnectionLimits::share(components, clients, descriptors);
            assert_eq!(share, ConnectionLimits { active, idle }, "{components} {clients} {descriptors}");
        }
    }

    #[test]
    fn the_limit_of_open_files_is_read_from_its_row() {
        let table = |row: &str| format!("Limit  Soft Limit  Hard Limit  Units\nMax processes 9 9 processes\n{row}\n");
        for (row, limit) in [
            ("Max open files            1024                 524288               files     ", Some(1024)),
            ("Max open files            unlimited            unlimited            files     ", Some(usize::MAX)),
            ("Max open files", None),
            ("", None),
        ] {
            assert_eq!(open_files(&table(row)), limit, "{row}");
        }
    }
}
