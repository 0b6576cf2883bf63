//! `ClientCapabilities`.

#[cfg(test)]
mod tests;

use contract::model::{ClientCapabilities, ClientFeatures};
use serde_json::value::RawValue;

use super::{Flag, write_flags};
use crate::json::{EncodeError, FieldError, Fields, JsonBuffer, ObjectWriter};

/// Reads the capabilities of a legacy `initialize`, or of the `_meta` of a modern request.
pub(crate) fn read(raw: &RawValue) -> Result<ClientCapabilities, FieldError> {
    let mut fields = Fields::read(raw)?;
    let features =
        [fields.inner("roots", roots)?, fields.inner("sampling", sampling)?, fields.inner("elicitation", elicitation)?];
    let features = features.into_iter().flatten().fold(ClientFeatures::empty(), |all, some| all | some);
    Ok(ClientCapabilities {
        features,
        extensions: fields.entries("extensions")?,
        experimental: fields.entries("experimental")?,
        extra: fields.remaining(),
    })
}

fn roots(fields: &mut Fields<'_>) -> Result<ClientFeatures, FieldError> {
    Ok(match fields.optional_bool("listChanged")? {
        Some(true) => ClientFeatures::ROOTS | ClientFeatures::ROOTS_LIST_CHANGED,
        _ => ClientFeatures::ROOTS,
    })
}

fn sampling(fields: &mut Fields<'_>) -> Result<ClientFeatures, FieldError> {
    let parts = [("context", ClientFeatures::SAMPLING_CONTEXT), ("tools", ClientFeatures::SAMPLING_TOOLS)];
    parts.into_iter().try_fold(ClientFeatures::SAMPLING, |features, (name, feature)| {
        Ok(if fields.has_object(name)? { features | feature } else { features })
    })
}

fn elicitation(fields: &mut Fields<'_>) -> Result<ClientFeatures, FieldError> {
    let (form, url) = (fields.has_object("form")?, fields.has_object("url")?);
    let mut features = ClientFeatures::empty();
    if url {
        features |= ClientFeatures::ELICITATION_URL;
    }
    // An empty object means forms, as it did when there was nothing else (2025-11-25, elicitation, capabilities).
    if form || !url {
        features |= ClientFeatures::ELICITATION_FORM;
    }
    Ok(features)
}

/// The capabilities as JSON: the data of an error that names those that a call needs.
pub fn client_capabilities(capabilities: &ClientCapabilities) -> Result<String, EncodeError> {
    use ClientFeatures as F;
    let has = |feature| capabilities.features.contains(feature);
    let mut out = JsonBuffer::unbounded();
    let mut object = ObjectWriter::open(&mut out, capabilities.extra.as_deref())?;
    if has(F::ROOTS) || has(F::ROOTS_LIST_CHANGED) {
        write_flags(&mut object, "roots", [("listChanged", has(F::ROOTS_LIST_CHANGED))], Flag::True)?;
    }
    let (context, tools) = (has(F::SAMPLING_CONTEXT), has(F::SAMPLING_TOOLS));
    if has(F::SAMPLING) || context || tools {
        write_flags(&mut object, "sampling", [("context", context), ("tools", tools)], Flag::Object)?;
    }
    let (form, url) = (has(F::ELICITATION_FORM), has(F::ELICITATION_URL));
    if form || url {
        write_flags(&mut object, "elicitation", [("form", form), ("url", url)], Flag::Object)?;
    }
    object.entries("extensions", &capabilities.extensions)?;
    object.entries("experimental", &capabilities.experimental)?;
    object.close();
    let json = out.finish().and_then(|out| String::from_utf8(out).ok());
    json.ok_or_else(|| EncodeError::new("", "is not UTF-8"))
}
