//! The exact score of a text of a candidate: characters, pairs and words of the question in it.

use super::bm25::{SAID, inverse_document_frequency};
use super::field::{Document, Statistics};
use super::matcher::{Matcher, Occurrence};
use super::question::{Gram, Question};
use super::vocabulary::GramId;

/// Documents of the general language that stand beside the corpus: in a small corpus its own
/// frequencies are noise, in a large one these hardly count.
const BACKGROUND_DOCUMENTS: f64 = 200.0;

/// What a pair weighs that is no word, nor part of one: its characters count beside it, and that they
/// stand together may be chance.
const CHANCE_PAIR: f32 = 0.7;

/// What the grams of a question weigh in one field.
pub(super) struct Weights {
    grams: Vec<f32>,
    total: f32,
    pub(super) average_length: f32,
    pub(super) average_sentence: f32,
}

impl Weights {
    pub(super) fn new(
        question: &Question,
        ids: &[Option<GramId>],
        statistics: &Statistics,
    ) -> Self {
        let average_length = statistics.average_length();
        let grams = question.grams.iter().zip(ids).map(|(gram, id)| {
            let frequency = id.map_or(0, |id| statistics.document_frequency(id));
            let rarity = rarity(gram, frequency, statistics.n_documents(), average_length);
            gram.strength * rarity * emphasis(gram)
        });
        let grams: Vec<f32> = grams.collect();
        Self {
            total: grams.iter().take(question.n_counting()).sum(),
            grams,
            average_length,
            average_sentence: statistics.average_sentence(),
        }
    }

    /// The weight of a gram.
    pub(super) fn of(&self, gram: usize) -> f32 {
        self.grams[gram]
    }

    /// The weight of the whole question: of the grams that [make it](Question::n_counting).
    pub(super) fn total(&self) -> f32 {
        self.total
    }
}

/// A gram counts as what it is and once more as a word, or as its share of one.
fn emphasis(gram: &Gram) -> f32 {
    let is_chance = gram.second.is_some() && gram.word_share == 0.0;
    if is_chance { CHANCE_PAIR } else { 1.0 + gram.word_share }
}

/// Inverse document frequency in the corpus and the background together. In a text of `length` places
/// a gram of frequency f occurs with likelihood `1 − (1 − f)^length ≈ 1 − e^(−f · length)`.
fn rarity(gram: &Gram, frequency: u32, n_documents: usize, length: f32) -> f32 {
    let general = -(-gram.general_frequency * f64::from(length)).exp_m1();
    let frequency = f64::from(frequency) + BACKGROUND_DOCUMENTS * general;
    inverse_document_frequency(n_documents as f64 + BACKGROUND_DOCUMENTS, frequency) as f32
}

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

/// Scores texts for one question; holds the buffers that scoring needs.
pub(super) struct Scorer<'q> {
    matcher: &'q Matcher,
    occurrences: Vec<Occurrence>,
    counts: Vec<u16>,
}

impl<'q> Scorer<'q> {
    pub(super) fn new(matcher: &'q Matcher, question: &Question) -> Self {
        Self { matcher, occurrences: Vec::new(), counts: vec![0; question.grams.len()] }
    }

    /// The score of a document as a whole.
    pub(super) fn whole(&mut self, document: &Document, weights: &Weights) -> f32 {
        self.matcher.find(&document.sequence, &mut self.occurrences);
        let norm = SAID.length_norm(document.sequence.len(), weights.average_length);
        run(&self.occurrences, &mut self.counts, weights, norm)
    }

    /// The score of a document and of its sentences.
    pub(super) fn text(&mut self, document: &Document, weights: &Weights) -> TextScore {
        let mut score = TextScore { whole: self.whole(document, weights), ..TextScore::default() };
        let (mut start, mut first) = (0, 0);
        let mut before: Option<(usize, usize)> = None;
        for &end in &document.sentence_ends {
            let inside =
                self.occurrences[first..].iter().take_while(|found| (found.at as usize) < end);
            let last = first + inside.count();
            let mut part = |start: usize, first: usize, average: f32| {
                let norm = SAID.length_norm(end - start, average);
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

/// The score of a run of occurrences as a text of its own. `counts` is zero before and after.
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
            score += weights.of(gram) * SAID.of(f32::from(count), norm);
        }
    }
    score
}
