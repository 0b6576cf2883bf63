//! The values of command-line options and of the settings file.

mod component_arg;
mod listen_address;
mod per_provider;
mod settings;
mod units;

pub(crate) use component_arg::ComponentArg;
pub(crate) use listen_address::listen_address;
pub(crate) use per_provider::{PerProvider, check_prefixes, check_providers, for_provider};
pub(crate) use settings::{SECTIONS, Settings};
pub(crate) use units::{Bytes, Time};
