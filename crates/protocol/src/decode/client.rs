use contract::model::{ClientCapabilities, ClientFeatures, Icon, IconTheme, Implementation};
use serde_json::value::RawValue;

use super::{Fault, Fields};
use crate::members;

/// `ClientCapabilities`: of a legacy `initialize`, or of the `_meta` of a modern request.
pub(crate) fn client_capabilities(raw: &RawValue) -> Result<ClientCapabilities, Fault> {
    let mut fields = Fields::read(raw)?;
    let mut features = ClientFeatures::empty();
    if let Some(mut roots) = fields.optional_object("roots")? {
        features |= ClientFeatures::ROOTS;
        if roots.optional_bool("listChanged").map_err(|fault| fault.within("roots"))? == Some(true) {
            features |= ClientFeatures::ROOTS_LIST_CHANGED;
        }
    }
    if let Some(mut sampling) = fields.optional_object("sampling")? {
        features |= ClientFeatures::SAMPLING;
        let parts = [("context", ClientFeatures::SAMPLING_CONTEXT), ("tools", ClientFeatures::SAMPLING_TOOLS)];
        for (name, feature) in parts {
            if sampling.has_object(name).map_err(|fault| fault.within("sampling"))? {
                features |= feature;
            }
        }
    }
    if let Some(mut elicitation) = fields.optional_object("elicitation")? {
        let mut has = |name| elicitation.has_object(name).map_err(|fault| fault.within("elicitation"));
        let (form, url) = (has("form")?, has("url")?);
        if url {
            features |= ClientFeatures::ELICITATION_URL;
        }
        // An empty object means forms, as it did when there was nothing else (2025-11-25, elicitation, capabilities).
        if form || !url {
            features |= ClientFeatures::ELICITATION_FORM;
        }
    }
    Ok(ClientCapabilities {
        features,
        extensions: fields.entries("extensions")?,
        experimental: fields.entries("experimental")?,
        extra: fields.rest(),
    })
}

/// `Implementation`: the `clientInfo` of either era.
pub(crate) fn implementation(raw: &RawValue) -> Result<Implementation, Fault> {
    let mut fields = Fields::read(raw)?;
    Ok(Implementation {
        name: fields.required_text("name")?,
        version: fields.required_text("version")?,
        title: fields.optional_text("title")?,
        description: fields.optional_text("description")?,
        website_url: fields.optional_text("websiteUrl")?,
        icons: fields.items("icons", icon)?,
        extra: fields.rest(),
    })
}

fn icon(raw: &RawValue) -> Result<Icon, Fault> {
    let mut fields = Fields::read(raw)?;
    Ok(Icon {
        src: fields.required_text("src")?,
        mime_type: fields.optional_text("mimeType")?,
        sizes: fields.items("sizes", size)?,
        theme: fields.optional_text("theme")?.map(theme).transpose()?,
        extra: fields.rest(),
    })
}

fn size(raw: &RawValue) -> Result<String, Fault> {
    Ok(members::text(raw).ok_or_else(|| Fault::new("", "must be a string"))?.into_owned())
}

fn theme(name: String) -> Result<IconTheme, Fault> {
    match name.as_str() {
        "light" => Ok(IconTheme::Light),
        "dark" => Ok(IconTheme::Dark),
        _ => Err(Fault::new("theme", "must be `light` or `dark`")),
    }
}
