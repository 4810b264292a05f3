//! Processes: one command in a process group of its own, of which nothing survives.

use std::future::Future;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinHandle;

use super::Printing;

/// Why a command has ended.
#[derive(Debug)]
pub(super) enum Ended<T> {
    /// By itself.
    Exited(ExitStatus),
    /// It was stopped.
    Stopped(T),
}

/// Runs a command to its end or until `stop`. Where there is an input, standard input stays open behind it, so that the
/// process can notice when this one is gone.
pub(super) async fn run<T>(
    mut command: Command,
    input: Option<&str>,
    grace: Duration,
    printing: &Printing,
    stop: impl Future<Output = T>,
) -> io::Result<Ended<T>> {
    command
        .stdin(input.map_or_else(Stdio::null, |_| Stdio::piped()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    let mut group = Group::of(&child);
    let mut streams = Streams::read(&mut child, printing);
    let mut lifeline = child.stdin.take();
    let exit = async {
        feed(lifeline.as_mut(), input).await;
        child.wait().await
    };
    let stopped = tokio::select! {
        status = exit => Ok(status?),
        reason = stop => Err(reason),
    };
    let ended = match stopped {
        Ok(status) => Ended::Exited(status),
        Err(reason) => {
            group.terminate(&mut child);
            // Whether it ends by itself or is killed below is all the same.
            let _ = tokio::time::timeout(grace, child.wait()).await;
            Ended::Stopped(reason)
        }
    };
    group.kill();
    // It may have left its group; where it has ended already, there is nothing to kill.
    let _ = child.start_kill();
    child.wait().await?;
    streams.end(grace).await;
    Ok(ended)
}

/// Hands over the input. A process that does not read it has ended, or does without.
async fn feed(stdin: Option<&mut ChildStdin>, input: Option<&str>) {
    if let (Some(stdin), Some(input)) = (stdin, input) {
        let _ = stdin.write_all(input.as_bytes()).await;
        let _ = stdin.flush().await;
    }
}

/// The streams of a process, read as they come.
struct Streams {
    tasks: Vec<JoinHandle<()>>,
}

impl Streams {
    fn read(child: &mut Child, printing: &Printing) -> Self {
        let Printing { stdout, stderr } = printing.clone();
        let mut tasks = Vec::new();
        if let Some(stream) = child.stdout.take() {
            tasks.push(tokio::spawn(stdout.read(stream)));
        }
        if let Some(stream) = child.stderr.take() {
            tasks.push(tokio::spawn(stderr.read(stream)));
        }
        Self { tasks }
    }

    /// Reads them to their ends. A process that has left its group may hold them open: nobody waits for it for long.
    async fn end(&mut self, patience: Duration) {
        for task in &mut self.tasks {
            let _ = tokio::time::timeout(patience, task).await;
        }
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// The process group of a command. Dropped, it is killed.
#[cfg(unix)]
struct Group {
    id: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            id: id.and_then(rustix::process::Pid::from_raw),
        }
    }

    /// Asks all of it to end.
    fn terminate(&self, _: &mut Child) {
        self.signal(rustix::process::Signal::TERM);
    }

    /// Ends what is left of it; afterwards its id may belong to others.
    fn kill(&mut self) {
        self.signal(rustix::process::Signal::KILL);
        self.id = None;
    }

    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(id) = self.id {
            // It fails where nobody is left, which is what is wanted.
            let _ = rustix::process::kill_process_group(id, signal);
        }
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where there are no process groups, the process alone is ended.
#[cfg(not(unix))]
struct Group;

#[cfg(not(unix))]
impl Group {
    const fn of(_: &Child) -> Self {
        Self
    }

    fn terminate(&self, child: &mut Child) {
        // It fails where the process has ended, which is what is wanted.
        let _ = child.start_kill();
    }

    const fn kill(&mut self) {}
}
