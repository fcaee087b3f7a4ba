//! Tools for people who edit a corpus or work on the ranking. The bot itself uses none of them.
//!
//! - [`evaluation`] measures how well a set of questions is answered.
//! - [`calibration`] fits the coefficients of the verdict.
//! - [`enrichment`] has a language model draft readers' questions.

pub mod evaluation;
pub mod calibration;
pub mod enrichment;
