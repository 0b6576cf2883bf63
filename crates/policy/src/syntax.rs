//! What the rules of a bundle refer to: functions, other rules, and the arguments of calls.

mod names;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{Module, Ref};

use crate::place::Place;
use names::Names;
use walk::Walk;

/// The rules of a bundle by their paths, such as `data.wasmcp.allow`.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    rules: BTreeMap<String, Rule>,
    calls: Vec<(Place, String)>,
    negations: Vec<Place>,
}

/// All rules of one path.
#[derive(Debug)]
struct Rule {
    place: Place,
    /// The paths that they refer to: of rules, of parts of their values, or of packages.
    references: BTreeSet<String>,
    /// Where they read the arguments first.
    arguments: Option<Place>,
    /// Whether they read the phase.
    phase: bool,
    /// Whether they read the provider of an item, or what a tool says of itself.
    facts: bool,
}

/// What a rule reads of the input, itself or by another rule that it needs.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Where the arguments of a call are read first.
    pub(crate) arguments: Option<Place>,
    /// Whether the phase is read.
    pub(crate) phase: bool,
    /// Whether the provider of an item, or what a tool says of itself, is read.
    pub(crate) facts: bool,
}

impl Rules {
    /// Reads the modules.
    pub(crate) fn of(modules: &[Ref<Module>]) -> Self {
        let mut found = Self::default();
        for module in modules {
            let names = Names::of(module);
            for rule in &module.policy {
                let (path, span) = names.rule(rule);
                let place = Place::of(span);
                found.rules.entry(path).or_insert(Rule {
                    place,
                    references: BTreeSet::new(),
                    arguments: None,
                    phase: false,
                    facts: false,
                });
            }
        }
        for module in modules {
            let names = Names::of(module);
            for rule in &module.policy {
                let walk = Walk::rule(&names, rule);
                for (place, path) in walk.calls {
                    let full = names.resolve(&path).unwrap_or_default();
                    if !found.rules.contains_key(&full) {
                        found.calls.push((place, path.join(".")));
                    }
                }
                found.negations.extend(walk.negations);
                if let Some(entry) = found.rules.get_mut(&names.rule(rule).0) {
                    entry.references.extend(walk.references);
                    entry.phase |= walk.phase;
                    entry.facts |= walk.facts;
                    if entry.arguments.is_none() {
                        entry.arguments = walk.arguments;
                    }
                }
            }
        }
        found
    }

    /// Whether there is a rule of this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.rules.contains_key(path)
    }

    /// The paths of all rules.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, &Place)> {
        self.rules.iter().map(|(path, rule)| (path.as_str(), &rule.place))
    }

    /// The calls of functions that are no rules of the bundle, each with its place.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (&Place, &str)> {
        self.calls.iter().map(|(place, name)| (place, name.as_str()))
    }

    /// Where `not` means something else to OPA if a member of the input is missing.
    pub(crate) fn negations(&self) -> &[Place] {
        &self.negations
    }

    /// What a rule reads, itself or by another rule that it needs.
    pub(crate) fn reads(&self, path: &str) -> Reads {
        let mut reached: Vec<&str> =
            self.rules.get_key_value(path).map(|(path, _)| path.as_str()).into_iter().collect();
        let mut reads = Reads::default();
        let mut next = 0;
        while let Some(rule) = reached.get(next).and_then(|path| self.rules.get(*path)) {
            next += 1;
            reads.phase |= rule.phase;
            reads.facts |= rule.facts;
            if reads.arguments.is_none() {
                reads.arguments.clone_from(&rule.arguments);
            }
            for needed in rule.references.iter().flat_map(|reference| self.meant(reference)) {
                if !reached.contains(&needed) {
                    reached.push(needed);
                }
            }
        }
        reads
    }

    /// A rule that needs its own result, and the rules on the way back to it. OPA refuses such a rule too; to evaluate it would not end.
    pub(crate) fn cycle(&self) -> Option<(Place, Vec<String>)> {
        let mut finished = BTreeSet::new();
        for start in self.rules.keys() {
            // Depth first, without recursion: each entry has what is still to be looked at.
            let mut way: Vec<(&str, Vec<&str>)> = vec![(start.as_str(), self.needed(start))];
            while let Some((path, left)) = way.last_mut() {
                let path = *path;
                let Some(needed) = left.pop() else {
                    finished.insert(path);
                    way.pop();
                    continue;
                };
                if let Some(at) = way.iter().position(|(path, _)| *path == needed) {
                    let through = way.iter().skip(at).map(|(path, _)| (*path).to_owned()).collect();
                    return Some((self.rules.get(needed)?.place.clone(), through));
                }
                if !finished.contains(needed) {
                    way.push((needed, self.needed(needed)));
                }
            }
        }
        None
    }

    fn needed(&self, path: &str) -> Vec<&str> {
        let references = self.rules.get(path).map(|rule| &rule.references);
        references.into_iter().flatten().flat_map(|reference| self.meant(reference)).collect()
    }

    /// The rules that a reference means: the rule itself, the rule whose value it goes into, and those below it.
    fn meant(&self, reference: &str) -> Vec<&str> {
        let mut meant = Vec::new();
        let ends = reference.match_indices('.').map(|(at, _)| at).chain([reference.len()]);
        for path in ends.filter_map(|end| reference.get(..end)) {
            meant.extend(self.rules.get_key_value(path).map(|(path, _)| path.as_str()));
        }
        let below = format!("{reference}.");
        let rules = self.rules.range(below.clone()..).map(|(path, _)| path.as_str());
        meant.extend(rules.take_while(|path| path.starts_with(&below)));
        meant
    }
}
