//! Whether the interviews answer a question.

use serde::{Deserialize, Serialize};

/// How well the interviews answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They do not.
    None,
    /// They touch it without answering it.
    Related,
    /// They do.
    Answer,
}
