//! Unanswered questions, and the words by which operators make their passages found: the question
//! itself, or other words. They are added to a passage and take effect at once.

use teloxide::types::InlineKeyboardButton;

use super::super::context::{BotContext, line};
use super::super::effects::{Effect, Then};
use super::super::inline::shorten;
use super::super::outbox::OutgoingMessage;
use super::super::user_request::UpdateOrigin;
use super::{OperatorButton, ReplyToWords, key, page, short};
use crate::dialogue::{Engine, Phrases, Talk, fill, says_nothing};
use crate::store::{MessageAt, MissedQuestion};
use retrieval::answer::Verdict;
use transcript::{Addition, PassageKey, questions};

/// The number of days of the question log that are read.
const DAYS: u32 = 30;
/// The most questions that are read, the most frequent first.
const LIMIT: i64 = 300;
/// The number of questions on a page, and the number of passages from which to choose.
const PAGE: usize = 8;
const NEAREST: usize = 3;
/// The most characters of a question that is shown alone. A message may have 4,096 in all.
const LONG: usize = 1000;
/// The most characters that a question or a term may have.
const MAX_WORDS: usize = 300;

/// Words with the passage to which they are to be added.
#[derive(Debug, PartialEq, Eq)]
struct TargetedWords<'t> {
    /// The passage as the operator wrote it: `3.2` or `talk/3.2`.
    passage: &'t str,
    /// Whether the words are a question, or else a term.
    is_question: bool,
    words: &'t str,
}

impl BotContext {
    /// Returns the questions that went wrong and still would. Returns `None` if the store fails.
    pub(super) async fn still_unanswered(&self) -> Option<Vec<MissedQuestion>> {
        let missed = self.store.missed_questions(DAYS, LIMIT).await.ok()?;
        let engine = self.service.engine();
        let still = move || {
            missed.into_iter().filter(|missed| goes_wrong(&engine, missed)).collect::<Vec<_>>()
        };
        // The searches run on another thread, because hundreds of them would hold up the
        // tasks of this one.
        tokio::task::spawn_blocking(still).await.ok()
    }

    /// Returns a page of the unanswered questions; the first page is 0.
    pub(super) async fn unanswered_page(&self, at: usize, phrases: &Phrases) -> OutgoingMessage {
        let words = &phrases.telegram.operator.missed;
        let Some(missed) = self.still_unanswered().await else {
            return line(&phrases.telegram.not_kept);
        };
        if missed.is_empty() {
            return line(&words.empty);
        }
        let pages = missed.len().div_ceil(PAGE);
        let at = at.min(pages - 1);
        let place = [("page", (at + 1).to_string()), ("pages", pages.to_string())];
        let mut lines = vec![fill(
            &words.heading,
            &place.each_ref().map(|(name, value)| (*name, value.as_str())),
        )];
        let mut open = Vec::new();
        for (number, missed) in missed.iter().enumerate().skip(at * PAGE).take(PAGE) {
            let number = (number + 1).to_string();
            lines.push(listed(missed, &number, phrases));
            open.push(key(number, OperatorButton::Open(checksum(missed))));
        }
        let turn = [
            at.checked_sub(1).map(|before| key("◀", OperatorButton::Page(before))),
            (at + 1 < pages).then(|| key("▶", OperatorButton::Page(at + 1))),
        ];
        let mut rows: Vec<_> =
            open.chunks(PAGE / 2).map(<[InlineKeyboardButton]>::to_vec).collect();
        rows.push(turn.into_iter().flatten().collect());
        rows.retain(|row| !row.is_empty());
        page(&lines, rows)
    }

    /// Returns a message about one of these questions. Returns `None` if it is answered by now.
    pub(super) async fn open_unanswered(
        &self,
        origin: &UpdateOrigin,
        wanted: u32,
        phrases: &Phrases,
    ) -> Option<Effect> {
        let missed = self.still_unanswered().await.unwrap_or_default();
        let missed = missed.into_iter().find(|missed| checksum(missed) == wanted)?;
        let words = &phrases.telegram.operator.missed;
        let heading = fill(&words.opened, &[("question", &shorten(&missed.question, LONG))]);
        let lines = vec![heading, words.how.clone()];
        Some(self.ask_for_passage(origin, lines, &[&missed.question], phrases))
    }

    /// Handles an operator's reply to a message that asks about words: the reply has other words,
    /// a passage, or both.
    pub(super) async fn take_words(
        &self,
        origin: &UpdateOrigin,
        reply: &ReplyToWords,
        phrases: &Phrases,
    ) -> Effect {
        let words = &phrases.telegram.operator.missed;
        let kept = reply.words.as_str();
        let reply = reply.reply.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(targeted) = targeted(&reply, kept) else {
            let heading = fill(&words.pick, &[("words", &short(&reply))]);
            return self.ask_for_passage(origin, vec![heading], &[&reply, kept], phrases);
        };
        let engine = self.service.engine();
        let passages = engine.library().passages().iter().map(|passage| &passage.id);
        let named: Vec<String> = passages
            .filter(|id| id.as_str() == targeted.passage || id.local() == targeted.passage)
            .map(ToString::to_string)
            .collect();
        drop(engine);
        let result = match named.as_slice() {
            [] => fill(&words.no_passage, &[("passage", targeted.passage)]),
            [passage] => {
                let added = (targeted.is_question, targeted.words);
                self.add_words(origin, passage, added, phrases).await
            }
            [first, ..] => {
                fill(&words.ambiguous, &[("passage", targeted.passage), ("example", first)])
            }
        };
        Effect::reply(origin, line(&result))
    }

    /// Adds the words of a message to a passage, and returns a message about the result. Returns
    /// `None` if the words or the passage do not exist any more.
    pub(super) async fn add_kept_words(
        &self,
        origin: &UpdateOrigin,
        at: MessageAt,
        (is_question, passage): (bool, PassageKey),
        phrases: &Phrases,
    ) -> Option<String> {
        let words = self.store.draft(at).await.ok().flatten()?;
        let passage = self.service.engine().library().passage(passage)?.id.to_string();
        Some(self.add_words(origin, &passage, (is_question, &words), phrases).await)
    }

    async fn add_words(
        &self,
        origin: &UpdateOrigin,
        passage: &str,
        (is_question, added): (bool, &str),
        phrases: &Phrases,
    ) -> String {
        let words = &phrases.telegram.operator.missed;
        if questions::check(added).is_err() || added.chars().count() > MAX_WORDS {
            return fill(&words.bad_words, &[("limit", &MAX_WORDS.to_string())]);
        }
        let addition =
            Addition { passage: passage.to_owned(), is_question, words: added.to_owned() };
        let Ok(is_new) = self.store.add(&addition, self.store.person(origin.sender_id)).await
        else {
            return phrases.telegram.not_kept.clone();
        };
        let said = match (is_new, is_question) {
            (false, _) => &words.known,
            (true, true) => &words.added_question,
            (true, false) => &words.added_term,
        };
        match self.follower.catch_up().await {
            Ok(_) => fill(said, &[("words", &short(added)), ("passage", passage)]),
            Err(error) => fill(&words.not_built, &[("error", &error.to_string())]),
        }
    }

    /// Returns a message about the first of `words`, with buttons for the passages that are nearest
    /// to it, filled up with those nearest to the other words.
    fn ask_for_passage(
        &self,
        origin: &UpdateOrigin,
        mut lines: Vec<String>,
        words: &[&str],
        phrases: &Phrases,
    ) -> Effect {
        let labels = &phrases.telegram.operator.missed;
        let nearest = nearest(&self.service.engine(), words);
        let mut rows = Vec::new();
        if !nearest.is_empty() {
            lines.push(labels.nearest.clone());
        }
        for (passage, id, text) in nearest {
            lines.push(format!("{id}　{}", short(&text)));
            let add = |label: &str, is_question| {
                let label = fill(label, &[("passage", &id)]);
                key(label, OperatorButton::Add { is_question, passage })
            };
            rows.push(vec![add(&labels.question, true), add(&labels.term, false)]);
        }
        let words = words.first().copied().unwrap_or_default().to_owned();
        let then = Then::KeepWords { words, sorry: line(&phrases.telegram.not_kept) };
        Effect::Send { to: origin.destination(), draft: page(&lines, rows), then }
    }
}

/// Returns the line of a question in the list.
fn listed(missed: &MissedQuestion, number: &str, phrases: &Phrases) -> String {
    let words = &phrases.telegram.operator.missed;
    let template = if missed.passage.is_some() { &words.bad } else { &words.none };
    fill(
        template,
        &[
            ("at", number),
            ("question", &short(&missed.question)),
            ("times", &missed.times.to_string()),
            ("passage", missed.passage.as_deref().unwrap_or_default()),
        ],
    )
}

/// Returns a checksum that identifies a question in callback data. The list may have changed when
/// the button is pressed.
fn checksum(missed: &MissedQuestion) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(missed.question.as_bytes());
    hasher.update(&[0]);
    hasher.update(missed.passage.as_deref().unwrap_or_default().as_bytes());
    hasher.finalize()
}

/// Returns whether a question still goes wrong in the current generation: it has no answer, or the
/// passage that was rated as unhelpful still comes first.
fn goes_wrong(engine: &Engine, missed: &MissedQuestion) -> bool {
    if engine.talk(&missed.question).is_ok_and(|talk| talk.is_some_and(Talk::is_small_talk))
        || says_nothing(&missed.question)
    {
        return false;
    }
    let Ok(asked) = engine.ask(&missed.question, None, None, 1) else { return true };
    match &missed.passage {
        None => asked.answer.verdict != Verdict::Answer,
        Some(passage) => {
            let first =
                asked.ranked.first().map(|position| &engine.library().passages()[*position].id);
            first.is_some_and(|first| first.as_str() == passage)
        }
    }
}

/// Returns the passages nearest to the first words, filled up with those nearest to the others: the
/// key, id and text of each.
fn nearest(engine: &Engine, words: &[&str]) -> Vec<(PassageKey, String, String)> {
    let passages = engine.library().passages();
    let is_alone = engine.library().corpus().interviews.len() == 1;
    let mut nearest: Vec<usize> = Vec::new();
    for words in words {
        let ranked = engine.ask(words, None, None, 1).map(|asked| asked.ranked).unwrap_or_default();
        for position in ranked.into_iter().take(NEAREST) {
            if nearest.len() < NEAREST && !nearest.contains(&position) {
                nearest.push(position);
            }
        }
    }
    let nearest = nearest.into_iter().map(|position| &passages[position]);
    nearest
        .map(|passage| {
            let id = if is_alone { passage.id.local() } else { passage.id.as_str() };
            (passage.id.key(), id.to_owned(), passage.text.clone())
        })
        .collect()
}

/// Parses `3.2 words`, `talk/3.2 words` or `3.2 #term`. A passage alone takes the words of `draft`.
fn targeted<'t>(reply: &'t str, draft: &'t str) -> Option<TargetedWords<'t>> {
    let (passage, rest) = reply.split_once([' ', '　']).unwrap_or((reply, ""));
    let local = passage.rsplit_once('/').map_or(passage, |(_, local)| local);
    let (turn, paragraph) = local.split_once('.')?;
    let paragraph = paragraph.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(turn) || !is_number(paragraph) {
        return None;
    }
    let rest = rest.trim();
    Some(match rest.strip_prefix(['#', '＃']) {
        _ if rest.is_empty() => TargetedWords { passage, is_question: true, words: draft },
        Some(term) => TargetedWords { passage, is_question: false, words: term.trim() },
        None => TargetedWords { passage, is_question: true, words: rest },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: &str, passage: &str, is_question: bool, words: &str) {
        assert_eq!(
            targeted(reply, "draft"),
            Some(TargetedWords { passage, is_question, words }),
            "`{reply}`"
        );
    }

    #[test]
    fn words_may_name_their_passage() {
        check("3.2 燈為什麼亮", "3.2", true, "燈為什麼亮");
        check("talk/13.2b 燈 亮", "talk/13.2b", true, "燈 亮");
        check("3.2 #燈塔", "3.2", false, "燈塔");
        check("3.2", "3.2", true, "draft");
        for reply in ["燈為什麼亮", "3.5倍", "v3.2 燈", "3 燈", ".2 燈", "3. 燈", "2025.1.2 燈"]
        {
            assert_eq!(targeted(reply, "draft"), None, "`{reply}`");
        }
    }
}
