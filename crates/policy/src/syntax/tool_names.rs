//! The texts that a rule compares with the name of the tool: one that no provider has is a mistake.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, BoolOp, Expr};

use super::names::{Names, chain};
use crate::place::Place;

/// The member of the input.
const TOOL_NAME: &str = "input.tool.name";

/// The names of tools in an expression that compares them, such as `input.tool.name in {"echo", "add"}`, each with its place.
/// `variables` are the names that the rule gives to values of its own.
pub(super) fn tool_names(expression: &Expr, names: &Names<'_>, variables: &BTreeSet<String>) -> Vec<(Place, String)> {
    let (one, other) = match expression {
        Expr::BoolExpr { op: BoolOp::Eq | BoolOp::Ne, lhs, rhs, .. }
        | Expr::AssignExpr { op: AssignOp::Eq, lhs, rhs, .. } => (lhs, rhs),
        Expr::Membership { key: None, value, collection, .. } => (value, collection),
        _ => return Vec::new(),
    };
    let is_tool = |expression: &Expr| {
        let (path, is_part) = chain(expression);
        let is_variable = path.first().is_some_and(|first| variables.contains(first));
        !is_part && !is_variable && names.resolve(&path).as_deref() == Some(TOOL_NAME)
    };
    match (is_tool(one), is_tool(other)) {
        (true, false) => texts(other),
        (false, true) => texts(one),
        _ => Vec::new(),
    }
}

/// A text, or those of a set or an array.
fn texts(expression: &Expr) -> Vec<(Place, String)> {
    match expression {
        Expr::String { span, value, .. } | Expr::RawString { span, value, .. } => {
            let text = value.as_string().ok().map(|text| (Place::of(span), text.to_string()));
            text.into_iter().collect()
        }
        Expr::Set { items, .. } | Expr::Array { items, .. } => items.iter().flat_map(|item| texts(item)).collect(),
        _ => Vec::new(),
    }
}
