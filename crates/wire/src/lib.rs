//! The bytes of the contract's records, as wRPC 0.0.1 puts them on a lattice link: the form in which a host of wasmCloud 1.9 sends the
//! parameters of a call and its result. Pure: no I/O, no runtime, no state.
//!
//! ```
//! use contract::model::{McpError, Progress};
//!
//! let progress = Progress { progress: 1.0, total: None, message: Some("half".into()), extra: None };
//! let bytes = wire::encode_all(&progress);
//! assert_eq!(bytes, b"\0\0\0\0\0\0\xf0\x3f\0\x01\x04half\0");
//! assert_eq!(wire::decode_all::<Progress>(&bytes), Ok(progress));
//!
//! // The parameters of a function are a tuple, and its answer is a result.
//! let parameters = wire::encode_all(&(7_u32, Some("cursor")));
//! let answer: Result<Result<u32, McpError>, _> = wire::decode_all(b"\x01\x00");
//! assert_eq!(answer, Ok(Err(McpError::NotOffered)));
//! ```
//!
//! # The encoding
//! It is the component model's value encoding, as `wrpc-runtime-wasmtime` 0.30 implements it (`ValEncoder` and `read_value` in
//! `src/codec.rs`): the fields in their order, with nothing between them and without their types.
//!
//! | Type | Bytes |
//! |---|---|
//! | `bool` | one, 0 or 1 |
//! | `u32`, `s32` | LEB128, unsigned or signed |
//! | `f64` | eight, little endian |
//! | `string`, `list` | the length as LEB128, of a string in bytes; then UTF-8, or the elements |
//! | `record`, `tuple` | the fields |
//! | `enum`, `variant` | the number of the case as LEB128, then its payload |
//! | `option`, `result` | 0 or 1, then the payload: `some` is 1, `ok` is 0 |
//! | `flags` | the first flag is the lowest bit; one byte up to 8 names, two up to 16, little endian |
//!
//! # Design
//! - A build script makes the impls for the records from `wit/`, so they cannot drift from it. A type that the contract does not use has no
//!   impl, and code that needs one does not compile.
//! - Bytes come from any process that may publish on the lattice, so none of their lengths is trusted: see [`Input`].
//! - A value has one encoding, and no other is read. wRPC itself accepts numbers that are longer than necessary, but its encoders write
//!   none.

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
