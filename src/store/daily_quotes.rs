//! The chats that get a quotation every day, and how far each has come.
//!
//! A replica claims a quotation by moving the row to its next time, in one statement that succeeds only once. It sends
//! only what it has claimed, so that any number of replicas sends each quotation once.

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

use super::subscriber::Subscriber;
use super::{Result, Store};

/// The most chats that one statement returns.
const BATCH: i64 = 64;
/// A time further ahead than this, in seconds, was worked out by a clock that ran wrong.
pub const MAX_DAILY_AHEAD: i64 = 2 * 24 * 3600;

/// A chat's quotation of the day. The store interprets neither the zone nor the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyQuote {
    pub subscriber: Subscriber,
    pub minute_of_day: i64,
    /// The name of a time zone.
    pub zone: String,
    /// Whether the quotation is sent as a picture.
    pub as_picture: bool,
    pub progress: DailyProgress,
}

/// How far a chat has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyProgress {
    /// When the next quotation is due, in Unix seconds; `None` while it is switched off.
    pub next_at: Option<i64>,
    /// When the last quotation was due, in Unix seconds; 0 if there was none.
    pub sent_at: i64,
    /// The place of the last quotation in the chat's order.
    pub place: i64,
}

/// Returns the statement that reads the rows which `condition` selects, for [`DailyQuote::of`].
fn selected(condition: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!(
        "SELECT chat_id, chat_kind, topic, language_code, minute_of_day, zone, next_at, sent_at, \
         place, as_picture FROM daily_quotes {condition}"
    ))
}

impl DailyQuote {
    fn of(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            subscriber: Subscriber {
                chat_id: row.try_get(0)?,
                chat_kind: row.try_get(1)?,
                topic: row.try_get(2)?,
                language_code: row.try_get(3)?,
            },
            minute_of_day: row.try_get(4)?,
            zone: row.try_get(5)?,
            as_picture: row.try_get::<i64, _>(9)? != 0,
            progress: DailyProgress {
                next_at: row.try_get(6)?,
                sent_at: row.try_get(7)?,
                place: row.try_get(8)?,
            },
        })
    }
}

impl Store {
    /// Returns a chat's quotation of the day, also if it is switched off.
    pub async fn daily_quote(&self, chat_id: i64) -> Result<Option<DailyQuote>> {
        let query = sqlx::query(selected("WHERE chat_id = $1")).bind(chat_id);
        self.read_row(query, DailyQuote::of).await
    }

    /// Returns chats whose quotation is due at `now`, and those whose next time is too far ahead.
    pub async fn due_daily_quotes(&self, now: i64) -> Result<Vec<DailyQuote>> {
        let due = "WHERE next_at <= $1 OR next_at > $2 ORDER BY next_at LIMIT $3";
        let query = sqlx::query(selected(due))
            .bind(now)
            .bind(now.saturating_add(MAX_DAILY_AHEAD))
            .bind(BATCH);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                rows.iter().map(DailyQuote::of).collect()
            })
            .await
    }

    /// Keeps a chat's choice of time. How far the chat has come is kept from before, apart from `next_at`.
    pub async fn set_daily_quote(&self, daily: &DailyQuote) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO daily_quotes (chat_id, chat_kind, topic, language_code, minute_of_day, \
             zone, next_at, sent_at, place, as_picture) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (chat_id) DO UPDATE SET chat_kind = excluded.chat_kind, \
             topic = excluded.topic, language_code = excluded.language_code, \
             minute_of_day = excluded.minute_of_day, zone = excluded.zone, \
             next_at = excluded.next_at, as_picture = excluded.as_picture",
        )
        .bind(daily.subscriber.chat_id)
        .bind(daily.subscriber.chat_kind.clone())
        .bind(daily.subscriber.topic)
        .bind(daily.subscriber.language_code.clone())
        .bind(daily.minute_of_day)
        .bind(daily.zone.clone())
        .bind(daily.progress.next_at)
        .bind(daily.progress.sent_at)
        .bind(daily.progress.place)
        .bind(i64::from(daily.as_picture));
        self.write_one(query).await.map(|_| ())
    }

    /// Switches a chat's quotation of the day off. What the chat has seen is remembered.
    pub async fn stop_daily_quote(&self, chat_id: i64) -> Result<()> {
        let query =
            sqlx::query("UPDATE daily_quotes SET next_at = NULL WHERE chat_id = $1").bind(chat_id);
        self.write_one(query).await.map(|_| ())
    }

    /// Moves a chat from one state to another. Returns false if it is in a different state: another replica was faster,
    /// or the chat has changed its time or switched it off.
    pub async fn advance_daily_quote(
        &self,
        chat_id: i64,
        from: DailyProgress,
        to: DailyProgress,
    ) -> Result<bool> {
        let query = sqlx::query(
            "UPDATE daily_quotes SET next_at = $1, sent_at = $2, place = $3 \
             WHERE chat_id = $4 AND next_at = $5 AND sent_at = $6 AND place = $7",
        )
        .bind(to.next_at)
        .bind(to.sent_at)
        .bind(to.place)
        .bind(chat_id)
        .bind(from.next_at)
        .bind(from.sent_at)
        .bind(from.place);
        Ok(self.write_one(query).await? == 1)
    }
}
