//! Long polling: asks Telegram for updates, and takes them in. The next poll confirms those
//! that have been stored.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use teloxide::requests::Payload;
use tokio::sync::watch;
use tokio::time::sleep;

use super::Error;
use super::api::Api;
use super::ingest::Ingest;
use super::retries::Retries;
use super::sanitize::{ALLOWED_UPDATES, update_id};

/// The most updates that Telegram returns at once.
const LIMIT: u8 = 100;
/// The pause before a poll that can only return updates that are being handled already.
const HELD: Duration = Duration::from_millis(250);

/// `getUpdates` with updates as raw JSON. teloxide's own payload parses them into its types.
#[derive(Serialize)]
struct GetUpdates {
    offset: i64,
    limit: u8,
    timeout: u32,
    allowed_updates: &'static [&'static str],
}

impl Payload for GetUpdates {
    type Output = Vec<Box<RawValue>>;
    const NAME: &'static str = "GetUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.timeout.into()))
    }
}

/// Polls while this replica may (`may`), until `stop` is ready.
pub(super) async fn poll(
    api: &Api,
    ingest: &Ingest,
    seconds: u32,
    mut may: watch::Receiver<bool>,
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    tokio::pin!(stop);
    let mut next = 0;
    let mut retries = Retries::default();
    loop {
        if !*may.borrow() {
            tokio::select! {
                Ok(_) = may.wait_for(|may| *may) => {}
                () = &mut stop => return Ok(()),
            }
            // Updates that were left in the inbox come before new ones.
            tokio::select! {
                () = ingest.take_over() => {}
                () = &mut stop => return Ok(()),
            }
        }
        let offset = ingest.first_unstored().map_or(next, |first| first.min(next));
        ingest.forget_before(offset);
        let request = GetUpdates {
            offset,
            limit: LIMIT,
            timeout: seconds,
            allowed_updates: &ALLOWED_UPDATES,
        };
        let answer = tokio::select! {
            answer = api.call::<_, Vec<Box<RawValue>>>(&request) => answer,
            Ok(_) = may.wait_for(|may| !*may) => continue,
            () = &mut stop => return Ok(()),
        };
        let pause = match answer {
            Ok(updates) => {
                retries.succeeded();
                let bodies: Vec<&str> = updates.iter().map(|update| update.get()).collect();
                let before = next;
                let ids = bodies.iter().filter_map(|body| update_id(body));
                next = ids.map(|id| id + 1).fold(next, i64::max);
                let is_news = next > before;
                tokio::select! {
                    () = ingest.take(&bodies) => {}
                    // Updates that have not been taken in yet stay with Telegram or in the inbox.
                    () = &mut stop => return Ok(()),
                }
                (!is_news && ingest.first_unstored().is_some()).then_some(HELD)
            }
            Err(failure) => Some(retries.pause(api, &failure).await?),
        };
        if let Some(pause) = pause {
            tokio::select! {
                () = sleep(pause) => {}
                () = &mut stop => return Ok(()),
            }
        }
    }
}
