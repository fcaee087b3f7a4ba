//! The log of questions and their outcomes, for the operators. It has no names, and
//! is kept for `store.keep_days`.

use sqlx::AnyConnection;

use super::sql::{PlaceholderMark, with_rows, without_nul};
use super::{PersonHash, now};

/// A line of the question log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedQuestion {
    /// The person who asked, if known.
    pub person: Option<PersonHash>,
    /// Where it was asked: `private`, `group`, `supergroup`, `channel`, `inline`.
    pub chat_kind: &'static str,
    /// The question as typed.
    pub question: String,
    /// `answer`, `related` or `none`; `chosen` for an inline result that its user sent.
    pub verdict: &'static str,
    /// The passage that was shown first.
    pub passage: Option<String>,
    /// Microseconds from the question to the reply, without the network.
    pub elapsed_us: i64,
}

/// Adds lines to the log.
pub(super) async fn append(
    connection: &mut AnyConnection,
    mark: PlaceholderMark,
    questions: &[&LoggedQuestion],
) -> sqlx::Result<()> {
    if questions.is_empty() {
        return Ok(());
    }
    let statement = with_rows(
        "INSERT INTO question_log \
         (asked_at, person, chat_kind, question, verdict, passage, elapsed_us) VALUES {}",
        mark,
        questions.len(),
        7,
    );
    let asked_at = now();
    let query = questions.iter().fold(sqlx::query(statement), |query, line| {
        query
            .bind(asked_at)
            .bind(line.person.map(|person| person.0))
            .bind(line.chat_kind)
            .bind(without_nul(&line.question))
            .bind(line.verdict)
            .bind(line.passage.as_deref())
            .bind(line.elapsed_us)
    });
    query.persistent(false).execute(connection).await?;
    Ok(())
}
