//! The overlay: what operators have added in the chat. Every replica adds it to what is
//! in its corpus folder.
//!
//! Each change increments the revision in the same transaction, so that a replica that has read a
//! revision has also read all changes before it.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::sql::without_nul;
use super::{PersonHash, Result, Store, now};
use transcript::{Addition, Overlay};

/// The kinds of words that are added.
const QUESTION: &str = "question";
const TERM: &str = "term";

impl Store {
    /// Returns how often the overlay was changed.
    pub async fn overlay_revision(&self) -> Result<i64> {
        let query = sqlx::query("SELECT revision FROM overlay");
        Ok(self.read_one(query).await?.unwrap_or_default())
    }

    /// Returns everything that operators have added.
    pub async fn overlay(&self) -> Result<Overlay> {
        let files = "SELECT name, bytes FROM corpus_files";
        let additions =
            "SELECT passage, kind, words FROM additions ORDER BY added_at, passage, kind, words";
        self.health
            .read(async {
                let files = sqlx::query(files).fetch_all(&self.readers).await?;
                let additions = sqlx::query(additions).fetch_all(&self.readers).await?;
                let file = |row: &AnyRow| Ok((row.try_get(0)?, row.try_get(1)?));
                let addition = |row: &AnyRow| {
                    Ok(Addition {
                        passage: row.try_get(0)?,
                        is_question: row.try_get::<String, _>(1)? == QUESTION,
                        words: row.try_get(2)?,
                    })
                };
                Ok(Overlay {
                    files: files.iter().map(file).collect::<sqlx::Result<_>>()?,
                    additions: additions.iter().map(addition).collect::<sqlx::Result<_>>()?,
                })
            })
            .await
    }

    /// Keeps the files of a transcript, which replace those that were kept for it before.
    pub async fn put_transcript(
        &self,
        slug: &str,
        files: &[(String, Vec<u8>)],
        person: PersonHash,
    ) -> Result<()> {
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                sqlx::query("DELETE FROM corpus_files WHERE slug = $1")
                    .bind(slug.to_owned())
                    .execute(&mut *transaction)
                    .await?;
                for (name, bytes) in files {
                    sqlx::query(
                        "INSERT INTO corpus_files (name, slug, bytes, changed_at, person) \
                         VALUES ($1, $2, $3, $4, $5)",
                    )
                    .bind(name.clone())
                    .bind(slug.to_owned())
                    .bind(bytes.clone())
                    .bind(now())
                    .bind(person.0)
                    .execute(&mut *transaction)
                    .await?;
                }
                count_up(&mut transaction).await?;
                transaction.commit().await
            })
            .await
    }

    /// Keeps an addition. Returns false if it was there already.
    pub async fn add(&self, addition: &Addition, person: PersonHash) -> Result<bool> {
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                let added = sqlx::query(
                    "INSERT INTO additions (passage, kind, words, added_at, person) \
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (passage, kind, words) DO NOTHING",
                )
                .bind(addition.passage.clone())
                .bind(kind(addition))
                .bind(without_nul(&addition.words))
                .bind(now())
                .bind(person.0)
                .execute(&mut *transaction)
                .await?;
                let is_new = added.rows_affected() > 0;
                if is_new {
                    count_up(&mut transaction).await?;
                }
                transaction.commit().await?;
                Ok(is_new)
            })
            .await
    }

    /// Deletes the entries of `written`, which were exported to files. Entries that changed since
    /// `written` was read stay.
    pub async fn clear_overlay(&self, written: &Overlay) -> Result<()> {
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                for (name, bytes) in &written.files {
                    sqlx::query("DELETE FROM corpus_files WHERE name = $1 AND bytes = $2")
                        .bind(name.clone())
                        .bind(bytes.clone())
                        .execute(&mut *transaction)
                        .await?;
                }
                for addition in &written.additions {
                    sqlx::query(
                        "DELETE FROM additions WHERE passage = $1 AND kind = $2 AND words = $3",
                    )
                    .bind(addition.passage.clone())
                    .bind(kind(addition))
                    .bind(addition.words.clone())
                    .execute(&mut *transaction)
                    .await?;
                }
                count_up(&mut transaction).await?;
                transaction.commit().await
            })
            .await
    }
}

fn kind(addition: &Addition) -> &'static str {
    if addition.is_question { QUESTION } else { TERM }
}

async fn count_up(connection: &mut AnyConnection) -> sqlx::Result<()> {
    let query = sqlx::query("UPDATE overlay SET revision = revision + 1");
    query.execute(connection).await.map(|_| ())
}
