//! The expansion texts (readers' questions and key terms) of a passage as a small inverted index: a
//! passage may have dozens of them, and only a few share a gram with what is expansion.

use super::bm25::{EXPANSION, TEXT};
use super::field::FieldText;
use super::vocabulary::GramId;
use super::weights::Weights;

/// The expansion texts of one passage.
#[derive(Debug, Default)]
pub(super) struct Expansion {
    /// The grams, in order.
    grams: Vec<GramId>,
    /// Where the texts of each gram begin in `texts`, and where the last gram's end.
    starts: Vec<u32>,
    /// The numbers of the texts that hold each gram.
    texts: Vec<u32>,
    /// The number of tokens of each text.
    lengths: Vec<u32>,
    /// The number of tokens of all texts.
    length: usize,
}

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

impl Expansion {
    /// Inverts `texts`, each of which stands as a sentence of the field.
    pub(super) fn new(texts: &FieldText) -> Self {
        let ends = &texts.sentence_ends;
        let mut places: Vec<(GramId, u32)> = texts
            .sequence
            .grams()
            .map(|(gram, at)| (gram, ends.partition_point(|end| *end <= at) as u32))
            .collect();
        places.sort_unstable();
        places.dedup();
        let mut expansion = Self { length: texts.sequence.len(), ..Self::default() };
        for (number, (gram, text)) in places.into_iter().enumerate() {
            if expansion.grams.last() != Some(&gram) {
                expansion.grams.push(gram);
                expansion.starts.push(number as u32);
            }
            expansion.texts.push(text);
        }
        expansion.starts.push(expansion.texts.len() as u32);
        let starts = std::iter::once(&0).chain(ends);
        expansion.lengths = starts.zip(ends).map(|(start, end)| (end - start) as u32).collect();
        expansion
    }

    /// The numbers of the texts that hold `gram`.
    fn holding(&self, gram: GramId) -> &[u32] {
        let Ok(at) = self.grams.binary_search(&gram) else { return &[] };
        &self.texts[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Scores the texts. A gram counts once in each, so that `all` grows with the number of texts that
    /// hold it. `sums` is a buffer.
    pub(super) fn score(
        &self,
        grams: &[Option<GramId>],
        weights: &Weights,
        sums: &mut Vec<f32>,
    ) -> ExpansionScore {
        sums.clear();
        sums.resize(self.lengths.len(), 0.0);
        let norm = EXPANSION.length_norm(self.length, weights.average_length);
        let mut score = ExpansionScore::default();
        for (number, gram) in grams.iter().enumerate() {
            let holding = gram.map_or(&[][..], |gram| self.holding(gram));
            if holding.is_empty() {
                continue;
            }
            let weight = weights.of(number);
            score.all += weight * EXPANSION.of(holding.len() as f32, norm);
            holding.iter().for_each(|text| sums[*text as usize] += weight);
        }
        for (which, (sum, length)) in sums.iter().zip(&self.lengths).enumerate() {
            if *sum > 0.0 {
                let norm = TEXT.length_norm(*length as usize, weights.average_sentence);
                let value = sum * TEXT.of(1.0, norm);
                if value > score.best {
                    (score.best, score.which) = (value, which);
                }
            }
        }
        score
    }

    /// Whether any of the texts holds `gram`.
    pub(super) fn holds(&self, gram: GramId) -> bool {
        !self.holding(gram).is_empty()
    }

    /// Whether the text `which` holds `gram`.
    pub(super) fn text_holds(&self, which: usize, gram: GramId) -> bool {
        self.holding(gram).iter().any(|text| *text as usize == which)
    }

    /// The share of the tokens of the text `which` that are among `grams`.
    pub(super) fn precision(&self, which: usize, grams: &[Option<GramId>]) -> f64 {
        let Some(length) = self.lengths.get(which).filter(|length| **length > 0) else {
            return 0.0;
        };
        let singles = grams.iter().flatten().filter(|gram| gram.tokens().1.is_none());
        let held = singles.filter(|gram| self.text_holds(which, **gram)).count();
        held as f64 / f64::from(*length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::field::Statistics;
    use crate::search::phrase_matcher::PhraseMatcher;
    use crate::search::query::Query;
    use crate::search::vocabulary::Vocabulary;
    use transcript::text::{Segmenter, fold};

    /// The expansion texts of a corpus of one passage, and the question 灯塔 over them.
    struct Scored {
        expansion: Expansion,
        ids: Vec<Option<GramId>>,
        weights: Weights,
    }

    fn scored(texts: &[&str]) -> Scored {
        let mut vocabulary = Vocabulary::default();
        let mut statistics = Statistics::default();
        let field = FieldText::of_list(&mut vocabulary, texts.iter().copied());
        statistics.count(&field);
        let query =
            Query::new(&fold("灯塔"), &PhraseMatcher::default(), &[], &Segmenter::default());
        let ids: Vec<_> = query.grams.iter().map(|gram| vocabulary.gram(gram)).collect();
        let weights = Weights::new(&query, &ids, &statistics);
        Scored { expansion: Expansion::new(&field), ids, weights }
    }

    impl Scored {
        fn score(&self) -> ExpansionScore {
            self.expansion.score(&self.ids, &self.weights, &mut Vec::new())
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
        assert!((scored.expansion.precision(0, &scored.ids) - 0.4).abs() < 1e-9);
        assert!((scored.expansion.precision(1, &scored.ids) - 1.0).abs() < 1e-9);
        assert!(scored.expansion.precision(2, &scored.ids).abs() < 1e-9, "there is no third text");
    }

    #[test]
    fn texts_hold_the_grams_within_them_and_none_across_their_bounds() {
        let scored = scored(&["看灯", "塔高"]);
        let [lamp, tower] = [scored.ids[0].unwrap(), scored.ids[1].unwrap()];
        assert!(scored.expansion.text_holds(0, lamp) && !scored.expansion.text_holds(1, lamp));
        assert!(scored.expansion.text_holds(1, tower) && !scored.expansion.text_holds(0, tower));
        assert!(scored.ids[2].is_none_or(|pair| !scored.expansion.holds(pair)));
    }

    #[test]
    fn a_passage_without_expansion_texts_scores_nothing() {
        assert_eq!(scored(&[]).score(), ExpansionScore::default());
    }
}
