//! YAML in which every value has its position.

use saphyr::{LoadableYamlNode as _, MarkedYamlOwned, ScalarOwned, YamlDataOwned};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// A line and a column of a file, both from 1.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// Text that is not YAML, or empty.
#[derive(Debug, thiserror::Error)]
#[error("{}:{}: not YAML: {reason}", .position.line, .position.column)]
pub struct SyntaxError {
    /// Where the parser stopped.
    pub position: Position,
    /// Why it stopped.
    pub reason: String,
}

/// A parsed file.
pub struct Document(MarkedYamlOwned);

/// A value of a document, or its absence.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    value: Option<&'a MarkedYamlOwned>,
    position: Position,
}

impl Document {
    /// Parses the first document of the text.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let documents = MarkedYamlOwned::load_from_str(text).map_err(|error| {
            let marker = error.marker();
            SyntaxError {
                position: Position { line: marker.line(), column: marker.col() + 1 },
                reason: error.info().to_owned(),
            }
        })?;
        let first = documents.into_iter().next();
        first.map(Self).ok_or_else(|| SyntaxError {
            position: Position { line: 1, column: 1 },
            reason: "the file is empty".to_owned(),
        })
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::of(&self.0)
    }

    /// Replaces every string for which `replacement` returns another one. Keys of mappings are left as they are, and positions
    /// remain those of the file that was read.
    pub(super) fn replace_strings(&mut self, mut replacement: impl FnMut(Position, &str) -> Option<String>) {
        replace_strings(&mut self.0, &mut replacement);
    }
}

fn replace_strings(value: &mut MarkedYamlOwned, replacement: &mut impl FnMut(Position, &str) -> Option<String>) {
    let position = position_of(value);
    match &mut value.data {
        YamlDataOwned::Value(ScalarOwned::String(text)) => {
            if let Some(new) = replacement(position, text) {
                *text = new;
            }
        }
        YamlDataOwned::Sequence(items) => items.iter_mut().for_each(|item| replace_strings(item, replacement)),
        YamlDataOwned::Mapping(entries) => {
            entries.iter_mut().for_each(|(_, value)| replace_strings(value, replacement));
        }
        YamlDataOwned::Tagged(_, inner) => replace_strings(inner, replacement),
        _ => {}
    }
}

fn position_of(value: &MarkedYamlOwned) -> Position {
    let start = value.span.start;
    Position { line: start.line(), column: start.col() + 1 }
}

impl<'a> Node<'a> {
    fn of(value: &'a MarkedYamlOwned) -> Self {
        Self { value: Some(value), position: position_of(value) }
    }

    /// The position of the value. If the value is absent: of the innermost value around it.
    pub fn position(self) -> Position {
        self.position
    }

    /// The value of a key of a mapping.
    pub fn get(self, key: &str) -> Self {
        match self.value.and_then(|value| value.data.as_mapping_get(key)) {
            Some(value) => Self::of(value),
            None => Self { value: None, position: self.position },
        }
    }

    /// The items of a sequence; none for any other value.
    pub fn items(self) -> impl Iterator<Item = Self> {
        self.value.and_then(|value| value.data.as_sequence()).into_iter().flatten().map(Self::of)
    }

    /// The keys and values of a mapping; none for any other value.
    pub fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let mapping = self.value.and_then(|value| value.data.as_mapping());
        mapping.into_iter().flatten().map(|(key, value)| (Self::of(key), Self::of(value)))
    }

    /// The text of a string.
    pub fn text(self) -> Option<&'a str> {
        self.value.and_then(|value| value.data.as_str())
    }

    /// The value of a whole number.
    pub fn number(self) -> Option<i64> {
        self.value.and_then(|value| value.data.as_integer())
    }

    /// Whether there is a value.
    pub fn exists(self) -> bool {
        self.value.is_some()
    }

    /// Whether the value is a sequence.
    pub fn is_sequence(self) -> bool {
        self.value.is_some_and(|value| value.data.is_sequence())
    }

    /// Whether the value is a mapping.
    pub fn is_mapping(self) -> bool {
        self.value.is_some_and(|value| value.data.is_mapping())
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(value) = self.value else { return serializer.serialize_unit() };
        match &value.data {
            YamlDataOwned::Mapping(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in self.entries() {
                    map.serialize_entry(&key, &value)?;
                }
                map.end()
            }
            YamlDataOwned::Sequence(_) => serializer.collect_seq(self.items()),
            YamlDataOwned::Value(ScalarOwned::String(text)) => serializer.serialize_str(text),
            YamlDataOwned::Value(ScalarOwned::Boolean(value)) => serializer.serialize_bool(*value),
            YamlDataOwned::Value(ScalarOwned::Integer(value)) => serializer.serialize_i64(*value),
            YamlDataOwned::Value(ScalarOwned::FloatingPoint(value)) => serializer.serialize_f64(value.into_inner()),
            YamlDataOwned::Tagged(_, inner) => Self::of(inner).serialize(serializer),
            YamlDataOwned::Representation(text, ..) => serializer.serialize_str(text),
            YamlDataOwned::Value(ScalarOwned::Null) | YamlDataOwned::Alias(_) | YamlDataOwned::BadValue => {
                serializer.serialize_unit()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_written_with_the_values_that_serde_yaml_reads_from_its_text() {
        let text = "a: [1, 2.5, true, null, '5', \"x: y\", &b {c: d}]\ne: *b\nf: |\n  two\n  lines\n";
        for text in [text, include_str!("../../../../wadm.hosts.yaml"), include_str!("../../../../wadm.yaml")] {
            let document = Document::parse(text).unwrap();
            let written = serde_yaml::to_string(&document.root()).unwrap();
            let read = serde_yaml::from_str::<serde_yaml::Value>;
            let (found, expected) = (read(&written), read(text));
            assert_eq!(found.unwrap(), expected.unwrap(), "{written}");
        }
    }

    #[test]
    fn strings_are_replaced_by_position_and_keys_are_not() {
        let mut document = Document::parse("a: x\nx: [x, {b: x}]\n").unwrap();
        let second = document.root().get("x").items().next().unwrap().position();
        document.replace_strings(|position, text| (position == second).then(|| format!("{text}-new")));
        assert_eq!(serde_yaml::to_string(&document.root()).unwrap(), "a: x\nx:\n- x-new\n- b: x\n");
    }
}
