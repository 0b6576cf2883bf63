//! Matches URIs with templates of RFC 6570.
//!
//! RFC 6570 defines how a template becomes a URI and not the way back. The crates that do so do not fit here: they have
//! another licence or bring a regular expression engine. To find the owner of a URI, yes or no is enough, so the values
//! of variables are not extracted. The parts of a template match as follows:
//! - `{x}` is at least one character, none of `/`, `?` and `#`; `{+x}` is at least one of any;
//! - `{#x}`, `{.x}`, `{/x}`, `{;x}`, `{?x}` and `{&x}` are nothing at all (their variables may be undefined, §3.2.1),
//!   or their operator's character and what may follow it: anything after `#`, up to `#` after `?` and `&`, else up to
//!   `/`, `?` or `#`, where `{/x,y}` and `{/x*}` are several segments;
//! - literals are compared as they are expanded, percent-encoded where they must be (§3.1).
//!
//! So every URI that a template expands to matches, and a few more: neither the values of a variable that occurs twice
//! are compared, nor the names of parameters, nor the length that a modifier (`:3`) allows. The owner of the template
//! decides about those.
//!
//! The time is linear in the length of the URI for each part of the template, whatever both are, and the memory is one
//! byte for each of the URI.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// No template is tried on a longer URI, in bytes: the owner of a URI is looked for among the templates of all providers,
/// for any caller. Servers and proxies commonly take as much (RFC 9110 §4.1 recommends 8000).
pub(crate) const MAX_URI: usize = 8 * 1024;

/// The ASCII characters that no URI can have (RFC 3986 §2).
const NOT_IN_URIS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// A URI, ready to be matched with any number of templates.
#[derive(Debug)]
pub(crate) struct EncodedUri<'a>(Cow<'a, str>);

impl<'a> EncodedUri<'a> {
    /// Encodes a URI; `None` if it is too long to be matched.
    pub(crate) fn new(uri: &'a str) -> Option<Self> {
        (uri.len() <= MAX_URI).then(|| Self(encoded(uri)))
    }
}

/// Why a text is no template of RFC 6570.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{` without `}`.
    #[error("a `{{` is not closed")]
    Open,
    /// `}` without `{`.
    #[error("a `}}` closes nothing")]
    Close,
    /// `{}` and the like.
    #[error("an expression names no variable")]
    Nameless,
    /// RFC 6570 §2.2 keeps `=`, `,`, `!`, `@` and `|` for later.
    #[error("the operator `{0}` is reserved")]
    Operator(char),
}

/// A template, ready to be matched.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<TemplatePart>);

#[derive(Debug, Clone)]
enum TemplatePart {
    Literal(String),
    Expression { operator: Option<u8>, stops: &'static [u8], optional: bool },
}

impl Template {
    pub(crate) fn parse(mut text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        loop {
            let literal = text.split('{').next().unwrap_or_default();
            if literal.contains('}') {
                return Err(TemplateError::Close);
            }
            if !literal.is_empty() {
                parts.push(TemplatePart::Literal(encoded(literal).into_owned()));
            }
            let Some((_, rest)) = text.split_once('{') else { return Ok(Self(parts)) };
            let (inside, rest) = rest.split_once('}').ok_or(TemplateError::Open)?;
            parts.push(expression(inside)?);
            text = rest;
        }
    }

    pub(crate) fn matches(&self, uri: &EncodedUri<'_>) -> bool {
        let uri = uri.0.as_bytes();
        // Most templates begin with another literal, and need no more than this.
        if let Some(TemplatePart::Literal(literal)) = self.0.first()
            && !uri.starts_with(literal.as_bytes())
        {
            return false;
        }
        // At which places of the URI the parts so far can end.
        let mut ends = vec![false; uri.len() + 1];
        if let Some(start) = ends.first_mut() {
            *start = true;
        }
        for part in &self.0 {
            part.advance(&mut ends, uri);
            if !ends.contains(&true) {
                return false;
            }
        }
        ends.last() == Some(&true)
    }
}

impl TemplatePart {
    /// Makes of the places where the part before this one can end those where this one can.
    fn advance(&self, ends: &mut [bool], uri: &[u8]) {
        match self {
            // From the last place to the first, since each depends on one before it.
            TemplatePart::Literal(literal) => {
                for end in (0..ends.len()).rev() {
                    let start = end.checked_sub(literal.len());
                    let begins = start.is_some_and(|start| ends.get(start) == Some(&true));
                    let ended = begins && uri.get(..end).is_some_and(|read| read.ends_with(literal.as_bytes()));
                    if let Some(here) = ends.get_mut(end) {
                        *here = ended;
                    }
                }
            }
            TemplatePart::Expression { operator, stops, optional } => {
                let mut places = ends.iter_mut();
                let Some(first) = places.next() else { return };
                let mut before = *first;
                *first &= *optional;
                let mut inside = false;
                for (byte, here) in uri.iter().zip(places) {
                    let begins = before && operator.is_none_or(|operator| operator == *byte);
                    let goes_on = (inside || (begins && operator.is_none())) && !stops.contains(byte);
                    inside = goes_on || (begins && operator.is_some());
                    before = *here;
                    *here = inside || (*optional && before);
                }
            }
        }
    }
}

/// What stands between the braces (§2.2). Any text may be the name of a variable: many templates in use have `-` in it.
fn expression(inside: &str) -> Result<TemplatePart, TemplateError> {
    let operator = inside.chars().next().ok_or(TemplateError::Nameless)?;
    let (operator, variables) = match operator {
        '=' | ',' | '!' | '@' | '|' => return Err(TemplateError::Operator(operator)),
        '+' | '#' | '.' | '/' | ';' | '?' | '&' => (operator, inside.get(1..).unwrap_or_default()),
        _ => (' ', inside),
    };
    if variables.is_empty() {
        return Err(TemplateError::Nameless);
    }
    if variables.contains('{') {
        return Err(TemplateError::Open);
    }
    let segments = variables.contains([',', '*']);
    Ok(match operator {
        ' ' => TemplatePart::Expression { operator: None, stops: b"/?#", optional: false },
        '+' => TemplatePart::Expression { operator: None, stops: b"", optional: false },
        '#' => TemplatePart::Expression { operator: Some(b'#'), stops: b"", optional: true },
        '/' if segments => TemplatePart::Expression { operator: Some(b'/'), stops: b"?#", optional: true },
        '?' => TemplatePart::Expression { operator: Some(b'?'), stops: b"#", optional: true },
        '&' => TemplatePart::Expression { operator: Some(b'&'), stops: b"#", optional: true },
        _ => TemplatePart::Expression { operator: u8::try_from(operator).ok(), stops: b"/?#", optional: true },
    })
}

/// Percent-encodes the characters that no URI can have, so that a text that was not encoded equals its correct form.
fn encoded(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, NOT_IN_URIS).into()
}

#[cfg(test)]
mod tests {
    use super::{EncodedUri, MAX_URI, Template, TemplateError};

    fn matches(template: &Template, uri: &str) -> bool {
        EncodedUri::new(uri).is_some_and(|uri| template.matches(&uri))
    }

    #[test]
    fn templates_match_what_they_expand_to_and_not_what_they_cannot() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("db://rows", &["db://rows"], &["db://row", "db://rows/", "", "DB://rows"]),
            ("", &[""], &["x"]),
            ("{x}", &["a", "%20", "a,b"], &["", "a/b", "a?b", "a#b"]),
            (
                "db://{table}/{row}.json",
                &["db://a/b.json", "db://a/b.json.json"],
                &["db://a/b", "db:///b.json", "db://a/b/c.json"],
            ),
            ("file:///{+path}", &["file:///a", "file:///a/b?c#d"], &["file:///", "file://a"]),
            ("x://{a}bb", &["x://abb", "x://abbb", "x://bbbb"], &["x://bb", "x://abc"]),
            ("x://{a}{b}", &["x://ab"], &["x://a"]),
            ("page{#section}", &["page", "page#", "page#a/b?c"], &["pagea", "page/"]),
            ("file{.ext}", &["file", "file.tar", "file.tar.gz"], &["filetar", "file.a/b"]),
            ("root{/a}", &["root", "root/", "root/a"], &["root/a/b", "roota"]),
            ("root{/a,b}", &["root", "root/a", "root/a/b"], &["root/a?b"]),
            ("root{/a*}/end", &["root/end", "root/a/b/end"], &["root/a/b"]),
            ("m{;a,b}", &["m", "m;a=1;b=2"], &["m;a/b", "ma"]),
            ("q{?a,b}", &["q", "q?", "q?a=1&b=2", "q?a=/x?"], &["q&a=1", "q?a#b"]),
            ("q?x=1{&a}", &["q?x=1", "q?x=1&a=2"], &["q?x=1?a", "q?x=12"]),
            ("a{?q}{#f}", &["a", "a?q=1", "a#f", "a?q=1#f"], &["a/"]),
            ("t://{user-id}/{a:3}", &["t://1/abc"], &["t://1"]),
            ("c://café/{x}", &["c://caf%C3%A9/a", "c://café/ü b"], &["c://cafe/a"]),
        ];
        for (template, matching, others) in cases {
            let parsed = Template::parse(template).unwrap();
            for uri in *matching {
                assert!(matches(&parsed, uri), "`{template}` does not match `{uri}`");
            }
            for uri in *others {
                assert!(!matches(&parsed, uri), "`{template}` matches `{uri}`");
            }
        }
    }

    #[test]
    fn what_is_no_template_is_refused() {
        let cases = [
            ("a{b", TemplateError::Open),
            ("a{b{c}", TemplateError::Open),
            ("a}b", TemplateError::Close),
            ("{a}}", TemplateError::Close),
            ("{}", TemplateError::Nameless),
            ("{+}", TemplateError::Nameless),
            ("{=a}", TemplateError::Operator('=')),
            ("{|a}", TemplateError::Operator('|')),
        ];
        for (template, fault) in cases {
            assert_eq!(Template::parse(template).err(), Some(fault), "{template}");
        }
    }

    #[test]
    fn a_long_uri_does_not_make_many_variables_explode() {
        let parsed = Template::parse(&"{+a}b".repeat(50)).unwrap();
        assert!(!matches(&parsed, &"bbbbc".repeat(MAX_URI / 5)));
        assert!(matches(&parsed, &"ab".repeat(50)));
    }

    #[test]
    fn a_template_allocates_once_for_a_uri_whatever_the_length_of_both() {
        let template = Template::parse(&"{+a}b".repeat(50)).unwrap();
        for uri in ["b".repeat(100), "b".repeat(MAX_URI), "ü b".repeat(MAX_URI / 4)] {
            let uri = EncodedUri::new(&uri).unwrap();
            let measured = allocation_counter::measure(|| assert!(template.matches(&uri)));
            assert_eq!(measured.count_total, 1);
        }
        let other = Template::parse("x://{a}").unwrap();
        let uri = EncodedUri::new("y://1").unwrap();
        assert_eq!(allocation_counter::measure(|| assert!(!other.matches(&uri))).count_total, 0);
    }

    #[test]
    fn a_uri_is_encoded_into_one_buffer_and_one_that_is_too_long_is_not() {
        let uri = "ü".repeat(MAX_URI / 2);
        let measured = allocation_counter::measure(|| drop(EncodedUri::new(&uri).unwrap()));
        assert!(measured.count_total < 20, "it grows by doubling: {measured:?}");
        let correct = "a".repeat(MAX_URI);
        assert_eq!(allocation_counter::measure(|| drop(EncodedUri::new(&correct).unwrap())).count_total, 0);
        assert!(EncodedUri::new(&format!("{correct}a")).is_none());
    }
}
