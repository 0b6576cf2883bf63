//! The NATS permissions of a host that depend on the application: which components may run on it, and what they are linked to.

use std::collections::BTreeSet;

use crate::manifest::ast::Application;

/// The values of the placeholders in `lattice/nats/permissions.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// `{host}`: the id of the host.
    host: BTreeSet<String>,
    /// `{local}`: the ids of the components that may run on it.
    local: BTreeSet<String>,
    /// `{linked}`: the ids of the components to which those are linked.
    linked: BTreeSet<String>,
    /// `{stateful}`: the ids of the components, on any host, that are linked to a store for their state.
    stateful: BTreeSet<String>,
}

impl Scope {
    /// The scope of an application: what may run on a host for providers, by the label `role`, the targets of its links, and what keeps
    /// state.
    pub fn of(application: &Application<'_>) -> Self {
        let components = application.components.iter().filter(|component| component.fits_role("provider"));
        let local: BTreeSet<String> = components.map(|component| application.component_id(component)).collect();
        let links = application.links().into_iter().filter(|link| local.contains(&link.source));
        let linked = links.map(|link| link.target).collect();
        let stateful = application.components.iter().filter(|component| component.keeps_state());
        let stateful = stateful.map(|component| application.component_id(component)).collect();
        Self { host: BTreeSet::new(), local, linked, stateful }
    }

    /// The same scope, for the one host with that id.
    #[must_use]
    pub fn for_host(&self, id: &str) -> Self {
        Self { host: BTreeSet::from([id.to_owned()]), ..self.clone() }
    }

    /// The subjects for which a line of the file stands: one for each value of its placeholder.
    pub(super) fn expand(&self, subject: &str) -> Vec<String> {
        let placeholders = [
            ("{host}", &self.host),
            ("{local}", &self.local),
            ("{linked}", &self.linked),
            ("{stateful}", &self.stateful),
        ];
        match placeholders.into_iter().find(|(placeholder, _)| subject.contains(placeholder)) {
            None => vec![subject.to_owned()],
            // An id with a dot or a wildcard would make another subject.
            Some((placeholder, ids)) => {
                ids.iter().filter(|id| is_nats_token(id)).map(|id| subject.replace(placeholder, id)).collect()
            }
        }
    }
}

/// Whether a text is one token of a NATS subject, in the characters that NATS recommends.
fn is_nats_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::manifest::Manifest;

    #[test]
    fn provider_hosts_reach_what_their_own_components_are_linked_to_under_any_name_of_the_application() {
        let text = include_str!("../../../../wadm.hosts.yaml").replace("\n  name: wasmcp\n", "\n  name: My App\n");
        let manifest = Manifest::parse(&text, Path::new(".")).unwrap();
        let scope = Scope::of(&manifest.application()).for_host("NHOST");
        for (line, expected) in [
            ("default.{linked}.wrpc.>", &["default.my_app-http_client.wrpc.>"][..]),
            (
                "default.{local}.wrpc.>",
                &[
                    "default.my_app-calculator.wrpc.>",
                    "default.my_app-http_client.wrpc.>",
                    "default.my_app-weather.wrpc.>",
                ],
            ),
            ("ctl.*.{host}", &["ctl.*.NHOST"]),
            ("_INBOX.>", &["_INBOX.>"]),
        ] {
            assert_eq!(scope.expand(line), expected, "{line}");
        }
    }

    #[test]
    fn what_keeps_state_is_what_is_linked_to_the_service_and_needs_no_right_of_a_router() {
        let manifest =
            format!("{}\n{}", include_str!("../../../../wadm.hosts.yaml"), include_str!("../../tests/keeper.yaml"));
        let manifest = Manifest::parse(&manifest, Path::new(".")).unwrap();
        let application = manifest.application();
        let scope = Scope::of(&application);
        assert_eq!(scope.expand("$KV.wasmcp-state-{stateful}.>"), ["$KV.wasmcp-state-wasmcp-keeper.>"]);
        assert_eq!(
            scope.expand("default.{linked}.wrpc.>"),
            ["default.wasmcp-http_client.wrpc.>", "default.wasmcp-state.wrpc.>"]
        );
        assert!(application.component("keeper").unwrap().required_features().is_empty());
    }

    #[test]
    fn an_id_that_would_be_another_subject_opens_nothing() {
        for id in ["", "*", "a.b", ">", "a b"] {
            let scope = Scope { local: BTreeSet::from([id.to_owned()]), ..Scope::default() };
            assert!(scope.expand("default.{local}.wrpc.>").is_empty(), "{id:?}");
        }
    }
}
