//! Ratings of quotations. Each person has one rating for each passage and question;
//! the last one counts.

use sha2::{Digest, Sha256};

use super::sql::without_nul;
use super::{PersonHash, Result, Store, now};

/// A rating of a quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    pub person: PersonHash,
    /// The id of the passage that was quoted.
    pub passage: String,
    /// The question that the quotation answered, or an empty text if it is not known any more.
    pub question: String,
    /// Whether the quotation helped.
    pub good: bool,
}

impl Store {
    /// Returns how the person of `rating` rated the same passage for the same question before, if they did.
    pub async fn rating_of(&self, rating: &Rating) -> Result<Option<bool>> {
        let query = sqlx::query(
            "SELECT good FROM feedback WHERE person = $1 AND passage = $2 AND question = $3",
        )
        .bind(rating.person.0)
        .bind(rating.passage.as_str())
        .bind(without_nul(&rating.question));
        Ok(self.read_one::<i64>(query).await?.map(|good| good != 0))
    }

    /// Keeps a rating, which replaces an earlier one.
    pub async fn rate(&self, rating: &Rating) -> Result<()> {
        let question = without_nul(&rating.question);
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                // Ratings that were made before questions were hashed have another key.
                sqlx::query(
                    "DELETE FROM feedback WHERE person = $1 AND passage = $2 AND question = $3",
                )
                .bind(rating.person.0)
                .bind(rating.passage.as_str())
                .bind(question.as_str())
                .execute(&mut *transaction)
                .await?;
                sqlx::query(
                    "INSERT INTO feedback \
                     (person, passage, question_hash, question, good, given_at) \
                     VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (person, passage, question_hash) \
                     DO UPDATE SET good = excluded.good, given_at = excluded.given_at",
                )
                .bind(rating.person.0)
                .bind(rating.passage.as_str())
                .bind(hash(&question))
                .bind(question.as_str())
                .bind(i64::from(rating.good))
                .bind(now())
                .execute(&mut *transaction)
                .await?;
                transaction.commit().await
            })
            .await
    }
}

/// Returns the first eight bytes of the SHA-256 hash, which are short enough for the key of a
/// table. This must never change.
fn hash(question: &str) -> i64 {
    let digest = Sha256::digest(question);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}
