//! Walks through a rule and notes what it refers to.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, BoolOp, Expr, Literal, Query, Rule, RuleAssign, RuleHead};

use super::UnknownMember;
use super::input_members;
use super::names::{Names, chain, start};
use super::tool_names::tool_names;
use crate::input::Members;
use crate::place::Place;

/// What a rule refers to.
pub(super) struct Walk<'a> {
    names: &'a Names<'a>,
    /// The variables that the rule declares somewhere: there they hide rules of the same name.
    variables: BTreeSet<String>,
    /// Whether variables are collected, or references.
    declaring: bool,
    pub(super) references: BTreeSet<String>,
    /// These, and what names that a variable hides somewhere may mean elsewhere.
    pub(super) possible_references: BTreeSet<String>,
    pub(super) calls: Vec<(Place, Vec<String>)>,
    pub(super) arguments: Option<Place>,
    pub(super) address: Option<Place>,
    pub(super) phase: bool,
    pub(super) may_read_arguments: bool,
    pub(super) members: Members,
    pub(super) identity: bool,
    pub(super) facts: bool,
    pub(super) varies: bool,
    /// Where `not` stands before what OPA and regorus take differently if a member of the input is missing.
    pub(super) negations: Vec<Place>,
    /// References to members that no input has.
    pub(super) unknown_members: Vec<UnknownMember>,
    /// The texts that are compared with the name of the tool.
    pub(super) tool_names: Vec<(Place, String)>,
    /// How many references to the input were found.
    inputs: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn rule(names: &'a Names<'a>, rule: &Rule) -> Self {
        let mut walk = Self {
            names,
            variables: BTreeSet::new(),
            declaring: true,
            references: BTreeSet::new(),
            possible_references: BTreeSet::new(),
            calls: Vec::new(),
            arguments: None,
            address: None,
            phase: false,
            may_read_arguments: false,
            members: Members::default(),
            identity: false,
            facts: false,
            varies: false,
            negations: Vec::new(),
            unknown_members: Vec::new(),
            tool_names: Vec::new(),
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
            RuleHead::Set { refr, key, .. } => {
                self.indexes(refr);
                self.expressions(key);
            }
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
            // A key is evaluated, and may read the input.
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.expression(key);
                    self.declare(value);
                }
            }
            other => self.expression(other),
        }
    }

    fn expressions<'e>(&mut self, expressions: impl IntoIterator<Item = &'e regorus::unstable::ExprRef>) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn expression(&mut self, expression: &Expr) {
        if !self.declaring {
            self.tool_names.extend(tool_names(expression, self.names, &self.variables));
        }
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
                    self.possible_references.extend(self.names.meanings(&path));
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
        for full in self.names.meanings(&path) {
            self.facts |= is_of_facts(&full);
            self.varies |= varies(&full);
            self.identity |= full == "input.identity" || full.starts_with("input.identity.");
            self.members = self.members.and(Members::read_by(&full));
            self.may_read_arguments |= has_arguments(&full);
            if is_address(&full) {
                self.address.get_or_insert_with(|| Place::of(start(expression)));
            }
            self.possible_references.insert(full);
        }
        if path.first().is_none_or(|first| self.variables.contains(first)) {
            return;
        }
        let Some(full) = self.names.resolve(&path) else { return };
        let names: Vec<&str> = full.split('.').collect();
        if let Some((count, known)) = input_members::unknown(&names) {
            let member = names.iter().take(count).copied().collect::<Vec<_>>().join(".");
            self.unknown_members.push(UnknownMember { place: Place::of(start(expression)), member, known });
        }
        self.inputs += usize::from(full == "input" || full.starts_with("input."));
        if has_arguments(&full) {
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

/// Whether a reference reads the arguments of a call: the whole input has them in it.
fn has_arguments(full: &str) -> bool {
    full == "input" || full == "input.arguments" || full.starts_with("input.arguments.")
}

/// Whether a reference reads the address of the client by its name. The request as a whole has it in it, and most rules that take that want
/// another member.
fn is_address(full: &str) -> bool {
    full.strip_prefix("input.request.address").is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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

/// The members of the input that `decision_cache::Key` stands for, and the version, which is always the same.
const FIXED: [&str; 10] =
    ["version", "phase", "method", "path", "view", "server", "tool", "resource", "prompt", "identity"];

/// Whether a reference reads what differs from one input to another although their `decision_cache::Key` is the same, besides the arguments. An object of
/// the input whose member is chosen by a variable is read as a whole.
fn varies(full: &str) -> bool {
    let mut names = full.split('.');
    names.next() == Some("input") && names.next().is_none_or(|member| member != "arguments" && !FIXED.contains(&member))
}
