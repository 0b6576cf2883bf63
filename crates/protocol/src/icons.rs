//! `Icon`, of which servers, tools, resources, templates and prompts have some.

use contract::model::{Icon, IconTheme};
use serde_json::value::RawValue;

use crate::json::{EncodeResult, FieldError, Fields, JsonBuffer, ObjectWriter, string, text};
use crate::{Version, web_url};

/// Reads an icon.
pub(crate) fn read(raw: &RawValue) -> Result<Icon, FieldError> {
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

/// Writes the member `icons`, which versions before 2025-11-25 do not have.
pub(crate) fn write_member(object: &mut ObjectWriter<'_, '_>, icons: &[Icon], version: Version) -> EncodeResult {
    if version < Version::V2025_11_25 { Ok(()) } else { object.optional_list("icons", icons, write) }
}

fn write(out: &mut JsonBuffer, icon: &Icon) -> EncodeResult {
    let mut object = ObjectWriter::open(out, icon.extra.as_deref())?;
    web_url::check_image("src", &icon.src)?;
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
