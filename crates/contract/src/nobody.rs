use crate::model::{ClientCapabilities, ClientFeatures, Context};

/// The context of what no client asked for: of the newest version, and without capabilities.
pub fn nobody(call_id: String, remaining_ms: u32) -> Context {
    Context {
        call_id,
        attempt: 1,
        protocol_version: "2026-07-28".to_owned(),
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
