//! Several texts in one text, each after its length in bytes: `3:abc0:` is `abc` and the empty text. Unlike JSON it
//! nests without growing by escapes, which matters where the catalogue of one server is a provider of another.

/// Joins the texts.
pub(crate) fn write<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(|text| format!("{}:{text}", text.len())).collect()
}

/// Splits a text that [`write`] made; `None` for any other.
pub(crate) fn read(mut text: &str) -> Option<Vec<&str>> {
    let mut texts = Vec::new();
    while !text.is_empty() {
        let (length, rest) = text.split_once(':')?;
        let (one, rest) = rest.split_at_checked(length.parse().ok()?)?;
        texts.push(one);
        text = rest;
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn a_text_that_is_written_is_read() {
        for texts in [vec![], vec![""], vec!["", ""], vec!["a:b", "3:x", "zwölf"]] {
            assert_eq!(read(&write(texts.iter().copied())), Some(texts));
        }
    }

    #[test]
    fn any_other_text_is_refused() {
        for text in ["x", "3", "3:ab", "-1:a", "1:ab", "1:ä", ":", "99999999999999999999:a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
