//! Drafts of readers' questions, asked of a language model at index time and reviewed by an editor.
//!
//! A passage goes to the model ([`prompt`]), its answer is read ([`draft`]), what leaves the
//! passage's subject or repeats another question is dropped ([`filter`]), the rest is written into the
//! questions file at once ([`run`]), marked as a model's until somebody has looked at it
//! ([`mod@review`]). No model is asked when the program answers questions.

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

pub use client::{Client, Failure, Spent};
pub use review::{Decision, Pending, Reviewed, review};
pub use run::{Drafting, Event, Report};

/// `[enrich]`: the model that drafts questions.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Base URL of an OpenAI-compatible endpoint; empty: none.
    pub url: String,
    /// The model's name at the endpoint.
    pub model: String,
    /// Sent as a bearer token; empty: none.
    pub key: Secret,
    /// Requests at a time.
    pub concurrency: NonZeroUsize,
    /// The longest that an answer may take, seconds.
    pub timeout_seconds: NonZeroU64,
    /// How often a passage is tried.
    pub attempts: NonZeroU32,
    /// Wait before the second attempt, milliseconds; doubles with each.
    pub retry_wait_ms: u64,
    /// Questions to ask for, a passage.
    pub questions: NonZeroUsize,
}

/// Why drafting or reviewing cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody was named who could be asked.
    #[error(
        "no model is configured: `enrich.{0}` is empty; hint: any OpenAI-compatible endpoint will do, \
         such as WENJIAN__ENRICH__URL=http://127.0.0.1:11434/v1 and WENJIAN__ENRICH__MODEL=… for a \
         local one"
    )]
    NotConfigured(&'static str),
    /// The address is none.
    #[error("`enrich.url` is `{url}`: {why}; hint: such as `http://127.0.0.1:11434/v1`")]
    Url {
        /// As configured.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such interview.
    #[error("there is no interview `{slug}`; hint: there are {known}")]
    UnknownInterview {
        /// As typed.
        slug: String,
        /// Those that there are.
        known: String,
    },
    /// What to strike is not there.
    #[error("there is no draft `{0}`; hint: `wenjian enrich --review` lists them as `slug/3.2#1`")]
    UnknownDraft(String),
    /// The corpus cannot be searched.
    #[error(transparent)]
    SameKey(#[from] retrieval::SameKey),
    /// A questions file cannot be used.
    #[error(transparent)]
    Questions(#[from] questions::Error),
    /// The endpoint refused, and would refuse everything else as well.
    #[error("{failure}; hint: look at `enrich.url`, `enrich.model` and `enrich.key`")]
    Refused {
        /// The refusal.
        failure: Failure,
    },
    /// Passage after passage failed.
    #[error(
        "{in_a_row} passages in a row failed, the last with: {failure}; hint: what was drafted is \
         kept, and the next run goes on from there"
    )]
    GivenUp {
        /// How many.
        in_a_row: usize,
        /// The last failure.
        failure: Failure,
    },
}

/// The interviews that `slugs` name, as positions in the corpus; all where none is named.
///
/// # Errors
/// A slug that no interview has.
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

/// The passages of the interview at `position`, and their ids, in reading order.
fn passages_of(corpus: &Corpus, position: usize) -> (Vec<Passage>, Vec<PassageId>) {
    let passages = corpus.passages().into_iter();
    let passages: Vec<Passage> = passages.filter(|passage| passage.interview == position).collect();
    let ids = passages.iter().map(|passage| passage.id.clone()).collect();
    (passages, ids)
}

/// The file name of an interview's questions.
fn file_name(slug: &str) -> String {
    format!("{slug}{}", questions::SUFFIX)
}
