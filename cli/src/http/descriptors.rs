//! The descriptors that this process may open, which clients share with the requests of providers.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many are kept for the process itself: streams, the runtime's, and files that are read.
const OWN: u64 = 64;
/// How many are kept for the requests of each component.
const PER_COMPONENT: u64 = 64;

/// Raises the limit to the most that the system allows this process, and returns it. Without one there is no limit.
pub(crate) fn raise_limit() -> Option<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where it is refused the limit stays as it is.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    getrlimit(Resource::Nofile).current
}

/// How many clients may be connected at once where so many are wanted. At least half of the descriptors are theirs.
pub(crate) fn fit_connections(wanted: u32, components: usize, limit: Option<u64>) -> u32 {
    let Some(limit) = limit else { return wanted };
    let components = u64::try_from(components).unwrap_or(u64::MAX);
    let kept = OWN.saturating_add(PER_COMPONENT.saturating_mul(components)).min(limit / 2);
    wanted.min(u32::try_from(limit - kept).unwrap_or(u32::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_leave_descriptors_to_the_process_and_to_providers() {
        for (wanted, components, limit, connections) in [
            (1024, 1, None, 1024),
            (1024, 1, Some(1_048_576), 1024),
            (1024, 2, Some(1024), 832),
            (1024, 100, Some(1024), 512),
            (10, 1, Some(1024), 10),
            (1024, 1, Some(0), 1),
        ] {
            assert_eq!(fit_connections(wanted, components, limit), connections, "{wanted} {components} {limit:?}");
        }
    }

    #[test]
    fn the_limit_is_raised_to_what_the_system_allows() {
        assert_eq!(raise_limit(), getrlimit(Resource::Nofile).maximum);
    }
}
