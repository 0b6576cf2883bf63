//! wadm's own checks, with the line that wadm does not report.

use wadm_types::validation::{ValidationFailureLevel, validate_manifest_bytes};

use super::{Finding, Level};
use crate::manifest::Manifest;
use crate::manifest::document::{Document, Node, Position};

/// What wadm finds wrong. Skipped if there is an error already: wadm's parser panics over some of them.
pub(super) async fn check(manifest: &Manifest, findings: &[Finding]) -> Vec<Finding> {
    if findings.iter().any(|finding| finding.level == Level::Error) {
        return Vec::new();
    }
    let (text, document) = (&manifest.text, &manifest.document);
    if let Err(error) = serde_yaml::from_str::<wadm_types::Manifest>(text) {
        let message = error.to_string();
        let position = match error.location() {
            _ if message.contains("unknown field") => position_of_quoted(document, &message),
            Some(location) => Position { line: location.line(), column: location.column() },
            None => position_of_path(document, &message),
        };
        return vec![Finding::error(position, format!("wadm cannot read it: {error}"))];
    }
    match validate_manifest_bytes(text).await {
        Ok((_, failures)) => failures
            .into_iter()
            .map(|failure| {
                let position = position_of_quoted(document, &failure.msg);
                match failure.level {
                    ValidationFailureLevel::Error => Finding::error(position, failure.msg),
                    _ => Finding::warning(position, failure.msg),
                }
            })
            .collect(),
        Err(error) => vec![Finding::error(document.root().position(), format!("wadm cannot read it: {error:#}"))],
    }
}

/// The position of the path with which a message begins: `spec.components[1].traits: …`.
fn position_of_path(document: &Document, message: &str) -> Position {
    let path = message.split(':').next().unwrap_or_default();
    let mut node = document.root();
    for step in path.split('.') {
        let (key, index) = match step.split_once('[') {
            Some((key, rest)) => (key, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (step, None),
        };
        node = node.get(key);
        if let Some(item) = index.and_then(|index| node.items().nth(index)) {
            node = item;
        }
    }
    node.position()
}

/// The first position of a text that the message has in brackets or quotes.
fn position_of_quoted(document: &Document, message: &str) -> Position {
    let quoted = message.split(['[', ']', '\'', '"', '`']).skip(1).step_by(2);
    let found = quoted.filter_map(|text| find(document.root(), text)).next();
    found.unwrap_or(document.root()).position()
}

/// The first key or value with that text.
fn find<'a>(node: Node<'a>, text: &str) -> Option<Node<'a>> {
    if node.text() == Some(text) {
        return Some(node);
    }
    let in_mapping = || node.entries().find_map(|(key, value)| find(key, text).or_else(|| find(value, text)));
    in_mapping().or_else(|| node.items().find_map(|item| find(item, text)))
}
