//! What people say about the quotation that they were just shown (谁问的, in English please, 第三个), which is no question to
//! the interviews.

use std::sync::LazyLock;

use regex::Regex;

use super::compose::Composer;
use super::phrases::fill;
use super::talk::normalized;
use super::{Engine, PriorQuestion, Reply, View, lexicon};
use retrieval::index::Error;
use transcript::Passage;

/// The longest such text, characters.
const MAX_LENGTH: usize = 40;

/// What somebody wants to know of a quotation, or to have done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AboutQuotation {
    /// Where it is from.
    Source,
    /// A translation, which would be no quotation.
    Translation,
    /// A shorter version, which would be no quotation either.
    Shorter,
    /// Whether it was really said.
    Doubt,
    /// The quotation with this number, from 1, among those that were found.
    Number(usize),
}

static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let lines = lexicon::lines(include_str!("../../config/lexicon/about-quotations.txt"));
    let read = |line: &'static str| {
        let (kind, pattern) = line.split_once(' ').unwrap_or((line, ""));
        (kind, lexicon::compile(pattern, "about-quotations.txt"))
    };
    lines.into_iter().map(read).collect()
});

impl AboutQuotation {
    /// Reads `text`; `None` if it is not about a quotation. `names` are those of the interviewees.
    pub(super) fn read(text: &str, names: &[&str]) -> Option<Self> {
        if text.chars().nth(MAX_LENGTH).is_some() {
            return None;
        }
        let text = normalized(text, names);
        let (kind, captures) =
            PATTERNS.iter().find_map(|(kind, pattern)| Some((*kind, pattern.captures(&text)?)))?;
        Some(match kind {
            "source" => Self::Source,
            "translation" => Self::Translation,
            "shorter" => Self::Shorter,
            "doubt" => Self::Doubt,
            _ => Self::Number(number(captures.name("number")?.as_str())?),
        })
    }
}

/// Reads a number from 1 to 5, which is as many passages as are shown.
fn number(text: &str) -> Option<usize> {
    const NUMBERS: [[&str; 4]; View::MAX_SHOWN] = [
        ["1", "一", "first", "1st"],
        ["2", "二", "second", "2nd"],
        ["3", "三", "third", "3rd"],
        ["4", "四", "fourth", "4th"],
        ["5", "五", "fifth", "5th"],
    ];
    NUMBERS.iter().position(|words| words.contains(&text)).map(|at| at + 1)
}

impl Engine {
    /// Whether `text` concerns the quotation that was shown last, if there was one.
    pub fn is_about_quotation(&self, text: &str) -> bool {
        AboutQuotation::read(text, &self.names()).is_some()
    }

    /// Answers `text`, which follows the topic `before`, if it concerns the quotation that was shown. A quotation that
    /// is asked for by its number is left to the search.
    pub(super) fn about_quotation(
        &self,
        composer: &Composer<'_>,
        text: &str,
        before: &PriorQuestion,
        within: Option<&str>,
    ) -> Result<Option<Reply>, Error> {
        let Some(about) = AboutQuotation::read(text, &self.names()) else { return Ok(None) };
        let composer = Composer::new(composer.library, composer.reader.following(text));
        let phrases = &composer.phrases.answer;
        let words = match about {
            AboutQuotation::Number(_) => return Ok(None),
            AboutQuotation::Translation => phrases.no_translation.clone(),
            AboutQuotation::Shorter => phrases.no_shortening.clone(),
            AboutQuotation::Doubt => phrases.is_verbatim.clone(),
            AboutQuotation::Source => match self.shown_last(before, within)? {
                Some(passage) => composer.source_in_words(passage),
                None => return Ok(None),
            },
        };
        Ok(Some(Reply::Notice(words)))
    }

    /// The passage that was shown last of the topic `before`.
    fn shown_last(
        &self,
        before: &PriorQuestion,
        within: Option<&str>,
    ) -> Result<Option<&Passage>, Error> {
        if let Some(key) = before.shown {
            return Ok(self.library().passage(key));
        }
        let asked = self.ask(&before.question, None, within, View::MAX_SHOWN)?;
        let quotes = &asked.answer.quotes;
        let quote = quotes.get(before.n_shown.saturating_sub(1)).or(quotes.last());
        Ok(quote.map(|quote| self.library().at(quote.position)))
    }
}

impl Composer<'_> {
    /// Says who asked and who answered, where and when, with the address if there is one.
    fn source_in_words(&self, passage: &Passage) -> String {
        let script = self.script();
        let interview = self.library.interview(passage);
        let mut words = match self.library.turn(passage) {
            None => self.source_line(passage, script),
            Some(turn) => {
                let speaker = self.convert(self.library.speaker(passage), passage, script);
                let interviewer = self.convert(&turn.interviewer, passage, script);
                let values = [
                    ("source", self.source(passage, script)),
                    ("speaker", speaker),
                    ("interviewer", interviewer),
                    ("turn", passage.turn.to_string()),
                ];
                let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
                fill(&self.phrases.answer.from, &values)
            }
        };
        if interview.date.as_ref().is_some_and(|date| date.inferred) {
            words += &fill(&self.phrases.answer.remark, &[("remark", &self.phrases.web.inferred)]);
        }
        if let Some(url) = &interview.url {
            words = format!("{words}\n{url}");
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_about_a_quotation_is_read_in_either_script_and_in_english() {
        use AboutQuotation::{Doubt, Number, Shorter, Source, Translation};
        for (text, expected) in [
            ("谁问的？", Source),
            ("邊個問㗎", Source),
            ("谁说的这话？", Source),
            ("哪一年说的", Source),
            ("这句话是什么时候说的？", Source),
            ("出處呢", Source),
            ("原文链接", Source),
            ("有没有出处", Source),
            ("who asked this?", Source),
            ("When was this?", Source),
            ("where is it from", Source),
            ("英文呢", Translation),
            ("有冇英文版", Translation),
            ("翻译成英文", Translation),
            ("in English, please", Translation),
            ("can you translate this into English", Translation),
            ("短一点", Shorter),
            ("太長了", Shorter),
            ("shorter please", Shorter),
            ("你错了，他没说过这个", Doubt),
            ("林海真的这么说过吗", Doubt),
            ("真的吗？", Doubt),
            ("Did he really say that?", Doubt),
            ("第3个", Number(3)),
            ("第二段呢", Number(2)),
            ("2", Number(2)),
            ("the second one", Number(2)),
        ] {
            let read = AboutQuotation::read(text, &["林海"]);
            assert_eq!(read, Some(expected), "help: `{text}`");
        }
    }

    #[test]
    fn questions_to_the_interviews_are_not_about_a_quotation() {
        for text in [
            "谁修的灯塔",
            "灯塔是哪一年修的",
            "灯塔的来源",
            "他什么时候去的",
            "英文",
            "林海会说英文吗",
            "太长的路",
            "走错了路怎么办",
            "12",
            "第二次",
            "when did he build it",
            "who wrote the song",
            "long waves",
        ] {
            assert_eq!(AboutQuotation::read(text, &["林海"]), None, "help: `{text}`");
        }
    }
}
