//! A registry for OCI images on a free port.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The login of a registry that asks for one.
pub(crate) const LOGIN: (&str, &str) = ("pusher", "a password");
/// A line of a file of `htpasswd`: the user, and the hash of the password by bcrypt.
const LOGIN_LINE: &str = "pusher:$2b$04$J.UwNLNO3QjR4qvOfQdOz.L2/0BBQKjcQTwGAFVTtls5BRDk0Kn5m\n";

/// It ends with the test.
pub(crate) struct Registry {
    child: Child,
    pub(crate) authority: String,
    _folder: TempDir,
}

impl Registry {
    /// One that asks for no login.
    pub(crate) fn start() -> Registry {
        Self::start_with("", tempfile::tempdir().expect("a temporary folder"))
    }

    /// One that asks for [`LOGIN`].
    pub(crate) fn start_with_login() -> Registry {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let users = folder.path().join("users");
        fs::write(&users, LOGIN_LINE).expect("the users of the registry");
        let auth = format!("auth: {{htpasswd: {{realm: registry, path: {}}}}}\n", users.display());
        Self::start_with(&auth, folder)
    }

    fn start_with(more: &str, folder: TempDir) -> Registry {
        let program = env::var_os("WASMCP_REGISTRY").expect("run `make test-package`");
        let settings = folder.path().join("registry.yaml");
        let storage = folder.path().join("storage");
        let text = format!(
            "version: 0.1\nlog: {{formatter: json}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: \"127.0.0.1:0\"}}\n{more}",
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
