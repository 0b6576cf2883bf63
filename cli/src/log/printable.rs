//! Text of components and clients that moves no cursor and looks like no message of this program.

/// The most characters of an error that ends the program.
const MAX_ERROR: usize = 2 << 10;

/// Escapes the characters of a text that colour a terminal, end a line, or are invisible.
pub(crate) fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, character| {
        if (character.is_control() && character != '\t') || is_invisible(character) {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
        line
    })
}

/// Whether a character is a format or separator of Unicode (Cf, Zl, Zp): they change the direction of text, or are invisible.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Formats an error as one line. It may contain text of a component, which must not look like further messages of this program.
pub(crate) fn one_line(error: &str) -> String {
    let folded = error.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let mut shown = printable(&folded);
    if let Some((cut, _)) = shown.char_indices().nth(MAX_ERROR) {
        shown.truncate(cut);
        shown.push('\u{2026}');
    }
    shown
}

/// Cuts a text to a number of bytes, at the end of a character, and shows that it was cut.
pub(super) fn cut(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes));
        text.push('\u{2026}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_cannot_forge_a_line_or_colour_a_terminal() {
        assert_eq!(printable("a\u{202e}b\u{2028}\u{200b}\u{fc}"), "a\\u{202e}b\\u{2028}\\u{200b}\u{fc}");
        assert_eq!(printable("a\tb\x1b[31m\r\nwasmcp: x"), "a\tb\\u{1b}[31m\\u{d}\\u{a}wasmcp: x");
    }

    #[test]
    fn an_error_is_one_short_line_that_moves_no_cursor() {
        for (error, shown) in [
            ("plain", "plain".to_owned()),
            ("a\r\n  b\n\nwasmcp: c", "a b wasmcp: c".to_owned()),
            ("\u{1b}[2J", "\\u{1b}[2J".to_owned()),
            (&"x".repeat(MAX_ERROR), "x".repeat(MAX_ERROR)),
            (&"\u{fc}".repeat(MAX_ERROR + 1), format!("{}\u{2026}", "\u{fc}".repeat(MAX_ERROR))),
        ] {
            assert_eq!(one_line(error), shown, "{error}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        for (text, bytes, expected) in [("abc", 3, "abc"), ("abcd", 3, "abc\u{2026}"), ("a\u{fc}b", 2, "a\u{2026}")] {
            let mut text = text.to_owned();
            cut(&mut text, bytes);
            assert_eq!(text, expected);
        }
    }
}
