//! Whether a function may run more than once.

use std::future::Future;

use catalog::is_repeatable;
use contract::functions::ListTools;
use contract::model::Context;

use crate::remote_provider::RemoteProvider;
use crate::retry::CallMode;
use crate::rpc::Rpc;

/// How many pages of a list are read at most to find the annotations of one tool.
const MAX_PAGES: u32 = 100;

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

/// For tools: by the annotations that the provider's list has at the moment of the check.
pub(crate) struct CurrentAnnotations<'a, R> {
    pub(crate) provider: &'a RemoteProvider<R>,
    pub(crate) ctx: &'a Context,
    pub(crate) tool: &'a str,
}

impl<R: Rpc> RepeatCheck for CurrentAnnotations<'_, R> {
    /// A tool whose provider does not answer, or that is not on its list, may not run again.
    async fn may_repeat(&self) -> Checked {
        let (mut cursor, mut longest_ms) = (None::<String>, 0);
        for _ in 0..MAX_PAGES {
            let params = cursor.as_deref();
            let page = self.provider.run::<ListTools, _>(self.ctx, params, CallMode::OneShot, &AlwaysRepeatable).await;
            let Ok((Ok(page), accept_ms)) = page else { break };
            longest_ms = accept_ms.max(longest_ms);
            if let Some(tool) = page.tools.iter().find(|tool| tool.name == self.tool) {
                return Checked { may_repeat: is_repeatable(tool), accept_ms: longest_ms };
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Checked { may_repeat: false, accept_ms: longest_ms }
    }
}
