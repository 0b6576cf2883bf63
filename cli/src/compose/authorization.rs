//! What the transport of a composed file asks of callers, and how the file says it before it runs.

use wasmparser::{Parser, Payload};

/// What `compose` is told about callers. With neither, every client may call, and the file has a smaller transport, which does not start where
/// a setting asks for more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Authorization {
    /// Whether callers need a token: the transport does not start without the settings of authorization.
    pub(crate) asks_for_tokens: bool,
    /// The text of the bundle that decides.
    pub(crate) policy: Option<String>,
}

impl Authorization {
    /// Whether every client may call.
    pub(super) fn is_open(&self) -> bool {
        !self.asks_for_tokens && self.policy.is_none()
    }

    fn marker(&self) -> TransportMarker {
        TransportMarker { asks_for_tokens: self.asks_for_tokens, has_policy: self.policy.is_some() }
    }
}

/// What a composed file says of its transport, in a custom section, so that a host can tell before the file runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TransportMarker {
    /// Whether callers need a token.
    pub(crate) asks_for_tokens: bool,
    /// Whether it carries a policy.
    pub(crate) has_policy: bool,
}

/// The name of the section.
const SECTION: &str = "wasmcp:transport";

impl TransportMarker {
    /// Every marker, with the contents of its section.
    const ALL: [(Self, &str); 4] = [
        (Self { asks_for_tokens: false, has_policy: false }, "open"),
        (Self { asks_for_tokens: true, has_policy: false }, "tokens"),
        (Self { asks_for_tokens: false, has_policy: true }, "policy"),
        (Self { asks_for_tokens: true, has_policy: true }, "tokens policy"),
    ];

    /// That of a composed file. None where the file does not say, as one that `wac` made.
    pub(crate) fn of(component: &[u8]) -> Option<Self> {
        let mut found = None;
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload.ok()? {
                // Sections of the components within are theirs.
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => {
                    let marker = Self::ALL.iter().find(|(_, contents)| contents.as_bytes() == section.data());
                    found = marker.map(|(marker, _)| *marker);
                }
                _ => {}
            }
        }
        found
    }
}

/// Adds the section to a component.
pub(super) fn mark(mut component: Vec<u8>, authorization: &Authorization) -> Vec<u8> {
    let marker = authorization.marker();
    let contents = TransportMarker::ALL.iter().find(|(known, _)| *known == marker).map_or("", |(_, contents)| contents);
    let section = wasm_encoder::CustomSection { name: SECTION.into(), data: contents.as_bytes().into() };
    wasm_encoder::ComponentSection::append_to_component(&section, &mut component);
    component
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::builtin_components::TRANSPORT;

    #[test]
    fn a_file_says_what_it_asks_of_callers() {
        assert_eq!(TransportMarker::of(TRANSPORT), None);
        for (marker, _) in TransportMarker::ALL {
            let policy = marker.has_policy.then(|| "{}".to_owned());
            let authorization = Authorization { asks_for_tokens: marker.asks_for_tokens, policy };
            assert_eq!(TransportMarker::of(&mark(TRANSPORT.to_vec(), &authorization)), Some(marker));
        }
        assert_eq!(TransportMarker::of(b"no component"), None);
    }
}
