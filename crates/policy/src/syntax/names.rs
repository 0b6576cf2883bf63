//! The names that a module gives: its package, its rules and its imports.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::unstable::{Expr, Module, Rule, RuleHead, Span};

/// The names of a module.
pub(super) struct Names {
    /// Such as `data.wasmcp`.
    package: String,
    /// What each import stands for, such as `data.lib`.
    imports: BTreeMap<String, Vec<String>>,
}

impl Names {
    pub(super) fn of(module: &Module) -> Self {
        let package = chain(&module.package.refr).0.join(".");
        let imports = module.imports.iter().filter_map(|import| {
            let path = chain(&import.refr).0;
            let name = import.r#as.as_ref().map(|name| name.text().to_owned()).or_else(|| path.last().cloned())?;
            matches!(path.first().map(String::as_str), Some("data" | "input")).then_some((name, path))
        });
        Self { package: format!("data.{package}"), imports: imports.collect() }
    }

    /// The path of a rule, without what differs from input to input.
    pub(super) fn rule<'a>(&self, rule: &'a Rule) -> (String, &'a Span) {
        let (span, head) = match rule {
            Rule::Spec { span, head, .. } => match head {
                RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. } | RuleHead::Func { refr, .. } => (span, refr),
            },
            Rule::Default { span, refr, .. } => (span, refr),
        };
        (format!("{}.{}", self.package, chain(head).0.join(".")), span)
    }

    /// The full path of a reference that begins with no variable of its rule. None if it has no name.
    pub(super) fn resolve(&self, path: &[String]) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let mut full = match first.as_str() {
            "data" | "input" => first.clone(),
            name => match self.imports.get(name) {
                Some(imported) => imported.join("."),
                None => format!("{}.{name}", self.package),
            },
        };
        for name in rest {
            full.push('.');
            full.push_str(name);
        }
        Some(full)
    }
}

/// The names of a reference until the first that differs from input to input, and whether there is such a one.
pub(super) fn chain(expression: &Expr) -> (Vec<String>, bool) {
    let mut names = Vec::new();
    let mut expression = expression;
    loop {
        match expression {
            Expr::Var { span, .. } => {
                names.push(Some(span.text().to_owned()));
                break;
            }
            Expr::RefDot { refr, field, .. } => {
                names.push(Some(field.0.text().to_owned()));
                expression = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                names.push(match index.as_ref() {
                    Expr::String { value: Value::String(name), .. }
                    | Expr::RawString { value: Value::String(name), .. } => Some(name.to_string()),
                    _ => None,
                });
                expression = refr;
            }
            _ => return (Vec::new(), true),
        }
    }
    let all = names.len();
    let fixed: Vec<String> = names.into_iter().rev().map_while(|name| name).collect();
    let differs = fixed.len() < all;
    (fixed, differs)
}

/// Where a reference begins. Its own span begins at its last part.
pub(super) fn start(expression: &Expr) -> &Span {
    let mut expression = expression;
    while let Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } = expression {
        expression = refr;
    }
    expression.span()
}
