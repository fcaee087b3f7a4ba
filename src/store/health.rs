//! Watches whether the database responds: limits the time of each operation, and does not use the
//! database for a moment after an outage.
//!
//! Only outages count: a connection that cannot be made or breaks, a timeout, a full or failing
//! disk. If the database refuses a statement (for a value that is too long, or a constraint), only
//! that statement fails. Otherwise one user could silence the bot for all others.
//!
//! Reads and writes are watched separately, because only writes fail on a full disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Error, Result};

/// The longest time that an operation may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long the database is not used after an outage.
const REST: Duration = Duration::from_secs(1);
/// How long no operation may fail before the log says that the store works again. On a full disk
/// some writes succeed between those that fail, which must not fill the log.
const RECOVERED_AFTER: Duration = Duration::from_secs(5);

/// The health of a store, shared by all of its clones.
#[derive(Clone)]
pub(super) struct Health {
    state: Arc<Mutex<HealthState>>,
    deadline: Duration,
    recovered_after: Duration,
}

/// What an operation does to the database.
#[derive(Debug, Clone, Copy)]
enum Access {
    Read,
    Write,
}

#[derive(Default)]
struct HealthState {
    /// When the last read failed, if none has succeeded since.
    read_failed: Option<Instant>,
    /// When the last write failed, if none has succeeded since.
    write_failed: Option<Instant>,
    /// When the last operation of either kind failed.
    last_failure: Option<Instant>,
    /// Whether the log says at present that the store fails.
    is_reported: bool,
}

impl HealthState {
    fn failed(&mut self, access: Access) -> &mut Option<Instant> {
        match access {
            Access::Read => &mut self.read_failed,
            Access::Write => &mut self.write_failed,
        }
    }

    fn is_up(&self) -> bool {
        self.read_failed.is_none() && self.write_failed.is_none()
    }
}

impl Default for Health {
    fn default() -> Self {
        Self { state: Arc::default(), deadline: DEADLINE, recovered_after: RECOVERED_AFTER }
    }
}

impl Health {
    /// Runs an operation that reads. Fails at once with [`Error::Resting`] if a read
    /// failed a moment ago.
    pub(super) async fn read<T>(
        &self,
        operation: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T> {
        self.watch(Access::Read, operation).await
    }

    /// Like [`Self::read`], for an operation that writes.
    pub(super) async fn write<T>(
        &self,
        operation: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T> {
        self.watch(Access::Write, operation).await
    }

    /// Returns whether the last read and the last write succeeded. Statements that the database
    /// refused count as success.
    pub(super) fn is_up(&self) -> bool {
        self.lock().is_up()
    }

    async fn watch<T>(
        &self,
        access: Access,
        operation: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T> {
        if self.lock().failed(access).is_some_and(|at| at.elapsed() < REST) {
            return Err(Error::Resting);
        }
        let result = match tokio::time::timeout(self.deadline, operation).await {
            Ok(result) => result.map_err(Error::Database),
            Err(_) => Err(Error::Timeout),
        };
        match &result {
            Err(error) if error.is_outage() => self.failed(access, error),
            Err(error) => {
                let error: &dyn std::error::Error = error;
                tracing::warn!(error, "the store refused an operation");
                self.succeeded(access);
            }
            Ok(_) => self.succeeded(access),
        }
        result
    }

    fn failed(&self, access: Access, error: &Error) {
        let mut state = self.lock();
        let now = Instant::now();
        *state.failed(access) = Some(now);
        state.last_failure = Some(now);
        metrics::gauge!("wenjian_store_up").set(0.0);
        if !std::mem::replace(&mut state.is_reported, true) {
            let error: &dyn std::error::Error = error;
            tracing::warn!(
                error,
                "the store fails; going on with what is in memory until it is back"
            );
        }
    }

    fn succeeded(&self, access: Access) {
        let mut state = self.lock();
        *state.failed(access) = None;
        if !state.is_up() {
            return;
        }
        metrics::gauge!("wenjian_store_up").set(1.0);
        let is_quiet = state.last_failure.is_none_or(|at| at.elapsed() >= self.recovered_after);
        if state.is_reported && is_quiet {
            state.is_reported = false;
            tracing::info!("the store is back");
        }
    }

    fn lock(&self) -> MutexGuard<'_, HealthState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether `error` means that the database cannot be used at present, and not only that
/// it refused a statement.
pub(super) fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                code.parse().is_ok_and(is_sqlite_outage)
            } else {
                is_sqlstate_outage(&code)
            }
        }
        _ => false,
    }
}

/// Returns whether a result code of SQLite (<https://sqlite.org/rescode.html>) is about the file,
/// and not about the statement. The lowest byte of an extended code is the primary code.
fn is_sqlite_outage(code: i32) -> bool {
    const BUSY: i32 = 5;
    const NOMEM: i32 = 7;
    const READONLY: i32 = 8;
    const IOERR: i32 = 10;
    const CORRUPT: i32 = 11;
    const FULL: i32 = 13;
    const CANTOPEN: i32 = 14;
    const PROTOCOL: i32 = 15;
    const NOTADB: i32 = 26;
    let outages = [BUSY, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB];
    outages.contains(&(code & 0xff))
}

/// Returns whether a SQLSTATE of PostgreSQL belongs to a class that is about the server: 08
/// connection exceptions, 53 insufficient resources, 57 operator intervention, 58 system errors, XX
/// internal errors (<https://www.postgresql.org/docs/current/errcodes-appendix.html>). 25006 is a
/// write to a read-only server, such as a standby after a failover.
fn is_sqlstate_outage(code: &str) -> bool {
    ["08", "53", "57", "58", "XX"].iter().any(|class| code.starts_with(class)) || code == "25006"
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fail(health: &Health) -> Result<()> {
        health.write(async { Err(sqlx::Error::WorkerCrashed) }).await
    }

    #[tokio::test]
    async fn after_an_outage_the_store_is_left_alone() {
        let health = Health::default();
        assert!(matches!(fail(&health).await, Err(Error::Database(_))));
        assert!(!health.is_up());
        assert!(matches!(health.write(async { Ok(()) }).await, Err(Error::Resting)));
    }

    #[tokio::test]
    async fn reads_go_on_while_writes_fail_and_do_not_hide_it() {
        let health = Health::default();
        assert!(fail(&health).await.is_err());
        assert!(health.read(async { Ok(()) }).await.is_ok());
        assert!(!health.is_up(), "a read says nothing about writes");
    }

    #[tokio::test]
    async fn a_refused_statement_is_no_outage() {
        let health = Health::default();
        let refused = health.write(async { Err::<(), _>(sqlx::Error::RowNotFound) }).await;
        assert!(matches!(refused, Err(Error::Database(_))));
        assert!(health.is_up());
        assert!(health.write(async { Ok(()) }).await.is_ok());
    }

    #[tokio::test]
    async fn an_operation_that_hangs_is_given_up() {
        let health = Health { deadline: Duration::from_millis(1), ..Health::default() };
        let hung = health.read(std::future::pending::<sqlx::Result<()>>()).await;
        assert!(matches!(hung, Err(Error::Timeout)));
        assert!(!health.is_up());
    }

    #[test]
    fn the_log_says_once_that_the_store_fails_and_once_that_it_is_back() {
        let health = Health::default();
        for _ in 0..3 {
            health.failed(Access::Write, &Error::Timeout);
            health.succeeded(Access::Write);
            assert!(health.is_up() && health.lock().is_reported, "it failed a moment ago");
        }
        let health = Health { recovered_after: Duration::ZERO, ..health };
        health.succeeded(Access::Write);
        assert!(!health.lock().is_reported);
    }

    #[test]
    fn codes_of_the_database_tell_an_outage_from_a_refusal() {
        // SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_BUSY_SNAPSHOT; constraint, too big, generic.
        assert!([13, 778, 517].into_iter().all(is_sqlite_outage));
        assert!(![1, 18, 2067].into_iter().any(is_sqlite_outage));
        // Shutting down, disk full; index row too long, a NUL in a text, a unique violation.
        assert!(["57P01", "53100", "08006"].into_iter().all(is_sqlstate_outage));
        assert!(!["54000", "22021", "23505"].into_iter().any(is_sqlstate_outage));
    }
}
