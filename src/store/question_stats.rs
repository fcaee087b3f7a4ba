//! Statistics of questions: those that were not answered well, and all of them with their outcomes.

use sqlx::Row;

use super::{Result, Store, now};

/// A question that found nothing, or whose quotation was rated badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedQuestion {
    /// The question as typed.
    pub question: String,
    /// The passage that was rated badly; none if nothing was found.
    pub passage: Option<String>,
    /// How often this happened.
    pub times: i64,
}

/// A question and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionOutcome {
    /// The question as typed.
    pub question: String,
    /// `answer`, `related` or `none` from the log, `good` or `bad` from a rating.
    pub outcome: String,
    /// The passage that was shown first, or rated.
    pub passage: Option<String>,
    /// How often this happened.
    pub times: i64,
}

impl Store {
    /// Returns the questions of the last `days` that found nothing or whose quotation was rated badly,
    /// the most frequent first.
    pub async fn missed_questions(&self, days: u32, limit: i64) -> Result<Vec<MissedQuestion>> {
        let statement = "SELECT question, NULL, COUNT(*), MAX(asked_at) FROM question_log \
            WHERE asked_at >= $1 AND verdict = 'none' GROUP BY question \
            UNION ALL \
            SELECT question, passage, COUNT(*), MAX(given_at) FROM feedback \
            WHERE given_at >= $1 AND good = 0 AND question <> '' GROUP BY question, passage \
            ORDER BY 3 DESC, 4 DESC, 1 LIMIT $2";
        let from = now() - i64::from(days) * 24 * 3600;
        let query = sqlx::query(statement).bind(from).bind(limit);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                let missed = rows.iter().map(|row| {
                    Ok(MissedQuestion {
                        question: row.try_get(0)?,
                        passage: row.try_get(1)?,
                        times: row.try_get(2)?,
                    })
                });
                missed.collect()
            })
            .await
    }

    /// Returns all questions that are kept, with their outcomes, the most frequent first.
    pub async fn question_outcomes(&self, limit: i64) -> Result<Vec<QuestionOutcome>> {
        let statement = "SELECT question, verdict, passage, COUNT(*) FROM question_log \
            WHERE verdict <> 'chosen' GROUP BY question, verdict, passage \
            UNION ALL \
            SELECT question, CASE WHEN good = 1 THEN 'good' ELSE 'bad' END, passage, COUNT(*) \
            FROM feedback WHERE question <> '' GROUP BY question, good, passage \
            ORDER BY 4 DESC, 1, 2, 3 LIMIT $1";
        let query = sqlx::query(statement).bind(limit);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                let outcomes = rows.iter().map(|row| {
                    Ok(QuestionOutcome {
                        question: row.try_get(0)?,
                        outcome: row.try_get(1)?,
                        passage: row.try_get(2)?,
                        times: row.try_get(3)?,
                    })
                });
                outcomes.collect()
            })
            .await
    }
}
