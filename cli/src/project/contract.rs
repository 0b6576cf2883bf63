//! Writes the contract beside the world of a project, where the tools of every language look for it.

use std::fs;
use std::path::Path;

use super::ProjectError;
use crate::compose::CONTRACT;

/// Writes the files of the contract into this folder. Files that are the same already are left, so that no tool takes them for changed.
pub(super) fn write(folder: &Path) -> Result<(), ProjectError> {
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |error| ProjectError::Unwritable { path, error }
    };
    fs::create_dir_all(folder).map_err(unwritable(folder))?;
    // A file of an earlier contract would define the same types once more.
    for entry in fs::read_dir(folder).map_err(unwritable(folder))?.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_old = path.extension().is_some_and(|extension| extension == "wit")
            && !CONTRACT.iter().any(|(known, _)| name == *known);
        if is_old {
            fs::remove_file(&path).map_err(unwritable(&path))?;
        }
    }
    for (name, text) in CONTRACT {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        fs::write(&path, text).map_err(unwritable(&path))?;
    }
    Ok(())
}
