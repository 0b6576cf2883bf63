//! How the files and sockets that this process may open are divided: between itself, its clients and the requests of components.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::egress::MAX_IDLE;

/// How many connections of one component carry a request or a response at once: one for each of its calls, of which 256 run at once by
/// default. Further requests wait, within their own time.
pub(crate) const MAX_ACTIVE: usize = 256;
/// How many descriptors are neither for clients nor for connections of components: those of the runtime, of the log and of the listener.
const RESERVED_DESCRIPTORS: u64 = 64;
/// How many descriptors clients leave to the connections of each component.
const DESCRIPTORS_PER_COMPONENT: u64 = 64;

/// How many connections one component may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionLimits {
    /// How many carry a request or a response.
    pub(crate) active: usize,
    /// How many are idle, for its next requests.
    pub(crate) idle: usize,
}

/// Raises the number of descriptors to the most that the system allows this process, and returns it. `None` means that there is no limit.
pub(crate) fn raise_descriptor_limit() -> Option<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where it is refused the limit stays as it is.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    getrlimit(Resource::Nofile).current
}

/// How many clients may be connected at once where so many are wanted, and the process may have this number of descriptors. At least
/// half of them are for clients.
pub(crate) fn fit_clients(wanted: u32, components: usize, descriptors: Option<u64>) -> u32 {
    let Some(descriptors) = descriptors else { return wanted };
    let components = u64::try_from(components).unwrap_or(u64::MAX);
    let kept = RESERVED_DESCRIPTORS.saturating_add(DESCRIPTORS_PER_COMPONENT.saturating_mul(components));
    let left = descriptors.saturating_sub(kept.min(descriptors / 2));
    wanted.min(u32::try_from(left).unwrap_or(u32::MAX)).max(1)
}

impl ConnectionLimits {
    /// The limits of each of these components, where so many clients may be connected. What clients leave is divided, and a third of each
    /// part is for idle connections. A component has a few connections even where nothing is left.
    pub(crate) fn of_each(components: usize, clients: u32, descriptors: Option<u64>) -> Self {
        let left =
            descriptors.unwrap_or(u64::MAX).saturating_sub(u64::from(clients)).saturating_sub(RESERVED_DESCRIPTORS);
        let each = usize::try_from(left).unwrap_or(usize::MAX) / components.max(1);
        let idle = (each / 3).clamp(1, MAX_IDLE);
        Self { active: each.saturating_sub(idle).clamp(8, MAX_ACTIVE), idle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_leave_descriptors_to_the_process_and_to_components() {
        for (wanted, components, descriptors, clients) in [
            (1024, 1, None, 1024),
            (1024, 1, Some(1_048_576), 1024),
            (1024, 2, Some(1024), 832),
            (1024, 100, Some(1024), 512),
            (10, 1, Some(1024), 10),
            (1024, 1, Some(0), 1),
        ] {
            assert_eq!(fit_clients(wanted, components, descriptors), clients, "{wanted} {components} {descriptors:?}");
        }
    }

    #[test]
    fn components_share_what_clients_leave() {
        for (components, clients, descriptors, active, idle) in [
            (1, 1024, None, MAX_ACTIVE, MAX_IDLE),
            (1, 1024, Some(1 << 20), MAX_ACTIVE, MAX_IDLE),
            (100, 1024, Some(1 << 20), MAX_ACTIVE, MAX_IDLE),
            (1, 512, Some(1024), 256, 128),
            (2, 512, Some(1024), 150, 74),
            (5, 512, Some(1024), 60, 29),
            (64, 1024, Some(1024), 8, 1),
            (0, 0, Some(0), 8, 1),
        ] {
            let limits = ConnectionLimits::of_each(components, clients, descriptors);
            assert_eq!(limits, ConnectionLimits { active, idle }, "{components} {clients} {descriptors:?}");
        }
    }

    #[test]
    fn clients_and_components_together_need_no_more_descriptors_than_there_are() {
        for (wanted, components, descriptors) in
            [(1024, 1, 1024), (1024, 5, 1024), (1024, 2, 300), (1_000_000, 7, 65_536)]
        {
            let clients = fit_clients(wanted, components, Some(descriptors));
            let ConnectionLimits { active, idle } = ConnectionLimits::of_each(components, clients, Some(descriptors));
            let used = u64::from(clients) + RESERVED_DESCRIPTORS + ((active + idle) * components) as u64;
            assert!(used <= descriptors, "{wanted} {components} {descriptors}: {used}");
        }
    }

    #[test]
    fn the_limit_is_raised_to_what_the_system_allows() {
        assert_eq!(raise_descriptor_limit(), getrlimit(Resource::Nofile).maximum);
    }
}
