//! What is left when a member is lost, and the word that something is missing.

use std::collections::BTreeMap;

use contract::model::{CacheHint, McpError};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The member of `_meta` that lists the providers whose part of an answer is missing.
pub const GAPS: &str = "wasmcp/gaps";

/// Who was lost while all were asked.
pub(crate) struct Gaps {
    allowed: bool,
    lost: Vec<String>,
    /// What the first of them said, for when nobody is left.
    first: Option<McpError>,
    answered: bool,
}

impl Gaps {
    pub(crate) fn of(allowed: bool) -> Self {
        Self { allowed, lost: Vec::new(), first: None, answered: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// The answer of one member, or nothing if it is lost and that is allowed.
    pub(crate) fn unless_lost<T>(&mut self, name: &str, answer: Result<T, McpError>) -> Result<Option<T>, McpError> {
        match answer {
            Ok(answer) => {
                self.answered = true;
                Ok(Some(answer))
            }
            // It was not known what it has.
            Err(McpError::NotOffered) if self.allowed => {
                self.first.get_or_insert(McpError::NotOffered);
                Ok(None)
            }
            Err(error) if self.allowed && !is_of_the_request(&error) => {
                self.lost.push(name.to_owned());
                // Of two reasons, a loss says more than that another member has no such thing.
                if self.lost.len() == 1 {
                    self.first = Some(error);
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The cache hint and the members of the whole answer. An answer with a gap is not to be kept, and one that nobody gave is an
    /// error.
    pub(crate) fn state(
        self,
        cache: Option<CacheHint>,
        extra: Option<String>,
    ) -> Result<(Option<CacheHint>, Option<String>), McpError> {
        match self.first {
            Some(error) if !self.answered => Err(error),
            _ if self.lost.is_empty() => Ok((cache, extra)),
            _ => Ok((None, Some(stated(extra, self.lost)?))),
        }
    }
}

/// Whether it says something of what was asked, or of who asked. Any other error is the member's own.
fn is_of_the_request(error: &McpError) -> bool {
    matches!(error, McpError::Forbidden(_) | McpError::InsufficientScope(_) | McpError::InvalidCursor)
}

fn stated(extra: Option<String>, lost: Vec<String>) -> Result<String, McpError> {
    let broken = |error: serde_json::Error| McpError::Internal(format!("the `extra` of a provider: {error}"));
    let extra = extra.unwrap_or_else(|| "{}".to_owned());
    let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&extra).map_err(broken)?;
    let mut meta: Map<String, Value> = match members.get("_meta") {
        Some(meta) => serde_json::from_str(meta.get()).map_err(broken)?,
        None => Map::new(),
    };
    meta.insert(GAPS.to_owned(), lost.into());
    members.insert("_meta".to_owned(), serde_json::value::to_raw_value(&meta).map_err(broken)?);
    serde_json::to_string(&members).map_err(broken)
}

#[cfg(test)]
mod tests {
    use contract::model::{CacheHint, CacheScope, McpError};

    use super::Gaps;

    const HINT: CacheHint = CacheHint { ttl_ms: 5, scope: CacheScope::Public };

    #[test]
    fn the_lost_are_named_and_the_answer_is_not_to_be_kept() {
        let cases = [
            (None, r#"{"_meta":{"wasmcp/gaps":["b"]}}"#),
            (Some(r#"{"x":1.50}"#), r#"{"_meta":{"wasmcp/gaps":["b"]},"x":1.50}"#),
            (Some(r#"{"_meta":{"y":2}}"#), r#"{"_meta":{"wasmcp/gaps":["b"],"y":2}}"#),
        ];
        for (extra, expected) in cases {
            let mut gaps = Gaps::of(true);
            assert_eq!(gaps.unless_lost("a", Ok(1)), Ok(Some(1)));
            assert_eq!(gaps.unless_lost::<u8>("b", Err(McpError::DeadlineExceeded)), Ok(None));
            let stated = gaps.state(Some(HINT), extra.map(str::to_owned));
            assert_eq!(stated, Ok((None, Some(expected.to_owned()))), "{extra:?}");
        }
    }

    #[test]
    fn an_answer_without_a_loss_stays_as_it_is_and_one_of_nobody_is_the_first_loss() {
        let mut whole = Gaps::of(true);
        assert_eq!(whole.unless_lost("a", Ok(1)), Ok(Some(1)));
        assert_eq!(whole.unless_lost::<u8>("b", Err(McpError::NotOffered)), Ok(None), "it has no such list");
        assert_eq!(whole.state(Some(HINT), None), Ok((Some(HINT), None)));

        let mut nobody = Gaps::of(true);
        for error in [McpError::NotOffered, McpError::Unavailable(Some(7)), McpError::DeadlineExceeded] {
            assert_eq!(nobody.unless_lost::<u8>("x", Err(error)), Ok(None));
        }
        assert_eq!(nobody.state(None, None), Err(McpError::Unavailable(Some(7))));
    }

    #[test]
    fn what_a_member_says_of_the_request_is_no_gap_and_nothing_is_where_gaps_are_not_allowed() {
        let refused = McpError::Forbidden("no".to_owned());
        assert_eq!(Gaps::of(true).unless_lost::<u8>("a", Err(refused.clone())), Err(refused));
        assert_eq!(
            Gaps::of(false).unless_lost::<u8>("a", Err(McpError::DeadlineExceeded)),
            Err(McpError::DeadlineExceeded)
        );
    }
}
