//! A process and all that it starts, which end together: a tool of a language starts compilers, which would go on without it.

use std::io;
use std::process::Output;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// A process that leads a group of its own. When this is dropped before the process has ended, the whole group is killed.
///
/// The signals of a terminal do not reach the group: the program that waits for it has to drop this when it gets one.
pub(super) struct ProcessGroup {
    // Dropped after the group is killed, so that its number is not of another process by then.
    leader: Child,
    /// There while the group is to be killed.
    group: Option<Pid>,
}

impl ProcessGroup {
    /// Starts a command.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        let leader = command.process_group(0).kill_on_drop(true).spawn()?;
        let group = leader.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self { leader, group })
    }

    /// What the leader has printed into the pipes of its command, and how it has ended.
    pub(super) async fn output(mut self) -> io::Result<Output> {
        let (stdout, stderr) = (self.leader.stdout.take(), self.leader.stderr.take());
        let (stdout, stderr, status) = tokio::try_join!(read(stdout), read(stderr), self.leader.wait())?;
        // What it has left running on purpose goes on.
        self.group = None;
        Ok(Output { status, stdout, stderr })
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // All have ended where this fails.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// All that comes through a pipe, if there is one.
async fn read(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}
