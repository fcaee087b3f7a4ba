//! Long polling: asks for updates, hands them in, and asks on from where they are safe.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use teloxide_core::payloads::DeleteWebhook;
use teloxide_core::requests::Payload;
use teloxide_core::types::True;
use tokio::time::sleep;

use super::Error;
use super::api::{Api, Failure};
use super::intake::{Intake, update_id};
use super::update::KINDS;

/// The most updates that Telegram hands out at once.
const LIMIT: u8 = 100;
/// The pause before a poll that can only bring what is in hand already.
const HELD: Duration = Duration::from_millis(250);
/// Pauses after failures: from the first to the last, doubling.
const BACKOFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(30)];

/// Asks for updates from `offset` on. teloxide's form reads them into its own types.
#[derive(Serialize)]
struct GetUpdates {
    offset: i64,
    limit: u8,
    timeout: u32,
    allowed_updates: [&'static str; 8],
}

impl Payload for GetUpdates {
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.timeout.into()))
    }
}

/// Polls until `stop` is ready.
pub(super) async fn poll(
    api: &Api,
    intake: &Intake,
    seconds: u32,
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    tokio::pin!(stop);
    let mut next = 0;
    let mut trouble = Trouble::default();
    loop {
        let offset = intake.first_unkept().map_or(next, |first| first.min(next));
        intake.forget_before(offset);
        let request = GetUpdates { offset, limit: LIMIT, timeout: seconds, allowed_updates: KINDS };
        let answer = tokio::select! {
            answer = api.call::<_, Vec<Value>>(&request) => answer,
            () = &mut stop => return Ok(()),
        };
        let pause = match answer {
            Ok(updates) => {
                trouble.is_over();
                let before = next;
                next = updates.iter().filter_map(update_id).map(|id| id + 1).fold(next, i64::max);
                let is_news = next > before;
                intake.take(&updates).await;
                (!is_news && intake.first_unkept().is_some()).then_some(HELD)
            }
            Err(failure) => Some(trouble.pause(api, &failure).await?),
        };
        if let Some(pause) = pause {
            tokio::select! {
                () = sleep(pause) => {}
                () = &mut stop => return Ok(()),
            }
        }
    }
}

/// Polls that failed in a row.
#[derive(Default)]
pub(super) struct Trouble {
    failed: u32,
}

impl Trouble {
    fn is_over(&mut self) {
        if self.failed > 0 {
            tracing::info!("Telegram answers again");
        }
        self.failed = 0;
    }

    /// How long to wait after a failure; an error where waiting cannot help. The first failure of
    /// a row is told, with what to do.
    pub(super) async fn pause(&mut self, api: &Api, failure: &Failure) -> Result<Duration, Error> {
        let is_first = self.failed == 0;
        let [first, last] = BACKOFF;
        let pause = (first * 2_u32.saturating_pow(self.failed.min(8))).min(last);
        self.failed += 1;
        let Failure::Refused(refusal) = failure else {
            if is_first {
                tracing::warn!(
                    error = failure as &dyn std::error::Error,
                    "Telegram cannot be reached; trying on; hint: check the network and `telegram.api_url`"
                );
            }
            return Ok(pause);
        };
        match refusal.code {
            401 | 404 => return Err(Error::WrongToken),
            409 if refusal.description.contains("webhook") => {
                tracing::warn!(
                    "a webhook was set for this bot; removing it, as updates are polled"
                );
                // If that fails, the next poll is refused again.
                let _: Result<True, Failure> = api.call(&DeleteWebhook::new()).await;
            }
            409 if is_first => tracing::warn!(
                "another program polls with this bot's token; trying on; hint: end the other one, or get a second token from @BotFather"
            ),
            429 => return Ok(Duration::from_secs(refusal.retry_after.unwrap_or(1))),
            _ if is_first => tracing::warn!(error = %failure, "Telegram refuses; trying on"),
            _ => {}
        }
        Ok(pause)
    }
}
