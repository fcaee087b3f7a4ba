//! Makes calls as soon as the limits allow them, and repeats them as long as that can help: after failures,
//! during an outage, and when Telegram asks for a pause.

use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::BackoffBuilder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use teloxide::requests::Payload;
use tokio::time::sleep;

use super::api::{Api, ApiError};
use super::outage::{Outage, Reachability, backoff};
use super::pacing::Pacing;
use super::sending_gate::SendingGate;

/// How often a call is tried that fails while others succeed. This takes about two minutes.
const TRIES: u32 = 20;
/// How often a call is tried whose answer is of no use after some seconds.
const QUICK_TRIES: u32 = 2;
/// The pause before the second try, and the longest one.
const RETRY_PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(10)];
/// How often a call waits because of a response with status 429.
const MAX_HELD: u32 = 10;
/// The longest pause that is worth waiting for.
pub(super) const MAX_PAUSE: Duration = Duration::from_mins(5);

/// For how long a call is repeated.
#[derive(Debug, Clone, Copy)]
pub(super) enum Patience {
    /// Until this time, even if there is an outage meanwhile.
    Until(Instant),
    /// For some seconds, because the call is of no use later.
    Moments,
}

/// Makes calls of the Bot API.
pub(super) struct Delivery {
    pub(super) api: Arc<Api>,
    pacing: Pacing,
    outage: Outage,
    gate: SendingGate,
}

impl Delivery {
    pub(super) fn new(api: Arc<Api>, pacing: Pacing, reachability: Reachability) -> Self {
        Self { api, pacing, outage: Outage::new(reachability), gate: SendingGate::new() }
    }

    /// Makes no further calls. Waits at most `patience` for responses to calls that have been made.
    pub(super) async fn close(&self, patience: Duration) {
        self.gate.close(patience).await;
    }

    /// Removes expired entries.
    pub(super) fn tidy(&self) {
        self.pacing.tidy();
    }

    /// Calls a method that takes no file. `chat` is the chat whose limits apply.
    pub(super) async fn deliver<P, T>(
        &self,
        chat: Option<i64>,
        patience: Patience,
        payload: &P,
    ) -> Result<T, ApiError>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        self.insist(chat, patience, P::NAME, || self.api.call(payload)).await
    }

    /// Makes a call as soon as the limits allow it, and repeats it if that can help.
    pub(super) async fn insist<T, F>(
        &self,
        chat: Option<i64>,
        patience: Patience,
        method: &str,
        call: impl Fn() -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let [first, longest] = RETRY_PAUSES;
        let mut pauses = backoff(first, longest).build();
        let (mut failed, mut n_held) = (0, 0);
        let mut tried_at = None;
        loop {
            let turn = match patience {
                Patience::Until(deadline) => {
                    let turn = self.outage.turn(deadline).await.ok_or(ApiError::TooLate)?;
                    self.pacing.permit(chat).await;
                    if Instant::now() > deadline {
                        return Err(ApiError::TooLate);
                    }
                    Some(turn)
                }
                Patience::Moments => {
                    self.pacing.permit(chat).await;
                    None
                }
            };
            let call_under_way = self.gate.pass().await;
            let started = Instant::now();
            let result = call().await;
            drop(call_under_way);
            // Only calls that wait for the end of an outage are used to detect one.
            let is_final =
                result.as_ref().err().is_none_or(|failure| !failure.may_be_repeated(method));
            if turn.is_some() && is_final {
                self.outage.replied();
            }
            let is_probe = turn.is_some_and(|turn| turn.is_probe());
            let failure = match result {
                Ok(result) => return Ok(result),
                Err(failure) => failure,
            };
            if let Some(pause) = failure.pause() {
                n_held += 1;
                if n_held > MAX_HELD || pause > MAX_PAUSE {
                    return Err(failure);
                }
                match chat {
                    Some(chat) => self.pacing.hold(chat, pause),
                    None => sleep(pause).await,
                }
                continue;
            }
            if is_final {
                return Err(failure);
            }
            tracing::debug!(method, failed, error = %failure, "trying again");
            // A first failure may be due to this call. A second one is an outage if no other call
            // has succeeded in between.
            let is_outage = is_probe
                || match (patience, tried_at.replace(started)) {
                    (Patience::Until(_), Some(tried_at)) => {
                        !self.outage.has_replied_since(tried_at)
                    }
                    _ => false,
                };
            if is_outage {
                self.outage.failed(&failure);
                continue;
            }
            failed += 1;
            let tries = if matches!(patience, Patience::Moments) { QUICK_TRIES } else { TRIES };
            if failed >= tries {
                return Err(failure);
            }
            sleep(pauses.next().unwrap_or(longest)).await;
        }
    }
}

impl ApiError {
    /// Returns how long to wait before the next call, if Telegram refused this one
    /// because of its limits.
    fn pause(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) if refusal.code == 429 => {
                Some(Duration::from_secs(refusal.retry_after.unwrap_or(1)))
            }
            _ => None,
        }
    }
}
