//! The settings that chats have chosen.

use std::collections::HashMap;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::sql::{with_rows, without_nul};
use super::{Result, Store};

/// The choices of a chat, by their names, which the store does not interpret. `None` is no choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The language of the bot's own words.
    pub language: Option<String>,
    /// The script of quotations.
    pub script: Option<String>,
    /// The slug of the only interview to search.
    pub interview: Option<String>,
    /// Whether answers in a group are shown to their askers only.
    pub quiet: bool,
}

impl Settings {
    /// Reads the columns `language`, `script`, `interview` and `quiet`, which come first.
    fn of(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            language: row.try_get(0)?,
            script: row.try_get(1)?,
            interview: row.try_get(2)?,
            quiet: row.try_get::<i64, _>(3)? != 0,
        })
    }
}

impl Store {
    /// Returns the settings of those chats that have any.
    pub async fn settings_of(&self, chats: &[i64]) -> Result<HashMap<i64, Settings>> {
        if chats.is_empty() {
            return Ok(HashMap::new());
        }
        let statement = with_rows(
            "SELECT language, script, interview, quiet, chat_id FROM settings WHERE chat_id IN ({})",
            self.mark,
            chats.len(),
            1,
        );
        let query = chats.iter().fold(sqlx::query(statement), |query, chat| query.bind(*chat));
        self.health
            .read(async {
                let rows = query.persistent(false).fetch_all(&self.readers).await?;
                rows.iter().map(|row| Ok((row.try_get(4)?, Settings::of(row)?))).collect()
            })
            .await
    }

    /// Returns the settings of a chat.
    pub async fn settings(&self, chat_id: i64) -> Result<Settings> {
        let query = sqlx::query(
            "SELECT language, script, interview, quiet FROM settings WHERE chat_id = $1",
        )
        .bind(chat_id);
        Ok(self.read_row(query, Settings::of).await?.unwrap_or_default())
    }

    /// Keeps the settings of a chat.
    pub async fn set_settings(&self, chat_id: i64, settings: &Settings) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO settings (chat_id, language, script, interview, quiet) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (chat_id) DO UPDATE SET language = excluded.language, \
             script = excluded.script, interview = excluded.interview, quiet = excluded.quiet",
        )
        .bind(chat_id)
        .bind(settings.language.as_deref().map(without_nul))
        .bind(settings.script.as_deref().map(without_nul))
        .bind(settings.interview.as_deref().map(without_nul))
        .bind(i64::from(settings.quiet));
        self.write_one(query).await.map(|_| ())
    }
}
