//! Folded text to tokens (a Chinese character, a Latin word, a number) and to dictionary words.

use std::ops::Range;
use std::sync::LazyLock;

use jieba_rs::Jieba;

use super::{CharSpan, is_han};

/// The general dictionary: 0.15 s and 30 MB, so one for all, loaded when first needed.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// The smallest unit that is indexed: one Chinese character, one run of letters or one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: CharSpan,
    /// It follows the token before it directly (Latin words: with nothing but spaces between), so
    /// that the two form a bigram.
    pub joined: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CharClass {
    Han,
    Letter,
    Digit,
    Space,
    Other,
}

fn class(c: char) -> CharClass {
    match c {
        c if is_han(c) => CharClass::Han,
        c if c.is_numeric() => CharClass::Digit,
        c if c.is_alphabetic() => CharClass::Letter,
        c if c.is_whitespace() => CharClass::Space,
        _ => CharClass::Other,
    }
}

/// Cuts folded text into tokens. Letters and digits part (`grok3` is `grok` `3`), so that `Grok 3`
/// and `Grok3` are alike; a decimal mark between digits does not.
///
/// ```
/// use transcript::text::{fold, tokenize};
/// let text = fold("飞天5K，3.5亿");
/// let tokens: Vec<String> = tokenize(&text).iter().map(|t| text[t.span.clone()].iter().collect()).collect();
/// assert_eq!(tokens, ["飞", "天", "5", "k", "3.5", "亿"]);
/// ```
pub fn tokenize(folded: &[char]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(folded.len());
    let mut joined = false;
    let mut at = 0;
    while at < folded.len() {
        let kind = class(folded[at]);
        let end = token_end(folded, at, kind);
        match kind {
            CharClass::Other => joined = false,
            CharClass::Space => {}
            CharClass::Han | CharClass::Letter | CharClass::Digit => {
                tokens.push(Token { span: at..end, joined });
                joined = true;
            }
        }
        at = end;
    }
    tokens
}

/// A gram of a token sequence: its last token, and the one before if it is a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GramEnd<T> {
    /// The position of the last token.
    pub at: usize,
    /// The first token of a pair; `None` for a single token.
    pub before: Option<T>,
    /// The last token.
    pub last: T,
}

/// The grams of a sequence: every token, and after it the pair that it forms with the token before it
/// if the two are joined. `tokens` are given with whether they are joined to the one before.
pub fn gram_ends<T: Copy>(
    tokens: impl Iterator<Item = (T, bool)>,
) -> impl Iterator<Item = GramEnd<T>> {
    let mut previous = None;
    tokens.enumerate().flat_map(move |(at, (last, joined))| {
        let single = GramEnd { at, before: None, last };
        let before = previous.replace(last).filter(|_| joined);
        let pair = before.map(|before| GramEnd { before: Some(before), ..single });
        std::iter::once(single).chain(pair)
    })
}

/// The grams of `tokens`, as ranges of one or two of them.
pub fn each_gram(tokens: &[Token]) -> impl Iterator<Item = Range<usize>> + '_ {
    let numbered = tokens.iter().map(|token| token.joined).enumerate();
    gram_ends(numbered).map(|end| end.before.unwrap_or(end.last)..end.last + 1)
}

/// The grams of `text`, folded, without the spaces between the two tokens of a pair.
///
/// ```
/// assert_eq!(transcript::text::grams("雲棲, 5K"), ["云", "栖", "云栖", "5", "k", "5k"]);
/// ```
pub fn grams(text: &str) -> Vec<String> {
    let folded = super::fold(text);
    let tokens = tokenize(&folded);
    let term = |token: &Token| folded[token.span.clone()].to_vec();
    let gram = |range: Range<usize>| tokens[range].iter().flat_map(term).collect();
    each_gram(&tokens).map(gram).collect()
}

fn token_end(folded: &[char], start: usize, kind: CharClass) -> usize {
    let mut end = start + 1;
    if matches!(kind, CharClass::Letter | CharClass::Digit) {
        while end < folded.len() {
            let decimal_mark = kind == CharClass::Digit
                && matches!(folded[end], '.' | ',')
                && folded.get(end + 1).is_some_and(|c| class(*c) == CharClass::Digit);
            if class(folded[end]) != kind && !decimal_mark {
                break;
            }
            end += 1;
        }
    }
    end
}

/// Finds dictionary words, and the corpus's own names before them.
#[derive(Debug, Default)]
pub struct Segmenter {
    /// Folded names, longest first.
    names: Vec<Vec<char>>,
}

impl Segmenter {
    /// A segmenter that keeps `names` (folded here) in one piece.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<Vec<char>> =
            names.into_iter().map(super::fold).filter(|name| name.len() > 1).collect();
        names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        names.dedup();
        Self { names }
    }

    /// Loads the general dictionary, which is otherwise loaded at first use.
    pub fn warm_up() {
        LazyLock::force(&DICTIONARY);
    }

    /// The words of `folded` in order, not overlapping; single characters and marks included.
    pub fn words(&self, folded: &[char]) -> Vec<CharSpan> {
        let mut words = Vec::new();
        let mut gap = 0;
        let mut at = 0;
        while at < folded.len() {
            let Some(name) = self.names.iter().find(|name| folded[at..].starts_with(name)) else {
                at += 1;
                continue;
            };
            cut(folded, gap..at, &mut words);
            words.push(at..at + name.len());
            at += name.len();
            gap = at;
        }
        cut(folded, gap..folded.len(), &mut words);
        words
    }
}

fn cut(folded: &[char], span: CharSpan, words: &mut Vec<CharSpan>) {
    let text: String = folded[span.clone()].iter().collect();
    words.extend(
        DICTIONARY
            .cut(&text, false)
            .into_iter()
            .map(|word| span.start + word.start..span.start + word.end),
    );
}

/// Whether the general dictionary has `folded` as one word.
pub fn is_word(folded: &str) -> bool {
    DICTIONARY.has_word(folded)
}

/// Whether the general dictionary has `folded` as one word that is a personal name; `None` where it
/// does not have it.
pub fn is_known_name(folded: &str) -> Option<bool> {
    let known = DICTIONARY.has_word(folded).then(|| DICTIONARY.tag(folded, false))?;
    Some(known.first().is_some_and(|word| word.tag.starts_with("nr")))
}

/// How often the general language uses `folded` (a word, a character, any short string), as a share
/// of all words; what the dictionary lacks is composed of its parts.
pub fn word_frequency(folded: &str) -> f64 {
    /// The sum of all frequencies in jieba's dictionary.
    const TOTAL: f64 = 60_101_964.0;
    DICTIONARY.suggest_freq(folded) as f64 / TOTAL
}

/// Whether `folded` is a word that says what a text is about: a noun, a verb or an adjective, or a word that the general
/// dictionary lacks, which is mostly a name. Pronouns, adverbs, times and other function words are not.
pub fn is_content_word(folded: &str) -> bool {
    /// The first letters of jieba's tags for nouns, verbs, adjectives, idioms, abbreviations and foreign words.
    const CONTENT_TAGS: [char; 7] = ['n', 'v', 'a', 'i', 'l', 'j', 'e'];
    /// A word that makes up more than this share of the general language (有, 做, 知道) says little.
    const COMMON: f64 = 3e-4;
    // Two function words that were cut as one (不了) say no more than each of them.
    let mut characters = folded.chars();
    let is_one = characters.clone().nth(1).is_none();
    if !is_one && characters.all(|c| is_han(c) && is_function_character(c)) {
        return false;
    }
    if !DICTIONARY.has_word(folded) {
        return true;
    }
    let tags = DICTIONARY.tag(folded, false);
    tags.iter().all(|word| word.tag.starts_with(CONTENT_TAGS)) && word_frequency(folded) < COMMON
}

/// Whether jieba's dictionary knows the character as a word of its own that has grammatical meaning only.
fn is_function_character(c: char) -> bool {
    /// The first letters of jieba's tags for adverbs, particles, conjunctions, prepositions and pronouns.
    const FUNCTION_TAGS: [char; 5] = ['d', 'u', 'c', 'p', 'r'];
    let text = c.to_string();
    DICTIONARY.has_word(&text)
        && DICTIONARY.tag(&text, false).iter().all(|word| word.tag.starts_with(FUNCTION_TAGS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::fold;

    #[test]
    fn content_words_are_told_from_function_words() {
        for word in ["卫星", "硅谷", "三体", "sandwich", "结婚"] {
            assert!(is_content_word(word), "{word}");
        }
        for word in ["可以", "今年", "如果", "不了", "这样", "我们", "有"] {
            assert!(!is_content_word(word), "{word}");
        }
    }

    fn texts(spans: impl IntoIterator<Item = CharSpan>, text: &[char]) -> Vec<String> {
        spans.into_iter().map(|span| text[span].iter().collect()).collect()
    }

    #[test]
    fn names_of_the_corpus_stay_whole() {
        let text = fold("云棲小鎮的飛天5K");
        let segmenter = Segmenter::new(["云栖小镇", "飞天5K"]);
        assert_eq!(texts(segmenter.words(&text), &text), ["云栖小镇", "的", "飞天5k"]);
    }

    #[test]
    fn marks_part_tokens_and_spaces_do_not() {
        let text = fold("open source、开 源");
        let joined: Vec<bool> = tokenize(&text).iter().map(|token| token.joined).collect();
        assert_eq!(joined, [false, true, false, true]);
    }

    proptest! {
        #[test]
        fn words_cover_the_text_in_order(text in "\\PC{0,40}") {
            let folded = fold(&text);
            let words = Segmenter::new(["技术"]).words(&folded);
            let mut at = 0;
            for word in words {
                prop_assert_eq!(word.start, at);
                at = word.end;
            }
            prop_assert_eq!(at, folded.len());
        }

        #[test]
        fn tokens_are_in_order_and_hold_every_letter(text in "\\PC{0,40}") {
            let folded = fold(&text);
            let tokens = tokenize(&folded);
            prop_assert!(tokens.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            let letters = folded.iter().filter(|c| !matches!(class(**c), CharClass::Other | CharClass::Space)).count();
            let held: usize = tokens.iter().map(|t| folded[t.span.clone()].iter().filter(|c| !matches!(class(**c), CharClass::Other)).count()).sum();
            prop_assert_eq!(held, letters);
        }
    }
}
