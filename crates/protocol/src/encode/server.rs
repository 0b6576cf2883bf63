use contract::model::ProviderInfo;

use super::object::string;
use super::result::{self, Stamp};
use super::{Written, capabilities, info};
use crate::Version;

/// The result of `initialize`, in the version that was agreed on. What `info` offers is declared, so what the server cannot do
/// must have been taken out of it.
pub fn initialize_result(out: &mut Vec<u8>, info: &ProviderInfo, version: Version) -> Written {
    let mut object = result::open(out, info.extra.as_deref(), version)?;
    object.text("protocolVersion", version.as_str());
    let more = object.take_extra("capabilities");
    object.nested("capabilities", info, |out, info| capabilities::server(out, info, more, version))?;
    object.nested("serverInfo", &info.implementation, |out, of| info::implementation(out, of, version))?;
    object.optional_text("instructions", info.instructions.as_deref());
    object.close();
    Ok(())
}

/// The result of `server/discover`. The program is in `_meta`, not beside the capabilities (2026-07-28, discovery).
pub fn discover_result(out: &mut Vec<u8>, info: &ProviderInfo, supported: &[Version], stamp: &Stamp) -> Written {
    let version = Version::MODERN;
    let mut object = result::open(out, info.extra.as_deref(), version)?;
    object.list("supportedVersions", supported, |out, version| {
        string(out, version.as_str());
        Ok(())
    })?;
    let more = object.take_extra("capabilities");
    object.nested("capabilities", info, |out, info| capabilities::server(out, info, more, version))?;
    object.optional_text("instructions", info.instructions.as_deref());
    result::cache(&mut object, info.cache.as_ref(), version);
    result::close(object, version, Some(stamp))
}
