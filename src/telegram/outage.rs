//! Finds out, from the calls that send answers, whether Telegram can be reached.
//!
//! During an outage all calls wait in one queue. Only the first of them tries, with growing pauses
//! between the tries, and goes to the end of the queue if it fails. The first response, even a
//! refusal, lets all calls go on. So no answer is lost however long an outage takes, and Telegram
//! gets few calls meanwhile.
//!
//! A call that fails while others succeed does not count as an outage.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::{sleep_until, timeout_at};

/// Pauses between the calls that probe whether Telegram is back: the first, and the longest.
const PROBE_PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(10)];

/// Tells others, such as a readiness check, whether Telegram can be reached. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Reachability {
    is_lost: Arc<AtomicBool>,
}

impl Reachability {
    /// Whether the last call that carried an answer got a reply.
    pub fn is_reachable(&self) -> bool {
        !self.is_lost.load(Ordering::Relaxed)
    }

    fn set(&self, is_reachable: bool) {
        self.is_lost.store(!is_reachable, Ordering::Relaxed);
        metrics::gauge!("wenjian_telegram_reachable").set(f64::from(u8::from(is_reachable)));
    }
}

/// The queue in which calls wait during an outage.
pub(super) struct Outage {
    state: Mutex<OutageState>,
    line: tokio::sync::Mutex<()>,
    reachability: Reachability,
    pauses: ExponentialBuilder,
}

#[derive(Default)]
struct OutageState {
    /// When Telegram last replied to a call.
    replied_at: Option<Instant>,
    /// Set while Telegram cannot be reached.
    lost: Option<LostConnection>,
}

struct LostConnection {
    since: Instant,
    pauses: ExponentialBackoff,
    /// When the next call may probe.
    probe_at: Instant,
}

/// The right to make a call. During an outage only one call at a time has it.
pub(super) struct CallPermit<'o> {
    place: Option<tokio::sync::MutexGuard<'o, ()>>,
}

impl CallPermit<'_> {
    /// Returns whether the call tests if the outage has ended.
    pub(super) fn is_probe(&self) -> bool {
        self.place.is_some()
    }
}

impl Outage {
    pub(super) fn new(reachability: Reachability) -> Self {
        Self::with_pauses(reachability, PROBE_PAUSES)
    }

    fn with_pauses(reachability: Reachability, [first, longest]: [Duration; 2]) -> Self {
        reachability.set(true);
        Self {
            state: Mutex::default(),
            line: tokio::sync::Mutex::default(),
            reachability,
            pauses: backoff(first, longest),
        }
    }

    /// Waits until a call may be made. Returns `None` if the deadline is reached before that.
    pub(super) async fn turn(&self, deadline: Instant) -> Option<CallPermit<'_>> {
        if self.probe_at().is_none() {
            return Some(CallPermit { place: None });
        }
        let place = timeout_at(deadline.into(), self.line.lock()).await.ok()?;
        // The call before this one may have found that the outage has ended.
        let Some(probe_at) = self.probe_at() else {
            return Some(CallPermit { place: None });
        };
        timeout_at(deadline.into(), sleep_until(probe_at.into())).await.ok()?;
        Some(CallPermit { place: Some(place) })
    }

    /// Returns whether Telegram has responded to a call since `since`.
    pub(super) fn has_replied_since(&self, since: Instant) -> bool {
        self.state().replied_at.is_some_and(|replied_at| replied_at >= since)
    }

    /// Notes that Telegram responded to a call.
    pub(super) fn replied(&self) {
        let mut state = self.state();
        state.replied_at = Some(Instant::now());
        if let Some(lost) = state.lost.take() {
            let outage_s = lost.since.elapsed().as_secs();
            tracing::info!(outage_s, "Telegram can be reached again; answers go out");
            self.reachability.set(true);
        }
    }

    /// Notes that Telegram did not respond to a call, nor to any other since the try before it.
    pub(super) fn failed(&self, why: &(dyn std::error::Error + 'static)) {
        let now = Instant::now();
        let mut state = self.state();
        let lost = state.lost.get_or_insert_with(|| {
            tracing::warn!(
                error = why,
                "Telegram cannot be reached; answers wait until it can; hint: check the network and `telegram.api_url`"
            );
            self.reachability.set(false);
            LostConnection { since: now, pauses: self.pauses.build(), probe_at: now }
        });
        lost.probe_at = now + lost.pauses.next().unwrap_or_default();
    }

    fn probe_at(&self) -> Option<Instant> {
        self.state().lost.as_ref().map(|lost| lost.probe_at)
    }

    fn state(&self) -> MutexGuard<'_, OutageState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns endless pauses that double from the first to the longest, each with some random jitter.
pub(super) fn backoff(first: Duration, longest: Duration) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(longest)
        .with_jitter()
        .without_max_times()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: [Duration; 2] = [Duration::from_millis(1); 2];

    fn outage() -> Outage {
        Outage::with_pauses(Reachability::default(), SHORT)
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_mins(10)
    }

    #[tokio::test]
    async fn only_one_call_probes_and_a_reply_lets_the_others_go() {
        let outage = outage();
        outage.failed(&std::fmt::Error);
        assert!(!outage.reachability.is_reachable());
        let probe = outage.turn(later()).await.unwrap();
        let soon = Instant::now() + Duration::from_millis(20);
        assert!(outage.turn(soon).await.is_none(), "another call probes");
        outage.replied();
        drop(probe);
        let _one = outage.turn(later()).await.unwrap();
        let _another = outage.turn(later()).await.unwrap();
        assert!(outage.reachability.is_reachable());
    }

    #[tokio::test]
    async fn who_fails_goes_to_the_end_of_the_line() {
        let outage = outage();
        outage.failed(&std::fmt::Error);
        let first = outage.turn(later()).await.unwrap();
        let (mut second, mut again) =
            (Box::pin(outage.turn(later())), Box::pin(outage.turn(later())));
        for waiting in [&mut second, &mut again] {
            assert!(tokio::time::timeout(Duration::from_millis(5), waiting).await.is_err());
        }
        outage.failed(&std::fmt::Error);
        drop(first);
        let held = second.await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut again).await.is_err());
        drop(held);
        assert!(again.await.is_some());
    }
}
