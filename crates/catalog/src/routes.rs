use serde::{Deserialize, Serialize};

use contract::model::{Offers, ProviderInfo};

/// Who owns what: all that a [`Catalog`](crate::Catalog) has to know before the first call. Made by
/// [`gather`](crate::gather), kept as text where providers are composed, and read by
/// [`Catalog::with_routes`](crate::Catalog::with_routes).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routes {
    /// One for each provider, in the configured order.
    pub members: Vec<Route>,
}

/// What is known of one provider. All names are its own: the prefix is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// What stands before the names of its tools and prompts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// What it offers.
    pub offered: Offered,
    /// Whether it may have more than is named here, so that it is asked at the time of a call.
    #[serde(default)]
    pub dynamic: bool,
    /// Whether it is several providers already, which need no heading in common.
    #[serde(default)]
    pub group: bool,
    /// The tools it always has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// Those of them that may run twice, by their own word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeatable: Vec<String>,
    /// The prompts it always has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<String>,
    /// The URIs it always has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The templates it always has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<String>,
}

/// Which interfaces a provider is asked by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Offered {
    /// `tools`.
    pub tools: bool,
    /// `prompts`.
    pub prompts: bool,
    /// `resources`.
    pub resources: bool,
    /// `completion`.
    pub completion: bool,
    /// `changes`.
    pub changes: bool,
}

impl Routes {
    /// The routes of a chain of catalogues of two, the outermost first: the second member of each is the next catalogue. What
    /// the chain serves is what one catalogue of all members would. Two members are a chain of one, and fewer are none.
    pub fn chain(&self) -> Vec<Routes> {
        let mut chain = Vec::new();
        let mut members = self.members.as_slice();
        while let [first, rest @ ..] = members {
            match rest {
                [] => break,
                [last] => chain.push(Routes { members: vec![first.clone(), last.clone()] }),
                several => chain.push(Routes { members: vec![first.clone(), Route::group(several)] }),
            }
            members = rest;
        }
        chain
    }
}

impl Route {
    /// Several as one: with their prefixes, as the catalogue that serves them names things.
    fn group(members: &[Route]) -> Self {
        let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
        let mut group = Route { name: names.join("+"), group: true, ..Route::default() };
        for member in members {
            group.offered = group.offered | member.offered;
            group.dynamic |= member.dynamic;
            group.tools.extend(member.tools.iter().map(|name| member.client_name(name)));
            group.repeatable.extend(member.repeatable.iter().map(|name| member.client_name(name)));
            group.prompts.extend(member.prompts.iter().map(|name| member.client_name(name)));
            group.resources.extend(member.resources.iter().cloned());
            group.templates.extend(member.templates.iter().cloned());
        }
        group
    }

    /// The name of a tool or prompt as clients see it.
    pub(crate) fn client_name(&self, own: &str) -> String {
        format!("{}{own}", self.prefix.as_deref().unwrap_or_default())
    }

    /// The provider's own name of what a client calls so, if it can be this provider's.
    pub(crate) fn own_name<'a>(&self, client: &'a str) -> Option<&'a str> {
        client.strip_prefix(self.prefix.as_deref().unwrap_or_default())
    }
}

impl Offered {
    pub(crate) fn by(info: &ProviderInfo) -> Self {
        let changing = Offers::TOOLS_CHANGES
            | Offers::RESOURCES_CHANGES
            | Offers::RESOURCE_SUBSCRIPTIONS
            | Offers::PROMPTS_CHANGES;
        Self {
            tools: info.offers.contains(Offers::TOOLS),
            prompts: info.offers.contains(Offers::PROMPTS),
            resources: info.offers.contains(Offers::RESOURCES),
            completion: info.offers.contains(Offers::COMPLETION),
            changes: info.offers.intersects(changing),
        }
    }
}

impl std::ops::BitOr for Offered {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            tools: self.tools || other.tools,
            prompts: self.prompts || other.prompts,
            resources: self.resources || other.resources,
            completion: self.completion || other.completion,
            changes: self.changes || other.changes,
        }
    }
}
