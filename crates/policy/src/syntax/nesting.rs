//! How deep a policy nests. regorus' parser calls itself for each bracket without a bound, and tries a `[` or a `{` as a literal and as a
//! comprehension, so that each level of them takes up to three times as long. An expression of many links, such as `1 + 1 + 1`, becomes a tree
//! that is as deep as it is long, which an evaluation walks by calling itself.

use crate::place::Place;

/// How many levels of `[` and `{` a policy may have: regorus takes less than a tenth of a second for an expression as deep.
const MAX_BRACKETS: usize = 9;
/// How many levels of brackets of any kind, and how many minus signs one after the other.
const MAX_LEVELS: usize = 32;
/// How many links an expression may have, with those of the expressions that it is in: characters of operators, dots, brackets and the word
/// `in`. Some thousands take all of a stack of 2 MiB.
const MAX_LINKS: usize = 250;

/// Where a text nests deeper than a policy may, if it does.
pub(crate) fn too_deep(path: &str, text: &str) -> Option<Place> {
    let mut scanner = Scanner { rest: text.chars(), line: 1, column: 1 };
    let mut nesting = Nesting::default();
    loop {
        let (line, column) = (scanner.line, scanner.column);
        let character = scanner.next_of_code()?;
        nesting.add(character, scanner.rest.as_str());
        if nesting.is_too_deep() {
            return Some(Place { path: path.to_owned(), line, column });
        }
    }
}

/// What a text is in, up to one of its characters.
#[derive(Default)]
struct Nesting {
    /// The brackets that are open, each with the links of the expression that it is in.
    open: Vec<(char, usize)>,
    /// The links of the expression at hand, with those of the expressions that it is in.
    links: usize,
    /// The minus signs one after the other.
    signs: usize,
    /// Whether a line has ended, and nothing but space and comments has come since.
    is_line_start: bool,
    is_in_word: bool,
}

impl Nesting {
    /// Adds a character, which this text follows.
    fn add(&mut self, character: char, after: &str) {
        if character == '#' || character.is_whitespace() {
            // A comment ends its line too.
            self.is_line_start |= matches!(character, '#' | '\n');
            self.is_in_word = false;
            return;
        }
        let is_of_word = |next: char| next.is_alphanumeric() || next == '_';
        let begins_word = is_of_word(character) && !self.is_in_word;
        let is_in = begins_word
            && character == 'i'
            && after.strip_prefix('n').is_some_and(|rest| !rest.starts_with(is_of_word));
        let begins_operand = (begins_word && !is_in) || matches!(character, '"' | '`');
        if self.is_line_start && begins_operand {
            self.end_expression();
        }
        self.is_line_start = false;
        self.is_in_word = is_of_word(character);
        self.signs = if character == '-' { self.signs.saturating_add(1) } else { 0 };
        match character {
            '[' | '{' | '(' => {
                self.open.push((character, self.links));
                self.link();
            }
            ']' | '}' | ')' => {
                self.links = self.open.pop().map_or(0, |(_, links)| links);
                self.link();
            }
            ',' | ';' | ':' => self.end_expression(),
            '+' | '-' | '*' | '/' | '%' | '&' | '|' | '=' | '<' | '>' | '!' | '.' => self.link(),
            _ if is_in => self.link(),
            _ => {}
        }
    }

    fn link(&mut self) {
        self.links = self.links.saturating_add(1);
    }

    /// Another expression begins in the same brackets.
    fn end_expression(&mut self) {
        self.links = self.open.last().map_or(0, |(_, links)| links.saturating_add(1));
    }

    fn is_too_deep(&self) -> bool {
        let brackets = || self.open.iter().filter(|(bracket, _)| *bracket != '(').count();
        self.signs > MAX_LEVELS || self.open.len() > MAX_LEVELS || self.links > MAX_LINKS || brackets() > MAX_BRACKETS
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
            (nested("1 + ", 249, ""), None),
            (nested("1 + ", 250, ""), Some((1, 1004))),
            (nested("1\n+ ", 251, ""), Some((251, 1))),
            (nested("1 # one\n # two\n| ", 251, ""), Some((501, 1))),
            (format!("x := data.q{}", "[\n1]".repeat(260)), Some((249, 3))),
            (format!("x := data.q{}", "\n.a".repeat(250)), Some((250, 1))),
            (format!("x if 1{}", "\nin [1]".repeat(130)), Some((127, 1))),
            (format!("x := [1, {}1]", "1 + 1, ".repeat(300)), None),
            (format!("x if {{\n{}}}", "\ta == b.c\n".repeat(300)), None),
            (format!("x := {{{}}}", "\"a\": 1.5, ".repeat(300)), None),
            (format!("x := {}1 + (2{})", "1 + ".repeat(150), " + 2".repeat(99)), Some((1, 1001))),
            ("x := input.inner.a in data.b\ninput_b := 1\n".repeat(300), None),
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
