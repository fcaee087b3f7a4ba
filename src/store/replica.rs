//! Programs that share one store: who is alive, who goes on with what a dead one had in hand, and
//! who does what only one may do.
//!
//! Each writes a row about itself every second. One that was not seen for [`LIFE`] is dead, unless
//! whoever looks was away itself: after a breakdown of the database all rows are old, and everybody
//! gets as long to be seen again. One that ends in order takes its row away. All is decided by single
//! statements and the database's clock.

use rand::random;
use sqlx::Row;

use super::inbox::{Batch, Update};
use super::sql::with_clock;
use super::{Result, Store};

/// How long a replica counts as alive after it was seen, seconds.
const LIFE: i64 = 6;
/// Beyond this gap between two beats a replica was away, seconds.
const GAP: i64 = 3;
/// The most updates that are taken over at once.
const TAKE_OVER: i64 = 256;

/// Names one running program among those that share the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReplicaId(pub(super) i64);

impl ReplicaId {
    /// No other's.
    pub(super) fn new() -> Self {
        // Zero owns nothing.
        Self(random::<i64>().saturating_abs().max(1))
    }
}

/// What only one replica may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// To ask Telegram for updates.
    Polling,
}

impl Lease {
    fn name(self) -> &'static str {
        match self {
            Self::Polling => "polling",
        }
    }
}

/// Replicas whose work `$1` may not take: those that are alive, and all while `$1` was away itself.
/// `$2` is [`LIFE`], `$3` is [`GAP`].
const ALIVE: &str = "SELECT id FROM replicas WHERE seen_at >= {now} - $2 OR NOT EXISTS ( \
    SELECT 1 FROM replicas WHERE id = $1 AND since <= {now} - $2 AND seen_at >= {now} - $3)";

impl Store {
    /// Says that this replica is alive; to be said every second.
    pub async fn beat(&self) -> Result<()> {
        let statement = with_clock(
            "INSERT INTO replicas (id, since, seen_at) VALUES ($1, {now}, {now}) \
             ON CONFLICT (id) DO UPDATE SET seen_at = {now}, since = \
             CASE WHEN replicas.seen_at < {now} - $2 THEN {now} ELSE replicas.since END",
            self.clock,
        );
        let query = sqlx::query(statement).bind(self.replica.0).bind(GAP);
        self.health
            .watch(async {
                query.execute(&self.writers).await?;
                Ok(())
            })
            .await
    }

    /// Takes a lease, or keeps it. False while another replica has it.
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
            .watch(async { Ok(query.execute(&self.writers).await?.rows_affected() == 1) })
            .await
    }

    /// Takes over updates that replicas which ended or died had in hand, as one batch, in order.
    /// There may be more.
    pub async fn take_over(&self, batch: Batch) -> Result<Vec<Update>> {
        // The condition stands twice: the inner one bounds how many, the outer one is looked at
        // again when another replica was quicker.
        let statement = with_clock(
            &format!(
                "UPDATE updates SET owner = $1, batch = $4 \
                 WHERE body IS NOT NULL AND owner NOT IN ({ALIVE}) AND update_id IN ( \
                 SELECT update_id FROM updates WHERE body IS NOT NULL AND owner NOT IN ({ALIVE}) \
                 ORDER BY update_id LIMIT $5) RETURNING update_id, body"
            ),
            self.clock,
        );
        let query = sqlx::query(statement).bind(self.replica.0).bind(LIFE).bind(GAP);
        let query = query.bind(batch.0).bind(TAKE_OVER);
        self.health
            .watch(async {
                let rows = query.fetch_all(&self.writers).await?;
                let mut updates: Vec<Update> = rows
                    .iter()
                    .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
                    .collect::<sqlx::Result<_>>()?;
                updates.sort_unstable();
                Ok(updates)
            })
            .await
    }

    /// Takes this replica's row away: others need not wait for its death.
    pub(super) async fn leave(&self) -> Result<()> {
        let query = sqlx::query("DELETE FROM replicas WHERE id = $1").bind(self.replica.0);
        self.health
            .watch(async {
                query.execute(&self.writers).await?;
                Ok(())
            })
            .await
    }
}
