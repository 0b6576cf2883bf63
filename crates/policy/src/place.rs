//! A place in a policy, as error messages name it.

use std::fmt;

use regorus::unstable::Span;

/// A place in a file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path of the file, as it was given.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.path, self.line, self.column)
    }
}

impl Place {
    pub(crate) fn of(span: &Span) -> Self {
        Self { path: span.source.get_path().clone(), line: span.line, column: span.col }
    }

    /// The start of a file, where no better place is known.
    pub(crate) fn start_of(path: &str) -> Self {
        Self { path: path.to_owned(), line: 1, column: 1 }
    }
}

/// The place and the message of an error of regorus. It writes `--> file:line:column`, an excerpt, and a last line `error: message`.
pub(crate) fn split_message(text: &str) -> (Option<Place>, String) {
    let place = text.split("--> ").nth(1).and_then(|rest| {
        let mut parts = rest.lines().next()?.rsplitn(3, ':');
        let column = parts.next()?.trim().parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        Some(Place { path: parts.next()?.to_owned(), line, column })
    });
    let message = match text.find("error: ") {
        Some(at) => text.get(at + "error: ".len()..).unwrap_or_default(),
        None => text,
    };
    (place, message.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_regorus_has_a_place_and_a_text() {
        let place = |path: &str, line, column| Some(Place { path: path.to_owned(), line, column });
        for (text, expected_place, message) in [
            (
                "\n--> a/b.rego:3:14\n  |\n3 |  x ==\n  |     ^\nerror: expecting expression",
                place("a/b.rego", 3, 14),
                "expecting expression",
            ),
            ("\n--> c:d.rego:10:2\n  |\nerror: two\n  lines", place("c:d.rego", 10, 2), "two lines"),
            ("no place", None, "no place"),
            ("--> a.rego", None, "--> a.rego"),
        ] {
            assert_eq!(split_message(text), (expected_place, message.to_owned()), "{text}");
        }
    }
}
