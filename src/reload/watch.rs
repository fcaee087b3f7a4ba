//! When to reload: at SIGHUP, and where it is asked for, once the corpus folder has changed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use super::{Error, Reloader};

/// A folder that has been quiet for so long is not being written to any more.
const QUIET: Duration = Duration::from_secs(1);

/// Watches from the call on, and for as long as what it returns is polled, reloads at each
/// SIGHUP and after changes in `folder`, if there is one to watch. A reload that fails is logged
/// and the next one awaited.
pub fn watch(
    reloader: Arc<Reloader>,
    folder: Option<&Path>,
) -> Result<impl Future<Output = ()> + use<>, Error> {
    let mut hangup = signal(SignalKind::hangup()).map_err(Error::Signals)?;
    let changed = Arc::new(Notify::new());
    let watcher = folder.map(|folder| changes(folder, Arc::clone(&changed))).transpose()?;
    Ok(async move {
        // It watches for as long as it is kept.
        let _watcher = watcher;
        loop {
            tokio::select! {
                _ = hangup.recv() => {}
                () = changed.notified() => {
                    while tokio::time::timeout(QUIET, changed.notified()).await.is_ok() {}
                }
            }
            let reloader = Arc::clone(&reloader);
            // The reload has logged what came of it; a panic in it has been printed.
            let _ = tokio::task::spawn_blocking(move || reloader.reload()).await;
        }
    })
}

/// Tells `changed` of everything that is written in `folder`. That it is read, by ourselves
/// for one, changes nothing.
fn changes(folder: &Path, changed: Arc<Notify>) -> Result<RecommendedWatcher, Error> {
    let failed = |error| Error::Watch(folder.to_path_buf(), error);
    let mut watcher =
        notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
            Ok(event) if event.kind.is_access() => {}
            Ok(_) => changed.notify_one(),
            Err(error) => tracing::warn!(%error, "changes of the corpus may go unseen"),
        })
        .map_err(failed)?;
    watcher.watch(folder, RecursiveMode::NonRecursive).map_err(failed)?;
    Ok(watcher)
}
