//! Question to ranked hits.
//!
//! Candidates come from a [`CandidateSource`]. Each is then scored exactly from its tokens in the forward index:
//! BM25 of characters, pairs and words, over the passage, its best sentences, the interviewer's
//! question, the title, and the questions that readers would ask of the passage.
//!
//! The last of these is document expansion (Nogueira, Yang, Lin & Cho, *Document Expansion by Query
//! Prediction*, 2019, known as doc2query): texts that people would search for are indexed with the
//! document that answers them. "Readers' questions" in the documentation are these expansion texts.

mod bm25;
mod candidates;
mod collection;
mod evidence;
mod expansion;
mod general_language;
mod gram;
mod hit;
mod matcher;
mod meaning;
mod name_variants;
mod options;
mod phrase_matcher;
mod query;
mod query_reader;
mod ranking;
mod rerank;
mod score;
mod searcher;
mod support;
mod typo;
mod weights;

pub use candidates::{AllPassages, CandidateSource, WithinInterview};
pub use evidence::Evidence;
pub use hit::{Features, Hit};
pub use options::Options;
pub use query_reader::question_words;
pub use ranking::{ExplainedGram, Ranking};
pub use searcher::Searcher;
pub use support::Support;
