//! What a host needs of NATS that depends on the application: which components may run on it, and whom those are linked to.

use std::collections::BTreeSet;

use wadm_types::Manifest;

use crate::wanted::{id_of, links, requirements};

/// What fills the blanks of `lattice/nats/permissions.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    host: BTreeSet<String>,
    here: BTreeSet<String>,
    called: BTreeSet<String>,
}

impl Reach {
    /// Of the hosts for providers: what may run on one, by the label `role`, and the targets of its links.
    pub fn of_providers(manifest: &Manifest) -> Self {
        let parts = manifest.spec.components.iter().filter(|part| {
            let wanted = requirements(part);
            let fits = |role: Option<&String>| role.is_none_or(|role| role == "provider");
            wanted.is_empty() || wanted.iter().any(|labels| fits(labels.get("role")))
        });
        let here: BTreeSet<String> = parts.map(|part| id_of(manifest, part)).collect();
        let links = links(manifest).into_iter().filter(|link| here.contains(&link.source));
        let called = links.map(|link| link.target).collect();
        Self { host: BTreeSet::new(), here, called }
    }

    /// The same, of the one host with that name on the lattice.
    #[must_use]
    pub fn on(&self, host: &str) -> Self {
        Self { host: BTreeSet::from([host.to_owned()]), ..self.clone() }
    }

    /// The subjects that a line of the file stands for.
    pub(crate) fn fill(&self, subject: &str) -> Vec<String> {
        let blanks = [("{host}", &self.host), ("{here}", &self.here), ("{called}", &self.called)];
        match blanks.into_iter().find(|(blank, _)| subject.contains(blank)) {
            None => vec![subject.to_owned()],
            // An id with a dot or a wildcard would be another subject.
            Some((blank, ids)) => ids.iter().filter(|id| is_token(id)).map(|id| subject.replace(blank, id)).collect(),
        }
    }
}

fn is_token(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_hosts_reach_what_their_own_components_are_linked_to_under_any_name_of_the_application() {
        let text = include_str!("../../../wadm.hosts.yaml").replace("\n  name: wasmcp\n", "\n  name: My App\n");
        let reach = Reach::of_providers(&serde_yaml::from_str(&text).unwrap()).on("NHOST");
        for (line, wanted) in [
            ("default.{called}.wrpc.>", &["default.my_app-http_client.wrpc.>"][..]),
            (
                "default.{here}.wrpc.>",
                &[
                    "default.my_app-calculator.wrpc.>",
                    "default.my_app-http_client.wrpc.>",
                    "default.my_app-weather.wrpc.>",
                ],
            ),
            ("ctl.*.{host}", &["ctl.*.NHOST"]),
            ("_INBOX.>", &["_INBOX.>"]),
        ] {
            assert_eq!(reach.fill(line), wanted, "{line}");
        }
    }

    #[test]
    fn an_id_that_would_be_another_subject_opens_nothing() {
        for id in ["", "*", "a.b", ">", "a b"] {
            let reach = Reach { here: BTreeSet::from([id.to_owned()]), ..Reach::default() };
            assert!(reach.fill("default.{here}.wrpc.>").is_empty(), "{id:?}");
        }
    }
}
