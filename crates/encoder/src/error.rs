//! Errors of loading and using an encoder.

use std::io;
use std::path::{Path, PathBuf};

/// The reason why an encoder cannot be loaded or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder does not exist, or holds no encoder.
    #[error(
        "`{0}` holds no sentence encoder; hint: it needs `config.json`, `tokenizer.json` and \
         `model.safetensors`, itself or in subfolders; `models/fetch` brings the default one"
    )]
    NoEncoder(PathBuf),
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}; hint: look at its permissions, or fetch it again")]
    Io {
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file is damaged or incomplete.
    #[error("`{path}` is damaged: {why}; hint: fetch the encoder again")]
    Damaged {
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The encoder is of a kind that this program does not run.
    #[error(
        "`{path}`: {what} is not supported; hint: take a BERT, RoBERTa or XLM-RoBERTa encoder with \
         a WordPiece or Unigram tokenizer, such as bge, gte-base or multilingual-e5"
    )]
    Unsupported {
        /// The file that asks for what is not supported.
        path: PathBuf,
        /// What is not supported.
        what: String,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), source }
    }

    pub(crate) fn damaged(path: &Path, why: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), why: why.into() }
    }

    pub(crate) fn unsupported(path: &Path, what: impl Into<String>) -> Self {
        Self::Unsupported { path: path.to_path_buf(), what: what.into() }
    }
}
