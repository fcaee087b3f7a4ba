//! Chats that blocked the bot or removed it.

use sqlx::{AnyConnection, Row};

use super::{Result, Store};

impl Store {
    /// Returns all chats that block the bot, each with the Unix time since which it does.
    pub async fn blocked_chats(&self) -> Result<Vec<(i64, i64)>> {
        self.health
            .read(async {
                let rows = sqlx::query("SELECT chat_id, since FROM blocked_chats")
                    .fetch_all(&self.readers)
                    .await?;
                rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
            })
            .await
    }

    /// Notes that a chat has blocked the bot since the Unix time `since`, which ends its subscriptions.
    pub async fn block(&self, chat_id: i64, since: i64) -> Result<()> {
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                sqlx::query(
                    "INSERT INTO blocked_chats (chat_id, since) VALUES ($1, $2) \
                     ON CONFLICT (chat_id) DO UPDATE SET since = excluded.since",
                )
                .bind(chat_id)
                .bind(since)
                .execute(&mut *transaction)
                .await?;
                end_subscriptions(&mut transaction, chat_id).await?;
                transaction.commit().await
            })
            .await
    }

    /// Ends everything that a chat has subscribed to.
    pub async fn end_subscriptions(&self, chat_id: i64) -> Result<()> {
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                end_subscriptions(&mut transaction, chat_id).await?;
                transaction.commit().await
            })
            .await
    }

    /// Notes that a chat does not block the bot any more.
    pub async fn unblock(&self, chat_id: i64) -> Result<()> {
        let query = sqlx::query("DELETE FROM blocked_chats WHERE chat_id = $1").bind(chat_id);
        self.write_one(query).await.map(|_| ())
    }
}

/// Deletes all that a chat has subscribed to.
pub(super) async fn end_subscriptions(
    connection: &mut AnyConnection,
    chat_id: i64,
) -> sqlx::Result<()> {
    for statement in [
        "DELETE FROM daily_quotes WHERE chat_id = $1",
        "DELETE FROM followers WHERE chat_id = $1",
        "DELETE FROM followed_questions WHERE chat_id = $1",
        "DELETE FROM notices WHERE chat_id = $1",
    ] {
        sqlx::query(statement).bind(chat_id).execute(&mut *connection).await?;
    }
    Ok(())
}
