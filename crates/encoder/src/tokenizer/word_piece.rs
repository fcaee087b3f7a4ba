//! `WordPiece`, the tokenizer of BERT, which cuts words into the longest known pieces.
//!
//! Words are separated by white space. Punctuation marks and Chinese characters are words of their
//! own. A word is cut from left to right into the longest pieces that the vocabulary has. Pieces
//! that do not begin a word have a prefix (`##`). A word that cannot be cut is unknown as a whole.

use rustc_hash::FxHashMap;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::SubwordToken;

/// The most characters of a word. Longer words are unknown.
const MAX_WORD_CHARS: usize = 100;

pub(super) struct WordPiece {
    pieces: FxHashMap<Box<str>, u32>,
    prefix: String,
    unknown: u32,
    cleaning: Cleaning,
}

/// How words are changed before they are looked up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cleaning {
    lowercase: bool,
    strip_accents: bool,
}

impl Cleaning {
    /// Reads the steps of a normalizer. Fails if a step is not supported.
    pub(super) fn of(steps: &[&Value]) -> Result<Self, String> {
        let mut cleaning = Self { lowercase: false, strip_accents: false };
        for step in steps {
            match step["type"].as_str() {
                Some("BertNormalizer") => {
                    cleaning.lowercase = step["lowercase"].as_bool().unwrap_or(true);
                    // If nothing else is said, accents are removed if capitals are.
                    cleaning.strip_accents =
                        step["strip_accents"].as_bool().unwrap_or(cleaning.lowercase);
                }
                Some("Lowercase") => cleaning.lowercase = true,
                Some("StripAccents") => cleaning.strip_accents = true,
                Some("NFC" | "NFD" | "Strip") => {}
                other => return Err(format!("the normalizer `{}`", other.unwrap_or("unnamed"))),
            }
        }
        Ok(cleaning)
    }

    /// Returns the characters that `character` becomes.
    fn apply(self, character: char, cleaned: &mut Vec<char>) {
        let mut keep = |character: char| {
            if self.strip_accents {
                cleaned.extend(character.nfd().filter(|c| !is_combining_mark(*c)));
            } else {
                cleaned.push(character);
            }
        };
        if self.lowercase {
            character.to_lowercase().for_each(&mut keep);
        } else {
            keep(character);
        }
    }
}

/// A character of a word after cleaning, and its range in the text.
struct CleanCharacter {
    character: char,
    start: usize,
    end: usize,
}

impl WordPiece {
    /// Creates a model with this vocabulary. Returns `None` if it lacks the piece `unknown`.
    pub(super) fn new(
        vocabulary: FxHashMap<Box<str>, u32>,
        prefix: &str,
        unknown: &str,
        cleaning: Cleaning,
    ) -> Option<Self> {
        let unknown = *vocabulary.get(unknown)?;
        Some(Self { pieces: vocabulary, prefix: prefix.to_owned(), unknown, cleaning })
    }

    pub(super) fn max_id(&self) -> u32 {
        self.pieces.values().copied().max().unwrap_or(0)
    }

    pub(super) fn tokens(&self, text: &str) -> Vec<SubwordToken> {
        let mut tokens = Vec::new();
        let mut word: Vec<CleanCharacter> = Vec::new();
        let mut cleaned = Vec::new();
        for (start, character) in text.char_indices() {
            if is_control(character) {
                continue;
            }
            let stands_alone = is_chinese(character) || is_punctuation(character);
            if character.is_whitespace() || stands_alone {
                self.cut(&word, &mut tokens);
                word.clear();
            }
            if character.is_whitespace() {
                continue;
            }
            self.cleaning.apply(character, &mut cleaned);
            let end = start + character.len_utf8();
            word.extend(cleaned.drain(..).map(|character| CleanCharacter {
                character,
                start,
                end,
            }));
            if stands_alone {
                self.cut(&word, &mut tokens);
                word.clear();
            }
        }
        self.cut(&word, &mut tokens);
        tokens
    }

    /// Appends the pieces of `word` to `tokens`.
    fn cut(&self, word: &[CleanCharacter], tokens: &mut Vec<SubwordToken>) {
        let (Some(first), Some(last)) = (word.first(), word.last()) else { return };
        let unknown = SubwordToken { id: self.unknown, span: first.start..last.end };
        if word.len() > MAX_WORD_CHARS {
            tokens.push(unknown);
            return;
        }
        let before = tokens.len();
        let mut from = 0;
        while from < word.len() {
            let found = (from + 1..=word.len()).rev().find_map(|to| {
                let mut piece = String::new();
                if from > 0 {
                    piece.push_str(&self.prefix);
                }
                piece.extend(word[from..to].iter().map(|place| place.character));
                Some((to, *self.pieces.get(piece.as_str())?))
            });
            let Some((to, id)) = found else {
                tokens.truncate(before);
                tokens.push(unknown);
                return;
            };
            tokens.push(SubwordToken { id, span: word[from].start..word[to - 1].end });
            from = to;
        }
    }
}

fn is_control(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || matches!(character, '\u{fffd}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}

/// BERT counts all ASCII marks as punctuation, `$` and `^` too.
fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(character,
            '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}'
            | '\u{3030}' | '\u{303d}' | '\u{30fb}'
            | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe6b}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// The blocks that BERT counts as Chinese characters.
fn is_chinese(character: char) -> bool {
    matches!(character,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2ceaf}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Vec<(u32, &str)> {
        let pieces = ["[UNK]", "硅", "谷", "open", "##ai", "cafe", ",", "##谷"];
        let vocabulary = pieces.into_iter().map(Box::from).zip(0..).collect();
        let cleaning = Cleaning { lowercase: true, strip_accents: true };
        let model = WordPiece::new(vocabulary, "##", "[UNK]", cleaning).unwrap();
        let tokens = model.tokens(text);
        tokens.into_iter().map(|token| (token.id, text.get(token.span).unwrap())).collect()
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        assert_eq!(read("OpenAI"), [(3, "Open"), (4, "AI")]);
        assert_eq!(read("opener"), [(0, "opener")]);
    }

    #[test]
    fn chinese_characters_and_marks_are_words() {
        assert_eq!(read("硅谷,硅"), [(1, "硅"), (2, "谷"), (6, ","), (1, "硅")]);
    }

    #[test]
    fn capitals_and_accents_go() {
        assert_eq!(read("Café"), [(5, "Café")]);
    }

    #[test]
    fn a_normalizer_tells_how_words_are_cleaned() {
        let bert = json!({"type": "BertNormalizer", "lowercase": true, "strip_accents": null});
        let expected = Cleaning { lowercase: true, strip_accents: true };
        assert_eq!(Cleaning::of(&[&bert]), Ok(expected));
        assert!(Cleaning::of(&[&json!({"type": "Precompiled"})]).is_err());
    }
}
