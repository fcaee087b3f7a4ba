//! The notes above a quotation, which say how the question was understood and whether the passage answers it.

use super::compose::Composer;
use super::latin_slip::is_slip_of;
use super::phrases::fill;
use super::{QuestionResult, Understanding};
use retrieval::answer::Verdict;
use transcript::text::{
    CharSpan, Script, Segmenter, fold, is_content_word, is_han, sound, tokenize,
};

/// The lengths of Chinese words that are checked for slips of spelling, in characters.
const CORRECTED: std::ops::RangeInclusive<usize> = 2..=6;
/// The longest question that is checked, in characters. A longer one is a text that somebody pasted.
const MAX_CORRECTED: usize = 80;

impl Composer<'_> {
    /// Returns notes that say which interview was searched and for what, if that differs from what was typed.
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
            Understanding::MoreOf => {
                notes.push(fill(&phrases.more_of, &[("topic", &asked.topic)]));
            }
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

    /// Returns a note that the passages may not answer the question, if the verdict says so.
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

    /// Returns the first content word of the question that does not occur in the interviews, unless it was found under
    /// another spelling.
    fn missing_word(&self, asked: &QuestionResult) -> Option<String> {
        let is_chinese = asked.searched.chars().any(is_han);
        let matched = self.matched_words(asked);
        let named = |word: &&String| {
            let folded = fold(word);
            let is_matched = matched.iter().any(|matched| sounds_alike(matched, &folded));
            // Content words can only be told from function words in Chinese.
            is_chinese && !is_matched && is_content_word(&folded.iter().collect::<String>())
        };
        asked.missing.iter().find(named).cloned()
    }

    /// Returns the question with a misspelt word as the best passage spells it; `None` if there is no such word.
    fn corrected(&self, asked: &QuestionResult) -> Option<String> {
        let typed: Vec<char> = asked.question.chars().collect();
        let folded = fold(&asked.question);
        if folded.len() > MAX_CORRECTED {
            return None;
        }
        let quote = asked.answer.quotes.first()?;
        let passage = fold(&self.library.at(quote.position).text);
        let words = Segmenter::default().words(&passage);
        let lengths = CORRECTED.rev().filter(|length| *length <= folded.len());
        let spans = lengths
            .flat_map(|length| (0..=folded.len() - length).map(move |start| start..start + length));
        let by_sound = spans.filter_map(|span| {
            let meant = spelt_by_sound(&folded[span.clone()], &passage, &words)?;
            Some((span, meant))
        });
        let by_letters = latin_words(&folded, &self.matched_words(asked));
        let (span, meant) =
            by_sound.chain(by_letters).find(|(span, _)| !self.is_said(&folded[span.clone()]))?;
        let text: String =
            typed[..span.start].iter().chain(&meant).chain(&typed[span.end..]).collect();
        let script = Script::of(&asked.question);
        Some(script.map_or_else(|| text.clone(), |script| script.convert(&text).into_owned()))
    }

    /// Returns whether a passage contains `words`, which are folded.
    fn is_said(&self, words: &[char]) -> bool {
        let holds = |text: &str| position(&fold(text), words).is_some();
        self.library.passages().iter().any(|passage| holds(&passage.text))
    }

    /// Returns the words of the best passage that match the question, folded.
    fn matched_words(&self, asked: &QuestionResult) -> Vec<Vec<char>> {
        let Some(quote) = asked.answer.quotes.first() else { return Vec::new() };
        let text = fold(&self.library.at(quote.position).text);
        let words = quote.matches.iter().filter_map(|span| text.get(span.clone()));
        words.map(<[char]>::to_vec).collect()
    }
}

/// Finds the first occurrence of `word` in `text`.
fn position(text: &[char], word: &[char]) -> Option<CharSpan> {
    let start = text.windows(word.len().max(1)).position(|window| window == word)?;
    Some(start..start + word.len())
}

/// Returns the Latin words of `typed` that differ by one slip from a `matched` word, with that word.
fn latin_words(typed: &[char], matched: &[Vec<char>]) -> Vec<(CharSpan, Vec<char>)> {
    let words = tokenize(typed).into_iter().map(|token| token.span);
    let correction = |span: CharSpan| {
        let word: String = typed[span.clone()].iter().collect();
        let is_meant =
            |matched: &&Vec<char>| is_slip_of(&word, &matched.iter().collect::<String>());
        let meant = matched.iter().find(is_meant)?;
        Some((span, meant.clone()))
    };
    words.filter_map(correction).collect()
}

/// The words of `passage` that sound like `typed`, which is Chinese, and differ from it in at most half of the
/// characters. Each character that differs has to be part of a longer word: single characters sound alike by chance.
/// `words` are those of the passage, in order.
fn spelt_by_sound(typed: &[char], passage: &[char], words: &[CharSpan]) -> Option<Vec<char>> {
    if !typed.iter().copied().all(is_han) {
        return None;
    }
    let is_meant = |(start, other): &(usize, &[char])| {
        let is_changed = |at: usize| typed[at - start] != passage[at];
        let within = *start..start + other.len();
        let n_changed = within.clone().filter(|at| is_changed(*at)).count();
        (1..=typed.len() / 2).contains(&n_changed)
            && sounds_alike(typed, other)
            && are_words(words, &within, &is_changed)
    };
    passage.windows(typed.len()).enumerate().find(is_meant).map(|(_, other)| other.to_vec())
}

/// Whether `within` begins and ends where `words` do, and the changed characters are part of words of several.
fn are_words(words: &[CharSpan], within: &CharSpan, is_changed: &dyn Fn(usize) -> bool) -> bool {
    let inside = words.iter().filter(|word| word.start >= within.start && word.end <= within.end);
    let n_covered: usize = inside.clone().map(ExactSizeIterator::len).sum();
    n_covered == within.len()
        && inside.filter(|word| word.len() == 1).all(|word| !is_changed(word.start))
}

fn sounds_alike(one: &[char], other: &[char]) -> bool {
    let is_same = |(one, other): (&char, &char)| {
        one == other || sound(*one).is_some_and(|sound_of_one| sound(*other) == Some(sound_of_one))
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_word_that_sounds_like_one_of_the_passage_is_found() {
        let spelt = |typed, passage| {
            let passage = chars(passage);
            let found =
                spelt_by_sound(&chars(typed), &passage, &Segmenter::default().words(&passage));
            found.map(|found| found.into_iter().collect::<String>())
        };
        assert_eq!(spelt("四千经神", "这叫四千精神").as_deref(), Some("四千精神"));
        assert_eq!(spelt("精神", "这叫四千精神"), None, "it is spelt alike");
        assert_eq!(spelt("经身", "这叫四千精神"), None, "too much differs");
        assert_eq!(spelt("ab", "abab"), None);
        // 计 sounds like 基, but 是计 is no word and 计 only a part of one.
        assert_eq!(spelt("是基", "也就是计算"), None);
    }

    #[test]
    fn a_latin_word_with_a_slip_is_found_among_the_matched_ones() {
        let found = latin_words(&chars("what is openia"), &[chars("openai"), chars("开源")]);
        assert_eq!(found, [(8..14, chars("openai"))]);
        assert_eq!(latin_words(&chars("gpo"), &[chars("gpu")]), []);
    }
}
