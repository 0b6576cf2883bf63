use contract::model::{CacheHint, CacheScope, Implementation};
use serde_json::value::RawValue;

use super::object::Object;
use super::{EncodeError, Written, info};
use crate::{Version, envelope, members};

/// What the server adds to each result of the modern era: its own program, in `_meta`. It is written once and then copied.
#[derive(Clone, Debug)]
pub struct Stamp {
    server_info: Vec<u8>,
}

impl Stamp {
    /// The stamp of this program.
    pub fn new(server: &Implementation) -> Result<Self, EncodeError> {
        let mut server_info = Vec::new();
        info::implementation(&mut server_info, server, Version::MODERN)
            .map_err(|breach| breach.within("serverInfo"))?;
        Ok(Self { server_info })
    }

    /// The stamp that was this JSON.
    pub fn of_raw(server_info: &RawValue) -> Self {
        Self { server_info: server_info.get().into() }
    }

    /// The stamp as JSON, to be kept.
    pub fn to_raw(&self) -> Option<Box<RawValue>> {
        RawValue::from_string(String::from_utf8(self.server_info.clone()).ok()?).ok()
    }

    /// Writes `_meta` with what a provider has there too.
    fn put<'x>(&self, object: &mut Object<'_, 'x>) -> Written {
        let theirs = object.take_extra("_meta").map(RawValue::get);
        let mut meta = Object::open(object.value("_meta"), theirs)
            .map_err(|breach| EncodeError { path: "_meta".to_owned(), ..breach })?;
        meta.raw(envelope::SERVER_INFO, &self.server_info);
        meta.close();
        Ok(())
    }
}

/// What makes a result a question to the client (2026-07-28, multi round-trip requests). Only the transport writes it, sealed:
/// a provider's `extra` never puts it on the wire.
const DIALOGUE: [&str; 3] = ["inputRequests", "inputResponses", "requestState"];

/// Begins a result that is final. Of a legacy result the names that only modern ones have are kept out (spec: a result of the
/// older versions has none of them, and an open schema is no reason to send some).
pub(super) fn open<'o, 'x>(
    out: &'o mut Vec<u8>,
    extra: Option<&'x str>,
    version: Version,
) -> Result<Object<'o, 'x>, EncodeError> {
    let mut object = Object::open(out, extra)?;
    for name in DIALOGUE {
        object.take_extra(name);
    }
    if version.is_modern() {
        object.text("resultType", "complete");
    } else {
        for name in ["resultType", "ttlMs", "cacheScope"] {
            object.take_extra(name);
        }
    }
    Ok(object)
}

/// The members that say how long and by whom the answer may be kept: on every cacheable result of the modern era (2026-07-28,
/// caching). Without a hint, not at all.
pub(super) fn cache(object: &mut Object<'_, '_>, hint: Option<&CacheHint>, version: Version) {
    if !version.is_modern() {
        return;
    }
    let (ttl_ms, scope) = hint.map_or((0, CacheScope::Private), |hint| (hint.ttl_ms, hint.scope));
    object.raw("ttlMs", ttl_ms.to_string().as_bytes());
    object.text(
        "cacheScope",
        match scope {
            CacheScope::Public => "public",
            CacheScope::Private => "private",
        },
    );
}

/// Ends a result. Only a modern one bears the stamp.
pub(super) fn close(mut object: Object<'_, '_>, version: Version, stamp: Option<&Stamp>) -> Written {
    if version.is_modern()
        && let Some(stamp) = stamp
    {
        stamp.put(&mut object)?;
    }
    object.close();
    Ok(())
}

/// The result that says nothing but that it was done.
pub fn empty(out: &mut Vec<u8>, version: Version, stamp: Option<&Stamp>) -> Written {
    close(open(out, None, version)?, version, stamp)
}

/// A result of a type that has no case in the contract: a whole object, its `resultType` among the members. A legacy client knows
/// no such types.
pub fn unnamed_result(out: &mut Vec<u8>, json: &str, version: Version, stamp: Option<&Stamp>) -> Written {
    let mut object = Object::open(out, None)?;
    object.take_in(json, "result")?;
    for name in DIALOGUE {
        object.take_extra(name);
    }
    let fault = |reason: String| Err(EncodeError::new("result.resultType", reason));
    match object.take_extra("resultType").and_then(members::text) {
        None => fault("must be a string".to_owned()),
        Some(kind) if matches!(&*kind, "complete" | "input_required") => {
            fault(format!("is `{kind}`, which has a case of its own"))
        }
        Some(kind) if !version.is_modern() => fault(format!("is `{kind}`, which clients of {version} do not know")),
        Some(kind) => {
            object.text("resultType", &kind);
            close(object, version, stamp)
        }
    }
}
