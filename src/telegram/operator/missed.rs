//! Questions that went wrong, and words that make their passages found: the question itself or others
//! that an operator writes, added to a passage, effective at once.

use teloxide_core::types::InlineKeyboardButton;

use super::super::handler::{Handler, line};
use super::super::inline::shorten;
use super::super::outbox::Draft;
use super::super::read::Place;
use super::{Press, key, page, short};
use crate::dialogue::{Engine, Phrases, fill, is_greeting, says_nothing};
use crate::store::{Done, MessageAt, MissedQuestion};
use retrieval::answer::Verdict;
use transcript::{Addition, PassageKey, questions};

/// Days of the log that are looked through.
const DAYS: u32 = 30;
/// Questions that are looked through: the most frequent ones.
const LIMIT: i64 = 300;
/// Questions on a page, and passages to choose from.
const PAGE: usize = 8;
const NEAREST: usize = 3;
/// Characters of a question that stands alone; a message has room for 4,096 with all else.
const LONG: usize = 1000;
/// Characters of what may be added.
const MAX_WORDS: usize = 300;

/// Words with the passage that they are for.
#[derive(Debug, PartialEq, Eq)]
struct Aimed<'t> {
    /// As written: `3.2` or `talk/3.2`.
    passage: &'t str,
    /// A question, or else a term.
    is_question: bool,
    words: &'t str,
}

impl Handler {
    /// The questions that went wrong and would do so still; `None` if the store fails.
    pub(super) async fn missed(&self) -> Option<Vec<MissedQuestion>> {
        let missed = self.store.missed_questions(DAYS, LIMIT).await.ok()?;
        let engine = self.service.engine();
        let still = move || {
            missed.into_iter().filter(|missed| goes_wrong(&engine, missed)).collect::<Vec<_>>()
        };
        // Hundreds of searches: not where others wait.
        tokio::task::spawn_blocking(still).await.ok()
    }

    /// A page of them, from 0.
    pub(super) async fn missed_page(&self, at: usize, phrases: &Phrases) -> Draft {
        let words = &phrases.telegram.operator.missed;
        let Some(missed) = self.missed().await else { return line(&phrases.telegram.not_kept) };
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
            open.push(key(number, Press::Open(mark(missed))));
        }
        let turn = [
            at.checked_sub(1).map(|before| key("◀", Press::Page(before))),
            (at + 1 < pages).then(|| key("▶", Press::Page(at + 1))),
        ];
        let mut rows: Vec<_> =
            open.chunks(PAGE / 2).map(<[InlineKeyboardButton]>::to_vec).collect();
        rows.push(turn.into_iter().flatten().collect());
        rows.retain(|row| !row.is_empty());
        page(&lines, rows)
    }

    /// Opens one of them in a message of its own. False if it is settled.
    pub(super) async fn open_missed(
        &self,
        place: &Place,
        wanted: u32,
        phrases: &Phrases,
        done: &Done,
    ) -> bool {
        let missed = self.missed().await.unwrap_or_default();
        let Some(missed) = missed.into_iter().find(|missed| mark(missed) == wanted) else {
            return false;
        };
        let words = &phrases.telegram.operator.missed;
        let heading = fill(&words.opened, &[("question", &shorten(&missed.question, LONG))]);
        let lines = vec![heading, words.how.clone()];
        self.offer(place, lines, &[&missed.question], (phrases, done)).await;
        true
    }

    /// The words that a message of ours is about.
    pub(in crate::telegram) async fn draft_at(&self, at: MessageAt) -> Option<String> {
        self.store.draft(at).await.ok().flatten()
    }

    /// Takes an operator's reply to a message that is about `draft`: other words for it, with or
    /// without the passage that they are for.
    pub(in crate::telegram) async fn take_words(
        &self,
        place: &Place,
        draft: &str,
        reply: &str,
        done: &Done,
    ) {
        let phrases = self.words_for(place).await;
        let words = &phrases.telegram.operator.missed;
        let reply = reply.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(aimed) = aimed(&reply, draft) else {
            let heading = fill(&words.pick, &[("words", &short(&reply))]);
            return self.offer(place, vec![heading], &[&reply, draft], (phrases, done)).await;
        };
        let engine = self.service.engine();
        let passages = engine.library().passages().iter().map(|passage| &passage.id);
        let named: Vec<String> = passages
            .filter(|id| id.as_str() == aimed.passage || id.local() == aimed.passage)
            .map(ToString::to_string)
            .collect();
        drop(engine);
        let answer = match named.as_slice() {
            [] => fill(&words.no_passage, &[("passage", aimed.passage)]),
            [passage] => {
                self.add_words(place, passage, (aimed.is_question, aimed.words), phrases).await
            }
            [first, ..] => {
                fill(&words.ambiguous, &[("passage", aimed.passage), ("example", first)])
            }
        };
        self.tell(place, line(&answer), done).await;
    }

    /// Adds the words that a message is about to a passage, and says what came of it; `None` where
    /// words or passage are gone.
    pub(super) async fn add_draft(
        &self,
        place: &Place,
        at: MessageAt,
        (is_question, passage): (bool, PassageKey),
        phrases: &Phrases,
    ) -> Option<String> {
        let draft = self.draft_at(at).await?;
        let passage = self.service.engine().library().passage(passage)?.id.to_string();
        Some(self.add_words(place, &passage, (is_question, &draft), phrases).await)
    }

    async fn add_words(
        &self,
        place: &Place,
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
        let Ok(is_new) = self.store.add(&addition, self.store.person(place.sender_id)).await else {
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

    /// Sends a message that is about the first of `drafts`, with the passages that are the nearest to
    /// it, or else to the others.
    async fn offer(
        &self,
        place: &Place,
        mut lines: Vec<String>,
        drafts: &[&str],
        (phrases, done): (&Phrases, &Done),
    ) {
        let words = &phrases.telegram.operator.missed;
        let engine = self.service.engine();
        let nearest = nearest(&engine, drafts);
        let mut rows = Vec::new();
        if !nearest.is_empty() {
            lines.push(words.nearest.clone());
        }
        for (passage, id, text) in nearest {
            lines.push(format!("{id}　{}", short(&text)));
            let add = |label: &str, is_question| {
                let label = fill(label, &[("passage", &id)]);
                key(label, Press::Add { is_question, passage })
            };
            rows.push(vec![add(&words.question, true), add(&words.term, false)]);
        }
        drop(engine);
        let Some(sent) = self.tell(place, page(&lines, rows), done).await else { return };
        let at = (place.chat_id, sent.id.into());
        let [draft, ..] = drafts else { return };
        if self.store.keep_draft(at, draft).await.is_err() {
            self.tell(place, line(&phrases.telegram.not_kept), done).await;
        }
    }
}

/// The line of a question in the list.
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

/// Knows a question again on the next press: a list may have changed in between.
fn mark(missed: &MissedQuestion) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(missed.question.as_bytes());
    hasher.update(&[0]);
    hasher.update(missed.passage.as_deref().unwrap_or_default().as_bytes());
    hasher.finalize()
}

/// Whether what is served now does no better: it still has no answer, or still shows first what was
/// of no help.
fn goes_wrong(engine: &Engine, missed: &MissedQuestion) -> bool {
    if is_greeting(&missed.question) || says_nothing(&missed.question) {
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

/// The passages that are the nearest to some words, or else to those after them: key, id and text.
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

/// `3.2 words`, `talk/3.2 words`, `3.2 #term`; `3.2` alone stands for the `draft`.
fn aimed<'t>(reply: &'t str, draft: &'t str) -> Option<Aimed<'t>> {
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
        _ if rest.is_empty() => Aimed { passage, is_question: true, words: draft },
        Some(term) => Aimed { passage, is_question: false, words: term.trim() },
        None => Aimed { passage, is_question: true, words: rest },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: &str, passage: &str, is_question: bool, words: &str) {
        assert_eq!(aimed(reply, "draft"), Some(Aimed { passage, is_question, words }), "`{reply}`");
    }

    #[test]
    fn words_may_name_their_passage() {
        check("3.2 燈為什麼亮", "3.2", true, "燈為什麼亮");
        check("talk/13.2b 燈 亮", "talk/13.2b", true, "燈 亮");
        check("3.2 #燈塔", "3.2", false, "燈塔");
        check("3.2", "3.2", true, "draft");
        for reply in ["燈為什麼亮", "3.5倍", "v3.2 燈", "3 燈", ".2 燈", "3. 燈", "2025.1.2 燈"]
        {
            assert_eq!(aimed(reply, "draft"), None, "`{reply}`");
        }
    }
}
