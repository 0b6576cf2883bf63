//! wadm's own checks, with a line.

use wadm_types::validation::{ValidationFailureLevel, validate_manifest_bytes};

use super::{Finding, Level};
use crate::yaml::{Document, Place, Spot};

/// What wadm has against the manifest, if nothing is wrong with its shape: its parser panics over some of that.
pub(super) async fn check(text: &str, document: &Document, ours: &[Finding]) -> Vec<Finding> {
    if ours.iter().any(|finding| finding.level == Level::Error) {
        return Vec::new();
    }
    match serde_yaml::from_str::<wadm_types::Manifest>(text) {
        Ok(_) => {}
        Err(error) => {
            let message = error.to_string();
            let place = match error.location() {
                _ if message.contains("unknown field") => naming(document, &message),
                Some(at) => Place { line: at.line(), column: at.column() },
                None => along(document, &message),
            };
            return vec![Finding::error(place, format!("wadm does not understand it: {error}"))];
        }
    }
    match validate_manifest_bytes(text).await {
        Ok((_, failures)) => failures
            .into_iter()
            .map(|failure| {
                let place = naming(document, &failure.msg);
                match failure.level {
                    ValidationFailureLevel::Error => Finding::error(place, failure.msg),
                    _ => Finding::warning(place, failure.msg),
                }
            })
            .collect(),
        Err(error) => vec![Finding::error(document.root().place(), format!("wadm does not understand it: {error:#}"))],
    }
}

/// The place of a path with which the message begins: `spec.components[1].traits: …`.
fn along(document: &Document, message: &str) -> Place {
    let path = message.split(':').next().unwrap_or_default();
    let mut spot = document.root();
    for step in path.split('.') {
        let (key, index) = match step.split_once('[') {
            Some((key, rest)) => (key, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (step, None),
        };
        spot = spot.get(key);
        if let Some(item) = index.and_then(|index| spot.items().nth(index)) {
            spot = item;
        }
    }
    spot.place()
}

/// The first place that has something which the message puts in brackets or quotes.
fn naming(document: &Document, message: &str) -> Place {
    let mut found = None;
    for quoted in message.split(['[', ']', '\'', '"', '`']).skip(1).step_by(2) {
        visit(document.root(), &mut |spot| {
            if found.is_none() && spot.text() == Some(quoted) {
                found = Some(spot.place());
            }
        });
    }
    found.unwrap_or(document.root().place())
}

fn visit<'a>(spot: Spot<'a>, see: &mut impl FnMut(Spot<'a>)) {
    see(spot);
    for (key, value) in spot.entries() {
        see(key);
        visit(value, see);
    }
    for item in spot.items() {
        visit(item, see);
    }
}
