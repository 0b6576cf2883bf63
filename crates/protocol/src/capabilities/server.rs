//! `ServerCapabilities`.

use contract::model::{Offers, ProviderInfo};
use serde_json::value::RawValue;

use super::{Flag, write_flags};
use crate::Version;
use crate::json::{EncodeResult, JsonBuffer, ObjectWriter};

/// A member and the offer that it declares.
type Member = (&'static str, Offers);

/// Each capability of the schema, with the members that it may have. All three versions have all of them.
const CAPABILITIES: [(Member, &[Member]); 5] = [
    (("tools", Offers::TOOLS), &[("listChanged", Offers::TOOLS_CHANGES)]),
    (
        ("resources", Offers::RESOURCES),
        &[("subscribe", Offers::RESOURCE_SUBSCRIPTIONS), ("listChanged", Offers::RESOURCES_CHANGES)],
    ),
    (("prompts", Offers::PROMPTS), &[("listChanged", Offers::PROMPTS_CHANGES)]),
    (("completions", Offers::COMPLETION), &[]),
    (("logging", Offers::LOGGING), &[]),
];

/// Writes the capabilities: of those that the contract names, exactly the ones that `info` offers, since a capability that is
/// declared must work. `extra` may add others, and settings to those that are offered. Extensions are of the modern era.
pub(crate) fn write(
    out: &mut JsonBuffer,
    info: &ProviderInfo,
    extra: Option<&RawValue>,
    version: Version,
) -> EncodeResult {
    let offers = |offer| info.offers.contains(offer);
    let mut object = ObjectWriter::open(out, extra.map(RawValue::get))?;
    for ((name, offer), parts) in CAPABILITIES {
        if offers(offer) {
            write_flags(&mut object, name, parts.iter().map(|&(name, part)| (name, offers(part))), Flag::True)?;
        } else {
            object.take_extra(name);
        }
    }
    object.entries("experimental", &info.experimental)?;
    if version.is_modern() {
        object.entries("extensions", &info.extensions)?;
    }
    object.close();
    Ok(())
}
