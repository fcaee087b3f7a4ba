//! Stops sending when the program ends, before another replica may answer the updates that are
//! left in the inbox.

use std::future::pending;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The number of permits: more than there are ever calls at the same time.
const MAX_CALLS: u32 = 1 << 20;

/// A gate for all calls that send something. A call holds a permit until it has got its response.
pub(super) struct SendingGate {
    calls: Semaphore,
}

impl SendingGate {
    pub(super) fn new() -> Self {
        Self { calls: Semaphore::new(MAX_CALLS as usize) }
    }

    /// Waits until a call may be made. If the gate is closed, this never returns.
    pub(super) async fn pass(&self) -> SemaphorePermit<'_> {
        match self.calls.acquire().await {
            Ok(permit) => permit,
            Err(_) => pending().await,
        }
    }

    /// Closes the gate, and waits at most `patience` for calls that have been made.
    pub(super) async fn close(&self, patience: Duration) {
        // The semaphore is fair, so that later calls wait behind this one.
        if let Ok(Ok(all)) = timeout(patience, self.calls.acquire_many(MAX_CALLS)).await {
            all.forget();
        }
        self.calls.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn a_closing_gate_waits_for_calls_under_way_and_lets_no_other_through() {
        let gate = SendingGate::new();
        let under_way = gate.pass().await;
        let mut closing = Box::pin(gate.close(Duration::from_mins(1)));
        assert!(timeout(SOON, &mut closing).await.is_err(), "a call is under way");
        assert!(timeout(SOON, gate.pass()).await.is_err(), "it is closing");
        drop(under_way);
        closing.await;
        assert!(timeout(SOON, gate.pass()).await.is_err(), "it is closed");
    }

    #[tokio::test]
    async fn a_call_that_is_never_answered_does_not_keep_the_gate_open() {
        let gate = SendingGate::new();
        let _under_way = gate.pass().await;
        gate.close(SOON).await;
        assert!(timeout(SOON, gate.pass()).await.is_err());
    }
}
