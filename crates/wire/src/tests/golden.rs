//! Bytes that were written by hand, according to the rules of `wrpc-runtime-wasmtime` and the examples of LEB128 in WebAssembly's
//! specification and DWARF's.

use std::fmt::Debug;

use contract::model::{
    CacheHint, CacheScope, Change, ClientFeatures, ContentBlock, ErrorCode, Event, IncludeContext, LogLevel, McpError,
    MediaContent, Offers, Progress, PromptGet, ResourceBody, TextContent, ToolAnnotations, ToolLeg, ToolOutcome,
    ToolOutput, UnnamedRequest,
};

use crate::{Decode, Encode, Size, decode_all, encode_all, measure};

fn is<T: Encode + Decode + PartialEq + Debug>(value: T, bytes: impl AsRef<[u8]>) {
    let bytes = bytes.as_ref();
    assert_eq!(encode_all(&value), bytes, "{value:?}");
    assert_eq!(decode_all(bytes), Ok(value));
}

#[test]
fn a_boolean_is_one_byte() {
    is(false, [0]);
    is(true, [1]);
}

#[test]
fn an_unsigned_number_is_leb128() {
    is(0_u32, [0x00]);
    is(127_u32, [0x7f]);
    is(128_u32, [0x80, 0x01]);
    is(16_383_u32, [0xff, 0x7f]);
    is(16_384_u32, [0x80, 0x80, 0x01]);
    is(624_485_u32, [0xe5, 0x8e, 0x26]);
    is(u32::MAX, [0xff, 0xff, 0xff, 0xff, 0x0f]);
}

#[test]
fn a_signed_number_is_leb128_with_its_sign() {
    is(0_i32, [0x00]);
    is(2_i32, [0x02]);
    is(-2_i32, [0x7e]);
    is(63_i32, [0x3f]);
    is(64_i32, [0xc0, 0x00]);
    is(-64_i32, [0x40]);
    is(-65_i32, [0xbf, 0x7f]);
    is(127_i32, [0xff, 0x00]);
    is(-127_i32, [0x81, 0x7f]);
    is(128_i32, [0x80, 0x01]);
    is(-128_i32, [0x80, 0x7f]);
    is(-123_456_i32, [0xc0, 0xbb, 0x78]);
    is(i32::MAX, [0xff, 0xff, 0xff, 0xff, 0x07]);
    is(i32::MIN, [0x80, 0x80, 0x80, 0x80, 0x78]);
}

#[test]
fn a_double_is_eight_bytes_the_lowest_first() {
    is(0.5_f64, [0, 0, 0, 0, 0, 0, 0xe0, 0x3f]);
    is(-2.0_f64, [0, 0, 0, 0, 0, 0, 0, 0xc0]);
}

#[test]
fn a_string_has_its_length_in_bytes_before_it() {
    is(String::new(), [0]);
    is("ƒ".to_owned(), [2, 0xc6, 0x92]);
    is("a".repeat(300), [&[0xac, 0x02], [b'a'; 300].as_slice()].concat());
    assert_eq!(encode_all("abc"), *b"\x03abc");
}

#[test]
fn a_list_has_the_number_of_its_elements_before_them() {
    is(Vec::<String>::new(), [0]);
    is(vec!["a".to_owned(), "bc".to_owned()], *b"\x02\x01a\x02bc");
    is(vec![("k".to_owned(), "v".to_owned())], *b"\x01\x01k\x01v");
    is(vec![300_u32; 2], [2, 0xac, 0x02, 0xac, 0x02]);
}

#[test]
fn binary_is_its_length_and_itself() {
    is(vec![0_u8, 0x80, 0xff], [3, 0, 0x80, 0xff]);
    is(vec![7_u8; 200], [&[0xc8, 0x01], [7; 200].as_slice()].concat());
}

#[test]
fn an_option_is_0_or_1_and_what_there_is() {
    is(None::<u32>, [0]);
    is(Some(5_u32), [1, 5]);
    is(Some(None::<u32>), [1, 0]);
    is(Some(Some(300_u32)), [1, 1, 0xac, 0x02]);
}

#[test]
fn a_result_is_0_with_the_value_or_1_with_the_error() {
    is(Ok::<u32, String>(5), [0, 5]);
    is(Err::<u32, String>("no".into()), *b"\x01\x02no");
}

#[test]
fn a_tuple_is_its_parts() {
    is((1_u32,), [1]);
    is((1_u32, Some("c".to_owned())), *b"\x01\x01\x01c");
}

#[test]
fn flags_up_to_8_are_one_byte_the_first_name_the_lowest_bit() {
    is(ClientFeatures::empty(), [0]);
    is(ClientFeatures::ROOTS, [0b000_0001]);
    is(ClientFeatures::SAMPLING | ClientFeatures::ELICITATION_URL, [0b100_0100]);
    is(ClientFeatures::all(), [0x7f]);
}

#[test]
fn flags_of_9_are_two_bytes_the_lowest_first() {
    is(Offers::empty(), [0, 0]);
    is(Offers::TOOLS | Offers::COMPLETION, [0b1000_0001, 0]);
    is(Offers::LOGGING, [0, 1]);
    is(Offers::all(), [0xff, 1]);
}

#[test]
fn an_enum_is_the_number_of_its_case() {
    is(CacheScope::Public, [0]);
    is(IncludeContext::AllServers, [2]);
    is(LogLevel::Emergency, [7]);
}

#[test]
fn a_variant_is_the_number_of_its_case_and_the_payload() {
    is(ResourceBody::Blob(vec![0, 0xff]), [1, 2, 0, 0xff]);
    is(Change::PromptList, [2]);
    is(Change::ResourceUpdated("a:b".into()), *b"\x03\x03a:b");
    is(McpError::NotOffered, [0]);
    is(McpError::Unavailable(None), [10, 0]);
    is(McpError::Unavailable(Some(300)), [10, 1, 0xac, 0x02]);
    is(McpError::InsufficientScope(vec!["r".into(), "w".into()]), *b"\x07\x02\x01r\x01w");
    // -31999 in groups of seven bits, from the lowest: 0000001, 0000110, 1111110.
    let error = ErrorCode { code: -31_999, message: "m".into(), data: None };
    is(McpError::Other(error), *b"\x0c\x81\x86\x7e\x01m\x00");
}

#[test]
fn a_record_is_its_fields_in_their_order() {
    is(CacheHint { ttl_ms: 300_000, scope: CacheScope::Private }, [0xe0, 0xa7, 0x12, 1]);
    is(
        ToolAnnotations {
            title: None,
            read_only_hint: Some(true),
            destructive_hint: Some(false),
            idempotent_hint: None,
            open_world_hint: None,
            extra: Some("{}".into()),
        },
        *b"\x00\x01\x01\x01\x00\x00\x00\x01\x02{}",
    );
    is(
        PromptGet {
            name: "p".into(),
            arguments: vec![("a".into(), "1".into()), ("b".into(), String::new())],
            resumed: None,
            extra: None,
        },
        *b"\x01p\x02\x01a\x011\x01b\x00\x00\x00",
    );
}

#[test]
fn an_answer_is_all_of_it_with_nothing_between() {
    let text = TextContent { text: "3".into(), annotations: None, extra: None };
    let image = MediaContent { data: vec![1, 2, 3], mime_type: "image/png".into(), annotations: None, extra: None };
    let output = ToolOutput {
        content: vec![ContentBlock::Text(text), ContentBlock::Image(image)],
        structured_content: Some("{}".into()),
        is_error: false,
        extra: None,
    };
    let events = vec![
        Event::Progress(Progress { progress: 0.5, total: None, message: None, extra: None }),
        Event::Changed(Change::Unnamed(UnnamedRequest { method: "x".into(), params: None })),
    ];
    let answer = Ok::<_, McpError>(ToolLeg { events, outcome: ToolOutcome::Complete(output) });

    let mut bytes = b"\x00\x02\x00\0\0\0\0\0\0\xe0\x3f\x00\x00\x00\x03\x04\x01x\x00".to_vec();
    bytes.extend(b"\x00\x02\x00\x013\x00\x00\x01\x03\x01\x02\x03\x09image/png\x00\x00\x01\x02{}\x00\x00");
    assert_eq!(measure(&answer), Size { total: bytes.len(), binary: 3, values: 31 });
    is(answer, bytes);
}
