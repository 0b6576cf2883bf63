//! The names that a module gives: its package, its rules and its imports.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::unstable::{Expr, Module, Ref, Rule, RuleHead, Span};

use crate::place::Place;

/// The imports of all packages. regorus lets every file of a package use what one of them imports.
#[derive(Default)]
pub(super) struct Imports(BTreeMap<String, BTreeMap<String, Vec<Import>>>);

struct Import {
    place: Place,
    /// Such as `["data", "lib"]`.
    target: Vec<String>,
}

impl Imports {
    pub(super) fn of(modules: &[Ref<Module>]) -> Self {
        let mut found = Self::default();
        for module in modules {
            let of_package = found.0.entry(package(module)).or_default();
            for import in &module.imports {
                let target = chain(&import.refr).0;
                let alias = import.r#as.as_ref().map(|name| name.text().to_owned());
                let Some(name) = alias.or_else(|| target.last().cloned()) else { continue };
                if matches!(target.first().map(String::as_str), Some("data" | "input")) {
                    let place = Place::of(start(&import.refr));
                    of_package.entry(name).or_default().push(Import { place, target });
                }
            }
        }
        found
    }

    /// Imports under a name that stands for something else in another file of the package too: for another import, or for one of these rules.
    /// To OPA each file has imports of its own.
    pub(super) fn conflicts(&self, is_rule: impl Fn(&str) -> bool) -> impl Iterator<Item = (Place, String)> {
        let all = self.0.iter().flat_map(|(package, names)| names.iter().map(move |(name, all)| (package, name, all)));
        all.filter_map(move |(package, name, imports)| {
            let first = imports.first()?;
            let other = imports.iter().find(|import| import.target != first.target);
            let conflict = other.or_else(|| is_rule(&format!("{package}.{name}")).then_some(first))?;
            Some((conflict.place.clone(), name.clone()))
        })
    }
}

/// The names of a module.
pub(super) struct Names<'a> {
    /// Such as `data.wasmcp`.
    package: String,
    /// What each import of the package stands for.
    imports: Option<&'a BTreeMap<String, Vec<Import>>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(module: &Module, imports: &'a Imports) -> Self {
        let package = package(module);
        Self { imports: imports.0.get(&package), package }
    }

    /// The path of a rule, without what differs from input to input.
    pub(super) fn rule<'r>(&self, rule: &'r Rule) -> (String, &'r Span) {
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
        Some(match (first.as_str(), self.imported(first).next()) {
            ("data" | "input", _) => path.join("."),
            (_, Some(import)) => [import.target.as_slice(), rest].concat().join("."),
            (_, None) => format!("{}.{}", self.package, path.join(".")),
        })
    }

    /// Everything that a reference may mean. regorus evaluates a package that is imported as a whole.
    pub(super) fn meanings(&self, path: &[String]) -> Vec<String> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        if matches!(first.as_str(), "data" | "input") {
            return vec![path.join(".")];
        }
        let mut all = vec![format!("{}.{}", self.package, path.join("."))];
        for Import { target, .. } in self.imported(first) {
            all.push([target.as_slice(), rest].concat().join("."));
            if target.first().is_some_and(|first| first == "data") {
                all.push(target.join("."));
            }
        }
        all
    }

    fn imported(&self, name: &str) -> impl Iterator<Item = &'a Import> {
        self.imports.and_then(|imports| imports.get(name)).into_iter().flatten()
    }
}

fn package(module: &Module) -> String {
    format!("data.{}", chain(&module.package.refr).0.join("."))
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
