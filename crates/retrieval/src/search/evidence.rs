//! Which words of a question stand where in a passage, and how much its sentences hold of it.

use rustc_hash::FxHashMap;

use super::query::Query;
use super::weights::Weights;
use transcript::text::{CharSpan, each_gram, fold, is_han, sentences, tokenize};

/// A passage's text in the light of a question. All ranges count characters of the stored text.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The sentences in order, each with the weight of the question's grams that it holds.
    pub sentences: Vec<(CharSpan, f32)>,
    /// The words of the question, in order, merged where they touch.
    pub matches: Vec<CharSpan>,
}

impl Evidence {
    /// Finds the grams of `query` in `text`. A gram counts once in each sentence.
    pub(super) fn new(text: &str, query: &Query, weights: &Weights) -> Self {
        let folded = fold(text);
        let found = find(&folded, query);
        let characters: Vec<char> = text.chars().collect();
        let score = |sentence: &CharSpan| {
            let mut held = vec![false; query.grams.len()];
            let inside = found
                .iter()
                .filter(|(_, span)| sentence.start <= span.start && span.end <= sentence.end);
            inside.for_each(|(gram, _)| held[*gram] = true);
            let held = held.iter().enumerate().filter(|(_, held)| **held);
            held.map(|(gram, _)| weights.of(gram)).sum()
        };
        let sentences = sentences(&characters)
            .into_iter()
            .map(|sentence| (sentence.clone(), score(&sentence)))
            .collect();
        Self { sentences, matches: marked(&found, &folded, query) }
    }

    /// The same with the weights of the sentences raised by those of `other`, for the same passage.
    pub(super) fn joined_by(mut self, other: &Self) -> Self {
        for ((_, score), (_, implied)) in self.sentences.iter_mut().zip(&other.sentences) {
            *score += implied;
        }
        self
    }
}

/// Every gram of the query that occurs, by its number, with where it stands.
fn find(folded: &[char], query: &Query) -> Vec<(usize, CharSpan)> {
    let by_terms: FxHashMap<(&str, Option<&str>), usize> = query
        .grams
        .iter()
        .enumerate()
        .map(|(number, gram)| ((gram.first.as_str(), gram.second.as_deref()), number))
        .collect();
    let tokens = tokenize(folded);
    let terms: Vec<String> =
        tokens.iter().map(|token| folded[token.span.clone()].iter().collect()).collect();
    let place = |range: std::ops::Range<usize>| {
        let second = (range.len() > 1).then(|| terms[range.end - 1].as_str());
        let gram = by_terms.get(&(terms[range.start].as_str(), second))?;
        Some((*gram, tokens[range.start].span.start..tokens[range.end - 1].span.end))
    };
    each_gram(&tokens).filter_map(place).collect()
}

/// What is worth marking: words, Latin terms and numbers. Where none of these occurs, pairs that are
/// not words. Single characters that stand alone are never marked: they tell a reader nothing.
fn marked(found: &[(usize, CharSpan)], folded: &[char], query: &Query) -> Vec<CharSpan> {
    let gram = |number: usize| &query.grams[number];
    let is_word = |(number, span): &&(usize, CharSpan)| match gram(*number).second {
        Some(_) => gram(*number).word_share > 0.0,
        None => !is_han(folded[span.start]),
    };
    let is_pair = |(number, _): &&(usize, CharSpan)| gram(*number).second.is_some();
    let spans = |keep: &dyn Fn(&&(usize, CharSpan)) -> bool| -> Vec<CharSpan> {
        found.iter().filter(keep).map(|(_, span)| span.clone()).collect()
    };
    let words = spans(&is_word);
    merge(if words.is_empty() { spans(&is_pair) } else { words })
}

/// The spans in order, those that overlap or touch made one.
fn merge(mut spans: Vec<CharSpan>) -> Vec<CharSpan> {
    spans.sort_by_key(|span| span.start);
    let mut merged: Vec<CharSpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the values are exact")]
mod tests {
    use super::*;
    use crate::forward::Statistics;
    use crate::search::phrase_matcher::PhraseMatcher;
    use transcript::text::Segmenter;

    fn evidence(question: &str, text: &str) -> Evidence {
        let query =
            Query::new(&fold(question), &PhraseMatcher::default(), &[], &Segmenter::default());
        let ids = vec![None; query.grams.len()];
        let weights = Weights::new(&query, &ids, &Statistics::default());
        Evidence::new(text, &query, &weights)
    }

    fn marks(question: &str, text: &str) -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        let matches = evidence(question, text).matches.into_iter();
        matches.map(|span| characters[span].iter().collect()).collect()
    }

    #[test]
    fn words_are_marked_in_the_script_of_the_text() {
        assert_eq!(marks("城市", "這座城市很大。"), ["城市"]);
        assert_eq!(marks("GPU城市", "城市有 gpu"), ["城市", "gpu"]);
    }

    #[test]
    fn single_characters_are_not_marked() {
        assert_eq!(marks("城市的", "他的家。"), [""; 0]);
        assert_eq!(marks("城市的", "他的城市。"), ["城市"]);
    }

    #[test]
    fn pairs_that_are_no_words_are_marked_only_where_no_word_is() {
        assert_eq!(marks("栖镇", "雲棲鎮上"), ["棲鎮"]);
    }

    #[test]
    fn marks_that_touch_are_one() {
        assert_eq!(merge(vec![4..6, 0..2, 2..3, 5..7]), [0..3, 4..7]);
    }

    #[test]
    fn the_sentence_that_holds_more_of_the_question_weighs_more() {
        let evidence = evidence("城市大脑", "这是城市。城市大脑在这里。没有。");
        let weights: Vec<f32> = evidence.sentences.iter().map(|(_, weight)| *weight).collect();
        assert!(weights[1] > weights[0] && weights[0] > 0.0);
        assert_eq!(weights[2], 0.0);
    }

    #[test]
    fn a_word_that_is_repeated_in_a_sentence_counts_once() {
        let evidence = evidence("城市", "城市。城市，城市。");
        assert_eq!(evidence.sentences[0].1, evidence.sentences[1].1);
    }
}
