//! Which scopes a request needs (RFC 6749 §3.3): those of every request, and those that the operator's rules ask for a tool, a resource or
//! a prompt.

use std::collections::BTreeMap;

use contract::model::CompletionRef;
use server::{AccessRequest, Authorizer, BoxFuture, Caller, Decision, Item, ListRequest, Visibility, is_scope_token};
use settings::Pattern;
use url::Url;

/// How many rules there may be: each request is compared with all of them.
pub const MAX_SCOPE_RULES: usize = 256;

/// The scopes that requests need, and which scopes include others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    required: Vec<String>,
    rules: Vec<ScopeRule>,
    hierarchy: ScopeHierarchy,
}

/// Scopes that the items need whose name matches a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ScopeRule {
    kind: ItemKind,
    pattern: Pattern,
    scopes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ItemKind {
    Tool,
    Resource,
    Prompt,
}

/// For each scope that includes others, all that it includes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ScopeHierarchy(BTreeMap<String, Vec<String>>);

impl Scopes {
    /// Reads the values of the settings. The error says what is wrong with the rules, or with the hierarchy.
    pub(crate) fn parse(
        required: Vec<String>,
        rules: Option<&str>,
        hierarchy: Option<&str>,
    ) -> Result<Self, ScopesError> {
        let rules: Vec<_> =
            entries(rules).map(|entry| rule(entry).ok_or(ScopesError::Rules)).collect::<Result<_, _>>()?;
        if rules.len() > MAX_SCOPE_RULES {
            return Err(ScopesError::Rules);
        }
        let included = entries(hierarchy).map(|entry| {
            let (scope, included) = entry.split_once('=')?;
            Some((scope.trim().to_owned(), words(included)?))
        });
        let included = included.collect::<Option<BTreeMap<_, _>>>().ok_or(ScopesError::Hierarchy)?;
        Ok(Self { required, rules, hierarchy: ScopeHierarchy(included) })
    }

    /// The scopes that every request needs, if the caller lacks any of them.
    pub(crate) fn missing_for_every_request(&self, caller: &Caller) -> Option<Vec<String>> {
        let granted = &caller.principal.scopes;
        let has = |scope: &String| self.hierarchy.grants(granted, scope);
        (!self.required.iter().all(has)).then(|| self.challenge(self.required.clone(), granted))
    }

    /// What the caller needs for an item, if it lacks any of it.
    fn missing(&self, item: &Item<'_>, caller: &Caller) -> Option<Vec<String>> {
        let named = named(item)?;
        let granted = &caller.principal.scopes;
        // A provider may read another spelling of a URI as the same, so that a rule counts for both.
        let normal = match named {
            Named::As(ItemKind::Resource, uri) if !self.rules.is_empty() => normal_uri(uri),
            _ => None,
        };
        let is_meant = |rule: &&ScopeRule| match named {
            Named::As(kind, name) => {
                let matches = |name: &str| rule.pattern.matches(name);
                rule.kind == kind && (matches(name) || normal.as_deref().is_some_and(matches))
            }
            Named::Anything => true,
        };
        let mut needed = self.rules.iter().filter(is_meant).flat_map(|rule| &rule.scopes).peekable();
        needed.peek()?;
        let needed: Vec<String> = self.required.iter().chain(needed).cloned().collect();
        let has = |scope: &String| self.hierarchy.grants(granted, scope);
        (!needed.iter().all(has)).then(|| self.challenge(needed, granted))
    }

    /// All scopes of an operation in one challenge, and with them those that the token has and the server knows: clients of older versions
    /// ask for what the challenge names and lose the rest (MCP 2025-11-25, scope challenge handling).
    fn challenge(&self, mut needed: Vec<String>, granted: &[String]) -> Vec<String> {
        let known = |scope: &&String| {
            self.rules.iter().any(|rule| rule.scopes.contains(scope))
                || self.required.contains(scope)
                || self.hierarchy.0.contains_key(*scope)
        };
        needed.extend(granted.iter().filter(known).cloned());
        let mut seen = Vec::with_capacity(needed.len());
        for scope in needed {
            if !seen.contains(&scope) {
                seen.push(scope);
            }
        }
        seen
    }
}

/// Which setting of scopes cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopesError {
    Rules,
    Hierarchy,
}

impl ScopeHierarchy {
    /// Whether a scope is among those that were granted, or is included in one of them at any depth.
    fn grants(&self, granted: &[String], scope: &String) -> bool {
        if granted.contains(scope) {
            return true;
        }
        if self.0.is_empty() {
            return false;
        }
        let mut reached: Vec<&String> = granted.iter().collect();
        let mut next = 0;
        while let Some(at) = reached.get(next).copied() {
            next += 1;
            for included in self.0.get(at).into_iter().flatten() {
                if included == scope {
                    return true;
                }
                if !reached.contains(&included) {
                    reached.push(included);
                }
            }
        }
        false
    }
}

/// The entries of a setting that has them by semicolon.
fn entries(setting: Option<&str>) -> impl Iterator<Item = &str> {
    setting.unwrap_or_default().split(';').map(str::trim).filter(|entry| !entry.is_empty())
}

/// `tool:delete_*=files:write`. A URI may have an equals sign, a scope here has none.
fn rule(entry: &str) -> Option<ScopeRule> {
    let (item, scopes) = entry.rsplit_once('=')?;
    let (kind, pattern) = item.split_once(':')?;
    let kind = match kind.trim() {
        "tool" => ItemKind::Tool,
        "resource" => ItemKind::Resource,
        "prompt" => ItemKind::Prompt,
        _ => return None,
    };
    Some(ScopeRule { kind, pattern: Pattern::parse(pattern.trim())?, scopes: words(scopes)? })
}

/// Scopes by space, at least one.
fn words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = text.split_ascii_whitespace().map(str::to_owned).collect();
    (!words.is_empty() && words.iter().all(|word| is_scope_token(word))).then_some(words)
}

/// What rules compare of an item.
#[derive(Clone, Copy)]
enum Named<'a> {
    /// Its kind, and its name or URI.
    As(ItemKind, &'a str),
    /// A reference of a kind that this server does not know, and a provider may: it can name what any rule is about.
    Anything,
}

/// Values for an argument need what the prompt or the template needs.
fn named<'a>(item: &Item<'a>) -> Option<Named<'a>> {
    Some(match *item {
        Item::Tool { name, .. } => Named::As(ItemKind::Tool, name),
        Item::Resource { uri } => Named::As(ItemKind::Resource, uri),
        Item::Prompt { name, .. } => Named::As(ItemKind::Prompt, name),
        Item::Completion { reference: CompletionRef::Prompt(name), .. } => Named::As(ItemKind::Prompt, name),
        Item::Completion { reference: CompletionRef::ResourceTemplate(uri), .. } => Named::As(ItemKind::Resource, uri),
        Item::Completion { reference: CompletionRef::Unnamed(_), .. } => Named::Anything,
        Item::Method => return None,
    })
}

/// A URI without its many spellings (RFC 3986 §6.2.2): the case of scheme and host, dot segments, and escapes of what needs none.
fn normal_uri(uri: &str) -> Option<String> {
    let parsed: String = Url::parse(uri).ok()?.into();
    let mut normal = String::with_capacity(parsed.len());
    let mut rest = parsed.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        normal.push_str(before);
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match byte.filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')) {
            Some(byte) => {
                normal.push(char::from(byte));
                after.get(2..)?
            }
            None => {
                normal.push('%');
                after
            }
        };
    }
    normal.push_str(rest);
    Some(normal)
}

impl Authorizer for Scopes {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        let decision = match request.caller {
            None => Decision::deny("there is no verified caller"),
            Some(caller) => match self.missing(&request.item, caller) {
                None => Decision::allow("the token has the scopes"),
                Some(needed) => Decision::step_up(needed, "the token lacks scopes"),
            },
        };
        Box::pin(std::future::ready(decision))
    }

    /// A list shows what its caller may have with another token too: the challenge says which.
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::All))
    }
}

#[cfg(test)]
mod tests {
    use contract::model::Principal;
    use server::Derived;

    use super::*;

    fn caller(scopes: &str) -> Caller {
        let principal = Principal {
            issuer: "https://issuer.example".to_owned(),
            subject: "ada".to_owned(),
            client_id: None,
            scopes: scopes.split_ascii_whitespace().map(str::to_owned).collect(),
            claims: "{}".to_owned(),
        };
        Caller { principal, roles: vec![], groups: vec![], derived: Derived::default() }
    }

    fn scopes() -> Scopes {
        let rules = "tool:delete_*=files:write files:read; tool:delete_all=files:admin; resource:file:///a?b=c*=files:read; prompt:*=prompts";
        let hierarchy = "files:admin=files:write; files:write=files:read; loop=loop2; loop2=loop";
        Scopes::parse(vec!["basic".to_owned()], Some(rules), Some(hierarchy)).expect("rules")
    }

    #[test]
    fn an_item_needs_the_scopes_of_all_rules_that_match_it() {
        let tool = |name| Item::Tool { name, arguments: "{}" };
        let template = CompletionRef::ResourceTemplate("file:///a?b=c{d}".to_owned());
        let unknown = CompletionRef::Unnamed(r#"{"type":"ref/tool","name":"read"}"#.to_owned());
        let [completion, unknown] = [&template, &unknown].map(|reference| Item::Completion {
            reference,
            argument: "d",
            value: "",
            arguments: &[],
        });
        for (item, granted, missing) in [
            (tool("read"), "basic", None),
            (tool("delete_one"), "basic", Some("basic files:write files:read")),
            (tool("delete_one"), "basic files:write", None),
            (tool("delete_one"), "basic files:admin", None),
            (tool("delete_one"), "basic loop", Some("basic files:write files:read loop")),
            (tool("delete_all"), "basic files:write", Some("basic files:write files:read files:admin")),
            (Item::Prompt { name: "any", arguments: &[] }, "basic files:admin", Some("basic prompts files:admin")),
            (tool("delete_all"), "basic files:admin", None),
            (Item::Resource { uri: "file:///a?b=cd" }, "basic prompts", Some("basic files:read prompts")),
            (Item::Resource { uri: "FILE:///a?b=cd" }, "basic", Some("basic files:read")),
            (Item::Resource { uri: "file:///%61?b=cd" }, "basic", Some("basic files:read")),
            (Item::Resource { uri: "file:///b/../a?b=cd" }, "basic", Some("basic files:read")),
            (Item::Resource { uri: "file:///b%2F..%2fa?b=cd" }, "basic", None),
            (Item::Resource { uri: "file:///b" }, "basic", None),
            (Item::Prompt { name: "any", arguments: &[] }, "unknown basic", Some("basic prompts")),
            (completion, "basic", Some("basic files:read")),
            (unknown, "basic files:admin", Some("basic files:write files:read files:admin prompts")),
            (unknown, "basic files:admin prompts", None),
            (Item::Method, "", None),
        ] {
            let found = scopes().missing(&item, &caller(granted)).map(|scopes| scopes.join(" "));
            assert_eq!(found.as_deref(), missing, "{item:?} with {granted}");
        }
    }

    #[test]
    fn every_request_needs_the_required_scopes() {
        assert_eq!(scopes().missing_for_every_request(&caller("basic")), None);
        let missing = scopes().missing_for_every_request(&caller("prompts other"));
        assert_eq!(missing, Some(vec!["basic".to_owned(), "prompts".to_owned()]));
    }

    #[test]
    fn rules_that_cannot_be_read_are_refused() {
        for rules in ["tool:a", "a=b", "tools:a=b", "tool:=b", "tool:a=", "tool:a=b\"c", "tool:a=\u{fc}"] {
            assert_eq!(Scopes::parse(vec![], Some(rules), None), Err(ScopesError::Rules), "{rules}");
        }
        for hierarchy in ["a", "a=", "a=b\\c"] {
            assert_eq!(Scopes::parse(vec![], None, Some(hierarchy)), Err(ScopesError::Hierarchy), "{hierarchy}");
        }
        let many = "tool:a=b;".repeat(MAX_SCOPE_RULES + 1);
        assert_eq!(Scopes::parse(vec![], Some(&many), None), Err(ScopesError::Rules));
    }
}
