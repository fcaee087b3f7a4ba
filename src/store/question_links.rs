//! Questions behind links, each under a short key that depends only on the question.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::sql::without_nul;
use super::{Result, Store, now};

/// How long a link is kept after it was made or used for the last time.
pub(super) const KEPT_FOR: Duration = Duration::from_hours(366 * 24);

impl Store {
    /// Returns the key of the link to a question: eleven letters, digits, `-` and `_`.
    pub async fn link_question(&self, question: &str) -> Result<String> {
        let question = without_nul(question);
        let link = self.hash_key.hash_bytes(b"link", question.as_bytes());
        let query = sqlx::query(
            "INSERT INTO question_links (link, question, used_at) VALUES ($1, $2, $3) \
             ON CONFLICT (link) DO UPDATE SET used_at = excluded.used_at",
        )
        .bind(link)
        .bind(question)
        .bind(now());
        self.write_one(query).await?;
        Ok(URL_SAFE_NO_PAD.encode(link.to_be_bytes()))
    }

    /// Returns the question that a link with this key opens, if there is such a link.
    pub async fn linked_question(&self, key: &str) -> Result<Option<String>> {
        let bytes = URL_SAFE_NO_PAD.decode(key).ok().and_then(|bytes| bytes.try_into().ok());
        let Some(link) = bytes.map(i64::from_be_bytes) else { return Ok(None) };
        let query = sqlx::query("SELECT question FROM question_links WHERE link = $1").bind(link);
        let question = self.read_one(query).await?;
        if question.is_some() {
            let query = sqlx::query("UPDATE question_links SET used_at = $1 WHERE link = $2")
                .bind(now())
                .bind(link);
            // A link that cannot be marked as used still opens.
            let _ = self.write_one(query).await;
        }
        Ok(question)
    }
}
