//! Recognises small talk: greetings, thanks, questions about the bot itself.
//!
//! A small classifier is trained on the examples in `config/talk` when it is first needed. In case of doubt a text is taken
//! for a question, because not answering a question is the worse mistake.

mod classifier;
mod spelling;

use std::sync::LazyLock;

use serde::Serialize;

use classifier::Classifier;
use transcript::text::{CharSpan, fold, tokenize};

/// The most tokens of small talk. A longer text is a question.
const MAX_TOKENS: usize = 16;

/// The kinds of small talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Talk {
    Greeting,
    Thanks,
    Goodbye,
    /// Asks who or what the bot is.
    About,
    /// Asks how to use the bot.
    Help,
    Praise,
    Insult,
    /// Wants more of the topic.
    More,
    /// Wants a summary, which would be the bot's words and not a quotation.
    Summary,
    /// Asks who the interviewee is, which the lead says.
    Who,
}

/// The examples of each kind. `None` stands for questions.
const EXAMPLES: [(Option<Talk>, &str); 11] = [
    (None, include_str!("../../../config/talk/question.txt")),
    (Some(Talk::Greeting), include_str!("../../../config/talk/greeting.txt")),
    (Some(Talk::Thanks), include_str!("../../../config/talk/thanks.txt")),
    (Some(Talk::Goodbye), include_str!("../../../config/talk/goodbye.txt")),
    (Some(Talk::About), include_str!("../../../config/talk/about.txt")),
    (Some(Talk::Help), include_str!("../../../config/talk/help.txt")),
    (Some(Talk::Praise), include_str!("../../../config/talk/praise.txt")),
    (Some(Talk::Insult), include_str!("../../../config/talk/insult.txt")),
    (Some(Talk::More), include_str!("../../../config/talk/more.txt")),
    (Some(Talk::Summary), include_str!("../../../config/talk/summary.txt")),
    (Some(Talk::Who), include_str!("../../../config/talk/who.txt")),
];

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| Classifier::trained_on(&EXAMPLES));

impl Talk {
    /// Returns the kind of small talk that `text` is, or `None` if it is a question. `names` are those of the interviewees.
    ///
    /// ```
    /// use wenjian::dialogue::Talk;
    /// assert_eq!(Talk::of("你好呀！", &[]), Some(Talk::Greeting));
    /// assert_eq!(Talk::of("Thank you so much", &[]), Some(Talk::Thanks));
    /// assert_eq!(Talk::of("林海是誰？", &["林海"]), Some(Talk::Who));
    /// assert_eq!(Talk::of("你好，機器人會取代人嗎", &[]), None);
    /// ```
    pub fn of(text: &str, names: &[&str]) -> Option<Self> {
        let tokens = tokens(&with_names_replaced(text, names));
        if tokens.is_empty() || tokens.len() > MAX_TOKENS {
            return None;
        }
        // That a question names the interviewee does not mean that it asks who that is: every word counts.
        let is_known = |talk: &Self| {
            *talk != Self::Who
                || tokens.iter().all(|token| CLASSIFIER.knows(*talk, std::slice::from_ref(token)))
        };
        CLASSIFIER.class_of(&tokens).filter(is_known)
    }

    /// Returns whether the bot answers it with words of its own.
    pub fn is_small_talk(self) -> bool {
        !matches!(self, Self::Summary | Self::Who)
    }

    /// Returns whether the examples of this kind contain each of `words`, which are ranges of `text`. A word that occurs in
    /// the interviews but not in the examples makes a text a question (多说一点关于政府的).
    pub fn explains(self, text: &str, words: &[CharSpan]) -> bool {
        let text: Vec<char> = text.chars().collect();
        words.iter().all(|word| {
            let word: String = text.get(word.clone()).unwrap_or_default().iter().collect();
            CLASSIFIER.knows(self, &tokens(&word))
        })
    }
}

/// The word that stands for a name in the examples.
const NAME: &str = " interviewee ";

/// Folds `text`, replaces each of the `names` in it with one word, makes spaces in a row one, and leaves out the marks
/// around it.
pub(super) fn normalized(text: &str, names: &[&str]) -> String {
    let text = with_names_replaced(text, names);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Folds `text`, and replaces each of the `names` in it, longest first, with one word.
fn with_names_replaced(text: &str, names: &[&str]) -> String {
    let mut text: String = fold(text).into_iter().collect();
    let mut names: Vec<String> =
        names.iter().map(|name| fold(name).into_iter().collect()).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        text = text.replace(name.as_str(), NAME);
    }
    text
}

/// Returns the folded characters, words of letters, numbers and emoji of `text` in order. An emoji that is repeated in
/// a row is one token.
fn tokens(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut spans: Vec<CharSpan> = tokenize(&folded).into_iter().map(|token| token.span).collect();
    let emoji = (0..folded.len()).filter(|at| is_emoji(folded[*at])).map(|at| at..at + 1);
    spans.extend(emoji);
    spans.sort_by_key(|span| span.start);
    let mut tokens: Vec<String> =
        spans.into_iter().map(|span| folded[span].iter().collect()).collect();
    tokens.dedup_by(|next, before| next == before && next.chars().all(is_emoji));
    tokens
}

/// Returns whether `c` is an emoji. Modifiers such as skin tones are not counted.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
        && !matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}
