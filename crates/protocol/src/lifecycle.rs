//! The methods about the server itself: `initialize` and `ping` of the legacy era, `server/discover` of the modern one.

#[cfg(test)]
mod tests;

use contract::model::{ClientCapabilities, Implementation, ProviderInfo};

use crate::json::{EncodeError, InvalidParams, JsonBuffer, string};
use crate::result::{self, ServerInfoMeta};
use crate::{Params, Version, capabilities, implementation};

/// The method that begins a legacy connection (2025-06-18 and 2025-11-25).
pub const INITIALIZE: &str = "initialize";
/// The method that asks whether a legacy server is alive.
pub const PING: &str = "ping";
/// The method that asks a modern server what it is.
pub const DISCOVER: &str = "server/discover";

/// The parameters of `initialize`.
#[derive(Clone, Debug, PartialEq)]
pub struct InitializeParams {
    /// The version that the client would like to speak: any text.
    pub protocol_version: String,
    /// What the client can do for the server.
    pub capabilities: ClientCapabilities,
    /// The client's program. Unverified.
    pub client: Implementation,
}

/// Decodes the parameters of `initialize`.
pub fn initialize_params(params: &Params<'_>) -> Result<InitializeParams, InvalidParams> {
    params.decode(|fields| {
        Ok(InitializeParams {
            protocol_version: fields.required_text("protocolVersion")?,
            capabilities: capabilities::read_client(fields.required_object("capabilities")?)
                .map_err(|error| error.within("capabilities"))?,
            client: implementation::read(fields.required_object("clientInfo")?)
                .map_err(|error| error.within("clientInfo"))?,
        })
    })
}

/// Writes the result of `initialize`, in the version that was agreed on. What `info` offers is declared, so the caller takes out
/// of it what the server cannot do.
pub fn initialize_result(out: &mut JsonBuffer, info: &ProviderInfo, version: Version) -> Result<(), EncodeError> {
    let mut object = result::open(out, info.extra.as_deref(), version)?;
    object.text("protocolVersion", version.as_str());
    let extra = object.take_extra_object("capabilities");
    object.nested("capabilities", info, |out, info| capabilities::write_server(out, info, extra, version))?;
    object.nested("serverInfo", &info.implementation, |out, of| implementation::write(out, of, version))?;
    object.optional_text("instructions", info.instructions.as_deref());
    object.close();
    Ok(())
}

/// Writes the result of `server/discover`. What `info` offers is declared, as for `initialize`. The program is in `_meta`, not
/// beside the capabilities (2026-07-28, discovery).
pub fn discover_result(
    out: &mut JsonBuffer,
    info: &ProviderInfo,
    supported: &[Version],
    server_info: &ServerInfoMeta,
) -> Result<(), EncodeError> {
    let version = Version::MODERN;
    let mut object = result::open(out, info.extra.as_deref(), version)?;
    object.list("supportedVersions", supported, |out, version| {
        string(out, version.as_str());
        Ok(())
    })?;
    let extra = object.take_extra_object("capabilities");
    object.nested("capabilities", info, |out, info| capabilities::write_server(out, info, extra, version))?;
    object.optional_text("instructions", info.instructions.as_deref());
    result::write_cache(&mut object, info.cache.as_ref(), version)?;
    result::close(object, version, Some(server_info))
}

/// Checks that a description can be told to clients of every version.
pub fn check_info(info: &ProviderInfo) -> Result<(), EncodeError> {
    let program = ServerInfoMeta::new(&info.implementation)?;
    discover_result(&mut JsonBuffer::unbounded(), info, &[], &program)
}

/// Writes the result of `ping`, and of any method that has nothing to say but that it was done.
pub fn empty_result(
    out: &mut JsonBuffer,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    result::close(result::open(out, None, version)?, version, server_info)
}
