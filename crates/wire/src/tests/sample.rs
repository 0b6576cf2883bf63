//! Pseudorandom values of every type of the contract. They come from the same list of types as the impls.

use contract::model;

/// Pseudorandom numbers (xorshift), the same ones for the same seed.
pub(super) struct Draw(u32);

impl Draw {
    pub(super) fn new(seed: u32) -> Self {
        // The state must not be 0. The factor spreads neighbouring seeds.
        Self(seed.wrapping_mul(0x9e37_79b9) | 1)
    }

    fn number(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// A number from 0 up to, and without, `count`.
    fn of(&mut self, count: u32) -> u32 {
        (self.number() >> 8) % count
    }
}

pub(super) trait Sample: Sized {
    fn sample(draw: &mut Draw) -> Self;
}

impl Sample for bool {
    fn sample(draw: &mut Draw) -> Self {
        draw.of(2) == 1
    }
}

/// Numbers of every length that they can have on the wire.
impl Sample for u32 {
    fn sample(draw: &mut Draw) -> Self {
        draw.number() >> draw.of(32)
    }
}

impl Sample for i32 {
    fn sample(draw: &mut Draw) -> Self {
        draw.number().cast_signed() >> draw.of(32)
    }
}

impl Sample for f64 {
    fn sample(draw: &mut Draw) -> Self {
        f64::from(i32::sample(draw)) / 8.0
    }
}

impl Sample for String {
    fn sample(draw: &mut Draw) -> Self {
        ["", "a", "ƒ𐍈Ő", r#"{"k":1}"#][draw.of(4) as usize].to_owned()
    }
}

impl Sample for u8 {
    fn sample(draw: &mut Draw) -> Self {
        draw.of(256) as u8
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(draw: &mut Draw) -> Self {
        bool::sample(draw).then(|| T::sample(draw))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(draw: &mut Draw) -> Self {
        (0..draw.of(3)).map(|_| T::sample(draw)).collect()
    }
}

impl<A: Sample, B: Sample> Sample for (A, B) {
    fn sample(draw: &mut Draw) -> Self {
        (A::sample(draw), B::sample(draw))
    }
}

macro_rules! record {
    ($name:ident { $($field:ident),* }) => {
        impl Sample for model::$name {
            fn sample(draw: &mut Draw) -> Self {
                Self { $($field: Sample::sample(draw)),* }
            }
        }
    };
}

macro_rules! variant {
    ($name:ident { $($number:literal $case:ident $(($value:ident))?),* }) => {
        impl Sample for model::$name {
            fn sample(draw: &mut Draw) -> Self {
                match draw.of([$($number),*].len() as u32) {
                    $($number => {
                        $(let $value = Sample::sample(draw);)?
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
            fn sample(draw: &mut Draw) -> Self {
                let mut flags = Self::empty();
                for flag in [$(Self::$flag),*] {
                    if bool::sample(draw) {
                        flags |= flag;
                    }
                }
                flags
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/records.rs"));
