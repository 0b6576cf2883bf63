//! `Implementation`, the program of a client or of a server.

#[cfg(test)]
mod tests;

use contract::model::Implementation;
use serde_json::value::RawValue;

use crate::json::{EncodeResult, FieldError, Fields, JsonBuffer, ObjectWriter};
use crate::{Version, icons, web_url};

/// Reads an `Implementation`: the `clientInfo` of either era. Icons of a later version, which cannot be read, are left out.
pub(crate) fn read(raw: &RawValue) -> Result<Implementation, FieldError> {
    let mut fields = Fields::read(raw)?;
    Ok(Implementation {
        name: fields.required_text("name")?,
        version: fields.required_text("version")?,
        title: fields.optional_text("title")?,
        description: fields.optional_text("description")?,
        website_url: fields.optional_text("websiteUrl")?,
        icons: fields.readable_items("icons", icons::read),
        extra: fields.remaining(),
    })
}

/// Writes an `Implementation`. The members that 2025-11-25 added to it are left out before.
pub(crate) fn write(out: &mut JsonBuffer, of: &Implementation, version: Version) -> EncodeResult {
    let mut object = ObjectWriter::open(out, of.extra.as_deref())?;
    object.text("name", &of.name);
    object.optional_text("title", of.title.as_deref());
    object.text("version", &of.version);
    if version >= Version::V2025_11_25 {
        object.optional_text("description", of.description.as_deref());
        if let Some(url) = &of.website_url {
            web_url::check_website("websiteUrl", url)?;
            object.text("websiteUrl", url);
        }
    }
    icons::write_member(&mut object, &of.icons, version)?;
    object.close();
    Ok(())
}
