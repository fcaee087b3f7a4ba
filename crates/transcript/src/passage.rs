//! The unit that is found and quoted: one answer paragraph, and exact slices of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::RepairedSpan;
use crate::text::CharSpan;

/// Where a passage stands: `slug/TURN.PARAGRAPH`, both from 1; the parts of a long paragraph carry a
/// letter (`slug/3.2a`). It depends on its own interview only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassageId(String);

impl PassageId {
    /// The id of a paragraph, or of the `part`-th (from 0) piece of a long one.
    pub fn new(slug: &str, turn: usize, paragraph: usize, part: Option<usize>) -> Self {
        Self(format!("{slug}/{turn}.{paragraph}{}", part.map(part_letters).unwrap_or_default()))
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The interview's slug.
    pub fn slug(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(slug, _)| slug)
    }

    /// What follows the slug: `3.2a`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, local)| local)
    }

    /// The short form for buttons and deep links.
    pub fn key(&self) -> PassageKey {
        PassageKey(fnv1a(self.0.as_bytes()) & PassageKey::MASK)
    }
}

impl fmt::Display for PassageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// a, b, …, z, aa, ab, …
fn part_letters(part: usize) -> String {
    let last = (b'a'..=b'z').nth(part % 26).map_or('z', char::from);
    match part / 26 {
        0 => last.to_string(),
        more => part_letters(more - 1) + &last.to_string(),
    }
}

/// FNV-1a, 64 bits: stable over releases, which the standard library's hasher is not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// 40 bits of a hash of a passage's id: eight characters in a deep link, five bytes in a button. A
/// build refuses a corpus in which two passages share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PassageKey(u64);

impl PassageKey {
    const MASK: u64 = (1 << 40) - 1;
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

    /// The five bytes, most significant first.
    pub fn to_bytes(self) -> [u8; 5] {
        let [_, _, _, key @ ..] = self.0.to_be_bytes();
        key
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 5]) -> Self {
        Self(bytes.into_iter().fold(0, |key, byte| key << 8 | u64::from(byte)))
    }
}

impl fmt::Display for PassageKey {
    /// Eight characters of `[a-z2-7]`, fit for a `start` parameter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..8).rev().try_for_each(|digit| {
            let value = (self.0 >> (digit * 5)) & 31;
            write!(f, "{}", char::from(Self::ALPHABET[value as usize]))
        })
    }
}

impl FromStr for PassageKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        if text.len() != 8 {
            return Err(NotAKey);
        }
        let digit = |byte| Self::ALPHABET.iter().position(|letter| *letter == byte).ok_or(NotAKey);
        text.bytes().try_fold(0, |key, byte| Ok(key << 5 | digit(byte)? as u64)).map(Self)
    }
}

/// A text that is not the short form of a passage's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a passage key; hint: eight characters of a-z and 2-7")]
pub struct NotAKey;

/// One answer paragraph, or a piece of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its place.
    pub id: PassageId,
    /// Position of its interview in the corpus.
    pub interview: usize,
    /// Number of its turn, from 1.
    pub turn: usize,
    /// Number of its paragraph among the turn's answers, from 1.
    pub paragraph: usize,
    /// The interviewee's words, as stored.
    pub text: String,
    /// Repaired spots of `text`.
    pub repairs: Vec<RepairedSpan>,
}

impl Passage {
    /// The slice `span` of the text, clipped to it: the one way to make an [`Excerpt`].
    pub fn excerpt(&self, span: CharSpan) -> Excerpt {
        let length = self.text.chars().count();
        let end = span.end.min(length);
        let start = span.start.min(end);
        let text = self.text.chars().skip(start).take(end - start).collect();
        Excerpt { passage: self.id.clone(), span: start..end, text }
    }

    /// The whole text.
    pub fn whole(&self) -> Excerpt {
        self.excerpt(0..usize::MAX)
    }
}

/// An exact slice of a stored passage. Nothing else can be quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    passage: PassageId,
    span: CharSpan,
    text: String,
}

impl Excerpt {
    /// Which passage it is of.
    pub fn passage(&self) -> &PassageId {
        &self.passage
    }

    /// Where in the passage it stands.
    pub fn span(&self) -> CharSpan {
        self.span.clone()
    }

    /// The words, as stored.
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passage(text: &str) -> Passage {
        let id = PassageId::new("talk", 1, 1, None);
        Passage {
            id,
            interview: 0,
            turn: 1,
            paragraph: 1,
            text: text.to_owned(),
            repairs: Vec::new(),
        }
    }

    #[test]
    fn an_id_names_slug_turn_paragraph_and_part() {
        let id = PassageId::new("talk", 3, 2, Some(27));
        assert_eq!((id.as_str(), id.slug(), id.local()), ("talk/3.2ab", "talk", "3.2ab"));
    }

    proptest! {
        #[test]
        fn an_excerpt_is_a_slice_of_its_passage(text in "\\PC{0,30}", start in 0_usize..40, length in 0_usize..40) {
            let passage = passage(&text);
            let excerpt = passage.excerpt(start..start + length);
            let characters: Vec<char> = text.chars().collect();
            let slice: String = characters[excerpt.span()].iter().collect();
            prop_assert_eq!(excerpt.text(), slice);
        }

        #[test]
        fn a_key_survives_text_and_bytes(bits in 0_u64..1 << 40) {
            let key = PassageKey(bits);
            prop_assert_eq!(key.to_string().parse(), Ok(key));
            prop_assert_eq!(PassageKey::from_bytes(key.to_bytes()), key);
        }
    }
}
