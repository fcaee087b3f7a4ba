//! The inbox: an update is written here before Telegram may forget it, and struck once it is done.
//!
//! The id of a struck update stays for two days, so that the update is recognised if Telegram sends it
//! again.

use std::collections::HashSet;

use rand::random;
use sqlx::{AnyConnection, Row};

use super::sql::{PlaceholderMark, with_rows};
use super::{Result, Store, now};

/// An update as received: its id and its JSON.
pub(super) type Update = (i64, String);

/// Identifies one write into the inbox. After a write whose outcome is unknown, it tells whether the
/// write was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch(pub(super) i64);

impl Batch {
    #[expect(clippy::new_without_default, reason = "each one differs from all others")]
    pub fn new() -> Self {
        Self(random())
    }
}

impl Store {
    /// Writes updates into the inbox, owned by this replica, and returns the ids of those that were
    /// not seen before.
    pub async fn admit(&self, batch: Batch, updates: &[Update]) -> Result<HashSet<i64>> {
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
    pub async fn pending_in(&self, batch: Batch) -> Result<Vec<Update>> {
        let query = sqlx::query(
            "SELECT update_id, body FROM updates \
             WHERE body IS NOT NULL AND batch = $1 ORDER BY update_id",
        )
        .bind(batch.0);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
            })
            .await
    }
}

/// Strikes updates from the inbox.
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
