//! The gate that every call to Telegram passes. It keeps the calls few whose outcome a sudden death of the
//! program would leave unknown, and closes before another replica may answer what is left in the inbox.
//!
//! If the program is killed between the execution of a call and the note of it in the store, the message is
//! sent again. How many messages are doubled so depends on how many calls are under way at a time. A burst of
//! questions would put hundreds under way at once, most of them executed already and waiting for the program
//! to read their responses. With a few at a time the throughput is the same.

use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// More calls than are ever made at the same time.
const MAX_CALLS: u32 = 1 << 20;
/// The most calls that are made at the same time and have not taken longer than [`SLOW`] yet.
const MAX_QUICK_CALLS: usize = 8;
/// A call that takes longer makes room for another one, so that slow responses do not hold up everybody:
/// even if all responses are slow, [`MAX_QUICK_CALLS`] calls begin in each such time, which is more than the
/// 30 messages a second that Telegram allows.
const SLOW: Duration = Duration::from_millis(250);

/// The gate. It also holds the calls that are under way.
pub(super) struct SendingGate {
    calls: Semaphore,
    quick_calls: Semaphore,
}

impl SendingGate {
    pub(super) fn new() -> Self {
        Self {
            calls: Semaphore::new(MAX_CALLS as usize),
            quick_calls: Semaphore::new(MAX_QUICK_CALLS),
        }
    }

    /// Makes a call when there is room; never once the gate is closed.
    pub(super) async fn pass<T>(&self, call: impl Future<Output = T>) -> T {
        let quick = enter(&self.quick_calls).await;
        let _under_way = enter(&self.calls).await;
        let mut call = pin!(call);
        if let Ok(result) = timeout(SLOW, &mut call).await {
            return result;
        }
        drop(quick);
        call.await
    }

    /// Lets no further call through, and waits at most `patience` for those that are under way.
    pub(super) async fn close(&self, patience: Duration) {
        // The semaphore is fair: calls that come later wait behind this.
        if let Ok(Ok(all)) = timeout(patience, self.calls.acquire_many(MAX_CALLS)).await {
            all.forget();
        }
        self.calls.close();
    }
}

/// Waits for a permit; for ever once the semaphore is closed.
async fn enter(semaphore: &Semaphore) -> SemaphorePermit<'_> {
    match semaphore.acquire().await {
        Ok(permit) => permit,
        Err(_) => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const SOON: Duration = Duration::from_millis(5);

    /// A call that is never answered.
    fn unanswered() -> impl Future<Output = ()> {
        pending()
    }

    #[tokio::test]
    async fn a_closing_gate_waits_for_calls_under_way_and_lets_no_other_through() {
        let gate = SendingGate::new();
        let mut under_way = Box::pin(gate.pass(unanswered()));
        assert!(timeout(SOON, &mut under_way).await.is_err());
        let mut closing = Box::pin(gate.close(Duration::from_mins(1)));
        assert!(timeout(SOON, &mut closing).await.is_err(), "a call is under way");
        assert!(timeout(SOON, gate.pass(async {})).await.is_err(), "it is closing");
        drop(under_way);
        closing.await;
        assert!(timeout(SOON, gate.pass(async {})).await.is_err(), "it is closed");
    }

    #[tokio::test]
    async fn a_call_that_is_never_answered_does_not_keep_the_gate_open() {
        let gate = SendingGate::new();
        let mut under_way = Box::pin(gate.pass(unanswered()));
        assert!(timeout(SOON, &mut under_way).await.is_err());
        gate.close(SOON).await;
        assert!(timeout(SOON, gate.pass(async {})).await.is_err());
    }

    #[tokio::test]
    async fn few_calls_are_made_at_a_time_unless_they_are_slow() {
        let (gate, begun) = (SendingGate::new(), AtomicUsize::new(0));
        let call = || {
            gate.pass(async {
                begun.fetch_add(1, Ordering::Relaxed);
                pending::<()>().await;
            })
        };
        let mut calls: Vec<_> = (0..=MAX_QUICK_CALLS).map(|_| Box::pin(call())).collect();
        for call in &mut calls {
            assert!(timeout(Duration::ZERO, call).await.is_err());
        }
        assert_eq!(begun.load(Ordering::Relaxed), MAX_QUICK_CALLS);
        let mut last = calls.pop().unwrap();
        tokio::time::sleep(SLOW).await;
        for call in &mut calls {
            assert!(timeout(Duration::ZERO, call).await.is_err());
        }
        assert!(timeout(Duration::ZERO, &mut last).await.is_err());
        assert_eq!(begun.load(Ordering::Relaxed), MAX_QUICK_CALLS + 1);
    }
}
