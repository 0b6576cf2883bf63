use contract::model::{ClientCapabilities, ClientFeatures, Offers, ProviderInfo};
use serde_json::value::RawValue;

use super::object::Object;
use super::{EncodeError, Written};
use crate::{Version, members};

/// A member and what must be offered for it to be there.
type Member = (&'static str, Offers);

/// `ServerCapabilities`: of what the contract names, what is offered and nothing else, since what is declared must work. `extra`
/// may add to it, settings of what is offered as well.
pub(super) fn server(out: &mut Vec<u8>, info: &ProviderInfo, extra: Option<&RawValue>, version: Version) -> Written {
    let offers = |offer| info.offers.contains(offer);
    let mut object = Object::open(out, extra.map(RawValue::get))?;
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
            flags(&mut object, name, parts.iter().map(|&(name, part)| (name, offers(part))), Flag::True)?;
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

/// `ClientCapabilities`, as the data of an error says which of them a call needs.
pub fn client_capabilities(capabilities: &ClientCapabilities) -> Result<String, EncodeError> {
    use ClientFeatures as F;
    let has = |feature| capabilities.features.contains(feature);
    let mut out = Vec::new();
    let mut object = Object::open(&mut out, capabilities.extra.as_deref())?;
    if has(F::ROOTS) || has(F::ROOTS_LIST_CHANGED) {
        flags(&mut object, "roots", [("listChanged", has(F::ROOTS_LIST_CHANGED))], Flag::True)?;
    }
    let (context, tools) = (has(F::SAMPLING_CONTEXT), has(F::SAMPLING_TOOLS));
    if has(F::SAMPLING) || context || tools {
        flags(&mut object, "sampling", [("context", context), ("tools", tools)], Flag::Object)?;
    }
    let (form, url) = (has(F::ELICITATION_FORM), has(F::ELICITATION_URL));
    if form || url {
        flags(&mut object, "elicitation", [("form", form), ("url", url)], Flag::Object)?;
    }
    object.entries("extensions", &capabilities.extensions)?;
    object.entries("experimental", &capabilities.experimental)?;
    object.close();
    String::from_utf8(out).map_err(|_| EncodeError::new("", "is not UTF-8"))
}

/// How a flag that is set is written.
#[derive(Clone, Copy)]
enum Flag {
    True,
    /// An object, which may have settings in `extra`.
    Object,
}

/// A member that is an object with a member for each flag that is set, and with what `extra` has under its name.
fn flags<'n>(
    object: &mut Object<'_, '_>,
    name: &str,
    flags: impl IntoIterator<Item = (&'n str, bool)>,
    how: Flag,
) -> Written {
    let theirs = object.take_extra(name).filter(|theirs| members::is_object(theirs)).map(RawValue::get);
    let mut inner = Object::open(object.value(name), theirs).map_err(|breach| breach.within(name))?;
    for (flag, set) in flags {
        let settings = inner.take_extra(flag).filter(|settings| members::is_object(settings));
        match (set, how, settings) {
            (false, ..) => {}
            (true, Flag::Object, Some(settings)) => inner.raw(flag, settings.get().as_bytes()),
            (true, Flag::Object, None) => inner.raw(flag, b"{}"),
            (true, Flag::True, _) => inner.raw(flag, b"true"),
        }
    }
    inner.close();
    Ok(())
}
