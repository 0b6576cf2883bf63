//! Patterns of names and URIs, as operators write them.

/// A text in which `*` is any text, also none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Reads a pattern. An empty one is none.
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// Whether a name is what the pattern describes.
    pub fn matches(&self, name: &str) -> bool {
        let Some((start, rest)) = self.0.split_once('*') else { return self.0 == name };
        let Some(mut name) = name.strip_prefix(start) else { return false };
        let mut parts: Vec<&str> = rest.split('*').collect();
        let end = parts.pop().unwrap_or_default();
        for part in parts {
            // The first place leaves the most for the parts that follow.
            let Some((_, after)) = name.split_once(part) else { return false };
            name = after;
        }
        name.ends_with(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, name, is_match) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*", "abc", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("a*c", "abd", false),
            ("a*b*c", "axbxc", true),
            ("a*b*c", "axcxb", false),
            ("a*a", "a", false),
            ("**", "x", true),
            ("a.c", "abc", false),
        ] {
            assert_eq!(
                Pattern::parse(pattern).is_some_and(|pattern| pattern.matches(name)),
                is_match,
                "{pattern} {name}"
            );
        }
        assert_eq!(Pattern::parse(""), None);
    }
}
