//! `wasmcp settings`: prints the table of the server's settings.

use std::io::{self, Write};

use serde_json::{Value, json};

/// Prints every setting of the server: its key, its default, what it does, and where it is read
#[derive(clap::Args)]
pub(crate) struct Settings {
    /// Prints a JSON array of objects instead of a table
    #[arg(long)]
    json: bool,
}

impl Settings {
    /// Runs the command. A reader that has seen enough, as in `wasmcp settings | head -1`, is not an error.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let text = if self.json { json() } else { table() };
        match writeln!(io::stdout(), "{text}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Columns for people. The last one may be longer than a line.
fn table() -> String {
    let rows = settings::all().map(|row| [row.key, row.default, row.shapes.word(), row.meaning]);
    let rows: Vec<[&str; 4]> = std::iter::once(["KEY", "DEFAULT", "READ", "WHAT"]).chain(rows).collect();
    let width = |column: usize| rows.iter().filter_map(|row| Some(row.get(column)?.len())).max().unwrap_or_default();
    let (keys, defaults, shapes) = (width(0), width(1), width(2));
    let lines = rows
        .iter()
        .map(|[key, default, read, what]| format!("{key:keys$}  {default:defaults$}  {read:shapes$}  {what}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn json() -> String {
    let rows = settings::all().map(|row| {
        json!({
            "key": row.key,
            "default": row.default,
            "required": row.required,
            "expected": row.expected,
            "read": row.shapes.word(),
            "meaning": row.meaning,
        })
    });
    format!("{:#}", Value::Array(rows.collect()))
}

#[cfg(test)]
mod tests {
    use super::{Value, json, table};

    #[test]
    fn both_forms_have_every_setting_in_the_order_of_the_table() {
        let keys: Vec<&str> = settings::all().map(|row| row.key).collect();
        let table = table();
        let printed: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(printed, keys);
        let Ok(Value::Array(rows)) = serde_json::from_str(&json()) else { panic!("not a JSON array") };
        let printed: Vec<&str> = rows.iter().filter_map(|row| row.get("key")?.as_str()).collect();
        assert_eq!(printed, keys);
    }
}
