//! Whether the store answers: bounds each operation in time and rests after a failure.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Error, Result};

/// The longest an operation may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long the store is left alone after a failure.
const REST: Duration = Duration::from_secs(1);

/// Shared by all clones of a store.
#[derive(Clone)]
pub(super) struct Health {
    failed_at: Arc<Mutex<Option<Instant>>>,
    deadline: Duration,
}

impl Default for Health {
    fn default() -> Self {
        Self { failed_at: Arc::default(), deadline: DEADLINE }
    }
}

impl Health {
    /// Runs `operation` unless the store is resting, and takes note of how it went.
    pub(super) async fn watch<T>(
        &self,
        operation: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T> {
        if self.failed_at().is_some_and(|failed_at| failed_at.elapsed() < REST) {
            return Err(Error::Resting);
        }
        let result = match tokio::time::timeout(self.deadline, operation).await {
            Ok(result) => result.map_err(Error::Database),
            Err(_) => Err(Error::Timeout),
        };
        self.note(result.as_ref().err());
        result
    }

    /// Whether the last operation went well.
    pub(super) fn is_up(&self) -> bool {
        self.failed_at().is_none()
    }

    /// Tells the operator of the first failure, and of the first success after one.
    fn note(&self, failure: Option<&Error>) {
        let now = failure.map(|_| Instant::now());
        let before = std::mem::replace(
            &mut *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner),
            now,
        );
        metrics::gauge!("wenjian_store_up").set(f64::from(u8::from(failure.is_none())));
        match (before, failure) {
            (None, Some(error)) => tracing::warn!(
                error = error as &dyn std::error::Error,
                "the store fails; going on with what is in memory until it is back"
            ),
            (Some(_), None) => tracing::info!("the store is back"),
            _ => {}
        }
    }

    fn failed_at(&self) -> Option<Instant> {
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn after_a_failure_the_store_is_left_alone() {
        let health = Health::default();
        let failed = health.watch(async { Err::<(), _>(sqlx::Error::WorkerCrashed) }).await;
        assert!(matches!(failed, Err(Error::Database(_))));
        let resting = health.watch(async { Ok(()) }).await;
        assert!(matches!(resting, Err(Error::Resting)));
    }

    #[tokio::test]
    async fn an_operation_that_hangs_is_given_up() {
        let health = Health { deadline: Duration::from_millis(1), ..Health::default() };
        let hung = health.watch(std::future::pending::<sqlx::Result<()>>()).await;
        assert!(matches!(hung, Err(Error::Timeout)));
    }
}
