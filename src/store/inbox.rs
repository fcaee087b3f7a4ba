//! The inbox: an update is written here before Telegram may forget it, and removed when it is done.
//!
//! The id of a removed update is kept for two days, so that the update is recognised if
//! Telegram sends it again.

use std::collections::HashSet;
use std::time::Duration;

use rand::random;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::sql::{PlaceholderMark, with_rows};
use super::{Result, Store, now};

/// An update as received: its id and its JSON.
pub(super) type Update = (i64, String);

/// An update that was taken over from a replica which ended or died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftUpdate {
    pub id: i64,
    /// Its JSON, as received.
    pub body: String,
    /// How long ago it was received.
    pub age: Duration,
    /// How many times a replica died while it handled the update alone.
    pub attempts: i64,
}

/// The columns from which [`LeftUpdate`] is read.
pub(super) const LEFT: &str = "update_id, body, received_at, attempts";

impl LeftUpdate {
    /// Reads a row of [`LEFT`].
    pub(super) fn of(row: &AnyRow) -> sqlx::Result<Self> {
        let received_at: i64 = row.try_get(2)?;
        Ok(Self {
            id: row.try_get(0)?,
            body: row.try_get(1)?,
            age: Duration::from_secs(now().saturating_sub(received_at).max(0).unsigned_abs()),
            attempts: row.try_get(3)?,
        })
    }
}

/// Identifies one write into the inbox. After a write whose outcome is unknown, it tells whether
/// the write was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchId(pub(super) i64);

impl BatchId {
    #[expect(clippy::new_without_default, reason = "each one differs from all others")]
    pub fn new() -> Self {
        Self(random())
    }
}

impl Store {
    /// Writes updates into the inbox, owned by this replica, and returns the ids of those that
    /// were not seen before.
    pub async fn admit(&self, batch: BatchId, updates: &[Update]) -> Result<HashSet<i64>> {
        if updates.is_empty() {
            return Ok(HashSet::new());
        }
        let statement = with_rows(
            "INSERT INTO updates (update_id, received_at, body, owner, batch) VALUES {} \
             ON CONFLICT (update_id) DO NOTHING RETURNING update_id",
            self.mark,
            updates.len(),
            5,
        );
        let received_at = now();
        let query = updates.iter().fold(sqlx::query(statement), |query, (id, body)| {
            let query = query.bind(*id).bind(received_at).bind(body.as_str());
            query.bind(self.replica.0).bind(batch.0)
        });
        self.health
            .write(async {
                let rows = query.persistent(false).fetch_all(&self.writers).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            })
            .await
    }

    /// Returns the updates of a batch that are not done, in order.
    pub async fn pending_in(&self, batch: BatchId) -> Result<Vec<LeftUpdate>> {
        let statement = format!(
            "SELECT {LEFT} FROM updates WHERE body IS NOT NULL AND batch = $1 ORDER BY update_id"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(batch.0);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                rows.iter().map(LeftUpdate::of).collect()
            })
            .await
    }

    /// Notes whether an update of this replica is being handled alone. If the program dies
    /// meanwhile, [`Self::take_over`] counts an attempt.
    pub async fn mark_alone(&self, update_id: i64, is_alone: bool) -> Result<()> {
        let statement = "UPDATE updates SET alone = $2 WHERE update_id = $1 AND owner = $3";
        let query =
            sqlx::query(statement).bind(update_id).bind(i64::from(is_alone)).bind(self.replica.0);
        self.write_one(query).await.map(|_| ())
    }
}

/// Removes updates from the inbox.
pub(super) async fn strike(
    connection: &mut AnyConnection,
    mark: PlaceholderMark,
    ids: &[i64],
) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let statement =
        with_rows("UPDATE updates SET body = NULL WHERE update_id IN ({})", mark, ids.len(), 1);
    let query = ids.iter().fold(sqlx::query(statement), |query, id| query.bind(*id));
    query.persistent(false).execute(connection).await?;
    Ok(())
}
