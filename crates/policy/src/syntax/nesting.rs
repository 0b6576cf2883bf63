//! How deep the brackets of a policy nest. regorus' parser calls itself for each level without a bound, and tries a `[` or a `{` as a literal
//! and as a comprehension, so that each level of them takes up to three times as long.

use crate::place::Place;

/// How many levels of `[` and `{` a policy may have: regorus takes less than a tenth of a second for an expression as deep.
const MAX_BRACKETS: usize = 9;
/// How many levels of brackets of any kind, and how many signs one after the other.
const MAX_LEVELS: usize = 32;

/// Where a text nests deeper than a policy may, if it does.
pub(crate) fn too_deep(path: &str, text: &str) -> Option<Place> {
    let mut open = Vec::new();
    let mut signs = 0_usize;
    let mut scanner = Scanner { rest: text.chars(), line: 1, column: 1 };
    loop {
        let (line, column) = (scanner.line, scanner.column);
        let character = scanner.next_of_code()?;
        signs = match character {
            '-' => signs.saturating_add(1),
            '#' => signs,
            _ if character.is_whitespace() => signs,
            _ => 0,
        };
        let mut is_too_deep = signs > MAX_LEVELS;
        match character {
            '[' | '{' | '(' => {
                open.push(character);
                let brackets = open.iter().filter(|bracket| **bracket != '(').count();
                is_too_deep = open.len() > MAX_LEVELS || brackets > MAX_BRACKETS;
            }
            ']' | '}' | ')' => drop(open.pop()),
            _ => {}
        }
        if is_too_deep {
            return Some(Place { path: path.to_owned(), line, column });
        }
    }
}

/// Reads a text without its strings and comments, where brackets mean nothing.
struct Scanner<'a> {
    rest: std::str::Chars<'a>,
    /// Where the next character is, from 1.
    line: u32,
    column: u32,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 1;
        } else {
            self.column = self.column.saturating_add(1);
        }
        Some(character)
    }

    /// The next character of the code; the first one of a string or a comment stands for all of it.
    fn next_of_code(&mut self) -> Option<char> {
        let character = self.next()?;
        match character {
            '"' => while !matches!(self.next_unescaped(), None | Some('"' | '\n')) {},
            '`' => while !matches!(self.next(), None | Some('`')) {},
            '#' => while !matches!(self.next(), None | Some('\n')) {},
            _ => {}
        }
        Some(character)
    }

    /// The next character of a string that is not escaped.
    fn next_unescaped(&mut self) -> Option<char> {
        loop {
            match self.next()? {
                '\\' => drop(self.next()?),
                character => return Some(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(open: &str, levels: usize, close: &str) -> String {
        format!("x := {}1{}", open.repeat(levels), close.repeat(levels))
    }

    #[test]
    fn what_nests_too_deep_has_a_place() {
        let at = |text: &str| too_deep("p.rego", text).map(|place| (place.line, place.column));
        for (text, place) in [
            (String::new(), None),
            (nested("[", 9, "]"), None),
            (nested("[", 10, "]"), Some((1, 15))),
            (nested("{\"a\": [", 4, "]}"), None),
            (nested("{\"a\":\n[", 5, "]}"), Some((6, 1))),
            (nested("abs(", 32, ")"), None),
            (nested("abs(", 33, ")"), Some((1, 137))),
            (nested("input[", 10, "]"), Some((1, 65))),
            (nested("-", 32, ""), None),
            (nested("- ", 33, ""), Some((1, 70))),
            (nested("-#\n", 33, ""), Some((33, 1))),
            (nested("1 - ", 100, ""), None),
            ("x := [1]\n".repeat(100), None),
            (format!("x := \"{}\"", "[".repeat(100)), None),
            (format!("x := `{}\n{0}`", "[".repeat(100)), None),
            (format!("# {}\nx := 1", "[".repeat(100)), None),
            (format!(r#"x := "\"{}""#, "[".repeat(100)), None),
            (format!(r#"x := "\\" {}"#, "[".repeat(13)), Some((1, 20))),
            (format!("x := \"\n{}", "[".repeat(13)), Some((2, 10))),
        ] {
            assert_eq!(at(&text), place, "{text}");
        }
    }
}
