//! The score of a passage's expansion texts (readers' questions and key terms).

use super::bm25::{EXPANSION, TEXT};
use super::weights::Weights;
use crate::forward::{ExpansionTexts, KnownGram};

/// How well the expansion texts of a passage match.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ExpansionScore {
    /// The score of the best text.
    pub(super) best: f32,
    /// The number of the best text.
    pub(super) which: usize,
    /// The score of all texts together as one.
    pub(super) all: f32,
}

/// Scores the `texts` of a passage. A gram counts once in each text, so that `all` grows with the number of
/// texts that hold it. `sums` is a buffer.
pub(super) fn score(
    texts: ExpansionTexts<'_>,
    grams: &[Option<KnownGram>],
    weights: &Weights,
    sums: &mut Vec<f32>,
) -> ExpansionScore {
    sums.clear();
    sums.resize(texts.lengths().len(), 0.0);
    let norm = EXPANSION.length_norm(texts.lengths().sum(), weights.average_length);
    let mut score = ExpansionScore::default();
    if texts.is_empty() {
        return score;
    }
    for (number, gram) in grams.iter().enumerate() {
        let Some(gram) = gram else { continue };
        let holding = texts.holding(gram.id);
        if holding.len() == 0 {
            continue;
        }
        let weight = weights.of(number);
        score.all += weight * EXPANSION.of(holding.len() as f32, norm);
        holding.for_each(|text| sums[text] += weight);
    }
    for (which, (sum, length)) in sums.iter().zip(texts.lengths()).enumerate() {
        if *sum > 0.0 {
            let norm = TEXT.length_norm(length, weights.average_sentence);
            let value = sum * TEXT.of(1.0, norm);
            if value > score.best {
                (score.best, score.which) = (value, which);
            }
        }
    }
    score
}

/// Returns the share of the tokens of the text `which` that are among `grams`.
pub(super) fn precision(
    texts: ExpansionTexts<'_>,
    which: usize,
    grams: &[Option<KnownGram>],
) -> f64 {
    let Some(length) = texts.lengths().nth(which).filter(|length| *length > 0) else { return 0.0 };
    let singles = grams.iter().flatten().filter(|gram| gram.second.is_none());
    let held = singles.filter(|gram| texts.text_holds(which, gram.id)).count();
    held as f64 / length as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::ForwardIndex;
    use crate::search::phrase_matcher::PhraseMatcher;
    use crate::search::query::Query;
    use transcript::text::{Segmenter, fold};

    /// The expansion texts of a corpus of one passage, and the question 灯塔 over them.
    struct Scored {
        forward: ForwardIndex,
        ids: Vec<Option<KnownGram>>,
        weights: Weights,
    }

    fn scored(texts: &[&str]) -> Scored {
        let forward = ForwardIndex::of_expansion(texts);
        let query =
            Query::new(&fold("灯塔"), &PhraseMatcher::default(), &[], &Segmenter::default());
        let ids: Vec<_> = query
            .grams
            .iter()
            .map(|gram| forward.gram(&gram.first, gram.second.as_deref()))
            .collect();
        let weights = Weights::new(&query, &ids, &forward.statistics().expansion);
        Scored { forward, ids, weights }
    }

    impl Scored {
        fn texts(&self) -> ExpansionTexts<'_> {
            self.forward.expansion(0)
        }

        fn score(&self) -> ExpansionScore {
            score(self.texts(), &self.ids, &self.weights, &mut Vec::new())
        }
    }

    #[track_caller]
    fn assert_near(value: f32, expected: f32) {
        assert!((value - expected).abs() < 1e-3, "{value} is not {expected}");
    }

    #[test]
    fn the_best_text_is_the_one_that_holds_most_of_the_question() {
        let scored = scored(&["灯亮吗", "灯塔高", "船多吗"]);
        let score = scored.score();
        let [lamp, tower, both] = [0, 1, 2].map(|gram| scored.weights.of(gram));
        assert_eq!(score.which, 1);
        // All texts have three tokens, so that the factor of the best text is 1.
        assert_near(score.best, lamp + tower + both);
        // Of the three texts 灯 is in two: 2 · 3 / (2 + 2) = 1.5; 塔 and 灯塔 are in one.
        assert_near(score.all, 1.5 * lamp + tower + both);
    }

    #[test]
    fn a_gram_that_is_repeated_in_one_text_counts_once() {
        let scored = scored(&["灯灯灯"]);
        assert_near(scored.score().all, scored.weights.of(0));
    }

    #[test]
    fn precision_is_the_share_of_the_text_that_was_asked_for() {
        let scored = scored(&["灯塔高不高", "灯塔"]);
        assert!((precision(scored.texts(), 0, &scored.ids) - 0.4).abs() < 1e-9);
        assert!((precision(scored.texts(), 1, &scored.ids) - 1.0).abs() < 1e-9);
        assert!(precision(scored.texts(), 2, &scored.ids).abs() < 1e-9, "there is no third text");
    }

    #[test]
    fn a_passage_without_expansion_texts_scores_nothing() {
        assert_eq!(scored(&[]).score(), ExpansionScore::default());
    }
}
