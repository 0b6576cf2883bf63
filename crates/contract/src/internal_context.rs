//! The context of calls that no client caused.

use crate::model::{ClientCapabilities, ClientFeatures, Context};

/// The newest version of the protocol that the contract covers.
pub const LATEST_PROTOCOL_VERSION: &str = "2026-07-28";

impl Context {
    /// The context of a call that the server itself makes, at start or to find out what a provider has: of the newest version,
    /// without a principal and without capabilities of a client.
    pub fn internal(call_id: String, remaining_ms: u32) -> Self {
        Self {
            call_id,
            attempt: 1,
            protocol_version: LATEST_PROTOCOL_VERSION.to_owned(),
            client: None,
            capabilities: ClientCapabilities {
                features: ClientFeatures::empty(),
                extensions: Vec::new(),
                experimental: Vec::new(),
                extra: None,
            },
            principal: None,
            trace: None,
            log_level: None,
            progress_wanted: false,
            remaining_ms,
            meta: None,
            extra: None,
        }
    }
}
