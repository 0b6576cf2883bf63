//! The input of the decoder, which an attacker may have written.

use crate::DecodeError;

/// Bytes that are read from the front.
///
/// Their sender may be an attacker, so: reading never panics; a length is compared with the number of bytes that are left before it is
/// used, so that no length makes the reader reserve more memory than the input has bytes; and no type of the contract contains itself,
/// so that bytes cannot nest values deeper than the contract does.
///
/// A value can take 150 times the size of its bytes: an element of a list can be two bytes here and 290 in memory. So the elements of
/// all lists together may take [`MEMORY`](Self::MEMORY), and the receiver limits the number of bytes.
#[derive(Debug)]
pub struct Input<'a> {
    rest: &'a [u8],
    offset: usize,
    memory: usize,
}

impl<'a> Input<'a> {
    /// Starts at the first of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0, memory: Self::MEMORY }
    }

    /// How much memory the elements of all lists may take, in bytes.
    pub const MEMORY: usize = 64 << 20;

    /// How many bytes have been read.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The bytes that have not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// An error if bytes are left.
    pub fn finish(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(DecodeError::Trailing(self.offset)) }
    }

    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(DecodeError::Truncated(self.offset + self.rest.len()));
        };
        self.rest = rest;
        self.offset += N;
        Ok(*bytes)
    }

    /// The length of a list or a string. An element of any type has at least one byte.
    pub(crate) fn length(&mut self) -> Result<usize, DecodeError> {
        let at = self.offset;
        let length = self.unsigned()?;
        match usize::try_from(length) {
            Ok(length) if length <= self.rest.len() => Ok(length),
            _ => Err(DecodeError::Length(at)),
        }
    }

    /// The length of a list, if its elements fit into the memory that is left for them.
    pub(crate) fn elements<T>(&mut self) -> Result<usize, DecodeError> {
        let at = self.offset;
        let length = self.length()?;
        let needed = length.saturating_mul(size_of::<T>());
        self.memory = self.memory.checked_sub(needed).ok_or(DecodeError::Memory(at))?;
        Ok(length)
    }

    /// The contents of a `list<u8>`.
    pub(crate) fn binary(&mut self) -> Result<&'a [u8], DecodeError> {
        let at = self.offset;
        let length = self.length()?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(DecodeError::Length(at))?;
        self.rest = rest;
        self.offset += length;
        Ok(bytes)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, DecodeError> {
        let bytes = self.binary()?;
        let start = self.offset - bytes.len();
        std::str::from_utf8(bytes).map_err(|error| DecodeError::Utf8(start + error.valid_up_to()))
    }

    /// Whether an option or a result is its second case, `some` or `err`.
    pub(crate) fn second(&mut self) -> Result<bool, DecodeError> {
        let at = self.offset;
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::Discriminant(at)),
        }
    }
}
