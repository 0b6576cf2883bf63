//! A registry for OCI images on a free port.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// It ends with the test.
pub(crate) struct Registry {
    child: Child,
    pub(crate) authority: String,
    _folder: TempDir,
}

impl Registry {
    pub(crate) fn start() -> Registry {
        let program = env::var_os("WASMCP_REGISTRY").expect("run `make test-package`");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = folder.path().join("registry.yaml");
        let storage = folder.path().join("storage");
        let text = format!(
            "version: 0.1\nlog: {{formatter: json}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: \"127.0.0.1:0\"}}\n",
            storage.display()
        );
        fs::write(&settings, text).expect("the settings of the registry");
        let mut command = Command::new(program);
        command.arg("serve").arg(settings).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the registry runs");
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines().map_while(Result::ok);
        let authority = log.find_map(|line| Some(line.split_once("listening on ")?.1.split('"').next()?.to_owned()));
        // What it says further must be read, or it would wait.
        std::thread::spawn(move || log.for_each(drop));
        Registry { child, authority: authority.expect("the registry listens"), _folder: folder }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Both calls fail only if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
