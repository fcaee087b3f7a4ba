//! The quotations that people have saved, newest first. They are kept until they are removed.

use sqlx::Row;

use super::{PersonHash, Result, Store, now};

/// How many quotations a person can save.
pub const MAX_SAVED: i64 = 500;

/// A quotation that somebody has saved: a range of a passage, in characters. The store does not interpret it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedQuote {
    /// The key of the passage.
    pub passage: String,
    pub start: i64,
    pub end: i64,
}

/// What came of saving a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveResult {
    Saved,
    /// The person had saved it before.
    Known,
    /// The person has saved [`MAX_SAVED`] quotations.
    Full,
}

impl Store {
    /// Saves a quotation for a person.
    pub async fn save_quote(&self, person: PersonHash, quote: &SavedQuote) -> Result<SaveResult> {
        // PostgreSQL needs the types of parameters that stand in a SELECT.
        let query = sqlx::query(
            "INSERT INTO saved_quotes (person, passage, start_at, end_at, saved_at) \
             SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT), \
             CAST($4 AS BIGINT), CAST($5 AS BIGINT) \
             WHERE (SELECT COUNT(*) FROM saved_quotes WHERE person = $1) < $6 \
             ON CONFLICT (person, passage, start_at) DO NOTHING",
        )
        .bind(person.0)
        .bind(quote.passage.clone())
        .bind(quote.start)
        .bind(quote.end)
        .bind(now())
        .bind(MAX_SAVED);
        Ok(match self.write_one(query).await? {
            0 if self.has_saved(person, quote).await? => SaveResult::Known,
            0 => SaveResult::Full,
            _ => SaveResult::Saved,
        })
    }

    /// Returns whether a person has saved a quotation.
    pub async fn has_saved(&self, person: PersonHash, quote: &SavedQuote) -> Result<bool> {
        let query = sqlx::query(
            "SELECT saved_at FROM saved_quotes \
             WHERE person = $1 AND passage = $2 AND start_at = $3",
        )
        .bind(person.0)
        .bind(quote.passage.clone())
        .bind(quote.start);
        Ok(self.read_one::<i64>(query).await?.is_some())
    }

    /// Returns what a person has saved.
    pub async fn saved_quotes(&self, person: PersonHash) -> Result<Vec<SavedQuote>> {
        let query = sqlx::query(
            "SELECT passage, start_at, end_at FROM saved_quotes WHERE person = $1 \
             ORDER BY saved_at DESC, passage, start_at",
        )
        .bind(person.0);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                let quote = |row: &sqlx::any::AnyRow| {
                    let (passage, start, end) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                    Ok(SavedQuote { passage, start, end })
                };
                rows.iter().map(quote).collect()
            })
            .await
    }

    /// Removes a quotation from those that a person has saved.
    pub async fn remove_quote(&self, person: PersonHash, quote: &SavedQuote) -> Result<()> {
        let query = sqlx::query(
            "DELETE FROM saved_quotes WHERE person = $1 AND passage = $2 AND start_at = $3",
        )
        .bind(person.0)
        .bind(quote.passage.clone())
        .bind(quote.start);
        self.write_one(query).await.map(|_| ())
    }
}
