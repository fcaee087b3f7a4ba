//! Calls that are repeated until Telegram answers them, with growing pauses.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff};
use teloxide::payloads::DeleteWebhook;
use teloxide::types::True;

use super::Error;
use super::api::{Api, ApiError};
use super::outage::backoff;

/// Pauses after failures: the first, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(30)];
/// How often in a row Telegram has to refuse the token before the bot gives up. A proxy on the way,
/// or a server that is being set up, may refuse it once.
const REJECTIONS: u32 = 3;

/// The state of calls that are repeated until they succeed: polls, and the calls at the start.
#[derive(Default)]
pub(super) struct Retries {
    /// Set after a failure, until a call succeeds.
    pauses: Option<ExponentialBackoff>,
    /// How often in a row Telegram has refused the token.
    rejections: u32,
}

impl Retries {
    pub(super) fn succeeded(&mut self) {
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
