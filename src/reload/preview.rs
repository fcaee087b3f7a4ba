//! Shows how a transcript would be read if it were in the corpus.

use super::Reloader;
use transcript::import::{Imported, import};
use transcript::{self, Folder, FrontMatter, Loaded, Overlay, near_duplicate_interviews, read};

/// A transcript that can be added to the corpus.
#[derive(Debug)]
pub struct Preview {
    /// How it was read.
    pub imported: Imported,
    /// Whether it replaces an interview of the corpus.
    pub replaces: bool,
    /// Other interviews that contain much of its answers: the slug and the share of
    /// each, the largest first.
    pub near: Vec<(String, f64)>,
}

/// The reason why a transcript cannot be added to the corpus.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The transcript cannot be read.
    #[error("{0}:{1}: {2}")]
    Unreadable(String, usize, String),
    /// The corpus cannot be used with the transcript in it.
    #[error(transparent)]
    Corpus(#[from] transcript::Error),
}

impl Reloader {
    /// Reads a transcript as `wenjian import` does, and the corpus with it. The fields of `given`
    /// take precedence over those of the file.
    pub fn preview(
        &self,
        name: &str,
        bytes: &[u8],
        given: &FrontMatter,
    ) -> Result<Preview, Refused> {
        let unreadable = |finding: transcript::Finding| {
            Refused::Unreadable(name.to_owned(), finding.line, finding.message)
        };
        let reading = read(name, bytes, given, &[], &self.repair).map_err(unreadable)?;
        let imported = import(reading, name).map_err(unreadable)?;
        let slug = imported.interview.slug.clone();
        let mut overlay = self.overlay();
        let before = self.load(&overlay)?;
        overlay.put(&slug, imported.files(bytes));
        if let Some(error) = self.load(&overlay)?.refused.remove(&slug) {
            return Err(error.into());
        }
        let there = &before.corpus.interviews;
        Ok(Preview {
            replaces: there.iter().any(|interview| interview.slug == slug),
            near: near_duplicate_interviews(&imported.interview, there),
            imported,
        })
    }

    fn load(&self, overlay: &Overlay) -> Result<Loaded, transcript::Error> {
        Folder::read(&self.corpus)?.lay_over(overlay).load(&self.repair, false)
    }
}
