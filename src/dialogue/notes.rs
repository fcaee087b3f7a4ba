//! What the bot says above a quotation: how it understood the question, and whether the passage answers it.

use super::compose::Composer;
use super::phrases::fill;
use super::{QuestionResult, Understanding};
use retrieval::answer::Verdict;
use transcript::text::{CharSpan, Script, fold, is_content_word, is_han, sound};

impl Composer<'_> {
    /// How the question was understood, where that is not what was typed: which interview was searched, and for what.
    pub(super) fn understood(&self, asked: &QuestionResult) -> Vec<String> {
        let phrases = &self.phrases.answer;
        let mut notes: Vec<String> = self.kept_to(asked).into_iter().collect();
        match &asked.understanding {
            Understanding::AsTyped => {
                let corrected = self.corrected(asked);
                notes.extend(
                    corrected.map(|searched| fill(&phrases.searched, &[("searched", &searched)])),
                );
            }
            Understanding::FollowUp(topic) => {
                notes.push(fill(&phrases.follow_up, &[("topic", topic)]));
            }
            Understanding::MoreOf(topic) => notes.push(fill(&phrases.more_of, &[("topic", topic)])),
            Understanding::QuoteOn => {
                let subject = self.own_script(&asked.searched);
                notes.push(fill(&phrases.quote_on, &[("subject", &subject)]));
            }
            Understanding::Several { answered, unanswered } => {
                let (first, further) = answered
                    .split_first()
                    .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
                notes.push(fill(&phrases.answers, &[("question", first)]));
                let to_come = |question| fill(&phrases.answers_next, &[("question", question)]);
                notes.extend(further.iter().map(|question| to_come(question)));
                let none = |question| fill(&phrases.none_to, &[("question", question)]);
                notes.extend(unanswered.iter().map(|question| none(question)));
            }
        }
        notes
    }

    /// Says that the passages are near the question and may not answer it, where that is so.
    pub(super) fn hedge(&self, asked: &QuestionResult) -> Option<String> {
        let phrases = &self.phrases.answer;
        (asked.answer.verdict == Verdict::Related).then(|| match self.missing_word(asked) {
            Some(word) => fill(&phrases.related_missing, &[("missing", &self.quoted(&word))]),
            None => phrases.related.clone(),
        })
    }

    fn quoted(&self, word: &str) -> String {
        match self.reader.language {
            super::Language::En => format!("“{word}”"),
            super::Language::ZhHans | super::Language::ZhHant => format!("「{word}」"),
        }
    }

    /// The first word of the question that says something of its subject and that the interviews do not use. A word
    /// that was found under another spelling is not missing.
    fn missing_word(&self, asked: &QuestionResult) -> Option<String> {
        let is_chinese = asked.searched.chars().any(is_han);
        let matched = self.matched_words(asked);
        let named = |word: &&String| {
            let folded = fold(word);
            let is_matched = matched.iter().any(|matched| sounds_alike(matched, &folded));
            // In an English question function words are not told from others.
            is_chinese && !is_matched && is_content_word(&folded.iter().collect::<String>())
        };
        asked.missing.iter().find(named).cloned()
    }

    /// The question with words that the interviews do not use spelt as the best passage spells them; `None` if there
    /// is no such word.
    fn corrected(&self, asked: &QuestionResult) -> Option<String> {
        let (typed, folded) = (asked.question.chars().collect::<Vec<_>>(), fold(&asked.question));
        let is_missing = |span: &CharSpan| !self.is_said(&folded[span.clone()]);
        self.matched_words(asked).into_iter().filter(|matched| matched.len() > 1).find_map(
            |matched| {
                let starts = 0..=folded.len().checked_sub(matched.len())?;
                let mut spans = starts.map(|start| start..start + matched.len());
                let meant = |span: &CharSpan| {
                    folded[span.clone()] != matched
                        && sounds_alike(&folded[span.clone()], &matched)
                        && is_missing(span)
                };
                let span = spans.find(meant)?;
                let text: String =
                    typed[..span.start].iter().chain(&matched).chain(&typed[span.end..]).collect();
                let script = Script::of(&asked.question);
                Some(
                    script
                        .map_or_else(|| text.clone(), |script| script.convert(&text).into_owned()),
                )
            },
        )
    }

    /// Whether a passage holds `words`, which are folded.
    fn is_said(&self, words: &[char]) -> bool {
        let holds = |text: &str| position(&fold(text), words).is_some();
        self.library.passages().iter().any(|passage| holds(&passage.text))
    }

    /// The words of the best passage that match the question, folded.
    fn matched_words(&self, asked: &QuestionResult) -> Vec<Vec<char>> {
        let Some(quote) = asked.answer.quotes.first() else { return Vec::new() };
        let text = fold(&self.library.at(quote.position).text);
        let words = quote.matches.iter().filter_map(|span| text.get(span.clone()));
        words.map(<[char]>::to_vec).collect()
    }
}

/// Where `word` stands in `text` first.
fn position(text: &[char], word: &[char]) -> Option<CharSpan> {
    let start = text.windows(word.len().max(1)).position(|window| window == word)?;
    Some(start..start + word.len())
}

fn sounds_alike(one: &[char], other: &[char]) -> bool {
    let is_same = |(one, other): (&char, &char)| {
        one == other || sound(*one).is_some_and(|sound_of_one| sound(*other) == Some(sound_of_one))
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}
