//! Capabilities: what a client declares, what an error says that a call needs of it, and what a server declares.

mod client;
mod server;

pub use client::client_capabilities;

pub(crate) use client::read as read_client;
pub(crate) use server::write as write_server;

use serde_json::value::RawValue;

use crate::json::{EncodeResult, ObjectWriter, is_object};

/// How a flag that is set is written.
#[derive(Clone, Copy)]
enum Flag {
    /// As `true`.
    True,
    /// As an object, which may have settings in `extra`.
    Object,
}

/// Writes a member that is an object with a member for each flag that is set, and with what `extra` has under its name.
fn write_flags<'n>(
    object: &mut ObjectWriter<'_, '_>,
    name: &str,
    flags: impl IntoIterator<Item = (&'n str, bool)>,
    how: Flag,
) -> EncodeResult {
    let extra = object.take_extra(name).filter(|extra| is_object(extra)).map(RawValue::get);
    let mut inner = ObjectWriter::open(object.value(name), extra).map_err(|error| error.within(name))?;
    for (flag, set) in flags {
        let settings = inner.take_extra(flag).filter(|settings| is_object(settings));
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
