//! Turns texts into vectors: the more two texts mean the same, the more their vectors point the same
//! way, whatever words and whatever language they are in.
//!
//! An encoder is a folder as published for the sentence-transformers library: `config.json`,
//! `tokenizer.json`, `model.safetensors`, and optionally how to pool and what to put before a text.
//! [`Encoder::load`] runs those of the BERT family, and the convolutional Universal Sentence Encoder
//! that `models/fetch` converts. A folder of several such folders is one encoder, which uses all.
//!
//! ```text
//! text ─▶ tokenizer ─▶ network (a row a token) ─▶ pooling ─▶ vector
//! ```
//!
//! Nothing here knows of interviews, and nothing is fetched.

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

/// A text to be found, and the stretches of it that have vectors of their own.
#[derive(Debug, Clone)]
pub struct PassageText<'a> {
    pub text: &'a str,
    /// Ranges of bytes of it.
    pub windows: Vec<Range<usize>>,
}

/// The vectors of a [`PassageText`], each of length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PassageVectors {
    /// Of the whole text.
    pub whole: Vec<f32>,
    /// The vector of each window of two neighbouring sentences.
    pub windows: Vec<Vec<f32>>,
}

impl Encoder {
    /// Loads the encoder in `folder`, or all those in its subfolders, in the order of their names.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let folders = encoder_folders(folder)?;
        let parts: Vec<SingleEncoder> =
            folders.iter().map(|folder| SingleEncoder::load(folder)).collect::<Result<_, _>>()?;
        let fingerprint = fingerprint::joined(parts.iter().map(SingleEncoder::fingerprint));
        Ok(Self { parts, fingerprint })
    }

    /// The length of the vectors.
    pub fn dimensions(&self) -> usize {
        self.parts.iter().map(SingleEncoder::dimensions).sum()
    }

    /// The lengths of the parts of a vector, one for each of its encoders. The products of each part
    /// have a range of their own, so they are best compared part by part.
    pub fn part_dimensions(&self) -> Vec<usize> {
        self.parts.iter().map(SingleEncoder::dimensions).collect()
    }

    /// What tells this encoder from others: vectors of different encoders cannot be compared.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The vector of a question.
    pub fn encode_query(&self, question: &str) -> Result<Vec<f32>, Error> {
        let vectors = self.parts.iter().map(|part| part.encode_query(question));
        Ok(joined(vectors.collect::<Result<_, _>>()?))
    }

    /// The vectors of `passages` and their windows, in their order. It uses all processors.
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

/// The folders of encoders in `folder`: itself, or those of its subfolders that have a configuration.
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

/// One vector of length 1 of several of length 1, whose product with another such is the mean of the
/// products of the parts.
fn joined(vectors: Vec<Vec<f32>>) -> Vec<f32> {
    let scale = (vectors.len() as f32).sqrt().recip();
    vectors.into_iter().flatten().map(|number| number * scale).collect()
}
