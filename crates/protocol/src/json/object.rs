//! A JSON object, written member by member into one buffer, with the `extra` of its record.

use std::io::Write;

use base64::Engine as _;
use base64::encoded_len;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use super::{
    EncodeError, EncodeResult, JsonBuffer, Members, check_part, is_object, is_object_text, named_members, repeated,
};

/// Writes a JSON object. The members of its `extra` come last, and only those whose names were not written before.
pub(crate) struct ObjectWriter<'o, 'x> {
    out: &'o mut JsonBuffer,
    empty: bool,
    extra: Members<'x>,
}

/// Which JSON a provider's text must be.
#[derive(Clone, Copy)]
pub(crate) enum JsonKind {
    Any,
    Object,
}

impl<'o, 'x> ObjectWriter<'o, 'x> {
    pub(crate) fn open(out: &'o mut JsonBuffer, extra: Option<&'x str>) -> Result<Self, EncodeError> {
        let extra = extra.map_or(Ok(Members::default()), |json| read_members(json, "extra"))?;
        out.push(b'{');
        Ok(Self { out, empty: true, extra })
    }

    /// Adds the members of a record's `unnamed` case to its `extra`, before those that are there.
    pub(crate) fn merge_unnamed(&mut self, json: &'x str, path: &str) -> EncodeResult {
        let mut members = read_members(json, path)?;
        members.add_absent(std::mem::take(&mut self.extra));
        self.extra = members;
        Ok(())
    }

    /// Begins a member. The caller writes its value next, into the buffer that this returns.
    pub(crate) fn value(&mut self, name: &str) -> &mut JsonBuffer {
        self.extra.take(name);
        self.begin(name);
        self.out
    }

    /// Takes a member out of those of `extra`, so that it is not written.
    pub(crate) fn take_extra(&mut self, name: &str) -> Option<&'x RawValue> {
        self.extra.take(name)
    }

    /// Takes a member that is an object out of those of `extra`. One that is not an object is lost.
    pub(crate) fn take_extra_object(&mut self, name: &str) -> Option<&'x RawValue> {
        self.take_extra(name).filter(|raw| is_object(raw))
    }

    /// Begins a member that is an object, with the members that `extra` has under its name.
    pub(crate) fn inner(&mut self, name: &str) -> Result<ObjectWriter<'_, 'x>, EncodeError> {
        let extra = self.take_extra_object(name).map(RawValue::get);
        ObjectWriter::open(self.value(name), extra).map_err(|error| EncodeError { path: name.to_owned(), ..error })
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) {
        string(self.value(name), text);
    }

    pub(crate) fn optional_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    pub(crate) fn optional_bool(&mut self, name: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.raw(name, if value { b"true" } else { b"false" });
        }
    }

    /// A number; one without a fraction is written as the integer that it is.
    pub(crate) fn number(&mut self, name: &str, number: f64) -> EncodeResult {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        if !number.is_finite() {
            return Err(EncodeError::new(name, "must be a finite number"));
        }
        let out = self.value(name);
        if number.fract() == 0.0 && number.abs() <= EXACT {
            out.extend_from_slice((number as i64).to_string().as_bytes());
        } else {
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Ok(())
    }

    pub(crate) fn optional_number(&mut self, name: &str, number: Option<f64>) -> EncodeResult {
        number.map_or(Ok(()), |number| self.number(name, number))
    }

    /// Binary, as Base64.
    pub(crate) fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let out = self.value(name);
        out.push(b'"');
        if out.has_room_for(encoded_len(bytes.len(), true).unwrap_or(usize::MAX)) {
            out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
        }
        out.push(b'"');
    }

    /// JSON that is known to be right.
    pub(crate) fn raw(&mut self, name: &str, json: &[u8]) {
        self.value(name).extend_from_slice(json);
    }

    /// A provider's text that must be JSON.
    pub(crate) fn json(&mut self, name: &str, json: &str, kind: JsonKind) -> EncodeResult {
        let json = checked(json, kind).map_err(|error| error.within(name))?;
        self.raw(name, json.as_bytes());
        Ok(())
    }

    pub(crate) fn nested<T>(
        &mut self,
        name: &str,
        value: &T,
        write: impl FnOnce(&mut JsonBuffer, &T) -> EncodeResult,
    ) -> EncodeResult {
        write(self.value(name), value).map_err(|error| error.within(name))
    }

    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        value: Option<&T>,
        write: impl FnOnce(&mut JsonBuffer, &T) -> EncodeResult,
    ) -> EncodeResult {
        value.map_or(Ok(()), |value| self.nested(name, value, write))
    }

    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        items: &[T],
        write: impl Fn(&mut JsonBuffer, &T) -> EncodeResult,
    ) -> EncodeResult {
        let out = self.value(name);
        out.push(b'[');
        for (at, item) in items.iter().enumerate() {
            if out.is_exceeded() {
                break;
            }
            if at > 0 {
                out.push(b',');
            }
            write(out, item).map_err(|error| error.at(at).within(name))?;
        }
        out.push(b']');
        Ok(())
    }

    /// A list that is absent where it is empty.
    pub(crate) fn optional_list<T>(
        &mut self,
        name: &str,
        items: &[T],
        write: impl Fn(&mut JsonBuffer, &T) -> EncodeResult,
    ) -> EncodeResult {
        if items.is_empty() { Ok(()) } else { self.list(name, items, write) }
    }

    /// Names and objects, as an object that is absent where it is empty.
    pub(crate) fn entries(&mut self, name: &str, entries: &[(String, String)]) -> EncodeResult {
        if entries.is_empty() {
            return Ok(());
        }
        self.nested(name, &entries, |out, entries| {
            if let Some(key) = repeated(entries.iter().map(|(key, _)| key.as_str())) {
                return Err(EncodeError::new(key, "is there twice"));
            }
            let mut object = ObjectWriter::open(out, None)?;
            for (key, json) in entries.iter() {
                object.json(key, json, JsonKind::Object)?;
            }
            object.close();
            Ok(())
        })
    }

    /// Ends the object, with what is left of its `extra`. A member that the schema names is left out where it has another type than there:
    /// clients that check an answer would refuse all of it.
    pub(crate) fn close(mut self) {
        for (name, value) in std::mem::take(&mut self.extra) {
            if named_members::may_have(&name, value.get()) {
                self.begin(&name);
                self.out.extend_from_slice(value.get().as_bytes());
            }
        }
        self.out.push(b'}');
    }

    fn begin(&mut self, name: &str) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            // Nothing of it is escaped, which is so for the names of every schema.
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
            return;
        }
        string(self.out, name);
        self.out.push(b':');
    }
}

/// A JSON string. One that does not fit is not written whole.
pub(crate) fn string(out: &mut impl Write, text: &str) {
    // Writing text to memory does not fail, but where the buffer is full, which it says itself.
    let _ = serde_json::to_writer(out, text);
}

/// A provider's text, which must be JSON that has exactly one reading, as the body of a request must: without the space around it.
pub(crate) fn checked(json: &str, kind: JsonKind) -> Result<&str, EncodeError> {
    check_part(json).map_err(|reason| EncodeError::new("", reason))?;
    of_kind(json.trim_ascii(), kind)
}

/// A provider's JSON Schema, which must be an object that has exactly one reading, and whether what it describes is an object.
pub(crate) fn checked_schema(json: &str) -> Result<(&str, bool), EncodeError> {
    let of_object = check_part(json).map_err(|reason| EncodeError::new("", reason))?;
    Ok((of_kind(json.trim_ascii(), JsonKind::Object)?, of_object))
}

fn of_kind(json: &str, kind: JsonKind) -> Result<&str, EncodeError> {
    match kind {
        JsonKind::Object if !is_object_text(json) => Err(EncodeError::new("", "must be a JSON object")),
        JsonKind::Object | JsonKind::Any => Ok(json),
    }
}

fn read_members<'x>(json: &'x str, path: &str) -> Result<Members<'x>, EncodeError> {
    let members =
        Members::read(json).map_err(|error| EncodeError::new(path, format!("is not a JSON object: {error}")))?;
    if let Some(name) = members.repeated() {
        return Err(EncodeError::new(path, format!("has the member `{name}` twice")));
    }
    check_part(json).map_err(|reason| EncodeError::new(path, reason))?;
    Ok(members)
}
