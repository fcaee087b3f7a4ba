//! Finds the same words from two sources: interviews that were published twice, and passages of different
//! interviews whose text is nearly the same.
//!
//! Texts are compared by their shingles (Broder 1997): the runs of a fixed number of letters.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::{Interview, Passage, Turn};
use crate::text::{CharSpan, fold};

/// Number of letters of the shingles by which two passages are compared.
const SHINGLE: usize = 4;
/// The share of a passage's shingles that another passage must hold to count as a near-duplicate. One
/// changed letter changes four shingles, so that about one letter in nine may differ.
const MIN_SHARE: f64 = 0.6;
/// Passages with fewer letters than this are not compared: many people may have said the same.
const MIN_LETTERS: usize = 12;
/// Number of letters of the shingles that select the pairs of passages to compare. If one letter of the
/// shortest passage differs, at least one of its shingles is still unchanged.
const SELECTING_SHINGLE: usize = 6;
/// A shingle in more passages than this is a common phrase, and selects no pairs.
const MAX_SOURCES: usize = 16;
/// Number of letters of the shingles by which whole interviews are compared. Two texts seldom share a run
/// of this length by chance.
const INTERVIEW_SHINGLE: usize = 8;
/// The share of the shorter interview's shingles that makes the other interview a near-duplicate.
const MIN_INTERVIEW_SHARE: f64 = 0.2;

/// Returns the slugs of the interviews that hold much of what is answered in `interview`, each with the
/// share of the shorter one's shingles that both hold, the largest first.
pub fn near_duplicate_interviews(
    interview: &Interview,
    others: &[Interview],
) -> Vec<(String, f64)> {
    let own = answer_shingles(interview);
    let mut found: Vec<(String, f64)> = others
        .iter()
        .filter(|other| other.slug != interview.slug)
        .map(|other| {
            let other_shingles = answer_shingles(other);
            let shared = if own.len() <= other_shingles.len() {
                share(&own, &other_shingles)
            } else {
                share(&other_shingles, &own)
            };
            (other.slug.clone(), shared)
        })
        .filter(|(_, shared)| *shared >= MIN_INTERVIEW_SHARE)
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

fn answer_shingles(interview: &Interview) -> Vec<u64> {
    let answers = interview.turns.iter().flat_map(Turn::answers);
    let mut all: Vec<u64> = answers
        .flat_map(|paragraph| shingles(&letters(&paragraph.text), INTERVIEW_SHINGLE))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// For each passage, the passages of other interviews that are nearly the same, contain it, or are
/// contained in it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct NearDuplicates {
    /// By position, ascending; empty where there are none at all.
    of: Vec<Vec<usize>>,
}

impl NearDuplicates {
    /// Compares all passages of different interviews.
    pub fn among(passages: &[Passage]) -> Self {
        let interview = |position: usize| passages[position].interview;
        if passages.iter().all(|passage| passage.interview == interview(0)) {
            return Self::default();
        }
        let letters: Vec<Vec<char>> =
            passages.iter().map(|passage| letters(&passage.text)).collect();
        let mut pairs = candidate_pairs(&letters);
        pairs.retain(|&(one, other)| interview(one) != interview(other));
        let mut of = vec![Vec::new(); passages.len()];
        for (one, other) in pairs {
            let (a, b) = (shingles(&letters[one], SHINGLE), shingles(&letters[other], SHINGLE));
            if share(&a, &b).max(share(&b, &a)) >= MIN_SHARE {
                of[one].push(other);
                of[other].push(one);
            }
        }
        of.iter_mut().for_each(|positions| positions.sort_unstable());
        Self { of }
    }

    /// Returns the positions of the near-duplicates of the passage at `position`.
    pub fn of(&self, position: usize) -> &[usize] {
        self.of.get(position).map_or(&[], Vec::as_slice)
    }

    /// Returns those near-duplicates of the passage at `position` that contain nearly the same words as its
    /// characters `span`.
    pub fn holding(&self, passages: &[Passage], position: usize, span: CharSpan) -> Vec<usize> {
        let others = self.of(position);
        if others.is_empty() {
            return Vec::new();
        }
        let words = shingles(&letters(passages[position].excerpt(span).text()), SHINGLE);
        let holds = |other: usize| {
            share(&words, &shingles(&letters(&passages[other].text), SHINGLE)) >= MIN_SHARE
        };
        others.iter().copied().filter(|other| holds(*other)).collect()
    }
}

/// Returns the pairs of texts that share a shingle which is no common phrase, each pair once.
fn candidate_pairs(letters: &[Vec<char>]) -> Vec<(usize, usize)> {
    let mut places: Vec<(u64, usize)> = Vec::new();
    for (position, letters) in letters.iter().enumerate() {
        if letters.len() >= MIN_LETTERS {
            places.extend(
                shingles(letters, SELECTING_SHINGLE).into_iter().map(|shingle| (shingle, position)),
            );
        }
    }
    places.sort_unstable();
    let mut pairs = Vec::new();
    for places in places.chunk_by(|(one, _), (other, _)| one == other) {
        if places.len() <= MAX_SOURCES {
            for (at, (_, one)) in places.iter().enumerate() {
                pairs.extend(places[at + 1..].iter().map(|(_, other)| (*one, *other)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Returns the folded letters of a text, without marks and spaces, which differ from site to site.
fn letters(text: &str) -> Vec<char> {
    fold(text).into_iter().filter(|c| c.is_alphanumeric()).collect()
}

/// Returns the hashes of all runs of `length` letters, sorted and each once.
fn shingles(letters: &[char], length: usize) -> Vec<u64> {
    let mut shingles: Vec<u64> =
        letters.windows(length).map(|run| FxBuildHasher.hash_one(run)).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// Returns the share of `shingles` that are in `others` too; 0 if there are no shingles.
fn share(shingles: &[u64], others: &[u64]) -> f64 {
    let held = shingles.iter().filter(|shingle| others.binary_search(shingle).is_ok()).count();
    held as f64 / shingles.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PassageId;

    const WORDS: &str = "害怕。第一年颱風把窗戶吹破，我抱著燈坐了一夜，天亮才發現手已經僵了。";

    fn passages(texts: &[(usize, &str)]) -> Vec<Passage> {
        let passage = |(at, (interview, text)): (usize, &(usize, &str))| Passage {
            id: PassageId::new(&format!("talk-{interview}"), 1, at + 1, None),
            interview: *interview,
            turn: 1,
            paragraph: at + 1,
            text: (*text).to_owned(),
            repairs: Vec::new(),
        };
        texts.iter().enumerate().map(passage).collect()
    }

    fn near_duplicates_of_the_first(other: &str) -> Vec<usize> {
        NearDuplicates::among(&passages(&[(0, WORDS), (1, other)])).of(0).to_vec()
    }

    #[test]
    fn another_script_other_marks_and_a_few_letters_make_no_other_words() {
        for other in [
            WORDS,
            "害怕！第一年台风把窗户吹破 我抱着灯坐了一夜 天亮才发现手已经僵了",
            "害怕。第一年颱風將窗戶吹破，我抱著燈坐了整夜，天亮才發現手已經僵了。",
            "年輕時的事了。害怕。第一年颱風把窗戶吹破，我抱著燈坐了一夜，天亮才發現手已經僵了。後來就慣了，風再大也睡得著，聽見雨聲還覺得安靜。",
            "第一年颱風把窗戶吹破，我抱著燈坐了一夜",
        ] {
            assert_eq!(near_duplicates_of_the_first(other), [1], "{other}");
        }
    }

    #[test]
    fn the_same_subject_in_other_words_is_another_quotation() {
        for other in [
            "颱風那年我抱著燈坐在窗下，手都僵了，可是要說害怕，其實也沒有那麼害怕。",
            "我抱著燈坐了一夜。",
            "",
        ] {
            assert!(near_duplicates_of_the_first(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn an_interview_repeats_itself_without_being_two_sources() {
        assert!(NearDuplicates::among(&passages(&[(0, WORDS), (0, WORDS)])).of(0).is_empty());
        let three = NearDuplicates::among(&passages(&[(0, WORDS), (0, WORDS), (1, WORDS)]));
        assert_eq!([three.of(0), three.of(1), three.of(2)], [&[2][..], &[2], &[0, 1]]);
        assert!(NearDuplicates::among(&[]).of(0).is_empty());
    }

    #[test]
    fn a_longer_passage_is_a_source_of_the_words_that_it_shares_only() {
        let longer = format!("{WORDS}後來就慣了，風再大也睡得著，聽見雨聲還覺得安靜。");
        let passages = passages(&[(0, &longer), (1, WORDS)]);
        let near_duplicates = NearDuplicates::among(&passages);
        let shared = WORDS.chars().count();
        assert_eq!(near_duplicates.holding(&passages, 0, 3..shared), [1]);
        assert!(near_duplicates.holding(&passages, 0, shared..longer.chars().count()).is_empty());
        assert_eq!(near_duplicates.holding(&passages, 1, 0..shared), [0]);
    }
}
