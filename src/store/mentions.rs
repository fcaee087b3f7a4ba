//! Mentions of the bot, each of which is answered once even if it arrives in two updates.
//!
//! A mention belongs to the update that claims it first. If the program dies before that update is
//! answered, the update claims its mention again, and nothing is lost.

use std::time::Duration;

use sqlx::Row;

use super::{Result, Store, now};

/// How long a claim is kept: as long as Telegram keeps updates.
const KEPT_FOR: Duration = Duration::from_hours(24);

impl Store {
    /// Claims a mention, which is identified by any text, for an update. Returns false if it belongs to
    /// another update.
    pub async fn claim_mention(&self, mention: &str, update_id: i64) -> Result<bool> {
        // The update changes nothing; without it, no row would be returned for a mention that is there.
        let query = sqlx::query(
            "INSERT INTO mentions (mention, update_id, expires_at) VALUES ($1, $2, $3) \
             ON CONFLICT (mention) DO UPDATE SET update_id = mentions.update_id \
             RETURNING update_id",
        )
        .bind(self.hash_key.hash_bytes(b"mention", mention.as_bytes()))
        .bind(update_id)
        .bind(now() + KEPT_FOR.as_secs().cast_signed());
        self.health
            .write(async {
                let row = query.fetch_one(&self.writers).await?;
                Ok(row.try_get::<i64, _>(0)? == update_id)
            })
            .await
    }
}
