//! What the head of a request says of its body: its coding, its media type and its size, and which bodies the server reads.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};

use super::single_header;
use crate::error::{BodyError, HeadError};

/// Refuses a request whose body is not plain JSON, as far as its head says.
pub(crate) fn check_form(headers: &HeaderMap) -> Result<(), HeadError> {
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
    Ok(())
}

/// Refuses a request whose body is larger than the limit, as far as its head says.
pub(crate) fn check_size(headers: &HeaderMap, limit: usize) -> Result<(), HeadError> {
    let announced = single_header(headers, &CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(HeadError::Body(BodyError::TooLarge));
    }
    Ok(())
}

/// Whether a body has transfer codings that this server does not know (RFC 9112 §6.1: such a request is answered with 501). It knows chunked
/// alone, which is applied once (§7.1).
pub(crate) fn has_unknown_coding(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(TRANSFER_ENCODING).iter();
    let mut codings = codings.flat_map(|value| value.to_str().unwrap_or("not ASCII").split(','));
    let is_chunked = codings.next().is_none_or(|coding| coding.trim().eq_ignore_ascii_case("chunked"));
    !is_chunked || codings.next().is_some()
}
