//! Finds many phrases in a folded text at once (Aho & Corasick 1975).

use aho_corasick::{AhoCorasick, MatchKind};

use transcript::text::{CharSpan, fold, is_han};

/// A set of folded phrases.
#[derive(Debug, Default)]
pub(super) struct PhraseMatcher {
    /// `None` where there is no phrase.
    automaton: Option<AhoCorasick>,
}

/// A phrase in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundPhrase {
    /// The number of the phrase, in the order given to [`PhraseMatcher::new`].
    pub(super) phrase: usize,
    /// Where it stands.
    pub(super) span: CharSpan,
}

impl PhraseMatcher {
    /// Prepares `phrases`, which are folded here. Empty phrases are never found.
    pub(super) fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let phrases: Vec<String> =
            phrases.into_iter().map(|phrase| fold(phrase).into_iter().collect()).collect();
        if phrases.iter().all(String::is_empty) {
            return Self::default();
        }
        // The automaton fails to build only beyond limits of its size that no lexicon comes near.
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&phrases).ok();
        Self { automaton }
    }

    /// The phrases in `folded`, from left to right and not overlapping: of those that begin at the
    /// same place the longest, and Latin words and numbers only whole.
    pub(super) fn find(&self, folded: &[char]) -> Vec<FoundPhrase> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let text: String = folded.iter().collect();
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let character = |byte: usize| starts.partition_point(|start| *start < byte);
        let mut found: Vec<FoundPhrase> = automaton
            .find_overlapping_iter(&text)
            .map(|found| FoundPhrase {
                phrase: found.pattern().as_usize(),
                span: character(found.start())..character(found.end()),
            })
            .filter(|found| !found.span.is_empty())
            .filter(|found| {
                is_boundary(folded, found.span.start) && is_boundary(folded, found.span.end)
            })
            .collect();
        found.sort_by_key(|found| {
            (found.span.start, std::cmp::Reverse(found.span.end), found.phrase)
        });
        let mut end = 0;
        found.retain(|found| {
            let is_free = found.span.start >= end;
            if is_free {
                end = found.span.end;
            }
            is_free
        });
        found
    }
}

/// Whether `at` does not stand inside a token, that is between two letters or two digits.
fn is_boundary(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    let (Some(before), Some(after)) = (before, text.get(at)) else { return true };
    let is_letter = |c: &char| c.is_alphabetic() && !is_han(*c);
    let is_inside_word = is_letter(before) && is_letter(after);
    let is_inside_number = before.is_numeric() && after.is_numeric();
    !is_inside_word && !is_inside_number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrases: &[&str], text: &str) -> Vec<String> {
        let folded = fold(text);
        let found = PhraseMatcher::new(phrases.iter().copied()).find(&folded);
        found.into_iter().map(|found| folded[found.span].iter().collect()).collect()
    }

    #[test]
    fn the_longest_phrase_wins_and_phrases_do_not_overlap() {
        assert_eq!(found(&["为什么", "什么", "么是"], "為什麼是什麼"), ["为什么", "什么"]);
    }

    #[test]
    fn latin_words_and_numbers_are_found_whole() {
        assert_eq!(found(&["is", "5"], "this is 15, island 5"), ["is", "5"]);
        assert_eq!(found(&["grok"], "Grok3 和 grokking"), ["grok"]);
    }

    #[test]
    fn a_shorter_phrase_is_found_where_the_longer_one_is_cut() {
        assert_eq!(found(&["硅谷a", "硅谷"], "硅谷ab"), ["硅谷"]);
    }

    #[test]
    fn no_phrase_is_found_in_an_empty_set() {
        assert_eq!(found(&[], "什么"), [""; 0]);
        assert_eq!(found(&[""], "什么"), [""; 0]);
    }
}
