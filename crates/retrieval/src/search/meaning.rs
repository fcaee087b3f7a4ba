//! What a question means, beside its words: passages that share no word with it may still answer it.
//!
//! Each part of an encoder gives every passage a similarity to the question. The range of these differs
//! much from encoder to encoder (those of multilingual-e5 lie between 0.7 and 0.9), so they are compared
//! as standard scores: how many standard deviations a passage is above the mean. The sum over the parts,
//! where it is above 0, counts.
//!
//! Encoders find texts of one language more alike than texts of different languages, whatever they say:
//! to a question in English all passages in English are nearer than any in Chinese. So the mean and the
//! deviation are taken over the passages of one writing system, and each passage is compared with those
//! of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use encoder::Encoder;

use crate::index::Vectors;
use transcript::Passage;
use transcript::text::{fold, is_han};

/// Questions whose vectors are kept: pages of results and follow-ups ask the same again.
const REMEMBERED: usize = 64;

/// The encoder of a generation with its vectors.
pub(super) struct Meaning {
    encoder: Arc<Encoder>,
    vectors: Arc<Vectors>,
    /// Which passages are written in Chinese characters.
    is_han: Vec<bool>,
    recent: Mutex<VecDeque<(String, Vec<f32>)>>,
}

/// How near all passages are to a question in meaning.
pub(super) struct Nearness {
    /// The sum of the standard scores, where it is above 0.
    pub(super) scores: Vec<f32>,
    /// The mean of the similarities.
    pub(super) similarities: Vec<f32>,
}

impl Meaning {
    pub(super) fn new(encoder: Arc<Encoder>, vectors: Arc<Vectors>, passages: &[Passage]) -> Self {
        let is_han = passages.iter().map(|passage| is_written_in_han(&passage.text)).collect();
        Self { encoder, vectors, is_han, recent: Mutex::default() }
    }

    /// The fingerprint of the encoder.
    pub(super) fn encoder(&self) -> &str {
        self.encoder.fingerprint()
    }

    /// How near the passages are to the question `text`, which goes on with `topic`, if there is one;
    /// those that are not offered are not near.
    pub(super) fn nearness(
        &self,
        text: &str,
        topic: Option<&str>,
        is_offered: &dyn Fn(usize) -> bool,
    ) -> Result<Nearness, encoder::Error> {
        let question = topic.map_or_else(|| text.to_owned(), |topic| format!("{topic} {text}"));
        // Both scripts mean the same; passages are folded too.
        let vector = self.vector(fold(&question).into_iter().collect())?;
        Ok(Nearness::of(&self.vectors.similarities(&vector), &self.is_han, is_offered))
    }

    fn vector(&self, question: String) -> Result<Vec<f32>, encoder::Error> {
        let recent = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, vector)) = recent().iter().find(|(asked, _)| *asked == question) {
            return Ok(vector.clone());
        }
        let vector = self.encoder.encode_query(&question)?;
        let mut recent = recent();
        recent.truncate(REMEMBERED - 1);
        recent.push_front((question, vector.clone()));
        Ok(vector)
    }
}

impl Nearness {
    /// From the similarities of all passages, by part. Each passage is compared with those of the same
    /// `group`.
    fn of(parts: &[Vec<f32>], group: &[bool], is_offered: &dyn Fn(usize) -> bool) -> Self {
        let mut scores = vec![0.0; group.len()];
        let mut similarities = vec![0.0; group.len()];
        for part in parts {
            let spreads = [false, true].map(|wanted| {
                Spread::of(part.iter().zip(group).filter(|(_, of)| **of == wanted).map(|(v, _)| *v))
            });
            for (at, value) in part.iter().enumerate() {
                scores[at] += spreads[usize::from(group[at])].standard_score(*value);
                similarities[at] += value / parts.len() as f32;
            }
        }
        for (at, score) in scores.iter_mut().enumerate() {
            *score = if is_offered(at) { score.max(0.0) } else { 0.0 };
        }
        Self { scores, similarities }
    }

    /// Adds to `candidates` the `limit` nearest passages that are not among them yet.
    pub(super) fn join_nearest(&self, candidates: &mut Vec<usize>, limit: usize) {
        let mut is_candidate = vec![false; self.scores.len()];
        candidates.iter().for_each(|&position| is_candidate[position] = true);
        let mut nearest: Vec<usize> =
            (0..self.scores.len()).filter(|&position| self.scores[position] > 0.0).collect();
        nearest.sort_by(|&a, &b| self.scores[b].total_cmp(&self.scores[a]).then(a.cmp(&b)));
        nearest.truncate(limit);
        candidates.extend(nearest.into_iter().filter(|&position| !is_candidate[position]));
    }
}

/// The mean and the standard deviation of some numbers.
struct Spread {
    mean: f32,
    deviation: f32,
}

impl Spread {
    fn of(values: impl Iterator<Item = f32> + Clone) -> Self {
        let n = values.clone().count().max(1) as f32;
        let mean = values.clone().sum::<f32>() / n;
        let variance = values.map(|value| (value - mean).powi(2)).sum::<f32>() / n;
        Self { mean, deviation: variance.sqrt() }
    }

    /// How many deviations `value` is above the mean; 0 where all numbers are the same.
    fn standard_score(&self, value: f32) -> f32 {
        if self.deviation.is_normal() { (value - self.mean) / self.deviation } else { 0.0 }
    }
}

/// Whether more than a fifth of the characters are Chinese ones. A text in another language seldom has
/// more of them, and a Chinese text full of foreign names has more.
fn is_written_in_han(text: &str) -> bool {
    5 * text.chars().filter(|c| is_han(*c)).count() > text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_different_range_count_the_same() {
        // Mean 0.5 and deviation 0.5; mean 0.8 and deviation 0.1.
        let nearness = Nearness::of(&[vec![0.0, 1.0], vec![0.9, 0.7]], &[true; 2], &|_| true);
        assert!(
            nearness.scores.iter().all(|score| score.abs() < 1e-5),
            "one for each: none is nearer"
        );
        assert!((nearness.similarities[1] - 0.85).abs() < 1e-6);
        let nearness = Nearness::of(&[vec![0.0, 1.0], vec![0.7, 0.9]], &[true; 2], &|_| true);
        assert!((nearness.scores[1] - 2.0).abs() < 1e-4, "{:?}", nearness.scores);
        let nearness =
            Nearness::of(&[vec![0.0, 1.0], vec![0.7, 0.9]], &[true; 2], &|position| position == 0);
        assert!(nearness.scores.iter().all(|score| score.abs() < f32::EPSILON));
    }

    #[test]
    fn passages_are_compared_with_those_of_their_own_writing_system() {
        // The best of each pair is one deviation above its mean, though one pair is far more alike.
        let nearness =
            Nearness::of(&[vec![0.1, 0.3, 0.8, 0.9]], &[true, true, false, false], &|_| true);
        assert!((nearness.scores[1] - 1.0).abs() < 1e-4, "{:?}", nearness.scores);
        assert!((nearness.scores[3] - 1.0).abs() < 1e-4, "{:?}", nearness.scores);
        assert!(is_written_in_han("他用 Python 写了一个 library。"));
        assert!(!is_written_in_han("He said 你好 to the whole team."));
    }

    #[test]
    fn the_nearest_join_once_and_the_unlike_not_at_all() {
        let scores = vec![0.9, 0.2, 0.0, 0.1, 0.5];
        let nearness = Nearness { similarities: scores.clone(), scores };
        let mut candidates = vec![3, 0];
        nearness.join_nearest(&mut candidates, 9);
        assert_eq!(candidates, [3, 0, 4, 1]);
        let mut candidates = vec![2];
        nearness.join_nearest(&mut candidates, 1);
        assert_eq!(candidates, [2, 0]);
    }
}
