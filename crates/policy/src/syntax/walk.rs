//! Walks through a rule and notes what it refers to.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, BoolOp, Expr, Literal, Query, Rule, RuleAssign, RuleHead};

use super::names::{Names, chain, start};
use crate::place::Place;

/// What a rule refers to.
pub(super) struct Walk<'a> {
    names: &'a Names,
    /// The variables that the rule declares: they hide rules of the same name.
    variables: BTreeSet<String>,
    /// Whether variables are collected, or references.
    declaring: bool,
    pub(super) references: BTreeSet<String>,
    pub(super) calls: Vec<(Place, Vec<String>)>,
    pub(super) arguments: Option<Place>,
    pub(super) phase: bool,
    pub(super) facts: bool,
    /// Where `not` stands before what OPA and regorus take differently if a member of the input is missing.
    pub(super) negations: Vec<Place>,
    /// How many references to the input were found.
    inputs: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn rule(names: &'a Names, rule: &Rule) -> Self {
        let mut walk = Self {
            names,
            variables: BTreeSet::new(),
            declaring: true,
            references: BTreeSet::new(),
            calls: Vec::new(),
            arguments: None,
            phase: false,
            facts: false,
            negations: Vec::new(),
            inputs: 0,
        };
        walk.whole(rule);
        walk.declaring = false;
        walk.whole(rule);
        walk
    }

    fn whole(&mut self, rule: &Rule) {
        let (head, bodies) = match rule {
            Rule::Default { value, .. } => return self.expression(value),
            Rule::Spec { head, bodies, .. } => (head, bodies),
        };
        match head {
            RuleHead::Compr { refr, assign, .. } => {
                self.indexes(refr);
                self.assigned(assign.as_ref());
            }
            RuleHead::Set { key, .. } => self.expressions(key),
            RuleHead::Func { args, assign, .. } => {
                for argument in args {
                    self.declare(argument);
                }
                self.assigned(assign.as_ref());
            }
        }
        for body in bodies {
            self.assigned(body.assign.as_ref());
            self.query(&body.query);
        }
    }

    fn assigned(&mut self, assign: Option<&RuleAssign>) {
        if let Some(assign) = assign {
            self.expression(&assign.value);
        }
    }

    fn query(&mut self, query: &Query) {
        for statement in &query.stmts {
            match &statement.literal {
                Literal::SomeVars { vars, .. } => {
                    self.variables.extend(vars.iter().map(|variable| variable.text().to_owned()));
                }
                Literal::SomeIn { key, value, collection, .. } => {
                    for declared in key.iter().chain([value]) {
                        self.declare(declared);
                    }
                    self.expression(collection);
                }
                Literal::Expr { expr, .. } => self.expression(expr),
                Literal::NotExpr { expr, span } => {
                    let before = self.inputs;
                    self.expression(expr);
                    if self.inputs > before && !is_same_where_undefined(expr) {
                        self.negations.push(Place::of(span));
                    }
                }
                Literal::Every { key, value, domain, query, .. } => {
                    self.variables.extend(key.iter().chain([value]).map(|variable| variable.text().to_owned()));
                    self.expression(domain);
                    self.query(query);
                }
            }
            for with in &statement.with_mods {
                self.expression(&with.r#as);
            }
        }
    }

    /// Notes the variables of a pattern.
    fn declare(&mut self, pattern: &Expr) {
        match pattern {
            Expr::Var { span, .. } => {
                self.variables.insert(span.text().to_owned());
            }
            Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().for_each(|item| self.declare(item)),
            Expr::Object { fields, .. } => fields.iter().for_each(|(_, _, value)| self.declare(value)),
            other => self.expression(other),
        }
    }

    fn expressions<'e>(&mut self, expressions: impl IntoIterator<Item = &'e regorus::unstable::ExprRef>) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. } => {}
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                self.reference(expression);
                self.indexes(expression);
            }
            Expr::Array { items, .. } | Expr::Set { items, .. } => self.expressions(items),
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.expressions([key, value]);
                }
            }
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.query(query);
                self.expression(term);
            }
            Expr::ObjectCompr { key, value, query, .. } => {
                self.query(query);
                self.expressions([key, value]);
            }
            Expr::Call { fcn, params, .. } => {
                if !self.declaring {
                    let path = chain(fcn).0;
                    self.references.extend(self.names.resolve(&path));
                    self.calls.push((Place::of(start(fcn)), path));
                }
                self.expressions(params);
            }
            Expr::UnaryExpr { expr, .. } => self.expression(expr),
            Expr::BinExpr { lhs, rhs, .. } | Expr::BoolExpr { lhs, rhs, .. } | Expr::ArithExpr { lhs, rhs, .. } => {
                self.expressions([lhs, rhs]);
            }
            Expr::AssignExpr { op, lhs, rhs, .. } => {
                match op {
                    AssignOp::ColEq => self.declare(lhs),
                    AssignOp::Eq => self.expression(lhs),
                }
                self.expression(rhs);
            }
            Expr::Membership { key, value, collection, .. } => {
                self.expressions(key);
                self.expressions([value, collection]);
            }
        }
    }

    fn reference(&mut self, expression: &Expr) {
        if self.declaring {
            return;
        }
        let (path, _) = chain(expression);
        if path.first().is_none_or(|first| self.variables.contains(first)) {
            return;
        }
        let Some(full) = self.names.resolve(&path) else { return };
        self.inputs += usize::from(full == "input" || full.starts_with("input."));
        self.facts |= is_of_facts(&full);
        // The whole input has the arguments in it.
        if full == "input" || full == "input.arguments" || full.starts_with("input.arguments.") {
            self.arguments.get_or_insert_with(|| Place::of(start(expression)));
        } else if full == "input.phase" {
            self.phase = true;
        } else if !full.starts_with("input.") {
            self.references.insert(full);
        }
    }

    /// What stands in the brackets of a reference, and what it begins with, if that is no name.
    fn indexes(&mut self, reference: &Expr) {
        match reference {
            Expr::RefDot { refr, .. } => self.indexes(refr),
            Expr::RefBrack { refr, index, .. } => {
                self.expression(index);
                self.indexes(refr);
            }
            Expr::Var { .. } => {}
            other => self.expression(other),
        }
    }
}

/// Whether `not` before an expression means the same to OPA and to regorus if a member in it is missing. It does before a reference and
/// before `==`: both hold. Before anything else it holds in regorus, while OPA skips the rule.
fn is_same_where_undefined(expression: &Expr) -> bool {
    let is_plain = |expression: &Expr| {
        matches!(
            expression,
            Expr::Var { .. }
                | Expr::RefDot { .. }
                | Expr::RefBrack { .. }
                | Expr::String { .. }
                | Expr::RawString { .. }
                | Expr::Number { .. }
                | Expr::Bool { .. }
                | Expr::Null { .. }
        )
    };
    match expression {
        Expr::BoolExpr { op: BoolOp::Eq, lhs, rhs, .. } => is_plain(lhs) && is_plain(rhs),
        other => is_plain(other),
    }
}

/// Whether a reference reads the provider of an item or what a tool says of itself, or an object that has them.
fn is_of_facts(full: &str) -> bool {
    let Some(rest) = full.strip_prefix("input") else { return false };
    match rest.strip_prefix('.').map(|rest| rest.split('.').collect::<Vec<_>>()) {
        None => rest.is_empty(),
        Some(names) => match names.as_slice() {
            ["tool" | "prompt" | "resource"] => true,
            ["tool" | "prompt" | "resource", member, ..] => matches!(*member, "provider" | "annotations"),
            _ => false,
        },
    }
}
