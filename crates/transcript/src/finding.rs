//! What is wrong or odd in a transcript, and where.

use std::fmt;
use std::path::PathBuf;

/// Something in a text: what keeps it from being read, or what a person may want to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Line of the text, from 1.
    pub line: usize,
    /// What it is, and what can be done.
    pub message: String,
}

/// A [`Finding`] and the file that it is in. Shown as `file:line: what is wrong`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub path: PathBuf,
    /// What was found.
    pub finding: Finding,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.finding.line, self.finding.message)
    }
}
