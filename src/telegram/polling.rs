//! Long polling: asks Telegram for updates, and takes them in. The next poll confirms those
//! that have been stored.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff};
use serde::Serialize;
use serde_json::value::RawValue;
use teloxide::payloads::DeleteWebhook;
use teloxide::requests::Payload;
use teloxide::types::True;
use tokio::sync::watch;
use tokio::time::sleep;

use super::Error;
use super::api::{Api, ApiError};
use super::ingest::Ingest;
use super::outage::backoff;
use super::sanitize::{ALLOWED_UPDATES, update_id};

/// The most updates that Telegram returns at once.
const LIMIT: u8 = 100;
/// The pause before a poll that can only return updates that are being handled already.
const HELD: Duration = Duration::from_millis(250);
/// Pauses after failures: the first, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(30)];
/// How often in a row Telegram has to refuse the token before the bot gives up. A proxy on the way,
/// or a server that is being set up, may refuse it once.
const REJECTIONS: u32 = 3;

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

/// The state of calls that are repeated until they succeed: polls, and the calls at the start.
#[derive(Default)]
pub(super) struct Retries {
    /// Set after a failure, until a call succeeds.
    pauses: Option<ExponentialBackoff>,
    /// How often in a row Telegram has refused the token.
    rejections: u32,
}

impl Retries {
    fn succeeded(&mut self) {
        if self.pauses.take().is_some() {
            tracing::info!("Telegram answers again");
        }
        self.rejections = 0;
    }

    /// Returns how long to wait after a failure, or an error if waiting cannot help. The first
    /// failure in a row is logged, with what to do about it.
    pub(super) async fn pause(&mut self, api: &Api, failure: &ApiError) -> Result<Duration, Error> {
        let is_first = self.pauses.is_none();
        let [first, longest] = PAUSES;
        let pauses = self.pauses.get_or_insert_with(|| backoff(first, longest).build());
        let pause = pauses.next().unwrap_or(longest);
        let ApiError::Refused(refusal) = failure else {
            self.rejections = 0;
            if is_first {
                tracing::warn!(
                    error = failure as &dyn std::error::Error,
                    "Telegram cannot be reached; trying again; hint: check the network and `telegram.api_url`"
                );
            }
            return Ok(pause);
        };
        let is_rejected = matches!(refusal.code, 401 | 404);
        self.rejections = if is_rejected { self.rejections + 1 } else { 0 };
        match refusal.code {
            401 | 404 if self.rejections >= REJECTIONS => return Err(Error::WrongToken),
            409 if refusal.description.contains("webhook") => {
                tracing::warn!(
                    "a webhook was set for this bot; removing it, as updates are polled"
                );
                // If that fails, the next poll is refused again.
                let _: Result<True, ApiError> = api.call(&DeleteWebhook::new()).await;
            }
            409 if is_first => tracing::warn!(
                "another program polls with this bot's token; trying again; hint: end the other one, or get a second token from @BotFather"
            ),
            429 => return Ok(Duration::from_secs(refusal.retry_after.unwrap_or(1))),
            _ if is_first => {
                tracing::warn!(error = %failure, "Telegram refuses a call; trying again");
            }
            _ => {}
        }
        Ok(pause)
    }
}
