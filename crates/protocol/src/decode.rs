//! The parameters of requests as records of the contract.

mod client;
mod fields;
mod invalid;
#[cfg(test)]
mod tests;

use contract::model::{ClientCapabilities, Implementation, ToolCall};
use serde_json::value::RawValue;

use crate::members::{self, Members};

pub(crate) use client::{client_capabilities, implementation};
pub(crate) use invalid::Fault;
pub use invalid::InvalidParams;

use fields::Fields;

/// What `initialize` says (2025-06-18 and 2025-11-25).
#[derive(Clone, Debug, PartialEq)]
pub struct InitializeParams {
    /// What the client would like to speak: any text.
    pub protocol_version: String,
    /// What it can do for the server.
    pub capabilities: ClientCapabilities,
    /// Its program. Unverified.
    pub client: Implementation,
}

/// What `tools/call` says.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCallParams {
    /// The call, not resumed.
    pub call: ToolCall,
    /// The client repeats a call with `inputResponses` or `requestState`.
    pub resumed_by_client: bool,
}

/// The parameters of `initialize`.
pub fn initialize(params: Option<&RawValue>) -> Result<InitializeParams, InvalidParams> {
    in_params(params, |fields| {
        Ok(InitializeParams {
            protocol_version: fields.required_text("protocolVersion")?,
            capabilities: client_capabilities(fields.required_object("capabilities")?)
                .map_err(|fault| fault.within("capabilities"))?,
            client: implementation(fields.required_object("clientInfo")?)
                .map_err(|fault| fault.within("clientInfo"))?,
        })
    })
}

/// The parameters of `tools/call`.
pub fn tool_call(params: Option<&RawValue>) -> Result<ToolCallParams, InvalidParams> {
    in_params(params, |fields| {
        let name = fields.required_text("name")?;
        let arguments = match fields.take("arguments") {
            Some(raw) if !members::is_object(raw) => {
                return Err(Fault::new("arguments", "must be an object; leave it out where there are none"));
            }
            arguments => arguments.map(|raw| raw.get().to_owned()),
        };
        // Not the provider's: `_meta` is in the context, and no server of ours makes tasks of 2025-11-25, whose members a
        // server without them ignores (2025-11-25, tasks).
        for name in ["_meta", "task"] {
            fields.take(name);
        }
        let resumed_by_client =
            [fields.take("inputResponses"), fields.take("requestState")].iter().any(Option::is_some);
        Ok(ToolCallParams {
            call: ToolCall { name, arguments, resumed: None, extra: fields.rest() },
            resumed_by_client,
        })
    })
}

/// An `Implementation` that was written before: that of a server.
pub fn server_info(raw: &RawValue) -> Result<Implementation, InvalidParams> {
    implementation(raw).map_err(|fault| fault.within("serverInfo").into())
}

/// The cursor of a list's page. The empty string is one.
pub fn list(params: Option<&RawValue>) -> Result<Option<String>, InvalidParams> {
    in_params(params, |fields| fields.optional_text("cursor"))
}

/// Reads the members of `params`, none where there are no parameters.
fn in_params<'a, T>(
    params: Option<&'a RawValue>,
    read: impl FnOnce(&mut Fields<'a>) -> Result<T, Fault>,
) -> Result<T, InvalidParams> {
    let members = params.map_or(Ok(Members::default()), |raw| Members::read(raw.get()));
    let read = match members {
        Ok(members) => read(&mut Fields::of(members)),
        Err(_) => Err(Fault::new("", "must be an object")),
    };
    read.map_err(|fault| fault.within("params").into())
}
