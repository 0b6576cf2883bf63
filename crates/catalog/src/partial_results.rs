//! Answers of the providers that are left when another is lost, which say what is missing.

use std::collections::BTreeMap;

use contract::model::{CacheHint, McpError};
use serde_json::value::{RawValue, to_raw_value};

use crate::merge_metadata::NOT_CACHED;
use crate::ports::OptionalPorts;

/// How many bytes of the reason are told or kept for which a provider is missing.
pub(crate) const MAX_REASON_BYTES: usize = 1024;

/// The member of `_meta` that names the providers whose part of an answer is missing.
pub const MISSING_PROVIDERS: &str = "wasmcp/gaps";

/// Which providers were lost while all were asked.
pub(crate) struct PartialResult {
    allowed: bool,
    /// Their names, and why each was lost.
    lost: Vec<(String, String)>,
    /// The error of the first provider that was lost. It is the answer if no provider is left.
    first: Option<McpError>,
    /// How many were asked.
    asked: usize,
    answered: bool,
}

impl PartialResult {
    pub(crate) fn new(allowed: bool) -> Self {
        Self { allowed, lost: Vec::new(), first: None, asked: 0, answered: false }
    }

    /// Whether no provider was lost.
    pub(crate) fn is_whole(&self) -> bool {
        self.lost.is_empty()
    }

    /// The answer of one provider, or `None` if the provider is lost and a partial result is allowed. Whatever the error is: one that
    /// forbids the list, or asks for scopes, speaks for its own part of the answer alone.
    pub(crate) fn tolerate<T>(&mut self, name: &str, answer: Result<T, McpError>) -> Result<Option<T>, McpError> {
        self.asked += 1;
        match answer {
            Ok(answer) => {
                self.answered = true;
                Ok(Some(answer))
            }
            // What the provider offers was not known before.
            Err(McpError::NotOffered) if self.allowed => {
                self.first.get_or_insert(McpError::NotOffered);
                Ok(None)
            }
            Err(error) if self.allowed => {
                self.lost.push((name.to_owned(), error.explanation()));
                // A loss explains more than that another provider does not offer such a list.
                if self.lost.len() == 1 {
                    self.first = Some(error);
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells of each provider that the answer lacks, if there is one.
    pub(crate) fn tell(&self, ports: &OptionalPorts, call_id: &str) {
        if self.answered {
            for (name, reason) in &self.lost {
                ports.incomplete(call_id, name, &format!("is missing: {reason}"));
            }
        }
    }

    /// The cache hint and the `extra` of the whole answer. A partial answer must not be cached, and without any answer
    /// the result is an error. What a provider says to be missing counts only where it was asked alone, as a router is.
    pub(crate) fn into_meta(
        self,
        cache: Option<CacheHint>,
        extra: Option<String>,
    ) -> Result<(Option<CacheHint>, Option<String>), McpError> {
        let lost: Vec<String> = self.lost.into_iter().map(|(name, _)| name).collect();
        match self.first {
            Some(error) if !self.answered => Err(error),
            _ if lost.is_empty() && self.asked < 2 => Ok((cache, extra)),
            _ if lost.is_empty() => Ok((cache, extra.map(|extra| with_missing(extra, lost)).transpose()?)),
            _ => Ok((Some(NOT_CACHED), Some(with_missing(extra.unwrap_or_else(|| "{}".to_owned()), lost)?))),
        }
    }
}

/// Sets the names of the lost providers in `_meta`, whatever was said there.
fn with_missing(extra: String, lost: Vec<String>) -> Result<String, McpError> {
    let broken = |error: serde_json::Error| McpError::Internal(format!("the `extra` of a provider: {error}"));
    let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&extra).map_err(broken)?;
    // What is no object says nothing.
    let mut meta: BTreeMap<String, Box<RawValue>> =
        members.get("_meta").and_then(|meta| serde_json::from_str(meta.get()).ok()).unwrap_or_default();
    let was_said = meta.remove(MISSING_PROVIDERS).is_some();
    if lost.is_empty() && !was_said {
        return Ok(extra);
    }
    if !lost.is_empty() {
        meta.insert(MISSING_PROVIDERS.to_owned(), to_raw_value(&lost).map_err(broken)?);
    }
    members.insert("_meta".to_owned(), to_raw_value(&meta).map_err(broken)?);
    serde_json::to_string(&members).map_err(broken)
}

#[cfg(test)]
mod tests {
    use contract::model::{CacheHint, CacheScope, McpError};

    use super::{NOT_CACHED, PartialResult};

    const HINT: CacheHint = CacheHint { ttl_ms: 5, scope: CacheScope::Public };

    #[test]
    fn lost_providers_are_named_and_the_answer_must_not_be_cached() {
        let cases = [
            (None, r#"{"_meta":{"wasmcp/gaps":["b"]}}"#),
            (Some(r#"{"x":1.50}"#), r#"{"_meta":{"wasmcp/gaps":["b"]},"x":1.50}"#),
            (Some(r#"{"_meta":{"y":2}}"#), r#"{"_meta":{"wasmcp/gaps":["b"],"y":2}}"#),
            (Some(r#"{"_meta":5}"#), r#"{"_meta":{"wasmcp/gaps":["b"]}}"#),
        ];
        for (extra, expected) in cases {
            let mut partial = PartialResult::new(true);
            assert_eq!(partial.tolerate("a", Ok(1)), Ok(Some(1)));
            assert_eq!(partial.tolerate::<u8>("b", Err(McpError::DeadlineExceeded)), Ok(None));
            let meta = partial.into_meta(Some(HINT), extra.map(str::to_owned));
            assert_eq!(meta, Ok((Some(NOT_CACHED), Some(expected.to_owned()))), "{extra:?}");
        }
    }

    #[test]
    fn a_whole_answer_is_unchanged_and_without_any_answer_the_first_loss_is_the_error() {
        let mut whole = PartialResult::new(true);
        assert_eq!(whole.tolerate("a", Ok(1)), Ok(Some(1)));
        assert_eq!(whole.tolerate::<u8>("b", Err(McpError::NotOffered)), Ok(None), "it has no such list");
        assert_eq!(whole.into_meta(Some(HINT), None), Ok((Some(HINT), None)));

        let mut none = PartialResult::new(true);
        for error in [McpError::NotOffered, McpError::Unavailable(Some(7)), McpError::DeadlineExceeded] {
            assert_eq!(none.tolerate::<u8>("x", Err(error)), Ok(None));
        }
        assert_eq!(none.into_meta(None, None), Err(McpError::Unavailable(Some(7))));
    }

    #[test]
    fn a_provider_among_several_does_not_say_what_is_missing() {
        let forged = r#"{"_meta":{"wasmcp\/gaps":["b"],"y":2.50},"x":1.50}"#;
        let cases = [
            (1, forged, forged),
            (2, forged, r#"{"_meta":{"y":2.50},"x":1.50}"#),
            (2, r#"{"_meta":3}"#, r#"{"_meta":3}"#),
            (2, r#"{ "_meta": {"y":1.50} }"#, r#"{ "_meta": {"y":1.50} }"#),
        ];
        for (providers, extra, expected) in cases {
            let mut partial = PartialResult::new(true);
            for _ in 0..providers {
                assert_eq!(partial.tolerate("a", Ok(1)), Ok(Some(1)));
            }
            let meta = partial.into_meta(Some(HINT), Some(extra.to_owned()));
            assert_eq!(meta, Ok((Some(HINT), Some(expected.to_owned()))), "{providers} {extra}");
        }
    }

    #[test]
    fn what_a_provider_refuses_is_missing_and_is_the_error_only_if_no_other_answers() {
        for error in [
            McpError::Forbidden("no".to_owned()),
            McpError::InsufficientScope(vec!["x".to_owned()]),
            McpError::InvalidCursor,
            McpError::DeadlineExceeded,
        ] {
            let mut partial = PartialResult::new(true);
            assert_eq!(partial.tolerate::<u8>("a", Err(error.clone())), Ok(None));
            assert_eq!(partial.tolerate("b", Ok(1)), Ok(Some(1)));
            let expected = Some(r#"{"_meta":{"wasmcp/gaps":["a"]}}"#.to_owned());
            assert_eq!(partial.into_meta(Some(HINT), None), Ok((Some(NOT_CACHED), expected)), "{error:?}");

            let mut alone = PartialResult::new(true);
            assert_eq!(alone.tolerate::<u8>("a", Err(error.clone())), Ok(None));
            assert_eq!(alone.into_meta(None, None), Err(error.clone()));
            assert_eq!(PartialResult::new(false).tolerate::<u8>("a", Err(error.clone())), Err(error));
        }
    }
}
