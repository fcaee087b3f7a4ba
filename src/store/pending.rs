//! Additions and uploads that wait for an operator's decision, by the message that has the buttons.

use std::time::Duration;

use sqlx::Row;

use super::sql::without_nul;
use super::{Result, Store, now};

/// How long an operator has to decide: as long as a bot may edit its message.
const WAITS: Duration = Duration::from_hours(48);

/// A message of the bot: the ids of its chat and of the message.
pub type MessageAt = (i64, i64);

/// A transcript that waits for confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The name of the file.
    pub name: String,
    /// The fields from the caption, as front matter.
    pub known: String,
    /// The content as received.
    pub bytes: Vec<u8>,
}

impl Store {
    /// Keeps the words that a message offers to add to a passage.
    pub async fn keep_draft(&self, (chat_id, message_id): MessageAt, words: &str) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO drafts (chat_id, message_id, words, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (chat_id, message_id) DO UPDATE SET \
             words = excluded.words, expires_at = excluded.expires_at",
        )
        .bind(chat_id)
        .bind(message_id)
        .bind(without_nul(words))
        .bind(now() + WAITS.as_secs().cast_signed());
        self.write_one(query).await.map(|_| ())
    }

    /// Returns the words that a message offers to add.
    pub async fn draft(&self, (chat_id, message_id): MessageAt) -> Result<Option<String>> {
        let query = sqlx::query(
            "SELECT words FROM drafts WHERE chat_id = $1 AND message_id = $2 AND expires_at > $3",
        )
        .bind(chat_id)
        .bind(message_id)
        .bind(now());
        self.read_one(query).await
    }

    /// Keeps a transcript until an operator decides.
    pub async fn keep_upload(
        &self,
        (chat_id, message_id): MessageAt,
        upload: &Upload,
    ) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO uploads (chat_id, message_id, name, known, bytes, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(chat_id)
        .bind(message_id)
        .bind(without_nul(&upload.name))
        .bind(without_nul(&upload.known))
        .bind(upload.bytes.clone())
        .bind(now() + WAITS.as_secs().cast_signed());
        self.write_one(query).await.map(|_| ())
    }

    /// Returns the transcript to which the buttons of a message belong.
    pub async fn upload(&self, (chat_id, message_id): MessageAt) -> Result<Option<Upload>> {
        let query = sqlx::query(
            "SELECT name, known, bytes FROM uploads \
             WHERE chat_id = $1 AND message_id = $2 AND expires_at > $3",
        )
        .bind(chat_id)
        .bind(message_id)
        .bind(now());
        self.health
            .read(async {
                let Some(row) = query.fetch_optional(&self.readers).await? else { return Ok(None) };
                let (name, known, bytes) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                Ok(Some(Upload { name, known, bytes }))
            })
            .await
    }

    /// Deletes a transcript, whether it was imported or not.
    pub async fn drop_upload(&self, (chat_id, message_id): MessageAt) -> Result<()> {
        let query = sqlx::query("DELETE FROM uploads WHERE chat_id = $1 AND message_id = $2")
            .bind(chat_id)
            .bind(message_id);
        self.write_one(query).await.map(|_| ())
    }
}
