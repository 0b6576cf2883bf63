//! Reads JSON into the values of regorus, in one pass and no further than so many values.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::marker::PhantomData;

use regorus::Value;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// How many characters a number may have that is surely the double that a policy makes of it.
const MAX_EXACT_DIGITS: usize = 15;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// It is no JSON, or has a number that is too large.
    Invalid,
    /// It has more values than it may have.
    TooManyValues,
}

/// Reads a value that has at most so many values in it: itself, each item of an array and each member of an object. Of two members of one name
/// the last counts, and no name makes an object something else: regorus' own reader takes an object with a certain member for a number, of
/// any size, so that a policy would see something else than a provider does.
pub(crate) fn read(text: &str, most: usize) -> Result<Value, ReadError> {
    bounded(text, most)
}

/// Refuses what [`read`] refuses, and keeps nothing.
pub(crate) fn check(text: &str, most: usize) -> Result<(), ReadError> {
    bounded::<Nothing>(text, most).map(drop)
}

/// Reads a value of any size, which an operator wrote.
pub(crate) fn read_all(text: &str) -> Result<Value, serde_json::Error> {
    whole(text, &mut Some(usize::MAX))
}

fn bounded<T: Made>(text: &str, most: usize) -> Result<T, ReadError> {
    let mut left = Some(most);
    whole(text, &mut left).map_err(|_| if left.is_none() { ReadError::TooManyValues } else { ReadError::Invalid })
}

fn whole<T: Made>(text: &str, left: &mut Option<usize>) -> Result<T, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let doubles = &mut if T::NEEDS_NUMBERS { large_numbers(text) } else { None };
    let made = Reader::<T> { left, doubles, made: PhantomData }.deserialize(&mut json)?;
    json.end()?;
    Ok(made)
}

/// The texts of all numbers that serde_json makes doubles of, in their order, if a double may not be what a policy makes of one: a policy tells
/// 12345678901234567890123 from 12345678901234567890124, and so may a provider.
fn large_numbers(text: &str) -> Option<VecDeque<&str>> {
    let (mut texts, mut is_any_large) = (VecDeque::new(), false);
    let mut rest = text;
    while let Some(at) = rest.find(|next: char| next == '"' || next == '-' || next.is_ascii_digit()) {
        rest = rest.get(at..)?;
        let length = match rest.strip_prefix('"') {
            Some(string) => string_length(string),
            None => rest.find(|next: char| !is_of_number(next)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at_checked(length)?;
        rest = after;
        let is_integer = token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok();
        if !token.starts_with('"') && (!is_integer || token == "-0") {
            is_any_large |= token.len() > MAX_EXACT_DIGITS || token.contains(['e', 'E']);
            texts.push_back(token);
        }
    }
    is_any_large.then_some(texts)
}

fn is_of_number(next: char) -> bool {
    next.is_ascii_digit() || matches!(next, '-' | '+' | '.' | 'e' | 'E')
}

/// The length of a string whose first quotation mark was taken off, with it and the last one.
fn string_length(string: &str) -> usize {
    let mut bytes = string.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return at.saturating_add(2),
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    string.len().saturating_add(1)
}

/// What is made of a value.
trait Made: Sized {
    /// Whether it has the numbers that it is made of.
    const NEEDS_NUMBERS: bool;
    /// What is made of the name of a member.
    type Name: DeserializeOwned;
    /// The members of an object so far.
    type Members: Default;

    fn scalar(value: impl Into<Value>) -> Self;
    fn array(items: Vec<Self>) -> Self;
    fn add(members: &mut Self::Members, name: Self::Name, member: Self);
    fn object(members: Self::Members) -> Self;
}

impl Made for Value {
    const NEEDS_NUMBERS: bool = true;

    type Name = String;
    type Members = BTreeMap<Self, Self>;

    fn scalar(value: impl Into<Self>) -> Self {
        value.into()
    }

    fn array(mut items: Vec<Self>) -> Self {
        items.shrink_to_fit();
        Self::from(items)
    }

    fn add(members: &mut Self::Members, name: String, member: Self) {
        members.insert(Self::from(name), member);
    }

    fn object(members: Self::Members) -> Self {
        Self::from(members)
    }
}

/// Stands for a value that is only checked. It takes no memory, and neither does an array of it.
struct Nothing;

impl Made for Nothing {
    const NEEDS_NUMBERS: bool = false;

    type Name = IgnoredAny;
    type Members = ();

    fn scalar(_: impl Into<Value>) -> Self {
        Self
    }

    fn array(_: Vec<Self>) -> Self {
        Self
    }

    fn add(_: &mut Self::Members, _: IgnoredAny, _: Self) {}

    fn object(_: Self::Members) -> Self {
        Self
    }
}

/// Reads one value.
struct Reader<'a, 't, T> {
    /// How many values may still come. None once there was one too many.
    left: &'a mut Option<usize>,
    /// The texts of the numbers that serde_json still makes doubles of. None where doubles are what a policy would make of them too.
    doubles: &'a mut Option<VecDeque<&'t str>>,
    made: PhantomData<T>,
}

impl<'t, T> Reader<'_, 't, T> {
    /// A reader of a value inside this one.
    fn inner(&mut self) -> Reader<'_, 't, T> {
        Reader { left: self.left, doubles: self.doubles, made: PhantomData }
    }
}

impl<'de, T: Made> DeserializeSeed<'de> for Reader<'_, '_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<T, D::Error> {
        *self.left = self.left.and_then(|left| left.checked_sub(1));
        if self.left.is_none() {
            return Err(D::Error::custom("too many values"));
        }
        json.deserialize_any(self)
    }
}

impl<'de, T: Made> Visitor<'de> for Reader<'_, '_, T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::scalar(Value::Null))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<T, E> {
        Ok(T::scalar(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::scalar(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::scalar(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        let Some(texts) = self.doubles else { return Ok(T::scalar(number)) };
        let text = texts.pop_front();
        if number == 0.0 {
            // regorus would first make the power of ten that a text such as `0e2000000000` names.
            return Ok(T::scalar(number));
        }
        let exact = text.and_then(|text| Value::from_numeric_string(text).ok());
        exact.map(T::scalar).ok_or_else(|| E::custom("a number without a text"))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::scalar(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<T, A::Error> {
        let mut made = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            made.push(item);
        }
        Ok(T::array(made))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<T, A::Error> {
        let mut made = T::Members::default();
        while let Some(name) = members.next_key::<T::Name>()? {
            let member = members.next_value_seed(self.inner())?;
            T::add(&mut made, name, member);
        }
        Ok(T::object(made))
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
