//! Opens the store, and waits for a database that is not there yet.

use std::time::Duration;

use anyhow::{Context, Result};
use backon::{BackoffBuilder, ExponentialBuilder};

use crate::store::{self, Store};

/// Pauses before a database that cannot be used yet is tried again: the first and the longest.
const STORE_PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];

/// Opens the store. Where waiting can help, it is tried again and again.
pub(super) async fn open_store(options: &store::Options) -> Result<Store> {
    let [first, longest] = STORE_PAUSES;
    let backoff = ExponentialBuilder::default().with_min_delay(first).with_max_delay(longest);
    let mut pauses = backoff.without_max_times().build();
    let mut is_first = true;
    loop {
        match Store::open(options).await {
            Ok(store) => return Ok(store),
            Err(error) if error.is_transient() => {
                if std::mem::take(&mut is_first) {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(
                        error,
                        "the store cannot be used yet; hint: check `store.url`, the database server and the disk"
                    );
                }
                tokio::time::sleep(pauses.next().unwrap_or(longest)).await;
            }
            Err(error) => return Err(error).context("the store cannot be opened"),
        }
    }
}
