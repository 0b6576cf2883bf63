//! The header `Accept`: which media types a client takes for its answer.

use http::HeaderMap;
use http::header::ACCEPT;

use crate::error::HeadError;

/// What the official clients send, as the specification shows it.
const USUAL: &[u8] = b"application/json, text/event-stream";

/// Refuses a request whose client cannot read JSON. The result is whether the client also takes server-sent events.
pub(crate) fn check(headers: &HeaderMap) -> Result<bool, HeadError> {
    let mut values = headers.get_all(ACCEPT).iter();
    if let (Some(value), None) = (values.next(), values.next())
        && value.as_bytes() == USUAL
    {
        return Ok(true);
    }
    let accepted = Accepted::of(headers);
    if !accepted.json {
        return Err(HeadError::NotAcceptable);
    }
    Ok(accepted.events)
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
        let (mut json, mut events) = (None, None);
        for range in ranges() {
            let (essence, parameters) = range.split_once(';').unwrap_or((range, ""));
            let accepts = parameters.is_empty() || !parameters.split(';').any(refuses);
            let preference = |media| Some(Preference { specificity: specificity(essence.trim(), media)?, accepts });
            json = json.max(preference(["*/*", "application/*", "application/json"]));
            events = events.max(preference(["*/*", "text/*", "text/event-stream"]));
        }
        let accepts = |preference: Option<Preference>| preference.is_some_and(|preference| preference.accepts);
        Self { json: accepts(json), events: accepts(events) }
    }
}

/// What a range of `Accept` says about a media type that it has. The most specific one counts (RFC 9110 §12.5.1), and of two that are
/// equally specific the one that accepts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Preference {
    specificity: usize,
    accepts: bool,
}

/// How specific a range is to the media type whose ranges these are, from the least specific to its name. None if it does not have it.
fn specificity(essence: &str, media: [&str; 3]) -> Option<usize> {
    media.iter().position(|range| essence.eq_ignore_ascii_case(range))
}

/// Whether a parameter is a weight of zero, which refuses the range.
fn refuses(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or_default();
    let is_zero = |weight: &str| weight.starts_with('0') && weight.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    name.trim().eq_ignore_ascii_case("q") && is_zero(value.trim())
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
