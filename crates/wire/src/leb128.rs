//! Numbers as LEB128: groups of seven bits, the lowest first. The highest bit of a byte says that another byte follows.

use crate::{DecodeError, Input, Sink};

/// The shift of the fifth group, which has the last four bits of a 32-bit number.
const LAST_SHIFT: u32 = 28;
const SHIFTS: [u32; 5] = [0, 7, 14, 21, LAST_SHIFT];
const MORE: u8 = 0x80;
/// The highest bit of a group. In the last group of a signed number it is the sign.
const SIGN: u8 = 0x40;

/// A length of more than 32 bits is written in full, so that its reader refuses it. Cut off it would seem to be another length.
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
        // The number ends where the bits that are left only repeat the sign of this group.
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
                let overlong = byte == 0 && shift > 0;
                return if overlong { Err(DecodeError::Overlong(at)) } else { Ok(value) };
            }
        }
        Err(DecodeError::Overflow(at))
    }

    /// The next `s32`.
    pub(crate) fn signed(&mut self) -> Result<i32, DecodeError> {
        let at = self.offset();
        let mut value = 0;
        // The sign bit of the group before this one.
        let mut before = None;
        for shift in SHIFTS {
            let byte = self.byte()?;
            // The bits beyond the 32nd must repeat the sign, which is the 32nd.
            if shift == LAST_SHIFT && !matches!(byte, 0x00..=0x07 | 0x78..=0x7f) {
                return Err(DecodeError::Overflow(at));
            }
            value |= i32::from(byte & !MORE) << shift;
            let negative = byte & SIGN != 0;
            if byte & MORE == 0 {
                if byte == if negative { 0x7f } else { 0 } && before == Some(negative) {
                    return Err(DecodeError::Overlong(at));
                }
                // In the fifth group no bit is left above, so the shift is out of range.
                let above = if negative { (-1_i32).checked_shl(shift + 7).unwrap_or(0) } else { 0 };
                return Ok(value | above);
            }
            before = Some(negative);
        }
        Err(DecodeError::Overflow(at))
    }
}
