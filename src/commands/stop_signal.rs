//! Tells a command that the user or the system wants it to end.

use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};

/// Returns a future that is ready at Ctrl-C or SIGTERM.
pub(super) fn told_to_end() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("told to end");
    })
}
