//! Every setting of the server, in one table: key, default, meaning, parser, and the shapes of the server that read it.
//!
//! The table is in [`Transport`], [`Auth`] and [`Router`], whose rows are one line each. A row makes a field of a struct with a typed
//! value, the reading of it, its error, and its entry in [`all`], from which come the checks of the command line and of
//! manifests, the output of `wasmcp settings` and, by a test, the page `docs/settings.md`.
//!
//! ```
//! let get = |name: &str| Ok::<_, ()>((name == "body-limit").then(|| "9".to_owned()));
//! assert_eq!(settings::Transport::read(get).map(|read| read.body_limit), Ok(9));
//! ```
//!
//! # Design
//! - A new setting is a row of the table and the code that uses its field.
//! - No error shows a value: it may be a secret.
//! - The settings of providers are not here, since a provider reads them itself.

mod allowed_host;
mod allowed_origin;
mod error;
mod name_pattern;
mod row;
mod table;
mod value_kinds;
mod view;

pub use allowed_host::{AllowedHost, Authority, HostName};
pub use allowed_origin::AllowedOrigin;
pub use error::SettingError;
pub use name_pattern::Pattern;
pub use row::{Setting, Shapes};
pub use table::{Auth, Policy, Router, Transport, all, names};
pub use value_kinds::{Denials, ProviderLink, SIGNATURE_ALGORITHMS, Secret};
pub use view::{Annotation, Selector, View};
