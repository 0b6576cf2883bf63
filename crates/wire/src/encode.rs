//! Bytes of values, and their number.

use crate::leb128::{put_signed, put_unsigned};
use crate::{Sink, Size};

/// A value that can be written as bytes.
pub trait Encode {
    /// Writes the bytes of the value.
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S);
}

/// The bytes of a value.
pub fn encode_all<T: Encode + ?Sized>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    bytes
}

/// The size of a value, without its bytes being kept.
pub fn measure<T: Encode + ?Sized>(value: &T) -> Size {
    let mut size = Size::default();
    value.encode(&mut size);
    size
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        (**self).encode(sink);
    }
}

impl Encode for bool {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        sink.put(&[u8::from(*self)]);
    }
}

impl Encode for u32 {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        put_unsigned(u64::from(*self), sink);
    }
}

impl Encode for i32 {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        put_signed(*self, sink);
    }
}

impl Encode for f64 {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        sink.put(&self.to_le_bytes());
    }
}

impl Encode for str {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        put_unsigned(self.len() as u64, sink);
        sink.put(self.as_bytes());
    }
}

impl Encode for String {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        self.as_str().encode(sink);
    }
}

/// All bytes at once. The contract has no single `u8`, so `u8` has no impl, and the impl below does not cover this type.
impl Encode for [u8] {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        put_unsigned(self.len() as u64, sink);
        sink.binary(self);
    }
}

impl<T: Encode> Encode for [T] {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        put_unsigned(self.len() as u64, sink);
        for element in self {
            element.encode(sink);
        }
    }
}

impl<T> Encode for Vec<T>
where
    [T]: Encode,
{
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        self.as_slice().encode(sink);
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        match self {
            None => sink.put(&[0]),
            Some(value) => {
                sink.put(&[1]);
                value.encode(sink);
            }
        }
    }
}

impl<T: Encode, E: Encode> Encode for Result<T, E> {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        match self {
            Ok(value) => {
                sink.put(&[0]);
                value.encode(sink);
            }
            Err(error) => {
                sink.put(&[1]);
                error.encode(sink);
            }
        }
    }
}

/// The parameters after the context of a function that has none: no bytes.
impl Encode for () {
    fn encode<S: Sink + ?Sized>(&self, _sink: &mut S) {}
}

impl<A: Encode> Encode for (A,) {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        self.0.encode(sink);
    }
}

impl<A: Encode, B: Encode> Encode for (A, B) {
    fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
        self.0.encode(sink);
        self.1.encode(sink);
    }
}
