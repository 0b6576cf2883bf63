//! Values from bytes.

use crate::{DecodeError, Input};

/// A value that can be read from bytes. Every impl reads at least one byte: [`Input`] concludes from that how many elements a list
/// can have.
pub trait Decode: Sized {
    /// Reads the value, and leaves the bytes after it.
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError>;
}

/// Reads a value of exactly these bytes. An error if bytes are left.
pub fn decode_all<T: Decode>(bytes: &[u8]) -> Result<T, DecodeError> {
    let mut input = Input::new(bytes);
    let value = T::decode(&mut input)?;
    input.finish()?;
    Ok(value)
}

impl Decode for bool {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        let at = input.offset();
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::Bool(at)),
        }
    }
}

impl Decode for u32 {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        input.unsigned()
    }
}

impl Decode for i32 {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        input.signed()
    }
}

impl Decode for f64 {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        input.array().map(Self::from_le_bytes)
    }
}

impl Decode for String {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        input.text().map(Self::from)
    }
}

/// All bytes at once. The contract has no single `u8`, so `u8` has no impl, and the impl below does not cover this type.
impl Decode for Vec<u8> {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        input.binary().map(Self::from)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        let length = input.elements::<T>()?;
        // An element may be far larger than its bytes. The memory that is reserved in advance is no more than the bytes that are left.
        let affordable = input.rest().len() / size_of::<T>().max(1);
        let mut list = Self::with_capacity(length.min(affordable));
        for _ in 0..length {
            list.push(T::decode(input)?);
        }
        Ok(list)
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        if input.second()? { T::decode(input).map(Some) } else { Ok(None) }
    }
}

impl<T: Decode, E: Decode> Decode for Result<T, E> {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        if input.second()? { E::decode(input).map(Err) } else { T::decode(input).map(Ok) }
    }
}

impl<A: Decode> Decode for (A,) {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        Ok((A::decode(input)?,))
    }
}

impl<A: Decode, B: Decode> Decode for (A, B) {
    fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        Ok((A::decode(input)?, B::decode(input)?))
    }
}
