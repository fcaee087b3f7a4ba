//! Drafts of readers' questions by a language model, which an editor reviews.
//!
//! This is document expansion (doc2query: Nogueira et al., "Document Expansion by Query Prediction",
//! 2019), done ahead of indexing. The steps for each passage: it is sent to the model ([`prompt`]);
//! the answer is parsed ([`draft`]); drafts that leave the passage's subject or repeat another
//! question are dropped ([`filter`]); the rest is written into the questions file at once ([`run`]),
//! with the origin `model` until somebody has reviewed it ([`mod@review`]). No model is used when
//! the program answers questions.

mod client;
mod draft;
mod filter;
mod prompt;
mod review;
mod run;

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};

use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use transcript::{Corpus, Passage, PassageId, questions};

pub use client::{Client, DraftError, Spent};
pub use review::{Decision, Pending, Reviewed, review};
pub use run::{Drafting, EnrichmentReport, Event};

/// `[enrich]`: the model that drafts questions.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Base URL of an OpenAI-compatible endpoint; empty if there is none.
    pub url: String,
    /// Name of the model at the endpoint.
    pub model: String,
    /// Key that is sent as a bearer token; empty if none is sent.
    pub key: Secret,
    /// Number of requests at the same time.
    pub concurrency: NonZeroUsize,
    /// Seconds after which a request is given up.
    pub timeout_seconds: NonZeroU64,
    /// Number of attempts per passage.
    pub attempts: NonZeroU32,
    /// Milliseconds before the second attempt; the wait doubles with each attempt.
    pub retry_wait_ms: u64,
    /// Number of questions to ask for per passage.
    pub questions: NonZeroUsize,
}

/// The reason why drafting or reviewing cannot continue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The endpoint or the model is not configured.
    #[error(
        "no model is configured: `enrich.{0}` is empty; hint: any OpenAI-compatible endpoint will do, \
         such as WENJIAN__ENRICH__URL=http://127.0.0.1:11434/v1 and WENJIAN__ENRICH__MODEL=… for a \
         local one"
    )]
    NotConfigured(&'static str),
    /// The address of the endpoint is invalid.
    #[error(
        "`enrich.url` is `{url}`: {why}; hint: an address such as `http://127.0.0.1:11434/v1` is needed"
    )]
    Url {
        url: String,
        /// What is wrong with the address.
        why: String,
    },
    /// No interview has this slug.
    #[error("there is no interview `{slug}`; hint: the interviews are {known}")]
    UnknownInterview {
        /// The slug as typed.
        slug: String,
        /// The slugs of all interviews.
        known: String,
    },
    /// A draft that should be struck does not exist.
    #[error("there is no draft `{0}`; hint: `wenjian enrich --review` lists them as `slug/3.2#1`")]
    UnknownDraft(String),
    /// The corpus cannot be searched.
    #[error(transparent)]
    SameKey(#[from] retrieval::SameKey),
    /// A questions file cannot be used.
    #[error(transparent)]
    Questions(#[from] questions::Error),
    /// The endpoint refused a request, and would refuse all others as well.
    #[error("{failure}; hint: check `enrich.url`, `enrich.model` and `enrich.key`")]
    Refused {
        /// The answer by which the endpoint refused.
        failure: DraftError,
    },
    /// Several passages failed one after another.
    #[error(
        "{in_a_row} passages in a row failed, the last with: {failure}; hint: run the command again \
         later; the drafts so far are kept, and the next run continues after them"
    )]
    GivenUp {
        /// Number of passages that failed.
        in_a_row: usize,
        /// The failure after which the run was given up.
        failure: DraftError,
    },
}

/// Returns the positions in the corpus of the interviews with these slugs, or of all interviews
/// if `slugs` is empty.
///
/// # Errors
/// Fails if no interview has one of the slugs.
pub fn chosen(corpus: &Corpus, slugs: &[String]) -> Result<Vec<usize>, Error> {
    if slugs.is_empty() {
        return Ok((0..corpus.interviews.len()).collect());
    }
    let mut chosen = Vec::with_capacity(slugs.len());
    for slug in slugs {
        let mut interviews = corpus.interviews.iter();
        let position =
            interviews.position(|interview| interview.slug == *slug).ok_or_else(|| {
                let known: Vec<&str> =
                    corpus.interviews.iter().map(|interview| interview.slug.as_str()).collect();
                Error::UnknownInterview { slug: slug.clone(), known: known.join(", ") }
            })?;
        if !chosen.contains(&position) {
            chosen.push(position);
        }
    }
    Ok(chosen)
}

/// Returns the passages of the interview at `position`, and their ids, in reading order.
fn passages_of(corpus: &Corpus, position: usize) -> (Vec<Passage>, Vec<PassageId>) {
    let passages = corpus.passages().into_iter();
    let passages: Vec<Passage> = passages.filter(|passage| passage.interview == position).collect();
    let ids = passages.iter().map(|passage| passage.id.clone()).collect();
    (passages, ids)
}

/// Returns the name of an interview's questions file.
fn file_name(slug: &str) -> String {
    format!("{slug}{}", questions::SUFFIX)
}
