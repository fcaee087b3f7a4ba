//! The inbox: an update is written here before Telegram may forget it, and struck once it is done.
//!
//! A struck update stays as a bare number for two days, so that one that comes again is known.

use std::collections::HashSet;

use sqlx::{AnyConnection, Row};

use super::sql::{Mark, with_rows};
use super::{Result, Store, now};

/// An update as received: its number and its JSON.
pub(super) type Update = (i64, String);

impl Store {
    /// Writes updates into the inbox, and says which of them were never seen before.
    pub async fn admit(&self, updates: &[Update]) -> Result<HashSet<i64>> {
        if updates.is_empty() {
            return Ok(HashSet::new());
        }
        let statement = with_rows(
            "INSERT INTO updates (update_id, received_at, body) VALUES {} \
             ON CONFLICT (update_id) DO NOTHING RETURNING update_id",
            self.mark,
            updates.len(),
            3,
        );
        let received_at = now();
        let query = updates.iter().fold(sqlx::query(statement), |query, (id, body)| {
            query.bind(*id).bind(received_at).bind(body.as_str())
        });
        self.health
            .watch(async {
                let rows = query.persistent(false).fetch_all(&self.writers).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            })
            .await
    }

    /// The updates that were in hand when the program ended, in order.
    pub async fn pending(&self) -> Result<Vec<Update>> {
        let query = sqlx::query(
            "SELECT update_id, body FROM updates WHERE body IS NOT NULL ORDER BY update_id",
        );
        self.health
            .watch(async {
                let rows = query.fetch_all(&self.readers).await?;
                rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
            })
            .await
    }
}

/// Strikes updates from the inbox.
pub(super) async fn strike(
    connection: &mut AnyConnection,
    mark: Mark,
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
