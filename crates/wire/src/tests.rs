//! Tests of the encoding: bytes written by hand, hostile bytes, and every record there and back.

mod golden;
mod hostile;
mod round_trip;
mod sample;
