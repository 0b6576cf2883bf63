//! Writes `RESULTS.md`, which has two parts: each benchmark replaces its own and leaves the other.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The heading at which the part of `make bench-lattice` begins.
pub(crate) const LATTICE: &str = "# Lattice";

/// The results file.
pub(crate) struct Results(PathBuf);

impl Results {
    /// The results file of this workspace.
    pub(crate) fn of(workspace: &Path) -> Self {
        Self(workspace.join("bench/RESULTS.md"))
    }

    /// Replaces the main part with `text`.
    pub(crate) fn write_main(&self, text: &str) -> anyhow::Result<()> {
        self.write(text, split(&self.read()).1)
    }

    /// Replaces the lattice's part with `text`.
    pub(crate) fn write_lattice(&self, text: &str) -> anyhow::Result<()> {
        self.write(split(&self.read()).0, text)
    }

    fn read(&self) -> String {
        fs::read_to_string(&self.0).unwrap_or_default()
    }

    fn write(&self, main: &str, lattice: &str) -> anyhow::Result<()> {
        let parts = [main.trim(), lattice.trim()];
        let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        fs::write(&self.0, text + "\n").with_context(|| format!("cannot write `{}`", self.0.display()))
    }
}

/// Splits the text at the heading of the lattice's part.
fn split(text: &str) -> (&str, &str) {
    let before = text.split_inclusive('\n').take_while(|line| line.trim_end() != LATTICE);
    text.split_at_checked(before.map(str::len).sum()).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lattices_part_begins_at_its_heading_alone() {
        let cases = [
            ("# Benchmark\n\n# Lattice\nx\n", ("# Benchmark\n\n", "# Lattice\nx\n")),
            ("# Benchmark\n## Lattice\n# Lattices\n", ("# Benchmark\n## Lattice\n# Lattices\n", "")),
            ("# Lattice\n", ("", "# Lattice\n")),
            ("", ("", "")),
        ];
        for (text, parts) in cases {
            assert_eq!(split(text), parts, "{text:?}");
        }
    }
}
