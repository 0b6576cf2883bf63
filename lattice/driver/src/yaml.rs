//! YAML whose every value knows where it stands.

use saphyr::{LoadableYamlNode as _, MarkedYamlOwned};

/// A line and a column of a file, from 1.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A parsed file.
pub struct Document(MarkedYamlOwned);

/// A value of a document, or where it is missing.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    node: Option<&'a MarkedYamlOwned>,
    place: Place,
}

impl Document {
    /// Parses the first document of the text. The error says where it stopped, and why.
    pub fn parse(text: &str) -> Result<Self, (Place, String)> {
        let start = Place { line: 1, column: 1 };
        let documents = MarkedYamlOwned::load_from_str(text).map_err(|error| {
            let marker = error.marker();
            (Place { line: marker.line(), column: marker.col() + 1 }, error.info().to_owned())
        })?;
        match documents.into_iter().next() {
            Some(document) => Ok(Self(document)),
            None => Err((start, "the file is empty".to_owned())),
        }
    }

    /// The whole of it.
    pub fn root(&self) -> Spot<'_> {
        Spot::of(&self.0)
    }
}

impl<'a> Spot<'a> {
    fn of(node: &'a MarkedYamlOwned) -> Self {
        let start = node.span.start;
        Self { node: Some(node), place: Place { line: start.line(), column: start.col() + 1 } }
    }

    /// Where it stands; where it is missing, where that is in which it is missing.
    pub fn place(self) -> Place {
        self.place
    }

    /// The value of a key of a mapping.
    pub fn get(self, key: &str) -> Self {
        match self.node.and_then(|node| node.data.as_mapping_get(key)) {
            Some(node) => Self::of(node),
            None => Self { node: None, place: self.place },
        }
    }

    /// What a sequence has; nothing if it is none.
    pub fn items(self) -> impl Iterator<Item = Self> {
        self.node.and_then(|node| node.data.as_sequence()).into_iter().flatten().map(Self::of)
    }

    /// What a mapping has, key and value; nothing if it is none.
    pub fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let mapping = self.node.and_then(|node| node.data.as_mapping());
        mapping.into_iter().flatten().map(|(key, value)| (Self::of(key), Self::of(value)))
    }

    /// Its text, if it is a string.
    pub fn text(self) -> Option<&'a str> {
        self.node.and_then(|node| node.data.as_str())
    }

    /// Its number, if it is a whole one.
    pub fn number(self) -> Option<i64> {
        self.node.and_then(|node| node.data.as_integer())
    }

    /// Whether it is there.
    pub fn exists(self) -> bool {
        self.node.is_some()
    }

    /// Whether it is a sequence.
    pub fn is_sequence(self) -> bool {
        self.node.is_some_and(|node| node.data.is_sequence())
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        self.node.is_some_and(|node| node.data.is_mapping())
    }
}
