//! Decides when a call may be made. It keeps Telegram's limits in advance, and obeys the pauses
//! for which Telegram asks.
//!
//! A response with status 429 delays the chat to which the call belongs. Only if several chats get
//! one at nearly the same time is the bot as a whole too fast, and all chats wait.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use tokio::time::sleep_until;

/// Which limits the bot keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PacingLimits {
    /// The limits that Telegram documents.
    Telegram,
    /// No limits, neither for updates nor for calls. This is for load tests against a
    /// server of one's own.
    Off,
}

/// How many calls to one chat may be made at once.
const BURST: NonZeroU32 = NonZeroU32::new(3).expect("not zero");
/// A private chat takes one message a second.
const PRIVATE_PERIOD: Duration = Duration::from_secs(1);
/// A group takes 20 a minute: a burst of 3, and 17 more in the 60 s after it.
const GROUP_PERIOD: Duration = Duration::from_millis(60_000 / 17);
/// All chats together take 30 a second: a burst of 5, and 25 more in the second after it.
const ALL_BURST: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
const ALL_PERIOD: Duration = Duration::from_millis(1000 / 25);
/// If this many chats get a response with status 429 …
const CHATS_FOR_ALL: usize = 3;
/// … within this time, all chats wait.
const WINDOW_FOR_ALL: Duration = Duration::from_secs(2);

/// Makes calls wait until the limits allow them.
pub(super) struct Pacing {
    quotas: Option<Quotas>,
    holds: Mutex<Holds>,
}

struct Quotas {
    all: DefaultDirectRateLimiter,
    private: DefaultKeyedRateLimiter<i64>,
    group: DefaultKeyedRateLimiter<i64>,
}

/// The chats that have to wait, and until when.
#[derive(Default)]
struct Holds {
    chats: HashMap<i64, Instant>,
    all: Option<Instant>,
    recent: Vec<(Instant, i64)>,
}

impl Pacing {
    pub(super) fn new(limits: PacingLimits) -> Self {
        let quota = |period, burst| {
            Quota::with_period(period).expect("no period is zero").allow_burst(burst)
        };
        let quotas = (limits == PacingLimits::Telegram).then(|| Quotas {
            all: RateLimiter::direct(quota(ALL_PERIOD, ALL_BURST)),
            private: RateLimiter::keyed(quota(PRIVATE_PERIOD, BURST)),
            group: RateLimiter::keyed(quota(GROUP_PERIOD, BURST)),
        });
        Self { quotas, holds: Mutex::default() }
    }

    /// Waits until a call may be made: a message or an edit in `chat`, or a call that
    /// belongs to no chat.
    pub(super) async fn permit(&self, chat: Option<i64>) {
        if let (Some(quotas), Some(chat)) = (&self.quotas, chat) {
            // Private chats have positive ids, all others negative ones.
            let of_kind = if chat > 0 { &quotas.private } else { &quotas.group };
            of_kind.until_key_ready(&chat).await;
        }
        loop {
            while let Some(until) = self.held(chat) {
                sleep_until(until.into()).await;
            }
            let Some(quotas) = &self.quotas else { return };
            quotas.all.until_ready().await;
            if self.held(chat).is_none() {
                return;
            }
        }
    }

    /// Notes that Telegram asked for a pause after a call to `chat`.
    pub(super) fn hold(&self, chat: i64, pause: Duration) {
        self.holds().add(chat, pause, Instant::now());
    }

    /// Forgets chats to which nothing was sent lately.
    pub(super) fn tidy(&self) {
        if let Some(quotas) = &self.quotas {
            quotas.private.retain_recent();
            quotas.group.retain_recent();
        }
        let now = Instant::now();
        self.holds().chats.retain(|_, until| *until > now);
    }

    fn held(&self, chat: Option<i64>) -> Option<Instant> {
        self.holds().until(chat, Instant::now())
    }

    fn holds(&self) -> MutexGuard<'_, Holds> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holds {
    /// Returns until when a call to `chat` has to wait, if it has to.
    fn until(&self, chat: Option<i64>, now: Instant) -> Option<Instant> {
        let of_chat = chat.and_then(|chat| self.chats.get(&chat).copied());
        of_chat.max(self.all).filter(|until| *until > now)
    }

    fn add(&mut self, chat: i64, pause: Duration, now: Instant) {
        let until = now + pause;
        self.chats.insert(chat, until);
        self.recent.retain(|(at, other)| now - *at <= WINDOW_FOR_ALL && *other != chat);
        self.recent.push((now, chat));
        if self.recent.len() >= CHATS_FOR_ALL {
            tracing::warn!(pause_s = pause.as_secs(), "Telegram asks the whole bot for a pause");
            self.all = self.all.max(Some(until));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(9);

    /// Holds after 429s from these chats, so far apart, and the time of the last.
    fn holds(chats: &[i64], apart: Duration) -> (Holds, Instant) {
        let (mut holds, mut now) = (Holds::default(), Instant::now());
        for chat in chats {
            now += apart;
            holds.add(*chat, PAUSE, now);
        }
        (holds, now)
    }

    #[test]
    fn a_pause_is_for_the_chat_that_was_asked() {
        let (holds, now) = holds(&[1, 1, 1], Duration::ZERO);
        assert_eq!(holds.until(Some(1), now), Some(now + PAUSE));
        assert_eq!(holds.until(Some(2), now), None);
        assert_eq!(holds.until(None, now), None);
        assert_eq!(holds.until(Some(1), now + PAUSE), None);
    }

    #[test]
    fn three_chats_at_once_silence_the_bot() {
        let (holds, now) = holds(&[1, 2, 3], WINDOW_FOR_ALL / 2);
        assert_eq!(holds.until(Some(4), now), Some(now + PAUSE));
        assert_eq!(holds.until(None, now), Some(now + PAUSE));
    }

    #[test]
    fn three_chats_one_after_another_do_not() {
        let (holds, now) = holds(&[1, 2, 3], WINDOW_FOR_ALL);
        assert_eq!(holds.until(Some(4), now), None);
    }

    #[test]
    fn quiet_chats_are_forgotten() {
        let pacing = Pacing::new(PacingLimits::Telegram);
        pacing.hold(1, Duration::ZERO);
        pacing.tidy();
        assert!(pacing.holds().chats.is_empty());
    }
}
