//! Every record of the contract, encoded and decoded again.

use std::fmt::Debug;

use contract::model;
use test_records::Random;

use super::sample::Sample;
use crate::{Decode, DecodeError, Encode, decode_all, encode_all, measure};

/// Enough samples for every case of every variant to occur.
const SAMPLES: u32 = 300;
/// Fewer samples where every prefix is tried, which costs the square of the length.
const FEW_SAMPLES: u32 = 12;

fn round_trips<T: Sample + Encode + Decode + PartialEq + Debug>() {
    for seed in 0..SAMPLES {
        let value = T::sample(&mut Random::new(seed));
        let bytes = encode_all(&value);
        assert_eq!(decode_all::<T>(&bytes).as_ref(), Ok(&value), "{bytes:02x?}");
        assert_eq!(measure(&value).total, bytes.len(), "{value:?}");
    }
}

fn needs_exactly_its_bytes<T: Sample + Encode + Decode + PartialEq + Debug>() {
    for seed in 0..FEW_SAMPLES {
        let value = T::sample(&mut Random::new(seed));
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

/// Tries bytes that differ from those of a value in one bit.
fn has_one_encoding<T: Sample + Encode + Decode + PartialEq + Debug>() {
    for seed in 0..FEW_SAMPLES {
        let mut bytes = encode_all(&T::sample(&mut Random::new(seed)));
        for index in 0..bytes.len() {
            let bit = 1 << (index % 8);
            bytes[index] ^= bit;
            // The bytes are compared, since a double may have become a NaN, which equals no value.
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
        fn every_record_round_trips() {
            $(round_trips::<model::$name>();)*
        }

        #[test]
        fn every_record_is_read_from_exactly_its_bytes() {
            $(needs_exactly_its_bytes::<model::$name>();)*
        }

        #[test]
        fn bytes_that_can_be_read_are_the_only_encoding_of_their_value() {
            $(has_one_encoding::<model::$name>();)*
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/types.rs"));

#[test]
fn answers_and_parameters_round_trip() {
    for seed in 0..SAMPLES {
        let random = &mut Random::new(seed);
        let parameters = <(model::Context, model::ToolCall)>::sample(random);
        let bytes = encode_all(&(&parameters.0, &parameters.1));
        assert_eq!(decode_all(&bytes), Ok(parameters));

        let answers = [Ok(model::ToolLeg::sample(random)), Err(model::McpError::sample(random))];
        for answer in answers {
            let bytes = encode_all(&answer);
            assert_eq!(decode_all::<Result<model::ToolLeg, model::McpError>>(&bytes), Ok(answer));
        }
    }
}
