//! Exports the logged questions with their outcomes, as a question set for `wenjian eval`.
//!
//! The `style` of a line tells where its `gold` passage comes from: a reader rated it as helpful
//! (`good`), or the bot showed it first (`answer`, `related`). Lines of the styles `bad` and `none`
//! have no `gold` until an editor adds it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::super::api::Attachment;
use super::super::context::{BotContext, line};
use super::super::effects::Effect;
use super::super::outbox::OutgoingFile;
use super::super::user_request::UpdateOrigin;
use crate::dialogue::{Phrases, fill};
use crate::store::QuestionOutcome;

/// The most lines that are read from the store: more than Telegram would take as a file.
const LIMIT: i64 = 50_000;
/// The styles, the most reliable first.
const STYLES: [&str; 5] = ["good", "bad", "answer", "related", "none"];

impl BotContext {
    /// Sends the questions that are kept as a file.
    pub(super) async fn export(&self, origin: &UpdateOrigin, phrases: &Phrases) -> Effect {
        let words = &phrases.telegram.operator.export;
        let Ok(lessons) = self.store.question_outcomes(LIMIT).await else {
            return Effect::reply(origin, line(&phrases.telegram.not_kept));
        };
        let is_alone = self.service.engine().library().corpus().interviews.len() == 1;
        let lines = question_set(&lessons, is_alone);
        if lines.is_empty() {
            return Effect::reply(origin, line(&words.empty));
        }
        let attachment = Attachment {
            field: "document",
            name: "questions.jsonl".to_owned(),
            bytes: (lines.join("\n") + "\n").into_bytes(),
        };
        let caption = fill(&words.caption, &[("lines", &lines.len().to_string())]);
        let file = OutgoingFile { method: "SendDocument", attachment, caption };
        Effect::SendFile { to: origin.destination(), file }
    }
}

/// What the store holds about one question.
#[derive(Default)]
struct QuestionRecord<'l> {
    /// The passages, each with the index of its style.
    passages: BTreeMap<usize, BTreeSet<&'l str>>,
    times: i64,
}

/// Returns one line for each question. If there is only one interview, passages are
/// named without its slug.
fn question_set(lessons: &[QuestionOutcome], is_alone: bool) -> Vec<String> {
    let mut questions: BTreeMap<&str, QuestionRecord<'_>> = BTreeMap::new();
    for lesson in lessons {
        let Some(style) = STYLES.iter().position(|style| *style == lesson.outcome) else {
            continue;
        };
        let known = questions.entry(&lesson.question).or_default();
        known.passages.entry(style).or_default().extend(lesson.passage.as_deref());
        // Ratings are not counted again: whoever rates an answer has asked the question before.
        known.times += if matches!(STYLES[style], "good" | "bad") { 0 } else { lesson.times };
    }
    let local = |id: &str| match id.rsplit_once('/') {
        Some((_, local)) if is_alone => local.to_owned(),
        _ => id.to_owned(),
    };
    let lines = questions.iter().zip(1..).filter_map(|((question, known), number)| {
        let (style, passages) = known.passages.first_key_value()?;
        let style = STYLES[*style];
        let gold: Vec<String> = match style {
            "bad" | "none" => Vec::new(),
            _ => passages.iter().map(|id| local(id)).collect(),
        };
        let line = json!({
            "id": format!("chat-{number}"), "q": question, "style": style, "gold": gold,
            "also": [], "times": known.times.max(1),
        });
        Some(line.to_string())
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn lesson(question: &str, outcome: &str, passage: &str) -> QuestionOutcome {
        QuestionOutcome {
            question: question.to_owned(),
            outcome: outcome.to_owned(),
            passage: (!passage.is_empty()).then(|| passage.to_owned()),
            times: 2,
        }
    }

    #[test]
    fn a_rating_says_more_than_what_was_shown() {
        let lessons = [
            lesson("燈", "answer", "talk/1.1"),
            lesson("燈", "good", "talk/1.2"),
            lesson("燈", "bad", "talk/1.1"),
            lesson("雲", "bad", "talk/2.1"),
            lesson("雲", "answer", "talk/2.1"),
            lesson("價格", "none", ""),
        ];
        let lines: Vec<Value> = question_set(&lessons, true)
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let of = |question: &str| {
            let line = lines.iter().find(|line| line["q"] == question).unwrap();
            (line["style"].as_str().unwrap(), line["gold"].to_string())
        };
        assert_eq!(of("燈"), ("good", "[\"1.2\"]".to_owned()));
        assert_eq!(of("雲"), ("bad", "[]".to_owned()));
        assert_eq!(of("價格"), ("none", "[]".to_owned()));
        assert!(
            question_set(&lessons, false).concat().contains("\"talk/1.2\""),
            "several interviews"
        );
    }
}
