//! `Implementation`, the program of a client or of a server, and the icons that many records have.

#[cfg(test)]
mod tests;

use contract::model::{Icon, IconTheme, Implementation};
use serde_json::value::RawValue;

use crate::Version;
use crate::json::{EncodeResult, FieldError, Fields, JsonBuffer, ObjectWriter, string, text};

/// Reads an `Implementation`: the `clientInfo` of either era. Icons of a later version, which cannot be read, are left out.
pub(crate) fn read(raw: &RawValue) -> Result<Implementation, FieldError> {
    let mut fields = Fields::read(raw)?;
    Ok(Implementation {
        name: fields.required_text("name")?,
        version: fields.required_text("version")?,
        title: fields.optional_text("title")?,
        description: fields.optional_text("description")?,
        website_url: fields.optional_text("websiteUrl")?,
        icons: fields.readable_items("icons", read_icon),
        extra: fields.remaining(),
    })
}

fn read_icon(raw: &RawValue) -> Result<Icon, FieldError> {
    let mut fields = Fields::read(raw)?;
    Ok(Icon {
        src: fields.required_text("src")?,
        mime_type: fields.optional_text("mimeType")?,
        sizes: fields.items("sizes", |size| {
            Ok(text(size).ok_or_else(|| FieldError::new("", "must be a string"))?.into_owned())
        })?,
        theme: fields.take("theme").and_then(text).and_then(|name| theme(&name)),
        extra: fields.remaining(),
    })
}

/// The theme of this name, if it is one of the schema.
fn theme(name: &str) -> Option<IconTheme> {
    match name {
        "light" => Some(IconTheme::Light),
        "dark" => Some(IconTheme::Dark),
        _ => None,
    }
}

/// Writes an `Implementation`. The members that 2025-11-25 added to it are left out before.
pub(crate) fn write(out: &mut JsonBuffer, of: &Implementation, version: Version) -> EncodeResult {
    let mut object = ObjectWriter::open(out, of.extra.as_deref())?;
    object.text("name", &of.name);
    object.optional_text("title", of.title.as_deref());
    object.text("version", &of.version);
    if version >= Version::V2025_11_25 {
        object.optional_text("description", of.description.as_deref());
        object.optional_text("websiteUrl", of.website_url.as_deref());
    }
    write_icons(&mut object, &of.icons, version)?;
    object.close();
    Ok(())
}

/// Writes the member `icons` (2025-11-25 and later).
pub(crate) fn write_icons(object: &mut ObjectWriter<'_, '_>, icons: &[Icon], version: Version) -> EncodeResult {
    if version < Version::V2025_11_25 { Ok(()) } else { object.optional_list("icons", icons, write_icon) }
}

fn write_icon(out: &mut JsonBuffer, icon: &Icon) -> EncodeResult {
    let mut object = ObjectWriter::open(out, icon.extra.as_deref())?;
    object.text("src", &icon.src);
    object.optional_text("mimeType", icon.mime_type.as_deref());
    object.optional_list("sizes", &icon.sizes, |out, size| {
        string(out, size);
        Ok(())
    })?;
    object.optional_text(
        "theme",
        icon.theme.map(|theme| match theme {
            IconTheme::Light => "light",
            IconTheme::Dark => "dark",
        }),
    );
    object.close();
    Ok(())
}
