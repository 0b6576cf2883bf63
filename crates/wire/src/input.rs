use crate::DecodeError;

/// Bytes that are read from the front.
///
/// Whoever wrote them may have meant harm, so: what is read never panics; a length is compared with what is left before
/// anything is made of it, so that none makes memory be reserved beyond the input's own size; and no type of the contract
/// contains itself, so that bytes cannot nest values deeper than the contract does.
///
/// A value can have 150 times the size of its bytes: an element of a list can be two bytes here and 290 in memory. So the elements
/// of all lists together may take [`MEMORY`](Self::MEMORY), and whoever receives the bytes sets a limit to them.
#[derive(Debug)]
pub struct Input<'a> {
    rest: &'a [u8],
    offset: usize,
    memory: usize,
}

impl<'a> Input<'a> {
    /// At the first of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0, memory: Self::MEMORY }
    }

    /// What the elements of all lists may take in memory, in bytes.
    pub const MEMORY: usize = 64 << 20;

    /// How many bytes have been read.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Nothing may be left.
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

    /// How many elements a list has. Each takes at least one byte, of every type that there is.
    pub(crate) fn length(&mut self) -> Result<usize, DecodeError> {
        let at = self.offset;
        let length = self.unsigned()?;
        match usize::try_from(length) {
            Ok(length) if length <= self.rest.len() => Ok(length),
            _ => Err(DecodeError::Length(at)),
        }
    }

    /// How many elements a list has, if there is memory for them.
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

    /// Whether there is a second case: of an option or a result.
    pub(crate) fn second(&mut self) -> Result<bool, DecodeError> {
        let at = self.offset;
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::Discriminant(at)),
        }
    }
}
