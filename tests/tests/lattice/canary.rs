//! Looks for tokens where they must not be: in the messages of a lattice, and in the files of its processes, which are logs and the store.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Result, bail, ensure};

use crate::wash::until;

/// A client of NATS that receives every message of a server without credentials.
pub(crate) struct Messages {
    received: Arc<Mutex<Vec<u8>>>,
    connection: TcpStream,
}

impl Messages {
    /// Subscribes to all subjects. The protocol is that of <https://docs.nats.io/reference/reference-protocols/nats-protocol>.
    pub(crate) fn listen(port: u16) -> Result<Messages> {
        let mut connection = TcpStream::connect(("127.0.0.1", port))?;
        connection.write_all(b"CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB > 1\r\nPING\r\n")?;
        let received = Arc::new(Mutex::default());
        let messages = Messages { received: Arc::clone(&received), connection: connection.try_clone()? };
        thread::spawn(move || {
            let mut bytes = [0; 65536];
            // The server asks every two minutes whether the client is there, which is longer than a test takes.
            while let Ok(count @ 1..) = connection.read(&mut bytes) {
                received.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&bytes[..count]);
            }
        });
        messages.wait_for("PONG")?;
        Ok(messages)
    }

    /// Fails if a token was in any message until now, or if this text was in none.
    pub(crate) fn have_none_of(&self, tokens: &[&str], expected: &str) -> Result<()> {
        (&self.connection).write_all(b"PUB wasmcp.test.end 3\r\nend\r\n")?;
        self.wait_for("wasmcp.test.end")?;
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(contains(&received, expected), "no message of {} bytes has `{expected}`", received.len());
        none_of(tokens, &received, "the messages of the lattice")
    }

    fn wait_for(&self, text: &str) -> Result<()> {
        until(&format!("NATS sends `{text}`"), || {
            Ok(contains(&self.received.lock().unwrap_or_else(PoisonError::into_inner), text))
        })
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        // It ends the thread that reads. It fails only if the server has closed the connection.
        let _ = self.connection.shutdown(Shutdown::Both);
    }
}

/// Fails if a file of this folder, or of those in it, has a token, or if none has this text.
pub(crate) fn no_file_has(tokens: &[&str], folder: &Path, expected: &str) -> Result<()> {
    let (mut folders, mut found) = (vec![folder.to_owned()], false);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(&path)?;
                found |= contains(&bytes, expected);
                none_of(tokens, &bytes, &path.display().to_string())?;
            }
        }
    }
    ensure!(found, "no file of {} has `{expected}`", folder.display());
    Ok(())
}

/// Each part of a token would betray it.
fn none_of(tokens: &[&str], bytes: &[u8], what: &str) -> Result<()> {
    for part in tokens.iter().flat_map(|token| token.split('.')).filter(|part| part.len() > 20) {
        if contains(bytes, part) {
            bail!("{what}: there is a part of a token, `{part}`");
        }
    }
    Ok(())
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
