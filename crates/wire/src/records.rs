//! Encoding and decoding of the types of `wit/model.wit`. `build/records.rs` lists the types as calls of the macros here.

use contract::model;

use crate::{Decode, DecodeError, Encode, Input, Sink};

macro_rules! record {
    ($name:ident { $($field:ident),* }) => {
        impl Encode for model::$name {
            fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
                $(self.$field.encode(sink);)*
            }
        }

        impl Decode for model::$name {
            fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
                // Rust evaluates the fields of a struct expression in the order in which they are written.
                Ok(Self { $($field: Decode::decode(input)?),* })
            }
        }
    };
}

macro_rules! variant {
    ($name:ident { $($number:literal $case:ident $(($value:ident))?),* }) => {
        impl Encode for model::$name {
            fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
                match self {
                    $(Self::$case $(($value))? => {
                        // The number as LEB128, which is one byte, since no number has more than seven bits.
                        sink.put(&[$number]);
                        $($value.encode(sink);)?
                    })*
                }
            }
        }

        impl Decode for model::$name {
            fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
                let at = input.offset();
                match input.unsigned()? {
                    $($number => {
                        $(let $value = Decode::decode(input)?;)?
                        Ok(Self::$case $(($value))?)
                    })*
                    _ => Err(DecodeError::Discriminant(at)),
                }
            }
        }
    };
}

/// The two generators of bindings have different types of flags. Both types can test a flag and set one.
macro_rules! flags {
    ($name:ident: $bits:ident { $($flag:ident),* }) => {
        impl Encode for model::$name {
            fn encode<S: Sink + ?Sized>(&self, sink: &mut S) {
                let mut bits: $bits = 0;
                for (index, flag) in [$(Self::$flag),*].into_iter().enumerate() {
                    bits |= $bits::from(self.contains(flag)) << index;
                }
                sink.put(&bits.to_le_bytes());
            }
        }

        impl Decode for model::$name {
            fn decode(input: &mut Input<'_>) -> Result<Self, DecodeError> {
                let at = input.offset();
                let mut bits = $bits::from_le_bytes(input.array()?);
                let mut flags = Self::empty();
                for flag in [$(Self::$flag),*] {
                    if bits & 1 == 1 {
                        flags |= flag;
                    }
                    bits >>= 1;
                }
                if bits == 0 { Ok(flags) } else { Err(DecodeError::Flags(at)) }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/records.rs"));
