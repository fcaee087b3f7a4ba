//! Shows how a transcript would be read if it were in the corpus.

use super::Reloader;
use transcript::import::{Imported, import};
use transcript::{
    self, Correction, Folder, FrontMatter, Loaded, Overlay, ParsedFile, near_duplicate_interviews,
    read,
};

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

fn unreadable(name: &str, finding: transcript::Finding) -> Refused {
    Refused::Unreadable(name.to_owned(), finding.line, finding.message)
}

impl Reloader {
    /// Reads a transcript as `wenjian import` does, and the corpus with it. The fields of `given`
    /// take precedence over those of the file, and `corrections` over how its paragraphs are read.
    pub fn preview(
        &self,
        name: &str,
        bytes: &[u8],
        given: &FrontMatter,
        corrections: &[Correction],
    ) -> Result<Preview, Refused> {
        let mut file = self.read(name, bytes, given)?;
        if !corrections.is_empty() {
            file.correct(corrections);
        }
        let imported = import(file, name).map_err(|finding| unreadable(name, finding))?;
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

    /// Reads a transcript without the corpus. The fields of `given` take
    /// precedence over those of the file.
    pub fn read(
        &self,
        name: &str,
        bytes: &[u8],
        given: &FrontMatter,
    ) -> Result<ParsedFile, Refused> {
        read(name, bytes, given, &[], &self.repair).map_err(|finding| unreadable(name, finding))
    }

    fn load(&self, overlay: &Overlay) -> Result<Loaded, transcript::Error> {
        Folder::read(&self.corpus)?.lay_over(overlay).load(&self.repair, false)
    }
}
