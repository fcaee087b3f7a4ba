//! What can be wrong with a questions file.

use std::io;
use std::path::PathBuf;

/// The reason why a questions file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read or written.
    #[error("cannot {doing} `{path}`: {source}")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// The content of the file is not valid.
    #[error("{}:{}: {}", .path.display(), .fault.line, .fault.problem)]
    Content { path: PathBuf, fault: Fault },
}

/// A line of a questions file that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number of the line, from 1.
    pub line: usize,
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is not TOML, or a block has other keys or values than it may have.
    #[error(
        "{0}; hint: a block has `id`, `origin` (`editor`, `operator` or `model`), `terms` and `questions`"
    )]
    Syntax(String),
    /// The interview has no such passage.
    #[error("the interview has no passage `{id}`{}", hint(.known.as_ref()))]
    UnknownPassage {
        /// The id, as written in the file.
        id: String,
        /// The ids of the first and the last passage of the interview.
        known: Option<(String, String)>,
    },
    /// A question or a term says nothing.
    #[error("a question or a term is empty; hint: remove it")]
    Empty,
    /// A question or a term has a line break or another control character.
    #[error("a question or a term has a control character; hint: write it in one line")]
    ControlCharacter,
}

fn hint(known: Option<&(String, String)>) -> String {
    known.map_or(String::new(), |(first, last)| {
        format!("; hint: its passages are `{first}` to `{last}`")
    })
}
