//! Writes the lines of the log. What cannot be written is lost, and told as soon as writing works again.

use std::io::{ErrorKind, Result, Write};
use std::thread;
use std::time::Duration;

use super::format::Format;
use super::queue::{Entry, Next, Queue};

/// How long after a failure a message about the lost lines is tried again, where no line comes before.
const RETRY: Duration = Duration::from_secs(1);
/// How long to wait for a pipe that does not block its writers and is full.
const BUSY: Duration = Duration::from_millis(10);
/// How long to wait for a line, where there is nothing to try again.
const IDLE: Duration = Duration::from_secs(3600);

/// The end of the log: what it is written to.
pub(super) struct Writer<W> {
    out: W,
    format: Format,
    /// How many lost lines are not told yet.
    lost: usize,
    /// Whether a part of a line was written.
    is_mid_line: bool,
    /// Whether nothing reads the log any longer, so that it makes no sense to try again before the next line.
    is_closed: bool,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W, format: Format) -> Self {
        Self { out, format, lost: 0, is_mid_line: false, is_closed: false }
    }

    /// Writes what comes, until the queue ends.
    pub(super) fn run(mut self, queue: &Queue) {
        loop {
            let patience = if self.lost > 0 && !self.is_closed { RETRY } else { IDLE };
            match queue.next(patience) {
                Next::Entry(entry) => self.entry(&entry),
                Next::Nothing => self.tell_lost(),
                Next::End => break,
            }
        }
        self.tell_lost();
        queue.end();
    }

    fn entry(&mut self, entry: &Entry) {
        self.lost = self.lost.saturating_add(entry.lost_before);
        self.tell_lost();
        if self.lost > 0 || self.write(&entry.text).is_err() {
            self.lost = self.lost.saturating_add(entry.lines);
        }
    }

    /// Tells how many lines were lost, if any were.
    fn tell_lost(&mut self) {
        if self.lost > 0 && self.write(&self.format.lost(self.lost)).is_ok() {
            self.lost = 0;
        }
    }

    fn write(&mut self, text: &str) -> Result<()> {
        if self.is_mid_line {
            self.write_all(b"\n")?;
        }
        self.write_all(text.as_bytes())
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            match self.out.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    let (now, rest) = bytes.split_at_checked(written).unwrap_or((bytes, &[]));
                    (self.is_mid_line, self.is_closed, bytes) = (!now.ends_with(b"\n"), false, rest);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(BUSY),
                Err(error) => {
                    self.is_closed = error.kind() == ErrorKind::BrokenPipe;
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io;

    use super::*;

    /// A disk that takes as many bytes at each write as this says, or fails.
    struct Disk {
        written: Vec<u8>,
        takes: VecDeque<std::result::Result<usize, ErrorKind>>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = self.takes.pop_front().unwrap_or(Ok(usize::MAX))?.min(bytes.len());
            self.written.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_cannot_be_written_are_counted_and_told() {
        let full = || Err(ErrorKind::StorageFull);
        let one = "wasmcp: 1 line of the log was lost\n";
        for (takes, written) in [
            (vec![], "a\nb\nc\n".to_owned()),
            (vec![full()], format!("{one}b\nc\n")),
            (vec![Ok(2), full(), full()], "a\nwasmcp: 2 lines of the log were lost\n".to_owned()),
            (vec![Err(ErrorKind::Interrupted), Err(ErrorKind::WouldBlock), Ok(1)], "a\nb\nc\n".to_owned()),
            // A part of a line stays a line of its own.
            (vec![Ok(2), Ok(1), full()], format!("a\nb\n{one}c\n")),
            (vec![Ok(0)], format!("{one}b\nc\n")),
        ] {
            let queue = Queue::default();
            for line in ["a\n", "b\n", "c\n"] {
                queue.push(line.to_owned(), 1);
            }
            queue.close(Duration::ZERO);
            let mut disk = Disk { written: Vec::new(), takes: takes.clone().into() };
            Writer::new(&mut disk, Format::Text).run(&queue);
            assert_eq!(String::from_utf8_lossy(&disk.written), written, "{takes:?}");
        }
    }
}
