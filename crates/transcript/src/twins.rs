//! The same words from two sources: passages of different interviews whose text is nearly the same.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::Passage;
use crate::text::{CharSpan, fold};

/// Letters of the runs that two texts are compared by.
const RUN: usize = 4;
/// Share of a text's runs that another holds from which on they are the same words. A letter that
/// differs spoils four runs: with one in nine differing, that much is left.
const SAME: f64 = 0.6;
/// Letters of a passage that is looked for elsewhere: a shorter one says what anybody may have said.
const SHORTEST: usize = 12;
/// Letters of the runs by which passages are compared at all. Of the shortest passage one is left
/// when a letter differs.
const ANCHOR: usize = 6;
/// A run in more passages than this is a phrase, and tells nothing of sources.
const MAX_SOURCES: usize = 16;

/// For each passage those of other interviews that are nearly the same, or hold it, or are held by it.
#[derive(Debug, Default)]
pub struct NearDuplicates {
    /// By position, ascending; empty where there are none at all.
    of: Vec<Vec<usize>>,
}

impl NearDuplicates {
    /// Compares `passages`; at once done where they are all of one interview.
    pub fn among(passages: &[Passage]) -> Self {
        let interview = |position: usize| passages[position].interview;
        if passages.iter().all(|passage| passage.interview == interview(0)) {
            return Self::default();
        }
        let letters: Vec<Vec<char>> =
            passages.iter().map(|passage| letters(&passage.text)).collect();
        let mut pairs = sharing_a_run(&letters);
        pairs.retain(|&(one, other)| interview(one) != interview(other));
        let mut of = vec![Vec::new(); passages.len()];
        for (one, other) in pairs {
            let (a, b) = (runs(&letters[one], RUN), runs(&letters[other], RUN));
            if share(&a, &b).max(share(&b, &a)) >= SAME {
                of[one].push(other);
                of[other].push(one);
            }
        }
        of.iter_mut().for_each(|twins| twins.sort_unstable());
        Self { of }
    }

    /// The positions of the passages that are nearly the same as the one at `position`.
    pub fn of(&self, position: usize) -> &[usize] {
        self.of.get(position).map_or(&[], Vec::as_slice)
    }

    /// Of these the ones that hold the characters `span` of the passage at `position`, nearly.
    pub fn holding(&self, passages: &[Passage], position: usize, span: CharSpan) -> Vec<usize> {
        let twins = self.of(position);
        if twins.is_empty() {
            return Vec::new();
        }
        let words = runs(&letters(passages[position].excerpt(span).text()), RUN);
        let holds = |twin: usize| share(&words, &runs(&letters(&passages[twin].text), RUN)) >= SAME;
        twins.iter().copied().filter(|twin| holds(*twin)).collect()
    }
}

/// The pairs of texts that share a run which is not everywhere, each once.
fn sharing_a_run(letters: &[Vec<char>]) -> Vec<(usize, usize)> {
    let mut places: Vec<(u64, usize)> = Vec::new();
    for (position, letters) in letters.iter().enumerate() {
        if letters.len() >= SHORTEST {
            places.extend(runs(letters, ANCHOR).into_iter().map(|run| (run, position)));
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

/// The folded letters of a text; marks and spaces differ from site to site.
fn letters(text: &str) -> Vec<char> {
    fold(text).into_iter().filter(|c| c.is_alphanumeric()).collect()
}

/// The runs of `length` letters, as ascending hashes.
fn runs(letters: &[char], length: usize) -> Vec<u64> {
    let mut runs: Vec<u64> =
        letters.windows(length).map(|run| FxBuildHasher.hash_one(run)).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// The share of `runs` that are in `others`; none of none.
fn share(runs: &[u64], others: &[u64]) -> f64 {
    let held = runs.iter().filter(|run| others.binary_search(run).is_ok()).count();
    held as f64 / runs.len().max(1) as f64
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

    fn twins_of_the_first(other: &str) -> Vec<usize> {
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
            assert_eq!(twins_of_the_first(other), [1], "{other}");
        }
    }

    #[test]
    fn the_same_subject_in_other_words_is_another_quotation() {
        for other in [
            "颱風那年我抱著燈坐在窗下，手都僵了，可是要說害怕，其實也沒有那麼害怕。",
            "我抱著燈坐了一夜。",
            "",
        ] {
            assert!(twins_of_the_first(other).is_empty(), "{other}");
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
        let twins = NearDuplicates::among(&passages);
        let shared = WORDS.chars().count();
        assert_eq!(twins.holding(&passages, 0, 3..shared), [1]);
        assert!(twins.holding(&passages, 0, shared..longer.chars().count()).is_empty());
        assert_eq!(twins.holding(&passages, 1, 0..shared), [0]);
    }
}
