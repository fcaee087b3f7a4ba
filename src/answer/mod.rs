//! Hits to a verdict with quotations.

mod verdict;

pub use verdict::Verdict;
