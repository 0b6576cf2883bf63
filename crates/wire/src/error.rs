use thiserror::Error;

/// Why bytes are not a value, and at which of them, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// They end too early.
    #[error("the bytes end within a value, at byte {0}")]
    Truncated(usize),
    /// They go on where the value is done.
    #[error("the value ends at byte {0}, the bytes go on")]
    Trailing(usize),
    /// A string or a list says that it is longer than what is left.
    #[error("the length at byte {0} is more than what follows")]
    Length(usize),
    /// The elements of lists would take more memory than [`Input::MEMORY`](crate::Input::MEMORY).
    #[error("the list at byte {0} takes too much memory")]
    Memory(usize),
    /// More than 32 bits.
    #[error("the number at byte {0} has more than 32 bits")]
    Overflow(usize),
    /// A number that has a shorter form.
    #[error("the number at byte {0} has needless bytes")]
    Overlong(usize),
    /// Neither 0 nor 1.
    #[error("the boolean at byte {0} is neither 0 nor 1")]
    Bool(usize),
    /// No such case: of an enum, a variant, an option or a result. The sender may have a later contract.
    #[error("the type has no case of the number at byte {0}")]
    Discriminant(usize),
    /// A bit that has no name. The sender may have a later contract.
    #[error("the flags at byte {0} have a bit without a name")]
    Flags(usize),
    /// Text that is not UTF-8.
    #[error("the text is not UTF-8 at byte {0}")]
    Utf8(usize),
}
