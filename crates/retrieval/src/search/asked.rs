//! The readers' questions of a passage, by gram: there are many of them, and only a few share a gram
//! with what is asked now.

use super::bm25::{ASKED, SAID};
use super::field::Document;
use super::rerank::Weights;
use super::vocabulary::GramId;

/// The readers' questions of one passage.
#[derive(Debug, Default)]
pub(super) struct AskedDocument {
    /// The grams, in order.
    grams: Vec<GramId>,
    /// Where each gram's questions begin in `questions`, and where the last one's end.
    starts: Vec<u32>,
    /// Which questions hold each gram.
    questions: Vec<u32>,
    /// Tokens of each question.
    lengths: Vec<u32>,
    /// Tokens of all of them.
    length: usize,
}

/// How well the readers' questions of a passage match.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct AskedScore {
    /// The best question.
    pub(super) best: f32,
    /// Which one it is.
    pub(super) which: usize,
    /// All of them as one text.
    pub(super) all: f32,
}

impl AskedDocument {
    /// Turns a document of questions around.
    pub(super) fn new(document: &Document) -> Self {
        let ends = &document.sentence_ends;
        let mut places: Vec<(GramId, u32)> = document
            .sequence
            .grams()
            .map(|(gram, at)| (gram, ends.partition_point(|end| *end <= at) as u32))
            .collect();
        places.sort_unstable();
        places.dedup();
        let mut asked = Self { length: document.sequence.len(), ..Self::default() };
        for (number, (gram, question)) in places.into_iter().enumerate() {
            if asked.grams.last() != Some(&gram) {
                asked.grams.push(gram);
                asked.starts.push(number as u32);
            }
            asked.questions.push(question);
        }
        asked.starts.push(asked.questions.len() as u32);
        let starts = std::iter::once(&0).chain(ends);
        asked.lengths = starts.zip(ends).map(|(start, end)| (end - start) as u32).collect();
        asked
    }

    /// Which questions hold `gram`.
    fn holding(&self, gram: GramId) -> &[u32] {
        let Ok(at) = self.grams.binary_search(&gram) else { return &[] };
        &self.questions[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Scores the questions; a gram counts once in each. `sums` is a buffer.
    pub(super) fn score(
        &self,
        grams: &[Option<GramId>],
        weights: &Weights,
        sums: &mut Vec<f32>,
    ) -> AskedScore {
        sums.clear();
        sums.resize(self.lengths.len(), 0.0);
        let norm = ASKED.length_norm(self.length, weights.average_length);
        let mut score = AskedScore::default();
        for (number, gram) in grams.iter().enumerate() {
            let holding = gram.map_or(&[][..], |gram| self.holding(gram));
            if holding.is_empty() {
                continue;
            }
            let weight = weights.of(number);
            score.all += weight * ASKED.of(holding.len() as f32, norm);
            holding.iter().for_each(|question| sums[*question as usize] += weight);
        }
        for (which, (sum, length)) in sums.iter().zip(&self.lengths).enumerate() {
            if *sum > 0.0 {
                let norm = SAID.length_norm(*length as usize, weights.average_sentence);
                let value = sum * SAID.of(1.0, norm);
                if value > score.best {
                    (score.best, score.which) = (value, which);
                }
            }
        }
        score
    }

    /// Whether any of the questions holds `gram`.
    pub(super) fn holds(&self, gram: GramId) -> bool {
        !self.holding(gram).is_empty()
    }

    /// Whether the question `which` holds `gram`.
    pub(super) fn question_holds(&self, which: usize, gram: GramId) -> bool {
        self.holding(gram).iter().any(|question| *question as usize == which)
    }

    /// The share of the tokens of the question `which` that are among `grams`.
    pub(super) fn precision(&self, which: usize, grams: &[Option<GramId>]) -> f64 {
        let Some(length) = self.lengths.get(which).filter(|length| **length > 0) else {
            return 0.0;
        };
        let singles = grams.iter().flatten().filter(|gram| gram.tokens().1.is_none());
        let held = singles.filter(|gram| self.question_holds(which, **gram)).count();
        held as f64 / f64::from(*length)
    }
}
