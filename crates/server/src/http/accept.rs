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
        let ranges = || {
            let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(','))
        };
        if ranges().next().is_none() {
            return Self { json: true, events: true };
        }
        let accepts = |media| {
            ranges().filter_map(|range| preference(range, media)).max().is_some_and(|preference| preference.accepts)
        };
        Self {
            json: accepts(["*/*", "application/*", "application/json"]),
            events: accepts(["*/*", "text/*", "text/event-stream"]),
        }
    }
}

/// What a range of `Accept` says about a media type that it has. The most specific one counts (RFC 9110 §12.5.1), and of two that are
/// equally specific the one that accepts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Preference {
    specificity: usize,
    accepts: bool,
}

/// What a range says about the media type whose ranges these are, from the least specific to its name. A weight of zero refuses it.
fn preference(range: &str, media: [&str; 3]) -> Option<Preference> {
    let (essence, parameters) = range.split_once(';').unwrap_or((range, ""));
    let specificity = media.iter().position(|range| essence.trim().eq_ignore_ascii_case(range))?;
    let is_zero = |weight: &str| weight.starts_with('0') && weight.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let refuses = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("q") && is_zero(value.trim())
    };
    Some(Preference { specificity, accepts: !parameters.split(';').any(refuses) })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_most_specific_range_says_what_a_client_takes() {
        for (ranges, json, events) in [
            (&[][..], true, true),
            (&["*/*"], true, true),
            (&["application/json, text/event-stream"], true, true),
            (&["application/json", "text/event-stream"], true, true),
            (&["Application/JSON; charset=utf-8; q=0.5"], true, false),
            (&["application/*;q=0.1,text/*"], true, true),
            (&["text/html"], false, false),
            (&[""], false, false),
            (&["application/json;q=0"], false, false),
            (&["application/json; Q=0.000, */*"], false, true),
            (&["*/*;q=0, application/json"], true, false),
            (&["*/*", "text/event-stream ; q = 0"], true, false),
            (&["application/json;q=0, application/json"], true, false),
            (&["application/json;q="], true, false),
        ] {
            let mut headers = HeaderMap::new();
            for range in ranges {
                headers.append(ACCEPT, HeaderValue::from_static(range));
            }
            let accepted = Accepted::of(&headers);
            assert_eq!((accepted.json, accepted.events), (json, events), "{ranges:?}");
        }
    }
}
