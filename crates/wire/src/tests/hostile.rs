//! Malformed and malicious bytes.

use allocation_counter::measure as allocations;
use contract::model::{
    ClientFeatures, ContentBlock, LogLevel, McpError, MediaContent, Offers, ProviderInfo, Tool, ToolLeg, ToolPage,
};

use crate::DecodeError::{Bool, Discriminant, Flags, Length, Overflow, Overlong, Trailing, Truncated, Utf8};
use crate::{Decode, DecodeError, decode_all};

fn fault<T: Decode>(bytes: &[u8]) -> Option<DecodeError> {
    decode_all::<T>(bytes).err()
}

type Read = fn(&[u8]) -> Option<DecodeError>;

#[test]
fn malformed_bytes_are_refused_each_with_its_error() {
    let cases: &[(&str, Read, &[u8], DecodeError)] = &[
        ("nothing", fault::<u32>, b"", Truncated(0)),
        ("a number whose end is missing", fault::<u32>, b"\x80", Truncated(1)),
        ("half a double", fault::<f64>, b"\0\0\0\0", Truncated(4)),
        ("one byte of two of flags", fault::<Offers>, b"\x01", Truncated(1)),
        ("an option of nothing", fault::<Option<u32>>, b"\x01", Truncated(1)),
        ("a record that ends", fault::<MediaContent>, b"\x01a\x01b\x00", Truncated(5)),
        ("more bytes", fault::<bool>, b"\x01\x00", Trailing(1)),
        ("more bytes than an answer", fault::<Result<ToolLeg, McpError>>, b"\x01\x00\x00", Trailing(2)),
        ("the longest string", fault::<String>, b"\xff\xff\xff\xff\x0fabc", Length(0)),
        ("the longest list", fault::<Vec<String>>, b"\xff\xff\xff\xff\x0f\0\0\0", Length(0)),
        ("the longest binary", fault::<MediaContent>, b"\xff\xff\xff\xff\x0f\0\0\0", Length(0)),
        ("a string that is one too long", fault::<(bool, String)>, b"\x01\x04abc", Length(1)),
        ("more elements than bytes", fault::<ToolPage>, b"\x04\0\0\0", Length(0)),
        ("33 bits", fault::<u32>, b"\xff\xff\xff\xff\x1f", Overflow(0)),
        ("six bytes", fault::<u32>, b"\x80\x80\x80\x80\x80\x00", Overflow(0)),
        ("a length of 33 bits", fault::<String>, b"\x80\x80\x80\x80\x10", Overflow(0)),
        ("2^31 with a sign", fault::<i32>, b"\x80\x80\x80\x80\x08", Overflow(0)),
        ("-2^31 - 1", fault::<i32>, b"\xff\xff\xff\xff\x77", Overflow(0)),
        ("six bytes with a sign", fault::<i32>, b"\xff\xff\xff\xff\xff\x7f", Overflow(0)),
        ("0 in two bytes", fault::<u32>, b"\x80\x00", Overlong(0)),
        ("1 in five bytes", fault::<u32>, b"\x81\x80\x80\x80\x00", Overlong(0)),
        ("-1 in two bytes", fault::<i32>, b"\xff\x7f", Overlong(0)),
        ("1 with a sign in two bytes", fault::<i32>, b"\x81\x00", Overlong(0)),
        ("-1 in five bytes", fault::<i32>, b"\xff\xff\xff\xff\x7f", Overlong(0)),
        ("a length with more bytes than necessary", fault::<(bool, String)>, b"\x00\x81\x00a", Overlong(1)),
        ("a case with more bytes than necessary", fault::<LogLevel>, b"\x81\x00", Overlong(0)),
        ("a boolean of 2", fault::<(bool, bool)>, b"\x01\x02", Bool(1)),
        ("an option of 2", fault::<Option<bool>>, b"\x02\x00", Discriminant(0)),
        ("a result of 2", fault::<Result<bool, bool>>, b"\x02\x00", Discriminant(0)),
        ("an enum's next case", fault::<LogLevel>, b"\x08", Discriminant(0)),
        ("a variant's next case", fault::<Vec<ContentBlock>>, b"\x01\x06", Discriminant(1)),
        ("a case far away", fault::<McpError>, b"\xff\xff\xff\xff\x0f", Discriminant(0)),
        ("an eighth flag of seven", fault::<ClientFeatures>, b"\x80", Flags(0)),
        ("a tenth flag of nine", fault::<Offers>, b"\x00\x02", Flags(0)),
        ("half a character", fault::<String>, b"\x03ab\xc6", Utf8(3)),
        ("a surrogate", fault::<(bool, String)>, b"\x00\x03\xed\xa0\x80", Utf8(2)),
    ];
    for (what, read, bytes, expected) in cases {
        assert_eq!(read(bytes), Some(*expected), "{what}");
    }
}

#[test]
fn an_error_names_the_fault_and_the_offset() {
    assert_eq!(Length(7).to_string(), "the length at byte 7 is more than the bytes that follow");
}

#[test]
fn a_forged_length_reserves_no_more_memory_than_the_bytes_that_were_sent() {
    // The length is the number of bytes that follow, and these are not one complete element.
    let mut list = vec![0xff; 100_003];
    list[..3].copy_from_slice(&[0xa0, 0x8d, 0x06]);
    let cases: &[(&str, Read, &[u8])] = &[
        ("the most that 32 bits can express", fault::<Vec<Tool>>, b"\xff\xff\xff\xff\x0f\0\0\0"),
        ("as many as there are bytes", fault::<Vec<Tool>>, &list),
        ("the same within a record", fault::<ProviderInfo>, &list),
    ];
    for (what, read, bytes) in cases {
        let counted = allocations(|| assert!(read(bytes).is_some(), "{what}"));
        assert!(counted.bytes_max <= bytes.len() as u64, "{what}: {counted:?}");
    }
}
