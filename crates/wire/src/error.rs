//! Errors of decoding.

use thiserror::Error;

/// Why bytes are not a value. Each case has the offset of the byte in question, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The bytes end within a value.
    #[error("the bytes end within a value, at byte {0}")]
    Truncated(usize),
    /// Bytes follow the value.
    #[error("the value ends at byte {0}, and more bytes follow")]
    Trailing(usize),
    /// The length of a string or a list is more than the number of bytes that are left.
    #[error("the length at byte {0} is more than the bytes that follow")]
    Length(usize),
    /// The elements of lists would take more memory than [`Input::MEMORY`](crate::Input::MEMORY).
    #[error("the list at byte {0} takes too much memory")]
    Memory(usize),
    /// A number has more than 32 bits.
    #[error("the number at byte {0} has more than 32 bits")]
    Overflow(usize),
    /// A number is not in its shortest form.
    #[error("the number at byte {0} is not in its shortest form")]
    Overlong(usize),
    /// A boolean is neither 0 nor 1.
    #[error("the boolean at byte {0} is neither 0 nor 1")]
    Bool(usize),
    /// An enum, a variant, an option or a result has no case of this number. The sender may have a later contract.
    #[error("the type has no case with the number at byte {0}")]
    Discriminant(usize),
    /// A bit of flags has no name. The sender may have a later contract.
    #[error("the flags at byte {0} have a bit without a name")]
    Flags(usize),
    /// A text is not UTF-8.
    #[error("the text is not UTF-8 at byte {0}")]
    Utf8(usize),
}
