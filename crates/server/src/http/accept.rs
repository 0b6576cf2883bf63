//! Content negotiation and size: which bodies the server reads, and which media types a client takes.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};

use super::single_header;
use crate::error::{BodyError, HeadError};

/// Refuses a request whose body is not plain JSON, whose client cannot read JSON, or whose body is larger than the limit, as far
/// as its head says. The result is whether the client also takes server-sent events.
pub(crate) fn check(headers: &HeaderMap, body_limit: usize) -> Result<bool, HeadError> {
    if has_unknown_coding(headers) {
        return Err(HeadError::TransferCoding);
    }
    let json = single_header(headers, &CONTENT_TYPE).is_some_and(|value| {
        value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
    });
    if !json {
        return Err(HeadError::ContentType);
    }
    let plain = |encoding: &str| encoding.eq_ignore_ascii_case("identity");
    if headers.contains_key(CONTENT_ENCODING) && !single_header(headers, &CONTENT_ENCODING).is_some_and(plain) {
        return Err(HeadError::ContentEncoding);
    }
    let accepted = Accepted::of(headers);
    if !accepted.json {
        return Err(HeadError::NotAcceptable);
    }
    let announced = single_header(headers, &CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > body_limit)) {
        return Err(HeadError::Body(BodyError::TooLarge));
    }
    Ok(accepted.events)
}

/// Whether a body has transfer codings that this server does not know (RFC 9112 §6.1: such a request is answered with 501). It knows chunked
/// alone, which is applied once (§7.1).
pub(crate) fn has_unknown_coding(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(TRANSFER_ENCODING).iter();
    let mut codings = codings.flat_map(|value| value.to_str().unwrap_or("not ASCII").split(','));
    let is_chunked = codings.next().is_none_or(|coding| coding.trim().eq_ignore_ascii_case("chunked"));
    !is_chunked || codings.next().is_some()
}

/// The media types that the client says it can read. The specification asks for both; a client without `Accept`, or with `*/*`,
/// is served too.
struct Accepted {
    json: bool,
    events: bool,
}

impl Accepted {
    fn of(headers: &HeaderMap) -> Self {
        let mut accepted = Self { json: false, events: false };
        let mut absent = true;
        for range in
            headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','))
        {
            absent = false;
            match range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
                "*/*" => return Self { json: true, events: true },
                "application/json" | "application/*" => accepted.json = true,
                "text/event-stream" | "text/*" => accepted.events = true,
                _ => {}
            }
        }
        if absent { Self { json: true, events: true } } else { accepted }
    }
}
