//! What can be learned from: questions that went wrong, and all questions with what came of them.

use sqlx::Row;

use super::{Result, Store, now};

/// A question that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// As typed.
    pub question: String,
    /// The passage that was shown and rated badly; none where nothing was found.
    pub passage: Option<String>,
    /// How often.
    pub times: i64,
}

/// A question and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// As typed.
    pub question: String,
    /// `answer`, `related` or `none` from the log, `good` or `bad` from a rating.
    pub outcome: String,
    /// The passage that was shown first, or rated.
    pub passage: Option<String>,
    /// How often.
    pub times: i64,
}

impl Store {
    /// Questions of the last `days` that found nothing or whose passage was rated badly, the most
    /// frequent first.
    pub async fn missed(&self, days: u32, limit: i64) -> Result<Vec<Missed>> {
        let statement = "SELECT question, NULL, COUNT(*), MAX(asked_at) FROM question_log \
            WHERE asked_at >= $1 AND verdict = 'none' GROUP BY question \
            UNION ALL \
            SELECT question, passage, COUNT(*), MAX(given_at) FROM feedback \
            WHERE given_at >= $1 AND good = 0 AND question <> '' GROUP BY question, passage \
            ORDER BY 3 DESC, 4 DESC, 1 LIMIT $2";
        let from = now() - i64::from(days) * 24 * 3600;
        let query = sqlx::query(statement).bind(from).bind(limit);
        self.health
            .watch(async {
                let rows = query.fetch_all(&self.readers).await?;
                let missed = rows.iter().map(|row| {
                    Ok(Missed {
                        question: row.try_get(0)?,
                        passage: row.try_get(1)?,
                        times: row.try_get(2)?,
                    })
                });
                missed.collect()
            })
            .await
    }

    /// All questions that are kept, with what came of them, the most frequent first.
    pub async fn lessons(&self, limit: i64) -> Result<Vec<Lesson>> {
        let statement = "SELECT question, verdict, passage, COUNT(*) FROM question_log \
            WHERE verdict <> 'chosen' GROUP BY question, verdict, passage \
            UNION ALL \
            SELECT question, CASE WHEN good = 1 THEN 'good' ELSE 'bad' END, passage, COUNT(*) \
            FROM feedback WHERE question <> '' GROUP BY question, good, passage \
            ORDER BY 4 DESC, 1, 2, 3 LIMIT $1";
        let query = sqlx::query(statement).bind(limit);
        self.health
            .watch(async {
                let rows = query.fetch_all(&self.readers).await?;
                let lessons = rows.iter().map(|row| {
                    Ok(Lesson {
                        question: row.try_get(0)?,
                        outcome: row.try_get(1)?,
                        passage: row.try_get(2)?,
                        times: row.try_get(3)?,
                    })
                });
                lessons.collect()
            })
            .await
    }
}
