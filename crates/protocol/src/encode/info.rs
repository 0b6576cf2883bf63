use contract::model::{Annotations, Icon, IconTheme, Implementation, Role};

use super::Written;
use super::object::{Object, string};
use crate::Version;

/// `Implementation`. What 2025-11-25 added to it is left out before.
pub(super) fn implementation(out: &mut Vec<u8>, of: &Implementation, version: Version) -> Written {
    let mut object = Object::open(out, of.extra.as_deref())?;
    object.text("name", &of.name);
    object.optional_text("title", of.title.as_deref());
    object.text("version", &of.version);
    if version >= Version::V2025_11_25 {
        object.optional_text("description", of.description.as_deref());
        object.optional_text("websiteUrl", of.website_url.as_deref());
    }
    icons(&mut object, &of.icons, version)?;
    object.close();
    Ok(())
}

/// The member `icons` (2025-11-25 and later).
pub(super) fn icons(object: &mut Object<'_, '_>, icons: &[Icon], version: Version) -> Written {
    if version < Version::V2025_11_25 { Ok(()) } else { object.optional_list("icons", icons, icon) }
}

fn icon(out: &mut Vec<u8>, icon: &Icon) -> Written {
    let mut object = Object::open(out, icon.extra.as_deref())?;
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

/// The member `annotations` of content and resources.
pub(super) fn annotations(object: &mut Object<'_, '_>, of: Option<&Annotations>) -> Written {
    object.optional("annotations", of, |out, of| {
        let mut object = Object::open(out, of.extra.as_deref())?;
        object.optional_list("audience", &of.audience, |out, role| {
            string(out, role_name(*role));
            Ok(())
        })?;
        object.optional_number("priority", of.priority)?;
        object.optional_text("lastModified", of.last_modified.as_deref());
        object.close();
        Ok(())
    })
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}
