//! Server-sent events (WHATWG HTML §9.2), as far as MCP uses them.

/// Writes one JSON-RPC message as an event.
///
/// Valid JSON has raw line breaks only between its tokens, where a provider's pretty-printed schema may bring them. There they
/// mean as much as a space, and are replaced by one: a line break would end the `data` field.
#[must_use]
pub fn event(json: &[u8]) -> Vec<u8> {
    const HEAD: &[u8] = b"event: message\ndata: ";
    const END: &[u8] = b"\n\n";
    let mut event = Vec::with_capacity(HEAD.len() + json.len() + END.len());
    event.extend_from_slice(HEAD);
    event.extend(json.iter().map(|&byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
    event.extend_from_slice(END);
    event
}

#[cfg(test)]
mod tests {
    use super::event;

    #[test]
    fn a_message_is_one_event_whatever_line_breaks_it_has() {
        let cases = [
            (r#"{"a":1}"#, "event: message\ndata: {\"a\":1}\n\n"),
            ("{\n  \"a\": 1\r\n}", "event: message\ndata: {   \"a\": 1  }\n\n"),
            ("{\"a\":\r\r\n\n1}", "event: message\ndata: {\"a\":    1}\n\n"),
            (r#"{"a":"line\nbreak"}"#, "event: message\ndata: {\"a\":\"line\\nbreak\"}\n\n"),
        ];
        for (json, want) in cases {
            assert_eq!(String::from_utf8(event(json.as_bytes())).unwrap(), want);
        }
    }
}
