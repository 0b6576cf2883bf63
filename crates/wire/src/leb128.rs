//! Numbers in groups of seven bits, the lowest first; the highest bit of a byte says that another one follows.

use crate::{DecodeError, Input, Sink};

/// Where the fifth group begins, which has the last four bits of a 32-bit number.
const LAST_SHIFT: u32 = 28;
const SHIFTS: [u32; 5] = [0, 7, 14, 21, LAST_SHIFT];
const MORE: u8 = 0x80;
/// The highest bit of a group: at the end of a signed number, its sign.
const SIGN: u8 = 0x40;

/// A length beyond 32 bits is written too, as what it is: its reader refuses it, instead of one that seems to fit.
pub(crate) fn put_unsigned<S: Sink + ?Sized>(mut value: u64, sink: &mut S) {
    loop {
        let group = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return sink.put(&[group]);
        }
        sink.put(&[group | MORE]);
    }
}

pub(crate) fn put_signed<S: Sink + ?Sized>(mut value: i32, sink: &mut S) {
    loop {
        let group = (value & 0x7f) as u8;
        value >>= 7;
        // What is left must be what the sign of this group stands for.
        if value == if group & SIGN == 0 { 0 } else { -1 } {
            return sink.put(&[group]);
        }
        sink.put(&[group | MORE]);
    }
}

impl Input<'_> {
    /// The next `u32`.
    pub(crate) fn unsigned(&mut self) -> Result<u32, DecodeError> {
        let at = self.offset();
        let mut value = 0;
        for shift in SHIFTS {
            let byte = self.byte()?;
            if shift == LAST_SHIFT && byte > 0x0f {
                return Err(DecodeError::Overflow(at));
            }
            value |= u32::from(byte & !MORE) << shift;
            if byte & MORE == 0 {
                let needless = byte == 0 && shift > 0;
                return if needless { Err(DecodeError::Overlong(at)) } else { Ok(value) };
            }
        }
        Err(DecodeError::Overflow(at))
    }

    /// The next `s32`.
    pub(crate) fn signed(&mut self) -> Result<i32, DecodeError> {
        let at = self.offset();
        let mut value = 0;
        // The sign so far, of a number that is not there.
        let mut before = None;
        for shift in SHIFTS {
            let byte = self.byte()?;
            // The bits that do not fit repeat the sign, which is the last one that does.
            if shift == LAST_SHIFT && !matches!(byte, 0x00..=0x07 | 0x78..=0x7f) {
                return Err(DecodeError::Overflow(at));
            }
            value |= i32::from(byte & !MORE) << shift;
            let negative = byte & SIGN != 0;
            if byte & MORE == 0 {
                if byte == if negative { 0x7f } else { 0 } && before == Some(negative) {
                    return Err(DecodeError::Overlong(at));
                }
                // Shifted out entirely where the last group had the sign itself.
                let above = if negative { (-1_i32).checked_shl(shift + 7).unwrap_or(0) } else { 0 };
                return Ok(value | above);
            }
            before = Some(negative);
        }
        Err(DecodeError::Overflow(at))
    }
}
