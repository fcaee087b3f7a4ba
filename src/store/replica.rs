//! Programs that share one store: which of them are alive, which one goes on with the work of a dead
//! one, and which one does what only one may do.
//!
//! Each writes a row about itself every second. A replica that was not seen for [`LIFE`] seconds is
//! dead, unless whoever looks was away itself: after an outage of the database all rows are old, and
//! everybody gets as long to be seen again. A replica that ends in order deletes its row. All decisions
//! are single statements that use the database's clock.
//!
//! That clock may be set back. A row from the future is therefore no sign of life, and a replica that
//! finds its own row in the future counts as seen from now on.

use rand::random;

use super::inbox::{BatchId, LEFT, LeftUpdate};
use super::sql::with_clock;
use super::{Result, Store};

/// How long a replica counts as alive after it was seen, in seconds.
const LIFE: i64 = 6;
/// A replica was away if there were more seconds than this between two of its heartbeats.
const GAP: i64 = 3;
/// The most updates that one statement takes over.
const TAKE_OVER: i64 = 256;

/// Identifies one running program among those that share the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReplicaId(pub(super) i64);

impl ReplicaId {
    pub(super) fn new() -> Self {
        // Zero owns nothing.
        Self(random::<i64>().saturating_abs().max(1))
    }
}

/// What only one replica may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Asking Telegram for updates.
    Polling,
}

impl Lease {
    fn name(self) -> &'static str {
        match self {
            Self::Polling => "polling",
        }
    }
}

/// Selects the replicas whose work `$1` may not take: those that are alive, or all if `$1` was away.
/// `$2` is [`LIFE`], `$3` is [`GAP`].
const ALIVE: &str = "SELECT id FROM replicas WHERE seen_at BETWEEN {now} - $2 AND {now} + $2 \
    OR NOT EXISTS ( \
    SELECT 1 FROM replicas WHERE id = $1 AND since <= {now} - $2 AND seen_at >= {now} - $3)";

impl Store {
    /// Writes that this replica is alive. To be called every second.
    pub async fn beat(&self) -> Result<()> {
        let statement = with_clock(
            "INSERT INTO replicas (id, since, seen_at) VALUES ($1, {now}, {now}) \
             ON CONFLICT (id) DO UPDATE SET seen_at = {now}, since = \
             CASE WHEN replicas.seen_at BETWEEN {now} - $2 AND {now} + $2 \
             AND replicas.since <= {now} THEN replicas.since ELSE {now} END",
            self.clock,
        );
        let query = sqlx::query(statement).bind(self.replica.0).bind(GAP);
        self.health
            .write(async {
                query.execute(&self.writers).await?;
                Ok(())
            })
            .await
    }

    /// Takes a lease, or keeps it. Returns false while another replica has it.
    pub async fn hold(&self, lease: Lease) -> Result<bool> {
        let statement = with_clock(
            &format!(
                "UPDATE leases SET holder = $1 \
                 WHERE name = $4 AND (holder = $1 OR holder NOT IN ({ALIVE}))"
            ),
            self.clock,
        );
        let query = sqlx::query(statement).bind(self.replica.0).bind(LIFE).bind(GAP);
        let query = query.bind(lease.name());
        self.health
            .write(async { Ok(query.execute(&self.writers).await?.rows_affected() == 1) })
            .await
    }

    /// Returns whether nobody holds a lease who is alive. This only reads, so that it works while the
    /// disk is full; the answer may be out of date when it arrives.
    pub async fn is_free(&self, lease: Lease) -> Result<bool> {
        let statement = with_clock(
            "SELECT holder FROM leases WHERE name = $1 AND holder IN ( \
             SELECT id FROM replicas WHERE seen_at BETWEEN {now} - $2 AND {now} + $2)",
            self.clock,
        );
        let query = sqlx::query(statement).bind(lease.name()).bind(LIFE);
        self.health.read(async { Ok(query.fetch_optional(&self.readers).await?.is_none()) }).await
    }

    /// Takes over, as one batch and in order, updates that belong to replicas which ended or died.
    /// There may be more of them than are returned.
    pub async fn take_over(&self, batch: BatchId) -> Result<Vec<LeftUpdate>> {
        // The condition stands twice: the inner one bounds the number of rows, and the outer one is
        // evaluated again if another replica was quicker.
        let statement = with_clock(
            &format!(
                "UPDATE updates SET owner = $1, batch = $4, attempts = attempts + 1 \
                 WHERE body IS NOT NULL AND owner NOT IN ({ALIVE}) AND update_id IN ( \
                 SELECT update_id FROM updates WHERE body IS NOT NULL AND owner NOT IN ({ALIVE}) \
                 ORDER BY update_id LIMIT $5) RETURNING {LEFT}"
            ),
            self.clock,
        );
        let query = sqlx::query(statement).bind(self.replica.0).bind(LIFE).bind(GAP);
        let query = query.bind(batch.0).bind(TAKE_OVER);
        self.health
            .write(async {
                let rows = query.fetch_all(&self.writers).await?;
                let mut updates: Vec<LeftUpdate> =
                    rows.iter().map(LeftUpdate::of).collect::<sqlx::Result<_>>()?;
                updates.sort_unstable_by_key(|update| update.id);
                Ok(updates)
            })
            .await
    }

    /// Deletes this replica's row, so that the others need not wait until it counts as dead.
    pub(super) async fn leave(&self) -> Result<()> {
        let query = sqlx::query("DELETE FROM replicas WHERE id = $1").bind(self.replica.0);
        self.health
            .write(async {
                query.execute(&self.writers).await?;
                Ok(())
            })
            .await
    }
}
