//! What lies over a corpus folder without standing in it: transcripts, and words for passages.

use std::collections::BTreeMap;

/// Files and words to be read with a folder, as if they stood in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Files by their names from the corpus folder: `talk.txt`, `received/talk.html`. Each takes the
    /// place of the folder's file of that name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Words for passages, oldest first.
    pub additions: Vec<Addition>,
}

/// Words by which readers would look for a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The passage's id, `talk/3.2`.
    pub passage: String,
    /// A question, or else a key term.
    pub is_question: bool,
    /// The words.
    pub words: String,
}

impl Overlay {
    /// Whether nothing lies over the folder.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.additions.is_empty()
    }

    /// The slugs of its transcripts.
    pub fn transcripts(&self) -> impl Iterator<Item = &str> {
        self.files
            .keys()
            .filter_map(|name| name.strip_suffix(".txt"))
            .filter(|name| !name.contains('/'))
    }

    /// Drops the files of transcripts that `keep` says no to, by their slugs.
    pub fn retain_transcripts(&mut self, keep: impl Fn(&str) -> bool) {
        self.files.retain(|name, _| keep(stem(name)));
    }

    /// Puts the files of a transcript in the place of all those that it has here.
    pub fn put(&mut self, slug: &str, files: Vec<(String, Vec<u8>)>) {
        self.files.retain(|name, _| stem(name) != slug);
        self.files.extend(files);
    }
}

/// What a transcript's files have in common: their names up to the first dot.
pub(super) fn stem(name: &str) -> &str {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}
