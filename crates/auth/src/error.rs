//! Why a token is refused.

/// A rule that a token breaks. Its text is for the client, in `error_description` (RFC 6750 §3), and has no part of the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {}
