//! The parameters of a request: one index of the members of `params`, and of its `_meta`, made once per request.
//!
//! The index borrows from the body and takes no value apart. It serves the choice of the era and `_meta` ([`Meta`]), the comparison
//! with `Mcp-Name`, and the decoding into the records of the contract, which the module of each family of methods does.
//! `Mcp-Param-*` is compared with the decoded arguments ([`mcp_param`](crate::mcp_param)).

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::envelope::Meta;
use crate::json::{self, FieldError, Fields, InvalidParams, Members, not_null};

/// The members of `params`, each as the text that it came as.
#[derive(Clone, Debug, Default)]
pub struct Params<'a> {
    /// All members but `_meta`.
    members: Members<'a>,
    meta: Meta<'a>,
}

/// The parameters of a method that can take several legs, with the client's answers between them (2026-07-28, multi round-trip
/// requests).
#[derive(Clone, Debug, PartialEq)]
pub struct MultiLegParams<T> {
    /// The record of the contract, not resumed.
    pub call: T,
    /// The client repeats a call with `inputResponses` or `requestState`, which are not in the record.
    pub resumed_by_client: bool,
}

impl<'a> Params<'a> {
    /// Indexes the parameters of a request. They and their `_meta` must be objects where they are there, and a progress token a
    /// string or an integer. `null` is the same as nothing.
    pub fn read(params: Option<&'a RawValue>) -> Result<Self, InvalidParams> {
        let Some(params) = params.filter(not_null) else { return Ok(Self::default()) };
        let mut members = Members::read(params.get()).map_err(|_| FieldError::new("params", "must be an object"))?;
        let meta = members
            .take("_meta")
            .filter(not_null)
            .map(Meta::read)
            .transpose()
            .map_err(|error| error.within("params"))?;
        Ok(Self { members, meta: meta.unwrap_or_default() })
    }

    /// `params._meta`; empty where there is none.
    #[must_use]
    pub fn meta(&self) -> &Meta<'a> {
        &self.meta
    }

    /// The JSON text of a member other than `_meta`.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'a RawValue> {
        self.members.get(name).filter(not_null)
    }

    /// The text of a member that must be a string where it is there.
    pub fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, InvalidParams> {
        let text =
            |raw| json::text(raw).ok_or_else(|| FieldError::new(name, "must be a string").within("params").into());
        self.member(name).map(text).transpose()
    }

    /// The cursor of a list's page. The empty string is a cursor.
    pub fn cursor(&self) -> Result<Option<String>, InvalidParams> {
        Ok(self.text("cursor")?.map(Cow::into_owned))
    }

    /// Decodes the members into a record.
    pub(crate) fn decode<T>(
        &self,
        read: impl FnOnce(&mut Fields<'a>) -> Result<T, FieldError>,
    ) -> Result<T, InvalidParams> {
        read(&mut Fields::of(self.members.clone())).map_err(|error| error.within("params").into())
    }

    /// Decodes the members into a record, without those by which a client goes on with a call.
    pub(crate) fn decode_multi_leg<T>(
        &self,
        read: impl FnOnce(&mut Fields<'a>) -> Result<T, FieldError>,
    ) -> Result<MultiLegParams<T>, InvalidParams> {
        self.decode(|fields| {
            let resumed_by_client =
                [fields.take("inputResponses"), fields.take("requestState")].iter().any(Option::is_some);
            Ok(MultiLegParams { call: read(fields)?, resumed_by_client })
        })
    }
}
