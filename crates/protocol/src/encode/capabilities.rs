use contract::model::{ClientCapabilities, ClientFeatures, Offers, ProviderInfo};

use super::object::Object;
use super::{EncodeError, Written};
use crate::Version;

/// A member and what must be offered for it to be there.
type Member = (&'static str, Offers);

/// `ServerCapabilities`: what is offered and nothing else, since what is declared must work.
pub(super) fn server(out: &mut Vec<u8>, info: &ProviderInfo, version: Version) -> Written {
    let offers = |offer| info.offers.contains(offer);
    let mut object = Object::open(out, None)?;
    let all: [(Member, &[Member]); 5] = [
        (("tools", Offers::TOOLS), &[("listChanged", Offers::TOOLS_CHANGES)]),
        (
            ("resources", Offers::RESOURCES),
            &[("subscribe", Offers::RESOURCE_SUBSCRIPTIONS), ("listChanged", Offers::RESOURCES_CHANGES)],
        ),
        (("prompts", Offers::PROMPTS), &[("listChanged", Offers::PROMPTS_CHANGES)]),
        (("completions", Offers::COMPLETION), &[]),
        (("logging", Offers::LOGGING), &[]),
    ];
    for ((name, offer), parts) in all {
        if offers(offer) {
            flags(object.value(name), parts.iter().map(|&(name, part)| (name, offers(part))), "true")?;
        }
    }
    object.entries("experimental", &info.experimental)?;
    if version.is_modern() {
        object.entries("extensions", &info.extensions)?;
    }
    object.close();
    Ok(())
}

/// `ClientCapabilities`, as the data of an error says which of them a call needs.
pub fn client_capabilities(capabilities: &ClientCapabilities) -> Result<String, EncodeError> {
    use ClientFeatures as F;
    let has = |feature| capabilities.features.contains(feature);
    let mut out = Vec::new();
    let mut object = Object::open(&mut out, capabilities.extra.as_deref())?;
    if has(F::ROOTS) || has(F::ROOTS_LIST_CHANGED) {
        flags(object.value("roots"), [("listChanged", has(F::ROOTS_LIST_CHANGED))], "true")?;
    }
    let (context, tools) = (has(F::SAMPLING_CONTEXT), has(F::SAMPLING_TOOLS));
    if has(F::SAMPLING) || context || tools {
        flags(object.value("sampling"), [("context", context), ("tools", tools)], "{}")?;
    }
    let (form, url) = (has(F::ELICITATION_FORM), has(F::ELICITATION_URL));
    if form || url {
        flags(object.value("elicitation"), [("form", form), ("url", url)], "{}")?;
    }
    object.entries("extensions", &capabilities.extensions)?;
    object.entries("experimental", &capabilities.experimental)?;
    object.close();
    String::from_utf8(out).map_err(|_| EncodeError::new("", "is not UTF-8"))
}

/// An object that has a member, always of the same value, for each flag that is set.
fn flags<'n>(out: &mut Vec<u8>, flags: impl IntoIterator<Item = (&'n str, bool)>, value: &str) -> Written {
    let mut object = Object::open(out, None)?;
    for (name, _) in flags.into_iter().filter(|(_, set)| *set) {
        object.raw(name, value.as_bytes());
    }
    object.close();
    Ok(())
}
