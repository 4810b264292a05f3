//! Ctrl-C: once asks the run to stop in good order, twice ends the program.

use tokio::task::JoinHandle;

use crate::cancel::CancelToken;

use super::console::Stream;
use super::exit::Exit;

/// Follows signals for as long as it lives.
pub(super) struct Signals(JoinHandle<()>);

impl Signals {
    /// Lets signals ask `cancel`.
    pub(super) fn follow(cancel: CancelToken, errors: Stream) -> Self {
        Self(tokio::spawn(async move {
            if interrupted().await.is_err() {
                return;
            }
            errors.text("\nstopping: onCancel steps run; press Ctrl-C again to end at once\n");
            cancel.cancel();
            if interrupted().await.is_ok() {
                std::process::exit(Exit::Interrupted.code().into());
            }
        }))
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Waits for Ctrl-C, or for what service managers and container hosts send instead.
#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
