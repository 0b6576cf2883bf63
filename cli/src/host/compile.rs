//! Reads and compiles component files, and keeps what was compiled.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::artifact_cache::{ArtifactCache, ArtifactName};
use super::engine::MAX_CORE_INSTANCES;
use super::instance::Size;
use crate::log::is_text;

/// How large a component may be. One in Python has 20 to 40 MiB, and a composed file has those of all its providers.
const MAX_COMPONENT_BYTES: u64 = 256 << 20;
/// Progress is printed only for a compilation that takes longer than this.
const SPINNER_AFTER: Duration = Duration::from_millis(500);

/// Why a file cannot be compiled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("cannot read `{}`: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    #[error(
        "`{}` is larger than {}, the most that this host compiles as one component: leave out debug information (`wasm-tools strip`) and files that it carries",
        .0.display(),
        Size(usize::try_from(MAX_COMPONENT_BYTES).unwrap_or(usize::MAX))
    )]
    TooLarge(PathBuf),
    #[error(
        "`{}` is a folder: give the component in it, which `wasmcp build` makes of a project, or run `wasmcp dev` there",
        .0.display()
    )]
    Folder(PathBuf),
    #[error("`{}` is a pipe or a device, and is read more than once: save the component to a file first", .0.display())]
    NotFile(PathBuf),
    #[error(
        "`{}` is not WebAssembly: `wasmcp build` makes a component of a project, and `wasmcp new` begins one",
        .0.display()
    )]
    NotWebAssembly(PathBuf),
    #[error(
        "`{}` is a core module, not a component: build it for `wasm32-wasip2`, or turn it into a component with `wasm-tools component new`",
        .0.display()
    )]
    CoreModule(PathBuf),
    #[error(
        "`{}` is built for the asynchronous ABI, which hosts of WASI 0.2 do not have: build it with `--sync` (componentize-qjs) or `--backend-qjs-disable-async` (jco)",
        .0.display()
    )]
    Async(PathBuf),
    #[error(
        "`{}` is made of more than {MAX_CORE_INSTANCES} core modules, the most that this host runs as one component: link its modules together when it is built",
        .0.display()
    )]
    TooManyModules(PathBuf),
    #[error("`{}` is not a valid component: {}", .0.display(), .1)]
    Invalid(PathBuf, String),
}

/// The first bytes of every WebAssembly file. Version and layer follow (the component model's binary format, "preamble").
const MAGIC: &[u8] = b"\0asm";
/// The version and layer of a core module.
const MODULE: &[u8] = &[1, 0, 0, 0];

/// Compiles a component, or loads it from the cache if it was compiled before.
pub(crate) fn compile(engine: &Engine, path: &Path, cache: Option<&ArtifactCache>) -> Result<Component, CompileError> {
    let unreadable = |error| CompileError::Unreadable(path.to_owned(), error);
    // A file of another kind could keep its reader waiting for ever.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(CompileError::Folder(path.to_owned()));
    }
    if !metadata.is_file() {
        return Err(CompileError::NotFile(path.to_owned()));
    }
    if let Some(cache) = cache {
        let name = ArtifactName::of(engine, open(path)?).map_err(unreadable)?;
        if let Some(component) = cache.load(engine, &name) {
            return Ok(component);
        }
    }
    let (mut file, mut bytes) = (open(path)?, Vec::new());
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    match (bytes.get(..4), bytes.get(4..8)) {
        (Some(MAGIC), Some(MODULE)) => return Err(CompileError::CoreModule(path.to_owned())),
        (Some(MAGIC), Some(_)) => {}
        _ => return Err(CompileError::NotWebAssembly(path.to_owned())),
    }
    let component = with_progress(path, bytes.len(), || Component::from_binary(engine, &bytes))
        .map_err(|error| invalid(path, &format!("{error:#}")))?;
    if let Some(cache) = cache {
        // The file may have changed since it was named.
        cache.store(&ArtifactName::of(engine, bytes.as_slice()).map_err(unreadable)?, &component);
    }
    Ok(component)
}

/// Opens a file that is not too large. Of one that grows later, the rest is not read.
fn open(path: &Path) -> Result<io::Take<File>, CompileError> {
    let unreadable = |error| CompileError::Unreadable(path.to_owned(), error);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() > MAX_COMPONENT_BYTES {
        return Err(CompileError::TooLarge(path.to_owned()));
    }
    Ok(file.take(MAX_COMPONENT_BYTES))
}

fn invalid(path: &Path, cause: &str) -> CompileError {
    match cause {
        _ if cause.contains("component model async feature") => CompileError::Async(path.to_owned()),
        // The error of the pool has no public type.
        _ if cause.contains("core module instances, which exceeds") => CompileError::TooManyModules(path.to_owned()),
        _ => CompileError::Invalid(path.to_owned(), cause.replace('\n', " ")),
    }
}

/// Does the work, and prints what is being compiled if that takes long.
fn with_progress<T: Send>(path: &Path, size: usize, work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let (done, is_done) = mpsc::channel::<()>();
        scope.spawn(move || {
            if is_done.recv_timeout(SPINNER_AFTER) != Err(mpsc::RecvTimeoutError::Timeout) {
                return;
            }
            let message = format!("compiling {} ({:.1} MB), once", path.display(), size as f64 / 1e6);
            if !std::io::stderr().is_terminal() || !is_text() {
                tracing::info!("{message}");
                return;
            }
            let spinner = ProgressBar::new_spinner().with_message(message);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
                spinner.set_style(style);
            }
            spinner.enable_steady_tick(Duration::from_millis(100));
            let _ = is_done.recv();
            spinner.finish_and_clear();
        });
        let result = work();
        drop(done);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_for_a_component_is_refused() {
        let path = std::env::temp_dir().join(format!("wasmcp-large-{}.wasm", std::process::id()));
        let file = File::create(&path).expect("temporary file");
        let engine = super::super::engine::engine(&super::super::engine::PROVIDER, 1, 1 << 30, None).expect("engine");
        // The file has no blocks on the disk.
        file.set_len((256 << 20) + 1).expect("a sparse file");
        let error = compile(&engine, &path, None).expect_err("error").to_string();
        assert!(error.contains("larger than 256 MiB"), "{error}");
        fs::remove_file(path).expect("temporary file");
    }

    #[test]
    fn a_device_is_refused_before_it_is_read() {
        let engine = super::super::engine::engine(&super::super::engine::PROVIDER, 1, 1 << 30, None).expect("engine");
        let error = compile(&engine, Path::new("/dev/zero"), None).expect_err("error").to_string();
        assert!(error.contains("is a pipe or a device"), "{error}");
    }

    #[test]
    fn a_component_for_the_asynchronous_abi_is_told_the_option_that_helps() {
        let mut canon = wasm_encoder::CanonicalFunctionSection::new();
        canon.task_cancel();
        let mut component = wasm_encoder::Component::new();
        component.section(&canon);
        let path = std::env::temp_dir().join(format!("wasmcp-async-{}.wasm", std::process::id()));
        fs::write(&path, component.finish()).expect("temporary file");
        let engine = super::super::engine::engine(&super::super::engine::PROVIDER, 1, 1 << 30, None).expect("engine");
        let error = compile(&engine, &path, None).expect_err("error").to_string();
        fs::remove_file(path).expect("temporary file");
        assert!(error.contains("`--sync`") && error.contains("`--backend-qjs-disable-async`"), "{error}");
    }
}
