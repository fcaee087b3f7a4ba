//! Whether a quotation helped: one rating a person, passage and question; the last one counts.

use super::{Person, Result, Store, now};

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// Who rates.
    pub person: Person,
    /// The passage.
    pub passage: String,
    /// The question, empty where it is no longer known.
    pub question: String,
    /// It helped.
    pub good: bool,
}

impl Store {
    /// Keeps a rating.
    pub async fn rate(&self, rating: &Rating) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO feedback (person, passage, question, good, given_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person, passage, question) \
             DO UPDATE SET good = excluded.good, given_at = excluded.given_at",
        )
        .bind(rating.person.0)
        .bind(rating.passage.clone())
        .bind(rating.question.clone())
        .bind(i64::from(rating.good))
        .bind(now());
        self.health.watch(async { query.execute(&self.writers).await.map(|_| ()) }).await
    }
}
