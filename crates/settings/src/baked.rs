use crate::is_reserved;

/// The text that `compose` bakes into an adapter: whose settings it may tell, and lines of what `compose` sets itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baked<'a> {
    /// The provider whose settings are told.
    pub provider: &'a str,
    told: &'a str,
}

impl<'a> Baked<'a> {
    /// The text for a provider, and for keys and values of `compose`. Each of them has one line.
    pub fn write(provider: &str, told: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        told.into_iter().fold(provider.to_owned(), |text, (key, value)| format!("{text}\n{key}={value}"))
    }

    /// Reads what [`write`](Self::write) gave.
    pub fn read(text: &'a str) -> Self {
        let (provider, told) = text.split_once('\n').unwrap_or((text, ""));
        Self { provider, told }
    }

    /// What `compose` has set, for a key that is reserved.
    pub fn told(&self, key: &str) -> Option<&'a str> {
        let mut lines = self.told.lines().filter(|_| is_reserved(key));
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    }
}

#[cfg(test)]
mod tests {
    use super::Baked;

    #[test]
    fn what_was_written_is_read() {
        let alone = Baked::write("clock", []);
        assert_eq!(alone, "clock");
        assert_eq!(Baked::read(&alone).provider, "clock");
        assert_eq!(Baked::read(&alone).told("a:b"), None);

        let text = Baked::write("clock", [("a:b", "1=2"), ("a:c", "")]);
        assert_eq!(text, "clock\na:b=1=2\na:c=");
        let baked = Baked::read(&text);
        assert_eq!(baked.provider, "clock");
        for (key, value) in [("a:b", Some("1=2")), ("a:c", Some("")), ("a:", None), ("a", None), ("", None)] {
            assert_eq!(baked.told(key), value, "{key}");
        }
    }
}
