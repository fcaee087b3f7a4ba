//! What a question means, beside its words: passages that share no word with it may still answer it.
//!
//! Each part of an encoder gives every passage a similarity to the question. The range of these differs
//! much from encoder to encoder (those of multilingual-e5 lie between 0.7 and 0.9), so they are compared
//! as standard scores: how many standard deviations a passage is above the mean of all. The sum over the
//! parts, where it is above 0, counts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use encoder::Encoder;

use crate::index::Vectors;
use transcript::text::fold;

/// Questions whose vectors are kept: pages of results and follow-ups ask the same again.
const REMEMBERED: usize = 64;

/// The encoder of a generation with its vectors.
pub(super) struct Meaning {
    encoder: Arc<Encoder>,
    vectors: Arc<Vectors>,
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
    pub(super) fn new(encoder: Arc<Encoder>, vectors: Arc<Vectors>) -> Self {
        Self { encoder, vectors, recent: Mutex::default() }
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
        Ok(Nearness::of(&self.vectors.similarities(&vector), is_offered))
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
    fn of(parts: &[Vec<f32>], is_offered: &dyn Fn(usize) -> bool) -> Self {
        let n_passages = parts.first().map_or(0, Vec::len);
        let mut scores = vec![0.0; n_passages];
        let mut similarities = vec![0.0; n_passages];
        for part in parts {
            let n = n_passages as f32;
            let mean = part.iter().sum::<f32>() / n;
            let variance = part.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / n;
            let scale = if variance.is_normal() { variance.sqrt().recip() } else { 0.0 };
            for (at, value) in part.iter().enumerate() {
                scores[at] += (value - mean) * scale;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_different_range_count_the_same() {
        // Mean 0.5 and deviation 0.5; mean 0.8 and deviation 0.1.
        let nearness = Nearness::of(&[vec![0.0, 1.0], vec![0.9, 0.7]], &|_| true);
        assert!(
            nearness.scores.iter().all(|score| score.abs() < 1e-5),
            "one for each: none is nearer"
        );
        assert!((nearness.similarities[1] - 0.85).abs() < 1e-6);
        let nearness = Nearness::of(&[vec![0.0, 1.0], vec![0.7, 0.9]], &|_| true);
        assert!((nearness.scores[1] - 2.0).abs() < 1e-4, "{:?}", nearness.scores);
        let nearness = Nearness::of(&[vec![0.0, 1.0], vec![0.7, 0.9]], &|position| position == 0);
        assert!(nearness.scores.iter().all(|score| score.abs() < f32::EPSILON));
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
