//! The vectors of the passages: one of each whole passage, and one of
//! every two neighbouring sentences.
//!
//! A passage is encoded behind the interviewer's question that it answers. An answer often does not
//! repeat what it is about ("Yes, and we would do it again."), and with the question its vectors say
//! so: on imported interviews this moves the right passage among the first three for one or two
//! questions in a hundred (docs/retrieval.md).
//!
//! Each number of a vector is stored in a byte, and each vector has a scale for each part of its
//! encoder: `number ≈ byte · scale`. This takes a quarter of the space of 32-bit numbers.

use std::ops::Range;

use encoder::{Encoder, PassageText};
use serde::{Deserialize, Serialize};

use transcript::Passage;
use transcript::text::{fold, sentences};

/// The number of passages that are encoded between two reports of progress.
const BATCH: usize = 16;
/// Characters of the interviewer's question, counted from its end, that are encoded with a passage. What
/// is asked comes last, and a longer text would leave no room for the passage in the encoder.
const QUESTION: usize = 200;

/// The description of the vectors in the manifest of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VectorRecord {
    /// The fingerprint of the encoder that made them.
    pub encoder: String,
    /// The lengths of the parts of a vector.
    pub parts: Vec<usize>,
    /// The checksum of the file.
    pub crc32: u32,
}

/// The vectors of all passages.
#[derive(Debug, PartialEq)]
pub struct Vectors {
    /// The range of each part in a vector.
    parts: Vec<Range<usize>>,
    /// The positions of the vectors of each passage: first that of the whole passage, then
    /// those of its windows.
    passages: Vec<Range<usize>>,
    /// The scales, one for each vector and part.
    scales: Vec<f32>,
    /// The numbers of all vectors, one vector after another.
    numbers: Vec<i8>,
}

impl Vectors {
    /// Encodes `passages`, each behind the question that `question_of` returns for it. `progress` is
    /// called with the number of passages that are done.
    pub(super) fn encode<'q>(
        encoder: &Encoder,
        passages: &[Passage],
        question_of: impl Fn(&Passage) -> &'q str,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Self, encoder::Error> {
        let mut vectors = Self::empty(&encoder.part_dimensions());
        for batch in passages.chunks(BATCH) {
            let texts: Vec<(String, Vec<Range<usize>>)> = batch
                .iter()
                .map(|passage| behind_question(question_of(passage), &passage.text))
                .collect();
            let texts: Vec<PassageText<'_>> = texts
                .iter()
                .map(|(text, windows)| PassageText { text, windows: windows.clone() })
                .collect();
            for encoded in encoder.encode_passages(&texts)? {
                let start = vectors.passages.last().map_or(0, |last| last.end);
                vectors.passages.push(start..start + 1 + encoded.windows.len());
                vectors.push(&encoded.whole);
                encoded.windows.iter().for_each(|window| vectors.push(window));
            }
            progress(vectors.passages.len());
        }
        Ok(vectors)
    }

    fn empty(dimensions: &[usize]) -> Self {
        let mut end = 0;
        let part = |length: &usize| {
            end += length;
            end - length..end
        };
        Self {
            parts: dimensions.iter().map(part).collect(),
            passages: Vec::new(),
            scales: Vec::new(),
            numbers: Vec::new(),
        }
    }

    fn push(&mut self, vector: &[f32]) {
        for part in &self.parts {
            self.scales.push(quantize(&vector[part.clone()], &mut self.numbers));
        }
    }

    /// Returns the stored numbers of a vector.
    fn width(&self) -> usize {
        self.parts.last().map_or(0, |part| part.end)
    }

    /// Returns, for each part, how similar each passage is to the question with the vector
    /// `question`: the mean of the product with the whole passage and the largest product with
    /// one of its windows.
    pub(crate) fn similarities(&self, question: &[f32]) -> Vec<Vec<f32>> {
        // The squares of the lengths of all parts add up to 1.
        let share = self.parts.len() as f32;
        let of_part = |(number, part): (usize, &Range<usize>)| {
            let mut bytes = Vec::with_capacity(part.len());
            let scale = share * quantize(&question[part.clone()], &mut bytes);
            let product = |vector: usize| {
                let start = vector * self.width() + part.start;
                let scale = scale * self.scales[vector * self.parts.len() + number];
                dot(&bytes, &self.numbers[start..start + part.len()]) as f32 * scale
            };
            let of_passage = |vectors: &Range<usize>| {
                let whole = product(vectors.start);
                let windows = (vectors.start + 1..vectors.end).map(product);
                0.5 * (whole + windows.reduce(f32::max).unwrap_or(whole))
            };
            self.passages.iter().map(of_passage).collect()
        };
        self.parts.iter().enumerate().map(of_part).collect()
    }

    /// Returns the vectors as bytes: the number of vectors of each passage, the
    /// scales, and the numbers.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for passage in &self.passages {
            bytes.extend((passage.len() as u32).to_le_bytes());
        }
        self.scales.iter().for_each(|scale| bytes.extend(scale.to_le_bytes()));
        bytes.extend(self.numbers.iter().map(|number| number.cast_unsigned()));
        bytes
    }

    /// Reads the vectors of `n_passages` passages from bytes. Returns `None` if the
    /// bytes do not fit.
    pub(super) fn from_bytes(bytes: &[u8], n_passages: usize, parts: &[usize]) -> Option<Self> {
        let mut vectors = Self::empty(parts);
        let (counts, rest) = bytes.split_at_checked(4 * n_passages)?;
        let mut end = 0;
        for count in counts.as_chunks().0 {
            let start = end;
            end += u32::from_le_bytes(*count) as usize;
            vectors.passages.push(start..end);
        }
        let (scales, numbers) = rest.split_at_checked(4 * end * parts.len())?;
        let fits = numbers.len() == end * vectors.width()
            && vectors.passages.iter().all(|passage| !passage.is_empty());
        vectors.scales =
            scales.as_chunks().0.iter().map(|scale| f32::from_le_bytes(*scale)).collect();
        vectors.numbers = numbers.iter().map(|number| number.cast_signed()).collect();
        fits.then_some(vectors)
    }
}

/// Returns the end of `question` and the whole of `passage`, folded, with the ranges in bytes of the
/// passage's windows.
fn behind_question(question: &str, passage: &str) -> (String, Vec<Range<usize>>) {
    let question = fold(question);
    let mut text: String = question[question.len().saturating_sub(QUESTION)..].iter().collect();
    if !text.is_empty() {
        text.push('\n');
    }
    let start = text.len();
    let folded: String = fold(passage).into_iter().collect();
    let windows = windows(passage, &folded);
    text.push_str(&folded);
    (text, windows.into_iter().map(|window| window.start + start..window.end + start).collect())
}

/// Returns the ranges of every two neighbouring sentences, in bytes of `folded`, which is `text`
/// after folding. If there is only one sentence, its range is returned.
fn windows(text: &str, folded: &str) -> Vec<Range<usize>> {
    let characters: Vec<char> = text.chars().collect();
    let bytes: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    let sentences = sentences(&characters);
    let window =
        |first: usize, last: usize| bytes[sentences[first].start]..bytes[sentences[last].end];
    match sentences.len() {
        0 => Vec::new(),
        1 => vec![window(0, 0)],
        n => (1..n).map(|last| window(last - 1, last)).collect(),
    }
}

/// Appends `vector` to `numbers` as bytes, and returns their scale.
fn quantize(vector: &[f32], numbers: &mut Vec<i8>) -> f32 {
    let largest = vector.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    let scale = largest / f32::from(i8::MAX);
    let inverse = if scale > 0.0 { scale.recip() } else { 0.0 };
    numbers.extend(vector.iter().map(|number| (number * inverse).round() as i8));
    scale
}

fn dot(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two passages with vectors of two parts: the first has a window, the second has none.
    fn vectors() -> Vectors {
        let half = 0.5_f32.sqrt();
        let mut vectors = Vectors::empty(&[2, 1]);
        vectors.passages = vec![0..2, 2..3];
        vectors.push(&[half, 0.0, half]);
        vectors.push(&[0.0, half, -half]);
        vectors.push(&[0.0, half, half]);
        vectors
    }

    #[test]
    fn the_whole_passage_and_its_best_window_count() {
        let half = 0.5_f32.sqrt();
        let similarities = vectors().similarities(&[half, 0.0, half]);
        // First part: 1 with the whole of the first passage and 0 with its window.
        for (found, expected) in similarities.iter().flatten().zip([0.5, 0.0, 0.0, 1.0]) {
            assert!((found - expected).abs() < 0.01, "{found} instead of {expected}");
        }
    }

    #[test]
    fn vectors_survive_storage_and_cut_bytes_are_refused() {
        let vectors = vectors();
        let bytes = vectors.to_bytes();
        assert_eq!(Vectors::from_bytes(&bytes, 2, &[2, 1]), Some(vectors));
        assert_eq!(Vectors::from_bytes(&bytes[..bytes.len() - 1], 2, &[2, 1]), None);
        assert_eq!(Vectors::from_bytes(&bytes, 2, &[2, 2]), None);
        assert_eq!(Vectors::from_bytes(&bytes, 9, &[2, 1]), None);
    }

    #[test]
    fn a_passage_stands_behind_the_end_of_its_question() {
        let (text, windows) = behind_question("颱風呢？", "船回港。城門開。");
        assert_eq!(text, "台风呢?\n船回港。城门开。");
        assert_eq!(windows.len(), 1);
        assert_eq!(text.get(windows[0].clone()), Some("船回港。城门开。"));
        let (text, _) = behind_question(&"问".repeat(300), "答。");
        assert_eq!(text.chars().count(), QUESTION + 1 + 2);
        assert_eq!(behind_question("", "答。").0, "答。");
    }

    #[test]
    fn windows_are_two_sentences_long() {
        let text = "颱風來了。船回港。城門開。";
        let folded: String = fold(text).into_iter().collect();
        let words: Vec<&str> =
            windows(text, &folded).into_iter().map(|window| folded.get(window).unwrap()).collect();
        assert_eq!(words, ["台风来了。船回港。", "船回港。城门开。"]);
        assert_eq!(windows("一句。", "一句。").len(), 1);
        assert!(windows("", "").is_empty());
    }
}
