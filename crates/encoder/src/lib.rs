//! Turns texts into vectors. The closer the meanings of two texts are, the more their vectors point
//! in the same direction, in whatever words and language they are written.
//!
//! An encoder is a folder as published for the sentence-transformers library: `config.json`,
//! `tokenizer.json`, `model.safetensors`, and optional files about pooling and prefixes.
//! [`Encoder::load`] supports the BERT family, and the convolutional Universal Sentence
//! Encoder that `models/fetch` converts. A folder with several such folders is one encoder
//! that uses all of them.
//!
//! ```text
//! text ─▶ tokenizer ─▶ network (a row a token) ─▶ pooling ─▶ vector
//! ```
//!
//! This crate does not depend on interviews, and downloads nothing.

mod bert;
mod convolutional;
mod error;
mod fingerprint;
mod layer;
mod single;
mod settings;
mod tokenizer;
mod weights;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub use error::Error;
use single::SingleEncoder;

/// A sentence encoder in memory.
pub struct Encoder {
    parts: Vec<SingleEncoder>,
    fingerprint: String,
}

/// A text to be found, and the windows of it that have vectors of their own.
#[derive(Debug, Clone)]
pub struct PassageText<'a> {
    pub text: &'a str,
    /// The windows, as ranges of bytes of the text.
    pub windows: Vec<Range<usize>>,
}

/// The vectors of a [`PassageText`], each of length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PassageVectors {
    /// The vector of the whole text.
    pub whole: Vec<f32>,
    /// The vector of each window of two neighbouring sentences.
    pub windows: Vec<Vec<f32>>,
}

impl Encoder {
    /// Loads the encoder in `folder`, or all encoders in its subfolders, in the
    /// order of their names.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let folders = encoder_folders(folder)?;
        let parts: Vec<SingleEncoder> =
            folders.iter().map(|folder| SingleEncoder::load(folder)).collect::<Result<_, _>>()?;
        let fingerprint = fingerprint::joined(parts.iter().map(SingleEncoder::fingerprint));
        Ok(Self { parts, fingerprint })
    }

    /// Returns the length of the vectors.
    pub fn dimensions(&self) -> usize {
        self.parts.iter().map(SingleEncoder::dimensions).sum()
    }

    /// Returns the lengths of the parts of a vector, one for each of its encoders. The products of
    /// each part have a range of their own, so that they are best compared part by part.
    pub fn part_dimensions(&self) -> Vec<usize> {
        self.parts.iter().map(SingleEncoder::dimensions).collect()
    }

    /// Returns the fingerprint of this encoder. Vectors of encoders with different
    /// fingerprints cannot be compared.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Returns the vector of a question.
    pub fn encode_query(&self, question: &str) -> Result<Vec<f32>, Error> {
        let vectors = self.parts.iter().map(|part| part.encode_query(question));
        Ok(joined(vectors.collect::<Result<_, _>>()?))
    }

    /// Returns the vectors of `passages` and their windows, in the same order. Uses all processors.
    pub fn encode_passages(
        &self,
        passages: &[PassageText<'_>],
    ) -> Result<Vec<PassageVectors>, Error> {
        let mut of_parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            of_parts.push(part.encode_passages(passages)?.into_iter());
        }
        let join = |passage: &PassageText<'_>| {
            let vectors: Vec<PassageVectors> =
                of_parts.iter_mut().filter_map(Iterator::next).collect();
            let window = |at: usize| {
                joined(vectors.iter().map(|vectors| vectors.windows[at].clone()).collect())
            };
            PassageVectors {
                windows: (0..passage.windows.len()).map(window).collect(),
                whole: joined(vectors.into_iter().map(|vectors| vectors.whole).collect()),
            }
        };
        Ok(passages.iter().map(join).collect())
    }
}

/// Returns the folders of encoders in `folder`: the folder itself, or those of its subfolders
/// that have a configuration.
fn encoder_folders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let has_encoder = |folder: &Path| folder.join(single::CONFIG).is_file();
    if has_encoder(folder) {
        return Ok(vec![folder.to_path_buf()]);
    }
    let no_encoder = || Error::NoEncoder(folder.to_path_buf());
    let entries = fs::read_dir(folder).map_err(|_| no_encoder())?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|folder| has_encoder(folder));
    folders.sort();
    if folders.is_empty() { Err(no_encoder()) } else { Ok(folders) }
}

/// Joins several vectors of length 1 to one of length 1. The product of two joined vectors is the
/// mean of the products of their parts.
fn joined(vectors: Vec<Vec<f32>>) -> Vec<f32> {
    let scale = (vectors.len() as f32).sqrt().recip();
    vectors.into_iter().flatten().map(|number| number * scale).collect()
}
