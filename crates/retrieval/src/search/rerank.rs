//! The exact score of one text of a candidate.

use super::bm25::TEXT;
use super::field::FieldText;
use super::matcher::{Matcher, Occurrence};
use super::weights::Weights;

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
    pub(super) fn whole(&mut self, text: &FieldText, weights: &Weights) -> f32 {
        self.matcher.find(&text.sequence, &mut self.occurrences);
        let norm = TEXT.length_norm(text.sequence.len(), weights.average_length);
        run(&self.occurrences, &mut self.counts, weights, norm)
    }

    /// The scores of a text and of its sentences.
    pub(super) fn text(&mut self, text: &FieldText, weights: &Weights) -> TextScore {
        let mut score = TextScore { whole: self.whole(text, weights), ..TextScore::default() };
        let (mut start, mut first) = (0, 0);
        let mut before: Option<(usize, usize)> = None;
        for &end in &text.sentence_ends {
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
