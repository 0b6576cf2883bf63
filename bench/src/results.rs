//! Writes `RESULTS.md`, which has four parts: each benchmark replaces its own and leaves the others.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A part of the file, in their order.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// The part of `make bench`.
    Main,
    /// The part of `make bench-languages`.
    Languages,
    /// The part of `make bench-neighbours`.
    Neighbours,
    /// The part of `make bench-lattice`.
    Lattice,
}

/// The heading at which the part of `make bench-languages` begins.
pub(crate) const LANGUAGES: &str = "# Languages";
/// The heading at which the part of `make bench-neighbours` begins.
pub(crate) const NEIGHBOURS: &str = "# Neighbours";
/// The heading at which the part of `make bench-lattice` begins.
pub(crate) const LATTICE: &str = "# Lattice";

/// The results file.
pub(crate) struct Results(PathBuf);

impl Results {
    /// The results file of this workspace.
    pub(crate) fn of(workspace: &Path) -> Self {
        Self(workspace.join("bench/RESULTS.md"))
    }

    /// Replaces a part with `text`.
    pub(crate) fn write(&self, part: Part, text: &str) -> anyhow::Result<()> {
        let before = fs::read_to_string(&self.0).unwrap_or_default();
        fs::write(&self.0, replace(&before, part, text)).with_context(|| format!("cannot write `{}`", self.0.display()))
    }
}

/// The file with another text for a part.
fn replace(file: &str, part: Part, text: &str) -> String {
    let mut parts = split(file);
    if let Some(before) = parts.get_mut(part as usize) {
        *before = text.to_owned();
    }
    let parts = parts.iter().map(|part| part.trim());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n") + "\n"
}

/// Splits the text at the headings of the parts.
fn split(text: &str) -> [String; 4] {
    let mut parts = [const { String::new() }; 4];
    let mut part = Part::Main;
    for line in text.split_inclusive('\n') {
        part = match line.trim_end() {
            LANGUAGES => Part::Languages,
            NEIGHBOURS => Part::Neighbours,
            LATTICE => Part::Lattice,
            _ => part,
        };
        if let Some(part) = parts.get_mut(part as usize) {
            part.push_str(line);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_begins_at_its_heading_alone() {
        let cases = [
            ("# Benchmark\n\n# Lattice\nx\n", ["# Benchmark\n\n", "", "", "# Lattice\nx\n"]),
            ("# Benchmark\n## Lattice\n# Lattices\n", ["# Benchmark\n## Lattice\n# Lattices\n", "", "", ""]),
            ("a\n# Neighbours\nb\n# Lattice\nc\n", ["a\n", "", "# Neighbours\nb\n", "# Lattice\nc\n"]),
            ("a\n# Languages\nb\n# Lattice\nc\n", ["a\n", "# Languages\nb\n", "", "# Lattice\nc\n"]),
            ("# Lattice\n", ["", "", "", "# Lattice\n"]),
            ("", ["", "", "", ""]),
        ];
        for (text, parts) in cases {
            assert_eq!(split(text), parts, "{text:?}");
        }
    }

    #[test]
    fn a_benchmark_replaces_its_own_part_alone() {
        let file = "a\n\n# Neighbours\nb\n\n# Lattice\nc\n";
        let cases = [
            (file, Part::Main, "x\n", "x\n\n# Neighbours\nb\n\n# Lattice\nc\n"),
            (file, Part::Neighbours, "# Neighbours\nx\n", "a\n\n# Neighbours\nx\n\n# Lattice\nc\n"),
            (file, Part::Lattice, "# Lattice\nx\n", "a\n\n# Neighbours\nb\n\n# Lattice\nx\n"),
            ("a\n\n# Lattice\nc\n", Part::Neighbours, "# Neighbours\nx\n", "a\n\n# Neighbours\nx\n\n# Lattice\nc\n"),
            (file, Part::Languages, "# Languages\nx\n", "a\n\n# Languages\nx\n\n# Neighbours\nb\n\n# Lattice\nc\n"),
            ("", Part::Neighbours, "# Neighbours\nx\n", "# Neighbours\nx\n"),
        ];
        for (before, part, text, after) in cases {
            assert_eq!(replace(before, part, text), after, "{before:?} with {text:?}");
        }
    }
}
