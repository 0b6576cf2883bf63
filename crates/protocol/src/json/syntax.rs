//! A pass over a whole JSON text that refuses whatever two readers could take for different values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

/// How many levels of arrays and objects a body may nest. Less than the 127 at which serde_json stops, so that no provider that
/// reads its arguments by the usual means meets a limit of its own.
pub const MAX_DEPTH: usize = 100;

/// Up to how many keys an object is searched pair by pair; a longer one is sorted.
const FEW_KEYS: usize = 12;

/// Why a text is not JSON that has exactly one reading.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StrictJsonError {
    /// The text is not JSON (RFC 8259), or has a number or a string that cannot be represented.
    #[error("the body is not JSON: {reason}")]
    NotJson {
        /// What is wrong and where, in words.
        reason: String,
    },
    /// Arrays and objects nest deeper than [`MAX_DEPTH`] levels.
    #[error("the body nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// An object, at any depth, has this key more than once. The name is cut after 64 characters.
    #[error("an object in the body has the key `{0}` more than once")]
    DuplicateKey(String),
}

/// Reads the whole body and refuses what has two readings: text that is not UTF-8, syntax that is not RFC 8259, a number beyond
/// a double, half a surrogate pair, a key that its object has already, at any depth.
pub(crate) fn check(body: &[u8]) -> Result<&str, StrictJsonError> {
    let text = std::str::from_utf8(body).map_err(|error| not_json(error.to_string()))?;
    if text.starts_with('\u{feff}') {
        // RFC 8259 §8.1 forbids to send one, and readers differ in whether they skip it.
        return Err(not_json("it begins with a byte order mark".to_owned()));
    }
    read(text, Vec::with_capacity(16)).map(|_| text)
}

/// The same for a JSON text that is no request, such as the claims of a token.
///
/// # Errors
/// Why the text has no or more than one reading. A [`StrictJsonError::DuplicateKey`] has a part of the text.
pub fn check_json(text: &str) -> Result<(), StrictJsonError> {
    read(text, Vec::new()).map(drop)
}

/// The same for a text of a provider that becomes part of an answer: it must not break the whole answer for a client whose reader is
/// strict. The error follows the name of the place. The result is whether the text is an object whose member `type` is the string `object`,
/// which one pass over a JSON Schema finds too.
pub(crate) fn check_part(text: &str) -> Result<bool, String> {
    read(text, Vec::new()).map_err(|error| match error {
        StrictJsonError::NotJson { reason } => format!("is not JSON: {reason}"),
        StrictJsonError::TooDeep => format!("nests deeper than {MAX_DEPTH} levels"),
        StrictJsonError::DuplicateKey(key) => format!("has an object with the key `{key}` more than once"),
    })
}

fn read<'de>(text: &'de str, keys: Vec<Cow<'de, str>>) -> Result<bool, StrictJsonError> {
    let mut state = State { keys, depth: 0, reads_type: false, has_type_object: false, refusal: None };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Strict(&mut state).deserialize(&mut reader).and_then(|()| reader.end());
    match read {
        Ok(()) => Ok(state.has_type_object),
        Err(error) => Err(state.refusal.unwrap_or_else(|| not_json(error.to_string()))),
    }
}

fn not_json(reason: String) -> StrictJsonError {
    StrictJsonError::NotJson { reason }
}

/// The state of the reader, one for the whole body: the keys of an object lie on top of those of the objects around it.
struct State<'de> {
    keys: Vec<Cow<'de, str>>,
    depth: usize,
    /// Whether the value that is read next is that of `type` in the outermost object.
    reads_type: bool,
    has_type_object: bool,
    /// Why the reader was made to stop, which its own error cannot carry.
    refusal: Option<StrictJsonError>,
}

impl State<'_> {
    fn enter<E: de::Error>(&mut self) -> Result<(), E> {
        self.reads_type = false;
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH { Err(self.stop(StrictJsonError::TooDeep)) } else { Ok(()) }
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The keys from `start` on are those of an object that ends here.
    fn leave_object<E: de::Error>(&mut self, start: usize) -> Result<(), E> {
        self.leave();
        let keys = self.keys.get_mut(start..).unwrap_or_default();
        if let Some(key) = repeated(keys) {
            let name = key.chars().take(64).collect();
            return Err(self.stop(StrictJsonError::DuplicateKey(name)));
        }
        self.keys.truncate(start);
        Ok(())
    }

    fn stop<E: de::Error>(&mut self, refusal: StrictJsonError) -> E {
        self.refusal = Some(refusal);
        E::custom("refused")
    }
}

/// A key that is there more than once. Sorting instead of hashing: no client can choose keys that make it slow.
fn repeated<'k>(keys: &'k mut [Cow<'_, str>]) -> Option<&'k str> {
    if keys.len() > FEW_KEYS {
        keys.sort_unstable();
        return keys.array_windows().find(|[a, b]| a == b).map(|[a, _]| a.as_ref());
    }
    let (mut last, mut rest) = keys.split_last()?;
    while !rest.is_empty() {
        if rest.contains(last) {
            return Some(last);
        }
        (last, rest) = rest.split_last()?;
    }
    None
}

/// Reads any JSON value and keeps nothing of it.
struct Strict<'s, 'de>(&'s mut State<'de>);

impl<'de> DeserializeSeed<'de> for Strict<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.has_type_object |= self.0.reads_type && text == "object";
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.enter()?;
        while items.next_element_seed(Strict(self.0))?.is_some() {}
        self.0.leave();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.enter()?;
        let start = self.0.keys.len();
        let is_outermost = self.0.depth == 1;
        while let Some(key) = members.next_key_seed(Key)? {
            self.0.reads_type = is_outermost && key == "type";
            self.0.keys.push(key);
            members.next_value_seed(Strict(self.0))?;
        }
        self.0.leave_object(start)
    }
}

/// A key as it is meant, its escapes resolved: `a` and `\u0061` are the same. Borrowed where there are none.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
