//! What the rules of a bundle refer to: functions, other rules, and the arguments of calls.

mod input_members;
mod names;
mod nesting;
mod tool_names;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{Module, Ref, RuleHead};

use crate::input::Members;
use crate::place::Place;
use names::{Imports, Names};
pub(crate) use nesting::too_deep;
use walk::Walk;

/// The rules of a bundle by their paths, such as `data.wasmcp.allow`.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    rules: BTreeMap<String, Rule>,
    calls: Vec<(Place, String)>,
    negations: Vec<Place>,
    unknown_members: Vec<UnknownMember>,
    tool_names: Vec<(Place, String)>,
    ambiguous_imports: Vec<(Place, String)>,
}

/// A reference to a member that no input has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMember {
    /// Where it is.
    pub place: Place,
    /// The reference until this member, such as `input.identity.role`.
    pub member: String,
    /// The members that are there.
    pub known: &'static [&'static str],
}

/// All rules of one path.
#[derive(Debug)]
struct Rule {
    place: Place,
    /// Whether they are functions.
    is_function: bool,
    /// Whether each of them adds to a set.
    is_set: bool,
    /// The paths that they refer to: of rules, of parts of their values, or of packages.
    references: BTreeSet<String>,
    /// These, and others that they may refer to: a variable hides a name only in the query that declares it, and not in the whole rule.
    possible_references: BTreeSet<String>,
    /// Where they read the arguments first.
    arguments: Option<Place>,
    /// Where they may read the address of the client first.
    address: Option<Place>,
    /// Whether they read the phase.
    phase: bool,
    /// Whether they may read the arguments.
    may_read_arguments: bool,
    /// Which of these members they may read.
    members: Members,
    /// Whether they may read who calls.
    identity: bool,
    /// Whether they may read the provider of an item, or what a tool says of itself.
    facts: bool,
    /// Whether they may read what differs from call to call, besides the arguments.
    varies: bool,
}

/// What a rule reads of the input, itself or by another rule that it needs.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Where the arguments of a call are read first.
    pub(crate) arguments: Option<Place>,
    /// Where the address of the client may be read first.
    pub(crate) address: Option<Place>,
    /// Whether the phase is read.
    pub(crate) phase: bool,
    /// Whether the arguments of a call may be read.
    pub(crate) may_read_arguments: bool,
    /// Which of these members may be read.
    pub(crate) members: Members,
    /// Whether it may be read who calls, not counting the input as a whole.
    pub(crate) identity: bool,
    /// Whether the provider of an item, or what a tool says of itself, may be read.
    pub(crate) facts: bool,
    /// Whether the request, the time, the text to complete or the whole input may be read: they differ from call to call.
    pub(crate) varies: bool,
}

impl Rules {
    /// Reads the modules.
    pub(crate) fn of(modules: &[Ref<Module>]) -> Self {
        let mut found = Self::default();
        let imports = Imports::of(modules);
        for module in modules {
            let names = Names::of(module, &imports);
            for rule in &module.policy {
                let (path, span) = names.rule(rule);
                let place = Place::of(span);
                let is_function = matches!(&**rule, regorus::unstable::Rule::Spec { head: RuleHead::Func { .. }, .. });
                let is_set = matches!(&**rule, regorus::unstable::Rule::Spec { head: RuleHead::Set { .. }, .. });
                let all = found.rules.entry(path).or_insert(Rule {
                    place,
                    is_function,
                    is_set,
                    references: BTreeSet::new(),
                    possible_references: BTreeSet::new(),
                    arguments: None,
                    address: None,
                    phase: false,
                    may_read_arguments: false,
                    members: Members::default(),
                    identity: false,
                    facts: false,
                    varies: false,
                });
                all.is_set &= is_set;
            }
        }
        found.ambiguous_imports = imports.conflicts(|path| found.rules.contains_key(path)).collect();
        for module in modules {
            let names = Names::of(module, &imports);
            for rule in &module.policy {
                let walk = Walk::rule(&names, rule);
                for (place, path) in walk.calls {
                    let full = names.resolve(&path).unwrap_or_default();
                    if !found.rules.contains_key(&full) {
                        found.calls.push((place, path.join(".")));
                    }
                }
                found.negations.extend(walk.negations);
                found.unknown_members.extend(walk.unknown_members);
                found.tool_names.extend(walk.tool_names);
                if let Some(entry) = found.rules.get_mut(&names.rule(rule).0) {
                    entry.references.extend(walk.references);
                    entry.possible_references.extend(walk.possible_references);
                    entry.phase |= walk.phase;
                    entry.may_read_arguments |= walk.may_read_arguments;
                    entry.members = entry.members.and(walk.members);
                    entry.identity |= walk.identity;
                    entry.facts |= walk.facts;
                    entry.varies |= walk.varies;
                    if entry.arguments.is_none() {
                        entry.arguments = walk.arguments;
                    }
                    if entry.address.is_none() {
                        entry.address = walk.address;
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

    /// The paths of the rules that have a value of their own: all but functions.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &Place)> {
        let values = self.rules.iter().filter(|(_, rule)| !rule.is_function);
        values.map(|(path, rule)| (path.as_str(), &rule.place))
    }

    /// The calls of functions that are no rules of the bundle, each with its place.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (&Place, &str)> {
        self.calls.iter().map(|(place, name)| (place, name.as_str()))
    }

    /// Where `not` means something else to OPA if a member of the input is missing.
    pub(crate) fn negations(&self) -> &[Place] {
        &self.negations
    }

    /// Imports under a name that stands for something else in another file of the package too.
    pub(crate) fn ambiguous_imports(&self) -> &[(Place, String)] {
        &self.ambiguous_imports
    }

    /// References to members that no input has.
    pub(crate) fn unknown_members(&self) -> &[UnknownMember] {
        &self.unknown_members
    }

    /// The texts that are compared with the name of the tool.
    pub(crate) fn tool_names(&self) -> &[(Place, String)] {
        &self.tool_names
    }

    /// The place of a rule, unless each of its path adds to a set.
    pub(crate) fn no_set(&self, path: &str) -> Option<&Place> {
        self.rules.get(path).filter(|rule| !rule.is_set).map(|rule| &rule.place)
    }

    /// What a rule reads, itself or by another rule that it needs.
    pub(crate) fn reads(&self, path: &str) -> Reads {
        let mut reads = Reads::default();
        for rule in self.reached(path, |rule| &rule.references) {
            reads.phase |= rule.phase;
            if reads.arguments.is_none() {
                reads.arguments.clone_from(&rule.arguments);
            }
        }
        for rule in self.reached(path, |rule| &rule.possible_references) {
            if reads.address.is_none() {
                reads.address.clone_from(&rule.address);
            }
            reads.may_read_arguments |= rule.may_read_arguments;
            reads.members = reads.members.and(rule.members);
            reads.identity |= rule.identity;
            reads.facts |= rule.facts;
            reads.varies |= rule.varies;
        }
        reads
    }

    /// The rule, and the rules that it needs by these references.
    fn reached(&self, path: &str, references: impl Fn(&Rule) -> &BTreeSet<String>) -> Vec<&Rule> {
        let mut paths: Vec<&str> = self.rules.get_key_value(path).map(|(path, _)| path.as_str()).into_iter().collect();
        let mut reached = Vec::new();
        while let Some(rule) = paths.get(reached.len()).and_then(|path| self.rules.get(*path)) {
            reached.push(rule);
            for needed in references(rule).iter().flat_map(|reference| self.meant(reference)) {
                if !paths.contains(&needed) {
                    paths.push(needed);
                }
            }
        }
        reached
    }

    /// The rules below others, each with its place and the path of the other: a reference to what is there asks one of both alone.
    pub(crate) fn below_others(&self) -> impl Iterator<Item = (&Place, &str, &str)> {
        self.values().flat_map(move |(above, _)| {
            let is_below = move |path: &str| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'));
            let below = self.values().filter(move |(path, _)| is_below(path));
            below.map(move |(path, place)| (place, path, above))
        })
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
