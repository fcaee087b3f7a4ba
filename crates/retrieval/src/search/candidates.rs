//! Sources of candidates: what proposes passages to be scored.

use std::ops::Range;

use crate::index::{Error, Index, WeightedGram};

/// A source of candidates. The local index is one; an engine elsewhere that holds the same grams
/// could be another, with the same scoring on top.
pub trait CandidateSource {
    /// About `limit` positions of passages that share the most, and the rarest, of `grams`.
    fn candidates(&self, grams: &[WeightedGram], limit: usize) -> Result<Vec<usize>, Error>;

    /// Whether the passage at `position` may be proposed at all.
    fn offers(&self, _position: usize) -> bool {
        true
    }
}

impl CandidateSource for Index {
    fn candidates(&self, grams: &[WeightedGram], limit: usize) -> Result<Vec<usize>, Error> {
        Index::candidates(self, grams, &(0..self.library().passages().len()), limit)
    }
}

/// A source that proposes only the passages of one interview.
pub struct WithinInterview<'i> {
    /// The index of all interviews.
    pub index: &'i Index,
    /// The positions of the passages of the interview.
    pub positions: Range<usize>,
}

impl CandidateSource for WithinInterview<'_> {
    fn candidates(&self, grams: &[WeightedGram], limit: usize) -> Result<Vec<usize>, Error> {
        self.index.candidates(grams, &self.positions, limit)
    }

    fn offers(&self, position: usize) -> bool {
        self.positions.contains(&position)
    }
}

/// A source that proposes all passages, of which there are so many.
pub struct AllPassages(pub usize);

impl CandidateSource for AllPassages {
    fn candidates(&self, _: &[WeightedGram], _: usize) -> Result<Vec<usize>, Error> {
        Ok((0..self.0).collect())
    }
}
