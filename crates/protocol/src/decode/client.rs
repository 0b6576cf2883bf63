use contract::model::{ClientCapabilities, ClientFeatures, Icon, IconTheme, Implementation};
use serde_json::value::RawValue;

use super::{Fault, Fields};
use crate::members;

/// `ClientCapabilities`: of a legacy `initialize`, or of the `_meta` of a modern request.
pub(crate) fn client_capabilities(raw: &RawValue) -> Result<ClientCapabilities, Fault> {
    let mut fields = Fields::read(raw)?;
    let features =
        [fields.inner("roots", roots)?, fields.inner("sampling", sampling)?, fields.inner("elicitation", elicitation)?];
    let features = features.into_iter().flatten().fold(ClientFeatures::empty(), |all, some| all | some);
    Ok(ClientCapabilities {
        features,
        extensions: fields.entries("extensions")?,
        experimental: fields.entries("experimental")?,
        extra: fields.rest(),
    })
}

fn roots(fields: &mut Fields<'_>) -> Result<ClientFeatures, Fault> {
    Ok(match fields.optional_bool("listChanged")? {
        Some(true) => ClientFeatures::ROOTS | ClientFeatures::ROOTS_LIST_CHANGED,
        _ => ClientFeatures::ROOTS,
    })
}

fn sampling(fields: &mut Fields<'_>) -> Result<ClientFeatures, Fault> {
    let parts = [("context", ClientFeatures::SAMPLING_CONTEXT), ("tools", ClientFeatures::SAMPLING_TOOLS)];
    parts.into_iter().try_fold(ClientFeatures::SAMPLING, |features, (name, feature)| {
        Ok(if fields.has_object(name)? { features | feature } else { features })
    })
}

fn elicitation(fields: &mut Fields<'_>) -> Result<ClientFeatures, Fault> {
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
