//! How long `wasmcp build` takes for the example of each language once its tools are warm: in a copy, of which a text is changed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::Places;
use super::rows::Language;

/// The text that every example has in its source.
const BEFORE: &str = "Says the message back.";
const AFTER: &str = "Says the message back again.";

/// The time that the build after a change takes in each language.
pub(crate) fn times(places: &Places) -> anyhow::Result<Vec<(Language, Duration)>> {
    let time = |language| {
        let time = after_a_change(places, language)
            .with_context(|| format!("cannot build a copy of `{}`: run `make examples` first", language.folder()))?;
        tell!("{language:?}: a build after a change took {:.1} s", time.as_secs_f64());
        Ok((language, time))
    };
    Language::ALL.into_iter().map(time).collect()
}

fn after_a_change(places: &Places, language: Language) -> anyhow::Result<Duration> {
    let folder = places.scratch.join("builds").join(language.folder());
    copy(&places.example(language), &folder)?;
    build(places, &folder)?;

    let source = folder.join(language.source());
    let text = fs::read_to_string(&source)?;
    ensure!(text.contains(BEFORE), "`{}` does not have the text \"{BEFORE}\"", source.display());
    fs::write(&source, text.replacen(BEFORE, AFTER, 1))?;

    let begin = Instant::now();
    build(places, &folder)?;
    Ok(begin.elapsed())
}

fn build(places: &Places, folder: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(&places.wasmcp);
    // The first start of the server must not find what this compiles. The compiler of Go keeps its packages there, too.
    command.arg("build").arg(folder).env("XDG_CACHE_HOME", places.scratch.join("build-cache"));
    command.env_remove("CARGO_TARGET_DIR");
    let output = command.output().context("cannot start `wasmcp build`")?;
    ensure!(output.status.success(), "`wasmcp build` failed: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    Ok(())
}

/// Copies the folder of a project. What was installed for it is linked, and what cargo has built is left out.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        let target = to.join(&name);
        match name.to_str() {
            Some("target" | "__pycache__") => {}
            Some(".venv" | "node_modules") => symlink(&path, &target)?,
            _ if path.is_dir() => copy(&path, &target)?,
            _ => {
                fs::copy(&path, &target)?;
            }
        }
    }
    Ok(())
}
