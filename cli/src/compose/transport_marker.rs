//! Which transport a composed file has, as a custom section of the file, so that a host can tell before the file runs.

use wasmparser::{Parser, Payload};

use super::transport::TransportKind;

/// The name of the section.
const SECTION: &str = "wasmcp:transport";
/// The contents for a transport that asks for tokens.
const SECURED: &[u8] = b"secured";
/// The contents for one that does not.
const OPEN: &[u8] = b"open";

/// Adds the section to a component.
pub(super) fn mark(mut component: Vec<u8>, kind: TransportKind) -> Vec<u8> {
    let data = match kind {
        TransportKind::Open => OPEN,
        TransportKind::Secured => SECURED,
    };
    let section = wasm_encoder::CustomSection { name: SECTION.into(), data: data.into() };
    wasm_encoder::ComponentSection::append_to_component(&section, &mut component);
    component
}

/// The transport of a composed file. None where the file does not say, as one that `wac` made.
pub(crate) fn transport_kind(component: &[u8]) -> Option<TransportKind> {
    let mut kind = None;
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload.ok()? {
            // Sections of the components within are theirs.
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => {
                kind = match section.data() {
                    SECURED => Some(TransportKind::Secured),
                    OPEN => Some(TransportKind::Open),
                    _ => None,
                };
            }
            _ => {}
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::builtin_components::TRANSPORT;

    #[test]
    fn a_file_says_which_transport_it_has() {
        assert_eq!(transport_kind(TRANSPORT), None);
        for kind in [TransportKind::Open, TransportKind::Secured] {
            assert_eq!(transport_kind(&mark(TRANSPORT.to_vec(), kind)), Some(kind));
        }
        assert_eq!(transport_kind(b"no component"), None);
    }
}
