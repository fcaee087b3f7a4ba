//! One of several replicas on the same store: it reports that it is alive, learns whether it may
//! poll, and takes over updates that others have left.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::ingest::Ingest;
use crate::store::{Lease, Store};

/// How often a replica reports that it is alive and looks for updates that others have left.
const BEAT: Duration = Duration::from_secs(1);

/// Reports every second that this replica is alive and, if it `polls`, finds out whether it
/// may. While the store fails this does not change, because no other replica can get the
/// right to poll then.
pub(super) async fn beat(store: Store, polls: Option<watch::Sender<bool>>) {
    let mut beats = every_beat();
    let mut is_first = true;
    loop {
        beats.tick().await;
        // The store logs its failures itself.
        let is_written = store.beat().await.is_ok();
        let Some(polls) = &polls else { continue };
        if !is_written {
            // On a full disk the store can be read but not written. If no replica polls, this one
            // does, although it cannot record that.
            if !*polls.borrow() && matches!(store.is_free(Lease::Polling).await, Ok(true)) {
                tracing::warn!(
                    "the store cannot be written to, and nobody polls; polling without it"
                );
                polls.send_replace(true);
            }
            continue;
        }
        let Ok(may_poll) = store.hold(Lease::Polling).await else { continue };
        let is_news = polls.send_replace(may_poll) != may_poll;
        metrics::gauge!("wenjian_polling").set(f64::from(u8::from(may_poll)));
        if may_poll && is_news && !is_first {
            tracing::info!("it is this program's turn to poll");
        } else if !may_poll && (is_news || is_first) {
            tracing::warn!(
                "another program on the same store polls, or died a moment ago; waiting for its end"
            );
        }
        is_first = false;
    }
}

/// Takes over, every second, updates that were left in the inbox.
pub(super) async fn take_over(ingest: Ingest) {
    let mut beats = every_beat();
    loop {
        beats.tick().await;
        ingest.take_over().await;
    }
}

fn every_beat() -> tokio::time::Interval {
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats
}
