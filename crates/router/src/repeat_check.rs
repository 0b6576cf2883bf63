//! Whether a function may run more than once.

use std::future::Future;

/// Finds out whether a function may run more than once.
pub(crate) trait RepeatCheck: Sync {
    /// Whether the function may run more than once. It is asked once for a call, when the first attempt may be lost.
    fn may_repeat(&self) -> impl Future<Output = Checked> + Send;
}

/// What a [`RepeatCheck`] has found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Whether the function may run more than once.
    pub(crate) may_repeat: bool,
    /// After how many milliseconds a host accepted what the check sent; 0 if it sent nothing. A busy host takes as long for the call.
    pub(crate) accept_ms: u32,
}

/// For functions without an effect.
pub(crate) struct AlwaysRepeatable;

impl RepeatCheck for AlwaysRepeatable {
    async fn may_repeat(&self) -> Checked {
        Checked { may_repeat: true, accept_ms: 0 }
    }
}

/// For functions whose second run would have another answer.
pub(crate) struct NeverRepeatable;

impl RepeatCheck for NeverRepeatable {
    async fn may_repeat(&self) -> Checked {
        Checked { may_repeat: false, accept_ms: 0 }
    }
}
