//! What an operator sets for providers, on the command line and in a file.

mod address;
mod scoped;
mod settings;
mod source;
mod values;

pub(crate) use address::listening_address;
pub(crate) use scoped::{Scoped, check_prefixes, check_scopes, for_provider};
pub(crate) use settings::Settings;
pub(crate) use source::Source;
pub(crate) use values::{Bytes, Time};
