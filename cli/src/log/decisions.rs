//! The log of decisions: a file with a line of JSON for each. As in the log of the program, what cannot be written is lost and counted, and
//! a slow disk holds up no call.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::LAST_LINES_TIMEOUT;
use super::format::Format;
use super::queue::Queue;
use super::writer::Writer;

/// A file that decisions are added to. Dropping it writes what is left, for at most a second.
pub(crate) struct DecisionFile(Arc<Queue>);

impl DecisionFile {
    /// Opens the file, or makes it, for its owner alone.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let (file, queue) = (options.open(path)?, Arc::new(Queue::default()));
        let (writer, waiting) = (Writer::new(ReportingFile::new(file), Format::Json), Arc::clone(&queue));
        thread::Builder::new().name("decisions".to_owned()).spawn(move || writer.run(&waiting))?;
        Ok(Self(queue))
    }
}

/// A file whose first failure, and each after it could be written again, is told to the operator: the count of lost lines is in the file itself.
struct ReportingFile<W> {
    file: W,
    has_failed: bool,
}

impl<W> ReportingFile<W> {
    fn new(file: W) -> Self {
        Self { file, has_failed: false }
    }
}

impl<W: io::Write> io::Write for ReportingFile<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        match &written {
            Ok(_) => self.has_failed = false,
            Err(error) if !self.has_failed && error.kind() != io::ErrorKind::Interrupted => {
                self.has_failed = true;
                tracing::error!("the log of decisions cannot be written, and its lines are lost: {error}");
            }
            Err(_) => {}
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl policy::DecisionLog for DecisionFile {
    fn write(&self, mut line: String) {
        line.push('\n');
        self.0.push(line, 1);
    }
}

impl Drop for DecisionFile {
    fn drop(&mut self) {
        self.0.close(LAST_LINES_TIMEOUT);
    }
}
