use contract::functions::CallTool;
use contract::model::{Context, McpError};
use contract::{Events, Function as _};
use wire::{Encode, Size};

use crate::ImportedFunction;

/// The most bytes of binary data in an answer: 40 MB of the host's memory.
const BINARY: usize = 1 << 20;

/// The most bytes of an answer in all.
const TOTAL: usize = 8 << 20;

/// The most values of an answer, such as its texts and numbers: 50 MB of the host's memory.
const VALUES: usize = 500_000;

/// The provider, whose answers are measured.
pub(crate) struct Capped;

/// Why a link cannot carry the answer, if it cannot.
fn too_much<T: Encode>(answer: &Result<T, McpError>) -> Option<String> {
    let (what, found, most) = match wire::measure(answer) {
        Size { binary, .. } if binary > BINARY => ("bytes of binary data", binary, BINARY),
        Size { total, .. } if total > TOTAL => ("bytes", total, TOTAL),
        Size { values, .. } if values > VALUES => ("values", values, VALUES),
        _ => return None,
    };
    Some(format!(
        "the provider's answer has {found} {what}, and a link of the lattice carries {most} at most: let it answer with a resource link"
    ))
}

impl Capped {
    /// Calls the provider, and answers with an error where a link cannot carry the answer.
    #[expect(clippy::unused_async, reason = "an import has its answer when it returns")]
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
        match too_much(&answer) {
            None => answer,
            Some(reason) if F::NAME == CallTool::NAME => Err(McpError::Internal(format!("{reason}. The tool has run"))),
            Some(reason) => Err(McpError::Internal(reason)),
        }
    }
}

contract::impl_provider!({} Capped, call);

#[cfg(test)]
mod tests {
    use super::*;

    fn measured<T: Encode>(answer: Result<T, McpError>) -> Result<T, McpError> {
        too_much(&answer).map_or(answer, |reason| Err(McpError::Internal(reason)))
    }

    #[test]
    fn an_answer_has_a_limit_of_each_kind_and_one_that_keeps_to_them_is_passed_on() {
        // One byte says that there is an answer; then comes its length, of four bytes (three of the values) here.
        let binary = |bytes| measured(Ok(vec![0_u8; bytes])).map(drop);
        let text = |bytes| measured(Ok("x".repeat(bytes))).map(drop);
        let values = |values| measured(Ok(vec![true; values])).map(drop);
        let error = |bytes| measured::<String>(Err(McpError::Forbidden("x".repeat(bytes)))).map(drop);
        let cases = [
            (binary(BINARY), None),
            (
                binary(BINARY + 1),
                Some("has 1048577 bytes of binary data, and a link of the lattice carries 1048576 at most"),
            ),
            (text(TOTAL - 5), None),
            (text(TOTAL - 4), Some("has 8388609 bytes, and a link of the lattice carries 8388608 at most")),
            (values(VALUES - 4), None),
            (values(VALUES - 3), Some("has 500001 values, and a link of the lattice carries 500000 at most")),
            (error(TOTAL), Some("bytes, and a link of the lattice carries 8388608 at most")),
        ];
        for (answer, expected) in cases {
            match (answer, expected) {
                (Ok(()), None) => {}
                (Err(McpError::Internal(said)), Some(part)) => assert!(said.contains(part), "{said}"),
                (answer, expected) => panic!("{answer:?}, not {expected:?}"),
            }
        }
        assert_eq!(measured::<String>(Err(McpError::InvalidCursor)), Err(McpError::InvalidCursor));
    }
}
