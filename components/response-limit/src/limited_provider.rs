//! The imported provider, with a limit to the size of its answers.

use contract::functions::CallTool;
use contract::model::{Context, McpError};
use contract::{Events, Function as _};
use wire::{Encode, Size};

use crate::ImportedFunction;

/// How many bytes of binary data an answer may have: they cost 40 MB of the host's memory.
const MAX_BINARY_BYTES: usize = 1 << 20;

/// How many bytes an answer may have in all.
const MAX_BYTES: usize = 8 << 20;

/// How many values an answer may have, such as texts and numbers: they cost 50 MB of the host's memory.
const MAX_VALUES: usize = 500_000;

/// The imported provider. An answer that is too large for a link becomes an error.
pub(crate) struct LimitedProvider;

/// Why a link cannot carry the answer, or none if it can.
fn excess<T: Encode>(answer: &Result<T, McpError>) -> Option<String> {
    let (what, found, most) = match wire::measure(answer) {
        Size { binary, .. } if binary > MAX_BINARY_BYTES => ("bytes of binary data", binary, MAX_BINARY_BYTES),
        Size { total, .. } if total > MAX_BYTES => ("bytes", total, MAX_BYTES),
        Size { values, .. } if values > MAX_VALUES => ("values", values, MAX_VALUES),
        _ => return None,
    };
    Some(format!(
        "the provider's answer has {found} {what}, and a link of the lattice carries {most} at most: let it answer with a resource link"
    ))
}

impl LimitedProvider {
    /// Calls the provider. If a link cannot carry its answer, the answer is an error that says so.
    #[expect(
        clippy::unused_async,
        reason = "`impl_provider!` takes an async function, and an import has its answer when it returns"
    )]
    async fn call<F: ImportedFunction>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        _events: &Events,
    ) -> Result<F::Answer, McpError>
    where
        F::Answer: Encode,
    {
        let answer = F::import(ctx, params);
        match excess(&answer) {
            None => answer,
            Some(reason) if F::NAME == CallTool::NAME => Err(McpError::Internal(format!("{reason}. The tool has run"))),
            Some(reason) => Err(McpError::Internal(reason)),
        }
    }
}

contract::impl_provider!({} LimitedProvider, call);

#[cfg(test)]
mod tests {
    use super::*;

    fn limited<T: Encode>(answer: Result<T, McpError>) -> Result<T, McpError> {
        excess(&answer).map_or(answer, |reason| Err(McpError::Internal(reason)))
    }

    #[test]
    fn an_answer_within_every_limit_is_passed_on_and_one_beyond_a_limit_is_an_error() {
        // One byte says that the result is no error. The length follows, here of four bytes, or three for the list of values.
        let binary = |bytes| limited(Ok(vec![0_u8; bytes])).map(drop);
        let text = |bytes| limited(Ok("x".repeat(bytes))).map(drop);
        let values = |values| limited(Ok(vec![true; values])).map(drop);
        let error = |bytes| limited::<String>(Err(McpError::Forbidden("x".repeat(bytes)))).map(drop);
        let cases = [
            (binary(MAX_BINARY_BYTES), None),
            (
                binary(MAX_BINARY_BYTES + 1),
                Some("has 1048577 bytes of binary data, and a link of the lattice carries 1048576 at most"),
            ),
            (text(MAX_BYTES - 5), None),
            (text(MAX_BYTES - 4), Some("has 8388609 bytes, and a link of the lattice carries 8388608 at most")),
            (values(MAX_VALUES - 4), None),
            (values(MAX_VALUES - 3), Some("has 500001 values, and a link of the lattice carries 500000 at most")),
            (error(MAX_BYTES), Some("bytes, and a link of the lattice carries 8388608 at most")),
        ];
        for (answer, expected) in cases {
            match (answer, expected) {
                (Ok(()), None) => {}
                (Err(McpError::Internal(said)), Some(part)) => assert!(said.contains(part), "{said}"),
                (answer, expected) => panic!("{answer:?}, not {expected:?}"),
            }
        }
        assert_eq!(limited::<String>(Err(McpError::InvalidCursor)), Err(McpError::InvalidCursor));
    }
}
