//! One of the imported providers.

use contract::Events;
use contract::model::{Context, McpError};

use crate::bindings::select;

/// A provider by its place in the snapshot. What it does not export is filled when it is composed, so that each has every function.
pub(crate) struct SelectedProvider(pub(crate) u32);

contract::import_functions!(crate::bindings::wasmcp::mcp);
contract::impl_provider!({} SelectedProvider, call);

impl SelectedProvider {
    /// Calls the import as this provider's. Nothing comes between the two calls: a component has one thread, and an import has its answer
    /// when it returns.
    #[expect(clippy::unused_async, reason = "an import has its answer when it returns")]
    async fn call<F: ImportedFunction>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        _events: &Events,
    ) -> Result<F::Answer, McpError> {
        select(self.0);
        F::import(ctx, params)
    }
}
