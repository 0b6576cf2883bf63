//! Pseudorandom values of every type of the contract. They come from the same list of types as the impls.

use contract::model;
use test_records::Random;

pub(super) trait Sample: Sized {
    fn sample(random: &mut Random) -> Self;
}

impl Sample for bool {
    fn sample(random: &mut Random) -> Self {
        random.below(2) == 1
    }
}

/// Numbers of every length that they can have on the wire.
impl Sample for u32 {
    fn sample(random: &mut Random) -> Self {
        random.number() >> random.below(32)
    }
}

impl Sample for i32 {
    fn sample(random: &mut Random) -> Self {
        random.number().cast_signed() >> random.below(32)
    }
}

impl Sample for f64 {
    fn sample(random: &mut Random) -> Self {
        f64::from(i32::sample(random)) / 8.0
    }
}

impl Sample for String {
    fn sample(random: &mut Random) -> Self {
        ["", "a", "ƒ𐍈Ő", r#"{"k":1}"#][random.below(4)].to_owned()
    }
}

impl Sample for u8 {
    fn sample(random: &mut Random) -> Self {
        random.below(256) as u8
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(random: &mut Random) -> Self {
        bool::sample(random).then(|| T::sample(random))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(random: &mut Random) -> Self {
        (0..random.below(3)).map(|_| T::sample(random)).collect()
    }
}

impl<A: Sample, B: Sample> Sample for (A, B) {
    fn sample(random: &mut Random) -> Self {
        (A::sample(random), B::sample(random))
    }
}

macro_rules! record {
    ($name:ident { $($field:ident),* }) => {
        impl Sample for model::$name {
            fn sample(random: &mut Random) -> Self {
                Self { $($field: Sample::sample(random)),* }
            }
        }
    };
}

macro_rules! variant {
    ($name:ident { $($number:literal $case:ident $(($value:ident))?),* }) => {
        impl Sample for model::$name {
            fn sample(random: &mut Random) -> Self {
                match random.below([$($number),*].len()) {
                    $($number => {
                        $(let $value = Sample::sample(random);)?
                        Self::$case $(($value))?
                    })*
                    _ => unreachable!("cases are numbered without a gap"),
                }
            }
        }
    };
}

macro_rules! flags {
    ($name:ident: $bits:ident { $($flag:ident),* }) => {
        impl Sample for model::$name {
            fn sample(random: &mut Random) -> Self {
                let mut flags = Self::empty();
                for flag in [$(Self::$flag),*] {
                    if bool::sample(random) {
                        flags |= flag;
                    }
                }
                flags
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/records.rs"));
