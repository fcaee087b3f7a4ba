//! The exact score of a candidate: characters, pairs and words of the question in each field of it.

use super::bm25::{inverse_document_frequency, length_norm, saturation};
use super::field::{Document, Field};
use super::matcher::{Matcher, Occurrence};
use super::question::{Gram, Question};
use super::vocabulary::{TokenId, Vocabulary};

/// Documents of the general language that stand beside the corpus: in a small corpus its own
/// frequencies are noise, in a large one these hardly count.
const BACKGROUND_DOCUMENTS: f64 = 200.0;

/// What the grams of a question weigh in one field.
pub(super) struct Weights {
    grams: Vec<f32>,
    average_length: f32,
    average_sentence: f32,
}

impl Weights {
    pub(super) fn new(
        question: &Question,
        field: &Field,
        vocabulary: &Vocabulary,
        n_documents: usize,
    ) -> Self {
        let average_length = field.average_length();
        let weight = |gram: &Gram| {
            let ids: Option<Vec<TokenId>> =
                gram.terms.iter().map(|term| vocabulary.id(term)).collect();
            let frequency = ids.map_or(0, |ids| field.document_frequency(&ids));
            let weight = inverse_frequency(
                gram,
                f64::from(frequency),
                n_documents as f64,
                f64::from(average_length),
            );
            // A word counts as a gram of its length and once more as a word; one of three tokens and
            // more is a word only.
            gram.strength * if gram.word && gram.terms.len() < 3 { 2.0 * weight } else { weight }
        };
        let grams = question.grams.iter().map(weight).collect();
        Self { grams, average_length, average_sentence: field.average_sentence() }
    }

    /// The weight of a gram.
    pub(super) fn of(&self, gram: usize) -> f32 {
        self.grams[gram]
    }

    /// The weight of all grams together.
    pub(super) fn total(&self) -> f32 {
        self.grams.iter().sum()
    }
}

fn inverse_frequency(
    gram: &Gram,
    document_frequency: f64,
    n_documents: f64,
    average_length: f64,
) -> f32 {
    let general = 1.0 - (1.0 - gram.general_frequency).powf(average_length);
    let documents = n_documents + BACKGROUND_DOCUMENTS;
    inverse_document_frequency(documents, document_frequency + BACKGROUND_DOCUMENTS * general)
        as f32
}

/// How well a document of a field matches.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct FieldScore {
    /// The document as a whole.
    pub(super) whole: f32,
    /// Its best sentence.
    pub(super) sentence: f32,
    /// Its best two neighbouring sentences.
    pub(super) window: f32,
    /// Which sentence is the best.
    pub(super) best_sentence: usize,
}

/// Scores documents of one question; holds the buffers that scoring needs.
pub(super) struct Scorer<'q> {
    matcher: &'q Matcher,
    occurrences: Vec<Occurrence>,
    counts: Vec<u16>,
}

impl<'q> Scorer<'q> {
    pub(super) fn new(matcher: &'q Matcher, question: &Question) -> Self {
        Self { matcher, occurrences: Vec::new(), counts: vec![0; question.grams.len()] }
    }

    pub(super) fn score(&mut self, document: &Document, weights: &Weights) -> FieldScore {
        self.matcher.find(&document.sequence, &mut self.occurrences);
        if self.occurrences.is_empty() {
            return FieldScore::default();
        }
        let occurrences = std::mem::take(&mut self.occurrences);
        let whole = length_norm(document.sequence.len(), weights.average_length);
        let mut score =
            FieldScore { whole: self.run(&occurrences, weights, whole), ..FieldScore::default() };
        self.best_sentences(document, &occurrences, weights, &mut score);
        self.occurrences = occurrences;
        score
    }

    fn best_sentences(
        &mut self,
        document: &Document,
        occurrences: &[Occurrence],
        weights: &Weights,
        score: &mut FieldScore,
    ) {
        let (mut start, mut first) = (0, 0);
        let mut before: Option<(usize, usize)> = None;
        for (sentence, &end) in document.sentence_ends.iter().enumerate() {
            let last = first
                + occurrences[first..].partition_point(|occurrence| (occurrence.at as usize) < end);
            if last > first {
                let own = self.run(
                    &occurrences[first..last],
                    weights,
                    length_norm(end - start, weights.average_sentence),
                );
                if own > score.sentence {
                    (score.sentence, score.best_sentence) = (own, sentence);
                }
            }
            let (window_start, window_first) = before.unwrap_or((start, first));
            if last > window_first {
                let norm = length_norm(end - window_start, 2.0 * weights.average_sentence);
                score.window =
                    score.window.max(self.run(&occurrences[window_first..last], weights, norm));
            }
            before = Some((start, first));
            (start, first) = (end, last);
        }
    }

    /// The score of a run of occurrences as a text of its own.
    fn run(&mut self, occurrences: &[Occurrence], weights: &Weights, norm: f32) -> f32 {
        for occurrence in occurrences {
            self.counts[usize::from(occurrence.gram)] += 1;
        }
        let mut score = 0.0;
        for occurrence in occurrences {
            let gram = usize::from(occurrence.gram);
            let count = std::mem::take(&mut self.counts[gram]);
            if count > 0 {
                score += weights.of(gram) * saturation(f32::from(count), norm);
            }
        }
        score
    }

    /// The weight of the grams that occur in any of `documents`.
    pub(super) fn held<'d>(
        &mut self,
        documents: impl Iterator<Item = &'d Document>,
        weights: &Weights,
    ) -> f32 {
        let mut held = 0.0;
        for document in documents {
            self.matcher.find(&document.sequence, &mut self.occurrences);
            for occurrence in &self.occurrences {
                let gram = usize::from(occurrence.gram);
                if std::mem::replace(&mut self.counts[gram], 1) == 0 {
                    held += weights.of(gram);
                }
            }
        }
        self.counts.fill(0);
        held
    }
}
