//! What an operator sets for providers, on the command line and in a file.

mod scoped;
mod settings;
mod source;
mod values;

pub(crate) use scoped::{Scoped, for_provider};
pub(crate) use settings::{Settings, TRANSPORT};
pub(crate) use source::Source;
pub(crate) use values::{Bytes, Time};
