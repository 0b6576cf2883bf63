//! One of the imported providers.

use contract::Events;
use contract::model::{Context, McpError};

use crate::bindings::{exports_function, select};

/// A provider by its place in the snapshot.
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
        if !u32::try_from(F::INDEX).is_ok_and(|function| exports_function(self.0, function)) {
            return Err(McpError::NotOffered);
        }
        select(self.0);
        F::import(ctx, params)
    }
}
