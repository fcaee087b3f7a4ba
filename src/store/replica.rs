//! Replicas, which are programs that share one store: which of them are alive, which one takes over
//! the updates of a dead one, and which one may do what only one may do at a time.
//!
//! Each replica writes a heartbeat into its row every second. A replica without a heartbeat for
//! [`LIFE`] seconds counts as dead, unless the replica that looks was away itself: after an outage
//! of the database all heartbeats are old, and every replica gets that long for a new one. A
//! replica that stops in an orderly way deletes its row. All decisions are single statements that
//! use the database's clock.
//!
//! That clock may be set back. Therefore a heartbeat in the future does not count, and a replica
//! that finds its own heartbeat in the future replaces it.

use rand::random;

use super::inbox::{BatchId, LEFT, LeftUpdate};
use super::sql::with_clock;
use super::{Result, Store};

/// How long a replica counts as alive after its last heartbeat, in seconds.
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
        // An update whose owner is 0 has no owner.
        Self(random::<i64>().saturating_abs().max(1))
    }
}

/// What only one replica may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Asking Telegram for updates.
    Polling,
    /// Sending what nobody asked for at that moment.
    Notices,
}

impl Lease {
    fn name(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::Notices => "notices",
        }
    }
}

/// Selects the replicas whose updates `$1` may not take over: those that are alive, or all if `$1`
/// was away. `$2` is [`LIFE`], `$3` is [`GAP`].
const ALIVE: &str = "SELECT id FROM replicas WHERE seen_at BETWEEN {now} - $2 AND {now} + $2 \
    OR NOT EXISTS ( \
    SELECT 1 FROM replicas WHERE id = $1 AND since <= {now} - $2 AND seen_at >= {now} - $3)";

impl Store {
    /// Writes a heartbeat. This is to be called every second.
    pub async fn beat(&self) -> Result<()> {
        let statement = with_clock(
            "INSERT INTO replicas (id, since, seen_at) VALUES ($1, {now}, {now}) \
             ON CONFLICT (id) DO UPDATE SET seen_at = {now}, since = \
             CASE WHEN replicas.seen_at BETWEEN {now} - $2 AND {now} + $2 \
             AND replicas.since <= {now} THEN replicas.since ELSE {now} END",
            self.clock,
        );
        let query = sqlx::query(statement).bind(self.replica.0).bind(GAP);
        self.write_one(query).await.map(|_| ())
    }

    /// Takes a lease, or renews it. Returns false while another replica holds it.
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
        Ok(self.write_one(query).await? == 1)
    }

    /// Returns whether no living replica holds a lease. This only reads, so that it works while the
    /// disk is full. The result may be out of date when it arrives.
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
    /// There may be more of them than are returned. An attempt is counted for those that were being
    /// handled alone; the others only waited, or were handled together with others.
    pub async fn take_over(&self, batch: BatchId) -> Result<Vec<LeftUpdate>> {
        // The condition is written twice: the inner one limits the number of rows, and the outer
        // one is evaluated again if another replica was faster.
        let statement = with_clock(
            &format!(
                "UPDATE updates SET owner = $1, batch = $4, attempts = attempts + alone, alone = 0 \
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

    /// Deletes this replica's row, so that the others need not wait until it counts as dead. What it
    /// was handling does not count as an attempt, because the program ends in order.
    pub(super) async fn leave(&self) -> Result<()> {
        let unmark = "UPDATE updates SET alone = 0 \
             WHERE body IS NOT NULL AND alone <> 0 AND owner = $1";
        let unmark = sqlx::query(unmark).bind(self.replica.0);
        let delete = sqlx::query("DELETE FROM replicas WHERE id = $1").bind(self.replica.0);
        self.health
            .write(async {
                unmark.execute(&self.writers).await?;
                delete.execute(&self.writers).await?;
                Ok(())
            })
            .await
    }
}
