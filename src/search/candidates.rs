//! Who may propose passages for a question.

use crate::index::{Error, Index, WeightedGram};

/// A source of candidates. The local index is one; an engine elsewhere that holds the same grams
/// could be another, with the same scoring on top.
pub trait CandidateSource {
    /// About `limit` positions of passages that share the most, and the rarest, of `grams`.
    fn candidates(&self, grams: &[WeightedGram], limit: usize) -> Result<Vec<usize>, Error>;
}

impl CandidateSource for Index {
    fn candidates(&self, grams: &[WeightedGram], limit: usize) -> Result<Vec<usize>, Error> {
        Index::candidates(self, grams, limit)
    }
}
