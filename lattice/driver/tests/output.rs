//! What the driver prints: a full disk or a closed pipe changes neither what a command does nor how it ends.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::pipe;
use std::path::PathBuf;
use std::process::{Command, Stdio};

fn full_disk() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

fn closed_pipe() -> Stdio {
    pipe().unwrap().1.into()
}

/// The program, which cargo builds beside the folder of the tests. Its variable has a hyphen, and shells (`tools/lint-rustc`) drop such names.
fn driver() -> PathBuf {
    let folder = std::env::current_exe().unwrap();
    folder.ancestors().nth(2).unwrap().join("wasmcp-lattice")
}

#[test]
fn an_output_that_cannot_be_written_does_not_change_how_a_command_ends() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run").display().to_string();
    let cases: [(&[&str], i32); 4] =
        [(&["down"], 0), (&["--help"], 0), (&["status"], 1), (&["validate", "missing.yaml"], 1)];
    for (arguments, code) in cases {
        for output in [full_disk, closed_pipe] {
            let mut driver = Command::new(driver());
            driver.args(["--run", &run]).args(arguments).stdin(Stdio::null());
            let status = driver.stdout(output()).stderr(output()).status().unwrap();
            assert_eq!(status.code(), Some(code), "{arguments:?}: {status}");
        }
    }
}
