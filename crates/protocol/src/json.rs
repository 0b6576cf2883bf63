//! JSON (RFC 8259) as text: read strictly, taken apart into members that stay text, and written member by member, without a tree
//! of values in between.

mod buffer;
mod error;
mod fields;
mod members;
mod named_members;
mod object;
mod syntax;

pub use buffer::JsonBuffer;
pub use error::{EncodeError, InvalidParams};
pub use syntax::{MAX_DEPTH, StrictJsonError, check_json};

pub(crate) use error::{EncodeResult, FieldError};
pub(crate) use fields::Fields;
pub(crate) use members::{
    Members, deserialize_present, is_integer, is_object, is_object_text, not_null, repeated, text,
};
pub(crate) use object::{JsonKind, ObjectWriter, checked, checked_schema, string};
pub(crate) use syntax::{check, check_part};
