//! Where a passage, or characters of it, can be read: the path of a permanent link.

use std::fmt;

use transcript::PassageId;
use transcript::text::{CharSpan, Script};

/// The permanent link to a passage, without the server's name: `/i/talk/3.2?r=12-48&script=hant`.
///
/// ```
/// use transcript::{PassageId, text::Script};
/// use wenjian::dialogue::Permalink;
/// let passage = PassageId::new("talk", 3, 2, None);
/// let link = Permalink::of(passage).range(12..48).script(Some(Script::Hant));
/// assert_eq!(link.to_string(), "/i/talk/3.2?r=12-48&script=hant");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permalink {
    passage: PassageId,
    range: Option<CharSpan>,
    script: Option<&'static str>,
}

impl Permalink {
    /// The link to the whole passage, in the script that its reader prefers.
    pub fn of(passage: PassageId) -> Self {
        Self { passage, range: None, script: None }
    }

    /// With these characters of the stored text marked.
    #[must_use]
    pub fn range(self, range: CharSpan) -> Self {
        Self { range: Some(range), ..self }
    }

    /// In this script, `None` being as stored, whoever reads it.
    #[must_use]
    pub fn script(self, script: Option<Script>) -> Self {
        let name = match script {
            None => "original",
            Some(Script::Hans) => "hans",
            Some(Script::Hant) => "hant",
        };
        Self { script: Some(name), ..self }
    }
}

impl fmt::Display for Permalink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/i/{}", self.passage)?;
        let range = self.range.as_ref().map(|range| format!("r={}-{}", range.start, range.end));
        let script = self.script.map(|script| format!("script={script}"));
        let query: Vec<String> = [range, script].into_iter().flatten().collect();
        if query.is_empty() { Ok(()) } else { write!(f, "?{}", query.join("&")) }
    }
}
