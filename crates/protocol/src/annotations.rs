//! The annotations of content and of resources.

use contract::model::{Annotations, Role};

use crate::json::{EncodeResult, ObjectWriter, string};

/// Writes the member `annotations`.
pub(crate) fn write(object: &mut ObjectWriter<'_, '_>, of: Option<&Annotations>) -> EncodeResult {
    object.optional("annotations", of, |out, of| {
        let mut object = ObjectWriter::open(out, of.extra.as_deref())?;
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

/// The name of a role on the wire.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}
