//! A reader's preferences: the language of the bot's own words, and the script of quotations.

use serde::{Deserialize, Serialize};

use super::Talk;
use super::several_questions::asks;
use transcript::text::{Script, fold, is_han, tokenize};

/// The preferences of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reader {
    /// Language of the bot's own words.
    pub language: Language,
    /// The script in which quotations are shown.
    pub script: ScriptChoice,
}

impl Reader {
    /// Returns the reader with the language of what they typed. For a reader of Chinese the language does not change if
    /// they type Chinese that is the same in both scripts, or a name such as `OpenAI`.
    #[must_use]
    pub fn following(self, text: &str) -> Self {
        let is_chinese = self.language != Language::En;
        let language = match Language::of(text) {
            Some(Language::ZhHans) if is_chinese && Script::of(text).is_none() => self.language,
            Some(Language::En) if is_chinese && !is_english(text) => self.language,
            language => language.unwrap_or(self.language),
        };
        Self { language, ..self }
    }
}

/// The fewest words that are not taken for a name.
const SENTENCE_WORDS: usize = 3;

/// Returns whether `text`, which is in Latin letters, is more than a name: small talk, a question, or several words.
fn is_english(text: &str) -> bool {
    let folded = fold(text);
    let words: Vec<String> =
        tokenize(&folded).into_iter().map(|token| folded[token.span].iter().collect()).collect();
    words.len() >= SENTENCE_WORDS
        || words.iter().any(|word| asks(word))
        || Talk::of(text, &[]).is_some()
}

/// A language of the bot's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "zh-Hans")]
    ZhHans,
    #[serde(rename = "zh-Hant")]
    ZhHant,
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::ZhHans, Self::ZhHant, Self::En];

    /// Returns the name of the language in addresses, callback data and the store, which is its IETF tag.
    pub fn name(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }

    /// Returns the language with this [`name`](Self::name), if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }

    /// The language for an IETF tag (`zh-hant`, `zh_TW`, `en-GB`); English for other languages.
    ///
    /// ```
    /// use wenjian::dialogue::Language;
    /// assert_eq!(Language::of_tag("zh-TW"), Language::ZhHant);
    /// assert_eq!(Language::of_tag("zh"), Language::ZhHans);
    /// ```
    pub fn of_tag(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        match parts.next() {
            Some("zh" | "yue") if parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo")) => {
                Self::ZhHant
            }
            Some("yue") => Self::ZhHant,
            Some("zh") => Self::ZhHans,
            _ => Self::En,
        }
    }

    /// Returns the language of `text`; `None` if it has neither Chinese characters nor letters. Chinese that is the same in
    /// both scripts counts as Simplified.
    pub fn of(text: &str) -> Option<Self> {
        match Script::of(text) {
            Some(Script::Hant) => Some(Self::ZhHant),
            Some(Script::Hans) => Some(Self::ZhHans),
            None if text.chars().any(is_han) => Some(Self::ZhHans),
            None => text.chars().any(|c| c.is_ascii_alphabetic()).then_some(Self::En),
        }
    }

    /// Returns the script that readers of the language expect; `None` for English.
    pub fn script(self) -> Option<Script> {
        match self {
            Self::ZhHans => Some(Script::Hans),
            Self::ZhHant => Some(Script::Hant),
            Self::En => None,
        }
    }
}

/// How a reader wants quotations written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScriptChoice {
    /// In the script of the question.
    Auto,
    Hans,
    Hant,
    Original,
}

impl ScriptChoice {
    /// Returns the script for an answer to `question`; `None` leaves words as stored. `Auto` is the script of the question
    /// or, if the question has none, that of the reader's language.
    pub fn resolve(self, question: Option<&str>, language: Language) -> Option<Script> {
        match self {
            Self::Auto => question.and_then(Script::of).or(language.script()),
            Self::Hans => Some(Script::Hans),
            Self::Hant => Some(Script::Hant),
            Self::Original => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_keep_the_names_that_are_in_stores_and_callback_data() {
        assert_eq!(Language::ALL.map(Language::name), ["zh-Hans", "zh-Hant", "en"]);
        assert_eq!(
            Language::ALL.map(|language| Language::named(language.name())),
            Language::ALL.map(Some)
        );
        assert_eq!(Language::named("zh"), None);
    }

    #[test]
    fn a_reader_of_chinese_who_types_a_name_is_still_spoken_to_in_chinese() {
        let reader = Reader { language: Language::ZhHant, script: ScriptChoice::Auto };
        for (text, expected) in [
            ("OpenAI", Language::ZhHant),
            ("Elon Musk?", Language::ZhHant),
            ("??", Language::ZhHant),
            ("灯塔", Language::ZhHans),
            ("大海", Language::ZhHant),
            ("hello", Language::En),
            ("Why lighthouses", Language::En),
            ("the light of lighthouses", Language::En),
        ] {
            assert_eq!(reader.following(text).language, expected, "help: `{text}`");
        }
        let english = Reader { language: Language::En, ..reader };
        assert_eq!(english.following("OpenAI").language, Language::En);
    }
}
