//! The settings of the transport (`transport.*`), of authorization (`auth.*`, `policy.*`) and of the router (`router.*`) in a manifest. The keys are in
//! the crate `settings`; transport and router read the values here as they do when they run.

use serde::{Deserialize, Serialize};

use super::ast::Component;

/// The key that names the providers.
pub(crate) const PROVIDERS: &str = "router.providers";

/// How long calls may take by the transport's settings, in milliseconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Timeouts {
    /// One call of a provider.
    pub call_ms: u32,
    /// A request of a client, with all its calls.
    pub request_ms: u32,
}

/// A setting that its reader refuses.
pub(super) struct SettingError {
    /// The key, with its prefix.
    pub(super) key: String,
    /// What is wrong.
    pub(super) message: String,
}

/// A provider that the router is configured to call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct DeclaredProvider {
    /// The name of its link.
    pub(crate) link: String,
    /// What precedes the names of its tools; often empty.
    pub(crate) prefix: String,
}

/// The keys with that prefix (`transport` or `router`), without the prefix. None for any other prefix: its settings belong to a
/// provider.
pub(super) fn keys(prefix: &str) -> Option<Vec<&'static str>> {
    let section: Vec<_> = settings::all().filter(|setting| setting.section == prefix).collect();
    // What `wasmcp serve` alone obeys is no setting of a lattice.
    let obeyed = section.iter().filter(|setting| setting.shapes != settings::Shapes::Serve).map(|setting| setting.name);
    (!section.is_empty()).then(|| obeyed.collect())
}

/// Whether a component has settings of the transport.
pub(super) fn is_transport(component: &Component<'_>) -> bool {
    component.settings().any(|(key, _)| key.text().is_some_and(|key| key == PROVIDERS || key.starts_with("transport.")))
}

/// How long calls may take by the settings of the transport.
pub(super) fn transport_timeouts(component: &Component<'_>) -> Result<Timeouts, SettingError> {
    match server::Config::from_settings(lookup(component, "transport")) {
        Ok(config) => Ok(Timeouts::from(&config)),
        Err(error) => Err(SettingError { key: error.key().to_owned(), message: error.to_string() }),
    }
}

/// Checks the settings of authorization, which the transport reads when it runs, and tells whether it asks authorization servers then.
/// Keys have to be pinned where it is not linked to a state provider.
pub(super) fn authorization(component: &Component<'_>) -> Result<bool, SettingError> {
    let get = lookup(component, "auth");
    let storage = || if component.keeps_state() { auth::KeyStorage::Store } else { auth::KeyStorage::None };
    match auth::AuthConfig::read(|name| Ok::<_, std::convert::Infallible>(get(name)), storage) {
        Ok(config) => Ok(config.is_some_and(|config| config.asks_issuers())),
        Err(error) => Err(SettingError { key: error.key().to_owned(), message: error.to_string() }),
    }
}

/// Checks the policy of the settings, which the transport compiles when it runs.
pub(super) fn policy(component: &Component<'_>) -> Result<(), SettingError> {
    let get = lookup(component, "policy");
    let refused =
        |error: settings::SettingError| SettingError { key: error.key().to_owned(), message: error.to_string() };
    let settings = settings::Policy::read(|name| Ok::<_, std::convert::Infallible>(get(name))).map_err(refused)?;
    let files = policy::settings_files(&settings).map_err(refused)?;
    if files.is_empty() {
        return Ok(());
    }
    let compiled = policy::Bundle::compile(&files).and_then(policy::Bundle::without_address);
    let Err(mut error) = compiled else { return Ok(()) };
    // The transport has these functions. This program has not, as `wadm-types` holds the crate `regex` at a version before theirs; so only
    // the transport sees whether a policy with one of them reads the address of the client.
    error.problems.retain(|problem| {
        !matches!(problem, policy::Problem::UnknownFunction { name, .. } if policy::REGEX_FUNCTIONS.contains(&name.as_str()))
    });
    if error.problems.is_empty() {
        return Ok(());
    }
    let key = "policy.rego";
    Err(SettingError { key: key.to_owned(), message: format!("setting `{key}` cannot be used: {error}") })
}

impl From<&server::Config> for Timeouts {
    fn from(config: &server::Config) -> Self {
        Self { call_ms: config.call_timeout_ms, request_ms: config.total_timeout_ms }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::from(&server::Config::default())
    }
}

/// The providers by the settings of the router, all of which are checked.
pub(super) fn router_providers(component: &Component<'_>) -> Result<Vec<DeclaredProvider>, SettingError> {
    providers(lookup(component, "router"))
}

/// The providers by the value of [`PROVIDERS`] alone; none if the router would refuse it.
pub(super) fn declared_providers(value: &str) -> Vec<DeclaredProvider> {
    providers(|key| (key == "providers").then(|| value.to_owned())).unwrap_or_default()
}

fn providers(get: impl Fn(&str) -> Option<String>) -> Result<Vec<DeclaredProvider>, SettingError> {
    let config = router::Config::from_settings(get)
        .map_err(|error| SettingError { key: error.key().to_owned(), message: error.to_string() })?;
    let declared = config.providers().map(|(link, prefix)| DeclaredProvider {
        link: link.to_owned(),
        prefix: prefix.unwrap_or_default().to_owned(),
    });
    Ok(declared.collect())
}

/// The settings of a component by their keys without the prefix.
fn lookup(component: &Component<'_>, prefix: &str) -> impl Fn(&str) -> Option<String> {
    move |key| component.setting(&format!("{prefix}.{key}"))?.text().map(str::to_owned)
}
