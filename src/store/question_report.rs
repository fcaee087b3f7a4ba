//! The report for operators: how many questions are asked, which are not answered, and
//! what is rated badly.

use sqlx::{AnyPool, Row};

use super::{Result, Store, now};

/// The seconds of a day.
const DAY: i64 = 24 * 3600;
/// The most lines of each list.
const LINES: i64 = 20;

/// A report on the questions of some days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuestionReport {
    /// The days on which something was asked, the oldest first.
    pub days: Vec<Day>,
    /// Questions that found nothing, with how often they were asked, the most frequent first.
    pub unanswered: Vec<(String, i64)>,
    /// Passages that were rated badly, with the question and how often, the most frequent first.
    pub disliked: Vec<(String, String, i64)>,
    /// Passages that were shown first, with how often, the most frequent first.
    pub quoted: Vec<(String, i64)>,
    /// The time in which half of the questions were answered, in microseconds.
    pub p50_us: Option<i64>,
    /// The time in which 99 of 100 questions were answered, in microseconds.
    pub p99_us: Option<i64>,
}

/// How many questions of a day had which verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// The day, as days since 1970-01-01 UTC.
    pub number: i64,
    /// Questions that were answered.
    pub answer: i64,
    /// Questions to which only related passages were found.
    pub related: i64,
    /// Questions that found nothing.
    pub none: i64,
}

impl QuestionReport {
    /// Returns the number of the current day.
    pub fn today() -> i64 {
        now() / DAY
    }

    /// Returns the number of questions in all.
    pub fn n_questions(&self) -> i64 {
        self.days.iter().map(|day| day.answer + day.related + day.none).sum()
    }
}

impl Store {
    /// Reports on the questions of today and of the `days` before.
    pub async fn report(&self, days: u32) -> Result<QuestionReport> {
        let from = (QuestionReport::today() - i64::from(days)) * DAY;
        self.health.read(gather(&self.readers, from)).await
    }
}

async fn gather(readers: &AnyPool, from: i64) -> sqlx::Result<QuestionReport> {
    let mut report =
        QuestionReport { days: by_day(readers, from).await?, ..QuestionReport::default() };
    let unanswered = "SELECT question, COUNT(*) FROM question_log \
        WHERE asked_at >= $1 AND verdict = 'none' \
        GROUP BY question ORDER BY COUNT(*) DESC, MAX(asked_at) DESC LIMIT $2";
    for row in sqlx::query(unanswered).bind(from).bind(LINES).fetch_all(readers).await? {
        report.unanswered.push((row.try_get(0)?, row.try_get(1)?));
    }
    let disliked = "SELECT passage, question, COUNT(*) FROM feedback \
        WHERE given_at >= $1 AND good = 0 \
        GROUP BY passage, question ORDER BY COUNT(*) DESC, MAX(given_at) DESC LIMIT $2";
    for row in sqlx::query(disliked).bind(from).bind(LINES).fetch_all(readers).await? {
        report.disliked.push((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
    }
    let quoted = "SELECT passage, COUNT(*) FROM question_log \
        WHERE asked_at >= $1 AND passage IS NOT NULL \
        GROUP BY passage ORDER BY COUNT(*) DESC, passage LIMIT $2";
    for row in sqlx::query(quoted).bind(from).bind(LINES).fetch_all(readers).await? {
        report.quoted.push((row.try_get(0)?, row.try_get(1)?));
    }
    report.p50_us = quantile(readers, from, 50).await?;
    report.p99_us = quantile(readers, from, 99).await?;
    Ok(report)
}

async fn by_day(readers: &AnyPool, from: i64) -> sqlx::Result<Vec<Day>> {
    // 86400 is written into the statement, because PostgreSQL does not see that two placeholders
    // are the same expression.
    let statement = "SELECT asked_at / 86400, verdict, COUNT(*) FROM question_log \
        WHERE asked_at >= $1 AND verdict <> 'chosen' \
        GROUP BY asked_at / 86400, verdict ORDER BY asked_at / 86400";
    let mut days: Vec<Day> = Vec::new();
    for row in sqlx::query(statement).bind(from).fetch_all(readers).await? {
        let (number, verdict, count): (i64, String, i64) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if days.last().is_none_or(|day| day.number != number) {
            days.push(Day { number, ..Day::default() });
        }
        let Some(day) = days.last_mut() else { continue };
        match verdict.as_str() {
            "answer" => day.answer = count,
            "related" => day.related = count,
            _ => day.none += count,
        }
    }
    Ok(days)
}

/// Returns the time in which `percent` of the questions were answered, in microseconds.
async fn quantile(readers: &AnyPool, from: i64, percent: i64) -> sqlx::Result<Option<i64>> {
    let timed = "WHERE asked_at >= $1 AND verdict <> 'chosen'";
    let count = format!("SELECT COUNT(*) FROM question_log {timed}");
    let count: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(count)).bind(from).fetch_one(readers).await?;
    let statement = format!(
        "SELECT elapsed_us FROM question_log {timed} ORDER BY elapsed_us LIMIT 1 OFFSET $2"
    );
    let rank = (count * percent / 100).min((count - 1).max(0));
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
        .bind(from)
        .bind(rank)
        .fetch_optional(readers)
        .await
}
