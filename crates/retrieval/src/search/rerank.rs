//! The exact score of one text of a candidate.

use super::bm25::TEXT;
use super::matcher::{Matcher, Occurrence};
use super::weights::Weights;
use crate::forward::Text;

/// How well a text matches.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct TextScore {
    /// The text as a whole.
    pub(super) whole: f32,
    /// Its best sentence.
    pub(super) sentence: f32,
    /// Its best two neighbouring sentences.
    pub(super) window: f32,
}

/// Scores texts for one query, reusing its buffers.
pub(super) struct Scorer<'q> {
    matcher: &'q Matcher,
    occurrences: Vec<Occurrence>,
    counts: Vec<u16>,
}

impl<'q> Scorer<'q> {
    pub(super) fn new(matcher: &'q Matcher, n_grams: usize) -> Self {
        Self { matcher, occurrences: Vec::new(), counts: vec![0; n_grams] }
    }

    /// The score of a text as a whole.
    pub(super) fn whole(&mut self, text: Text<'_>, weights: &Weights) -> f32 {
        self.matcher.find(text, &mut self.occurrences);
        let norm = TEXT.length_norm(text.len(), weights.average_length);
        run(&self.occurrences, &mut self.counts, weights, norm)
    }

    /// The scores of a text and of its sentences.
    pub(super) fn text(&mut self, text: Text<'_>, weights: &Weights) -> TextScore {
        let mut score = TextScore { whole: self.whole(text, weights), ..TextScore::default() };
        let (mut start, mut first) = (0, 0);
        let mut before: Option<(usize, usize)> = None;
        for end in text.sentence_ends() {
            let inside =
                self.occurrences[first..].iter().take_while(|found| (found.at as usize) < end);
            let last = first + inside.count();
            let mut part = |start: usize, first: usize, average: f32| {
                let norm = TEXT.length_norm(end - start, average);
                run(&self.occurrences[first..last], &mut self.counts, weights, norm)
            };
            let sentence =
                if last > first { part(start, first, weights.average_sentence) } else { 0.0 };
            score.sentence = score.sentence.max(sentence);
            let (window_start, window_first) = before.unwrap_or((start, first));
            if last > window_first {
                let window = part(window_start, window_first, 2.0 * weights.average_sentence);
                score.window = score.window.max(window);
            }
            before = Some((start, first));
            (start, first) = (end, last);
        }
        score
    }
}

/// The score of a run of occurrences as a text of its own. `counts` is all zeros before and after.
fn run(occurrences: &[Occurrence], counts: &mut [u16], weights: &Weights, norm: f32) -> f32 {
    for occurrence in occurrences {
        let count = &mut counts[usize::from(occurrence.gram)];
        *count = count.saturating_add(1);
    }
    let mut score = 0.0;
    for occurrence in occurrences {
        let gram = usize::from(occurrence.gram);
        let count = std::mem::take(&mut counts[gram]);
        if count > 0 {
            score += weights.of(gram) * TEXT.of(f32::from(count), norm);
        }
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::{ForwardIndex, KnownGram};
    use crate::search::phrase_matcher::PhraseMatcher;
    use crate::search::query::Query;
    use transcript::text::{Segmenter, fold};

    /// Scores the first of `texts`, which are a whole corpus, for the question 灯塔. Returns the weights of
    /// its grams (灯, 塔, 灯塔) as well.
    fn score(texts: &[&str]) -> (TextScore, [f32; 3]) {
        let forward = ForwardIndex::of_texts(texts);
        let query =
            Query::new(&fold("灯塔"), &PhraseMatcher::default(), &[], &Segmenter::default());
        let ids: Vec<Option<KnownGram>> = query
            .grams
            .iter()
            .map(|gram| forward.gram(&gram.first, gram.second.as_deref()))
            .collect();
        let weights = Weights::new(&query, &ids, &forward.statistics().passage);
        let matcher = Matcher::new(&ids);
        let score = Scorer::new(&matcher, ids.len()).text(forward.passage(0), &weights);
        (score, [weights.of(0), weights.of(1), weights.of(2)])
    }

    #[track_caller]
    fn assert_near(value: f32, expected: f32) {
        assert!((value - expected).abs() < 1e-3, "{value} is not {expected}");
    }

    #[test]
    fn in_a_text_of_average_length_each_gram_adds_its_weight() {
        let (score, [lamp, tower, both]) = score(&["灯塔"]);
        let all = lamp + tower + both;
        assert_near(score.whole, all);
        assert_near(score.sentence, all);
        // A window of one sentence is half as long as two average ones, so that its length norm is
        // 0.9 · (0.4 + 0.6 · 0.5) = 0.63, and the factor 1.9 / 1.63.
        assert_near(score.window, all * 1.165_64);
    }

    #[test]
    fn the_best_sentence_counts_and_two_in_a_row_count_together() {
        // Two sentences of two tokens each: the text has the average length, so does each sentence.
        let (score, [lamp, tower, _]) = score(&["灯亮。塔高。"]);
        assert_near(score.whole, lamp + tower);
        assert_near(score.sentence, lamp.max(tower));
        assert_near(score.window, lamp + tower);
    }

    #[test]
    fn sentences_that_do_not_touch_make_no_window() {
        let (score, [lamp, tower, _]) = score(&["灯亮。海大。塔高。"]);
        assert_near(score.whole, lamp + tower);
        // The first sentence has none before it, so that its window is as short as in the test above.
        assert_near(score.window, (lamp * 1.165_64).max(tower));
    }

    #[test]
    fn a_repeated_gram_is_saturated() {
        let (score, [lamp, ..]) = score(&["灯灯灯灯"]);
        // 4 · 1.9 / (4 + 0.9)
        assert_near(score.whole, lamp * 1.551_02);
    }

    #[test]
    fn a_short_text_of_a_corpus_counts_more_than_a_long_one() {
        // Texts of 1 and 3 tokens: the average is 2, the norm of the first 0.9 · (0.4 + 0.6 · 0.5).
        let (score, [lamp, ..]) = score(&["灯", "海海海"]);
        assert_near(score.whole, lamp * 1.165_64);
    }

    #[test]
    fn a_text_without_any_gram_scores_nothing() {
        let (score, _) = score(&["海大。"]);
        assert_eq!(score, TextScore::default());
    }
}
