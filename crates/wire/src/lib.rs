//! The bytes of the contract's records, as wRPC 0.0.1 puts them on a lattice link: what a host of wasmCloud 1.9 makes of a call's
//! arguments and of its answer. Pure: no I/O, no runtime, no state.
//!
//! ```
//! use contract::model::{McpError, Progress};
//!
//! let progress = Progress { progress: 1.0, total: None, message: Some("half".into()), extra: None };
//! let bytes = wire::encode_all(&progress);
//! assert_eq!(bytes, b"\0\0\0\0\0\0\xf0\x3f\0\x01\x04half\0");
//! assert_eq!(wire::decode_all::<Progress>(&bytes), Ok(progress));
//!
//! // The parameters of a function are a tuple, its answer is a result.
//! let parameters = wire::encode_all(&(7_u32, Some("cursor")));
//! let answer: Result<Result<u32, McpError>, _> = wire::decode_all(b"\x01\x00");
//! assert_eq!(answer, Ok(Err(McpError::NotOffered)));
//! ```
//!
//! # The encoding
//! It is the component model's value encoding, as `wrpc-runtime-wasmtime` 0.30 has it (`ValEncoder` and `read_value` in
//! `src/codec.rs`): fields in their order, nothing between them, nothing that says of which type they are.
//!
//! | Type | Bytes |
//! |---|---|
//! | `bool` | one, 0 or 1 |
//! | `u32`, `s32` | LEB128, unsigned or signed |
//! | `f64` | eight, little endian |
//! | `string`, `list` | the length as LEB128, of a string in bytes; then UTF-8, or the elements |
//! | `record`, `tuple` | the fields |
//! | `enum`, `variant` | the number of the case as LEB128, then its payload |
//! | `option`, `result` | 0 or 1, then what there is: `some` is 1, `ok` is 0 |
//! | `flags` | the first name is the lowest bit; one byte up to 8 names, two up to 16, little endian |
//!
//! # Design
//! - The impls for the records are made from `wit/` when this is built, so they cannot drift from it. A type that the contract
//!   does not use yet has no impl: what needs one does not compile.
//! - Bytes come from whoever may publish on the lattice. Nothing that they say is believed: see [`Input`].
//! - A value has one encoding, and only that is read. wRPC itself takes numbers with needless bytes; its encoders write none.

mod decode;
mod encode;
mod error;
mod input;
mod leb128;
mod records;
mod sink;
#[cfg(test)]
mod tests;

pub use decode::{Decode, decode_all};
pub use encode::{Encode, encode_all, measure};
pub use error::DecodeError;
pub use input::Input;
pub use sink::{Sink, Size};
