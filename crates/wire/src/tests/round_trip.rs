use std::fmt::Debug;

use contract::model;

use super::sample::{Draw, Sample};
use crate::{Decode, DecodeError, Encode, decode_all, encode_all, measure};

/// So many that every case of every variant comes up.
const SAMPLES: u32 = 300;
/// Prefixes cost the square of the length.
const CUT: u32 = 12;

fn comes_back<T: Sample + Encode + Decode + PartialEq + Debug>() {
    for seed in 0..SAMPLES {
        let value = T::sample(&mut Draw::new(seed));
        let bytes = encode_all(&value);
        assert_eq!(decode_all::<T>(&bytes).as_ref(), Ok(&value), "{bytes:02x?}");
        assert_eq!(measure(&value).total, bytes.len(), "{value:?}");
    }
}

fn needs_every_byte_and_no_more<T: Sample + Encode + Decode + PartialEq + Debug>() {
    for seed in 0..CUT {
        let value = T::sample(&mut Draw::new(seed));
        let mut bytes = encode_all(&value);
        for end in 0..bytes.len() {
            let cut = decode_all::<T>(&bytes[..end]);
            let early = matches!(cut, Err(DecodeError::Truncated(_) | DecodeError::Length(_)));
            assert!(early, "{end} bytes of {value:?}: {cut:?}");
        }
        let end = bytes.len();
        bytes.push(0);
        assert_eq!(decode_all::<T>(&bytes), Err(DecodeError::Trailing(end)));
    }
}

/// Bytes that are almost a value: one bit of each is another.
fn has_those_bytes_only<T: Sample + Encode + Decode + PartialEq + Debug>() {
    for seed in 0..CUT {
        let mut bytes = encode_all(&T::sample(&mut Draw::new(seed)));
        for index in 0..bytes.len() {
            let bit = 1 << (index % 8);
            bytes[index] ^= bit;
            // Compared as bytes, since a double may have become no number.
            if let Ok(value) = decode_all::<T>(&bytes) {
                assert_eq!(encode_all(&value), bytes, "{value:?}");
            }
            bytes[index] ^= bit;
        }
    }
}

macro_rules! types {
    ($($name:ident,)*) => {
        #[test]
        fn every_record_comes_back_as_it_went() {
            $(comes_back::<model::$name>();)*
        }

        #[test]
        fn every_record_needs_every_byte_and_no_more() {
            $(needs_every_byte_and_no_more::<model::$name>();)*
        }

        #[test]
        fn whatever_is_read_is_the_only_encoding_of_its_value() {
            $(has_those_bytes_only::<model::$name>();)*
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/types.rs"));

#[test]
fn answers_and_parameters_come_back_as_they_went() {
    for seed in 0..SAMPLES {
        let draw = &mut Draw::new(seed);
        let parameters = <(model::Context, model::ToolCall)>::sample(draw);
        let bytes = encode_all(&(&parameters.0, &parameters.1));
        assert_eq!(decode_all(&bytes), Ok(parameters));

        let answers = [Ok(model::ToolLeg::sample(draw)), Err(model::McpError::sample(draw))];
        for answer in answers {
            let bytes = encode_all(&answer);
            assert_eq!(decode_all::<Result<model::ToolLeg, model::McpError>>(&bytes), Ok(answer));
        }
    }
}
