//! A folder of transcripts to a corpus.
//!
//! An [`Overlay`] can lie over it; what of that cannot be used is left out, and the folder's own files
//! are read instead: what came by way of a chat never keeps a corpus from being built.
//!
//! Transcripts are its `.txt`, `.md` and `.html` files; `SLUG.questions.toml`,
//! `SLUG.lexicon.toml` and `SLUG.repairs.toml` belong to one; `received/` holds what was imported, as it was received.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::front_matter::FrontMatter;
use super::overlay::stem;
use super::read::read;
use crate::text::line_number;

use super::{
    Addition, Corpus, Diagnostic, Finding, Interview, Name, Overlay, Questions, questions, repair,
    repair_log,
};

/// What a transcript's file is called.
const TRANSCRIPTS: [&str; 5] = ["txt", "md", "markdown", "html", "htm"];
/// What the file of a transcript's own names is called.
const LEXICON: &str = ".lexicon.toml";

/// `[corpus]`: the transcripts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Folder of the transcripts.
    pub dir: PathBuf,
    /// A larger file is refused, bytes.
    pub max_bytes: u64,
    /// Whether a server picks changes of the folder up by itself, beside at SIGHUP.
    pub watch: bool,
}

/// What is wrong with a corpus folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such folder.
    #[error(
        "there is no corpus folder `{0}`; hint: `wenjian import FILE` makes it, `corpus.dir` names another"
    )]
    NoFolder(PathBuf),
    /// No file in it is a transcript that can be used.
    #[error("there is no transcript in `{0}`; hint: `wenjian import FILE` adds one")]
    Empty(PathBuf),
    /// The folder or a file of it cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is larger than allowed.
    #[error(
        "`{path}` has {bytes} bytes, and corpus.max_bytes allows {max_bytes}; hint: raise corpus.max_bytes, or leave the file out"
    )]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        max_bytes: u64,
    },
    /// A file cannot be read as a transcript.
    #[error("{0}")]
    Content(Diagnostic),
    /// Two files claim one slug.
    #[error(
        "`{slug}` is the slug of `{first}` and of `{second}`; hint: give one of them another `slug = \"…\"`"
    )]
    SameSlug {
        /// The slug.
        slug: String,
        /// The one file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// Words were added to a passage that is not there.
    #[error(
        "there is no passage `{passage}`, to which an operator added `{words}`; hint: the interview may have changed"
    )]
    NoPassage {
        /// The passage's id.
        passage: String,
        /// What was added.
        words: String,
    },
}

/// A folder's files, read but not yet understood, and what lies over them.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    files: Files,
    /// What the overlay's files lie over.
    covered: BTreeMap<PathBuf, Option<Result<Vec<u8>, Error>>>,
    additions: Vec<Addition>,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The interviews and their questions.
    pub corpus: Corpus,
    /// What a person may want to look at.
    pub diagnostics: Vec<Diagnostic>,
    /// What was repaired in the files as they stand, and what is too uncertain: none in those that
    /// were imported.
    pub repairs: Vec<(PathBuf, repair::Repair)>,
    /// Why files of the folder and words of the overlay were left out.
    pub left_out: Vec<Error>,
    /// Why transcripts of the overlay were left out, by slug.
    pub refused: BTreeMap<String, Error>,
    /// The questions files that the overlay adds to, by name, as they are with what it adds.
    pub questions: BTreeMap<String, String>,
}

/// A transcript with what belongs to it.
struct Read {
    interview: Interview,
    questions: Questions,
    names: Vec<Name>,
    notes: Notes,
}

/// What a person may want to know of a transcript.
#[derive(Default)]
struct Notes {
    diagnostics: Vec<Diagnostic>,
    repairs: Vec<(PathBuf, repair::Repair)>,
}

impl Folder {
    /// Reads the folder's files.
    pub fn read(options: &Options) -> Result<Self, Error> {
        let dir = &options.dir;
        let entries = fs::read_dir(dir).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Error::NoFolder(dir.clone()),
            _ => Error::Io { path: dir.clone(), source },
        })?;
        let mut files = BTreeMap::new();
        for entry in entries {
            let path = entry.map_err(|source| Error::Io { path: dir.clone(), source })?.path();
            if path.is_file() && is_ours(&path) {
                files.insert(path.clone(), bytes_of(&path, options.max_bytes));
            }
        }
        Ok(Self { dir: dir.clone(), files, covered: BTreeMap::new(), additions: Vec::new() })
    }

    /// The same with `overlay` over it.
    #[must_use]
    pub fn lay_over(mut self, overlay: &Overlay) -> Self {
        for (name, bytes) in &overlay.files {
            let path = self.dir.join(name);
            // What was received is not read: it is kept for export.
            if name.contains('/') || !is_ours(&path) {
                continue;
            }
            let log = format!("{}{}", stem(name), repair_log::SUFFIX);
            if is_transcript(&path) && !overlay.files.contains_key(&log) {
                self.cover(self.dir.join(log), None);
            }
            self.cover(path, Some(bytes.clone()));
        }
        self.additions.extend(overlay.additions.iter().cloned());
        self
    }

    /// Puts an overlay's file, or that there is none, in the place of the folder's.
    fn cover(&mut self, path: PathBuf, bytes: Option<Vec<u8>>) {
        let below = self.files.remove(&path);
        if let Some(bytes) = bytes {
            self.files.insert(path.clone(), Ok(bytes));
        }
        self.covered.entry(path).or_insert(below);
    }

    /// Takes the overlay's files of a transcript away. False if there are none.
    fn uncover(&mut self, slug: &str) -> bool {
        let own = |path: &PathBuf| stem(&file_name(path)) == slug;
        let paths: Vec<PathBuf> = self.covered.keys().filter(|path| own(path)).cloned().collect();
        for path in &paths {
            self.files.remove(path);
            if let Some(below) = self.covered.remove(path).flatten() {
                self.files.insert(path.clone(), below);
            }
        }
        !paths.is_empty()
    }

    /// A hash of all that is in the files and over them, and of how they are repaired: another one,
    /// another corpus.
    pub fn fingerprint(&self, repair: &repair::Options) -> String {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(format!("{repair:?}").as_bytes());
        let mut add = |bytes: &[u8]| {
            hasher.update(bytes);
            hasher.update(&[0]);
        };
        for (path, bytes) in &self.files {
            add(path.file_name().unwrap_or_default().as_encoded_bytes());
            add(bytes.as_deref().unwrap_or_default());
        }
        for Addition { passage, is_question, words } in &self.additions {
            add(passage.as_bytes());
            add(if *is_question { b"question" } else { b"term" });
            add(words.as_bytes());
        }
        format!("{:08x}", hasher.finalize())
    }

    /// Reads the transcripts. With `keep_going`, files that cannot be used are left out; those of an
    /// overlay always are.
    pub fn load(mut self, repair: &repair::Options, keep_going: bool) -> Result<Loaded, Error> {
        let mut loaded = Loaded::default();
        let mut slugs: BTreeMap<String, PathBuf> = BTreeMap::new();
        for path in self.transcripts() {
            let read = self.transcript(&path, repair);
            let mut read = read.and_then(|read| claim(&mut slugs, &path, read));
            let slug = stem(&file_name(&path)).to_owned();
            if read.is_err() && self.uncover(&slug) {
                loaded.refused.extend(read.err().map(|error| (slug, error)));
                if !self.files.contains_key(&path) {
                    continue;
                }
                read =
                    self.transcript(&path, repair).and_then(|read| claim(&mut slugs, &path, read));
            }
            match read {
                Ok(read) => self.add(read, &mut loaded),
                Err(error) if keep_going => loaded.left_out.push(error),
                Err(error) => return Err(error),
            }
        }
        if loaded.corpus.interviews.is_empty() {
            let why = loaded.left_out.into_iter().chain(loaded.refused.into_values()).next();
            return Err(why.unwrap_or(Error::Empty(self.dir)));
        }
        loaded.corpus.interviews.sort_by(|a, b| a.slug.cmp(&b.slug));
        loaded.left_out.extend(
            self.additions.into_iter().map(|addition| Error::NoPassage {
                passage: addition.passage,
                words: addition.words,
            }),
        );
        Ok(loaded)
    }

    /// The transcripts: the folder's own first, so that they have their slugs before an overlay's.
    fn transcripts(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            self.files.keys().filter(|path| is_transcript(path)).cloned().collect();
        paths.sort_by_key(|path| self.covered.contains_key(path));
        paths
    }

    /// Adds what was read, with the overlay's words for it.
    fn add(&mut self, read: Read, loaded: &mut Loaded) {
        let Read { interview, mut questions, names, notes } = read;
        let before = self.additions.len();
        self.additions.retain(|addition| !questions.add_operators(addition));
        if self.additions.len() < before {
            let name = format!("{}{}", interview.slug, questions::SUFFIX);
            loaded.questions.insert(name, questions.to_string());
        }
        loaded.corpus.reader_questions.extend(questions.reader_questions().cloned());
        loaded.corpus.names.extend(names);
        loaded.corpus.interviews.push(interview);
        loaded.diagnostics.extend(notes.diagnostics);
        loaded.repairs.extend(notes.repairs);
    }

    fn transcript(&mut self, path: &Path, repair: &repair::Options) -> Result<Read, Error> {
        let bytes = self.files.remove(path).unwrap_or_else(|| Ok(Vec::new()))?;
        let mut notes = Notes::default();
        let interview = interview(path, &bytes, &self.files, repair, &mut notes)?;
        let questions = questions_of(&self.dir, &interview, &self.files)?;
        let names = names(&self.dir, &interview.slug, &self.files)?;
        Ok(Read { interview, questions, names, notes })
    }
}

impl Loaded {
    /// Why anything was left out.
    pub fn problems(&self) -> impl Iterator<Item = &Error> {
        self.left_out.iter().chain(self.refused.values())
    }
}

fn claim(slugs: &mut BTreeMap<String, PathBuf>, path: &Path, read: Read) -> Result<Read, Error> {
    let slug = read.interview.slug.clone();
    match slugs.get(&slug) {
        None => {
            slugs.insert(slug, path.to_path_buf());
            Ok(read)
        }
        Some(first) => {
            Err(Error::SameSlug { slug, first: first.clone(), second: path.to_path_buf() })
        }
    }
}

fn is_ours(path: &Path) -> bool {
    is_transcript(path) || path.extension().is_some_and(|extension| extension == "toml")
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_transcript(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
        .to_lowercase();
    TRANSCRIPTS.contains(&extension.as_str())
        && !stem.eq_ignore_ascii_case("readme")
        && !stem.starts_with('.')
}

fn bytes_of(path: &Path, max_bytes: u64) -> Result<Vec<u8>, Error> {
    let io = |source| Error::Io { path: path.to_path_buf(), source };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > max_bytes {
        return Err(Error::TooLarge { path: path.to_path_buf(), bytes, max_bytes });
    }
    fs::read(path).map_err(io)
}

type Files = BTreeMap<PathBuf, Result<Vec<u8>, Error>>;

fn interview(
    path: &Path,
    bytes: &[u8],
    files: &Files,
    repair: &repair::Options,
    notes: &mut Notes,
) -> Result<Interview, Error> {
    let content = |finding| Error::Content(Diagnostic { path: path.to_path_buf(), finding });
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let reading = read(name, bytes, &FrontMatter::default(), &[], repair).map_err(content)?;
    let mut repairs = reading.line_repairs();
    let beside = path.with_file_name(format!("{stem}{}", repair_log::SUFFIX));
    if let Some(Ok(bytes)) = files.get(&beside) {
        let (logged, findings) = repair_log::read(bytes, &reading.text, reading.first_line - 1)
            .map_err(|finding| Error::Content(Diagnostic { path: beside.clone(), finding }))?;
        repairs.extend(logged);
        notes.diagnostics.extend(
            findings.into_iter().map(|finding| Diagnostic { path: beside.clone(), finding }),
        );
    }
    notes.repairs.extend(reading.repairs.iter().map(|repair| (path.to_path_buf(), repair.clone())));
    notes.diagnostics.extend(
        reading
            .findings
            .iter()
            .cloned()
            .map(|finding| Diagnostic { path: path.to_path_buf(), finding }),
    );
    reading.interview(stem, &repairs).map_err(content)
}

/// The questions that readers would ask of an interview.
fn questions_of(dir: &Path, interview: &Interview, files: &Files) -> Result<Questions, Error> {
    let path = dir.join(format!("{}{}", interview.slug, questions::SUFFIX));
    let passages = interview.passage_ids();
    let Some(Ok(bytes)) = files.get(&path) else { return Ok(Questions::new(&passages)) };
    Questions::read(&String::from_utf8_lossy(bytes), &passages)
        .map_err(|fault| content(&path, fault.line, fault.problem.to_string()))
}

/// The names of an interview's own lexicon.
fn names(dir: &Path, slug: &str, files: &Files) -> Result<Vec<Name>, Error> {
    let path = dir.join(format!("{slug}{LEXICON}"));
    let Some(Ok(bytes)) = files.get(&path) else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(bytes);
    Name::read(&text).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        content(&path, line_number(&*text, before), error.message().to_owned())
    })
}

fn content(path: &Path, line: usize, message: String) -> Error {
    Error::Content(Diagnostic { path: path.to_path_buf(), finding: Finding { line, message } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALK: &str = "+++\nslug = \"talk\"\ninterviewee = \"林海\"\ninterviewers = [\"《海風》\"]\n+++\n\n《海風》：為什麼留下？\n\n林海：船需要有人等它。\n";
    const REPAIR: repair::Options = repair::Options { min_confidence: 0.88, min_readings: 3 };

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> Folder {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let dir = dir.path().to_path_buf();
        Folder::read(&Options { dir, max_bytes: 1000, watch: false }).unwrap()
    }

    fn overlay(files: &[(&str, &str)], additions: &[(&str, bool, &str)]) -> Overlay {
        let file = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        let addition = |(passage, is_question, words): &(&str, bool, &str)| Addition {
            passage: (*passage).to_owned(),
            is_question: *is_question,
            words: (*words).to_owned(),
        };
        Overlay {
            files: files.iter().map(file).collect(),
            additions: additions.iter().map(addition).collect(),
        }
    }

    fn answers(loaded: &Loaded) -> Vec<String> {
        loaded.corpus.passages().into_iter().map(|passage| passage.text).collect()
    }

    #[test]
    fn an_overlays_file_is_read_instead_of_the_folders() {
        let other = TALK.replace("等它", "守望");
        let loaded = folder(&[("talk.txt", TALK), ("talk.repairs.toml", "no record")])
            .lay_over(&overlay(&[("talk.txt", &other), ("received/talk.txt", "x")], &[]))
            .load(&REPAIR, false)
            .unwrap();
        assert_eq!(answers(&loaded), ["船需要有人守望。"], "nor is the folder's record of it");
        assert_eq!(loaded.problems().count(), 0);
    }

    #[test]
    fn what_cannot_be_used_uncovers_what_it_lay_over() {
        let broken = [
            ("talk.txt", "+++\nslug = 1\n+++\n"),
            ("talk.txt", "沒有人說話。"),
            // The folder's questions are of a passage that this one has not got.
            ("talk.txt", &TALK.replace("林海：船需要有人等它。", "記者：為什麼？")),
            // The slug is the folder's talk's.
            ("again.txt", TALK),
        ];
        let questions = "[[passage]]\nid = \"1.1\"\norigin = \"editor\"\nquestions = [\"a?\"]\n";
        for (name, text) in broken {
            let folder = folder(&[("talk.txt", TALK), ("talk.questions.toml", questions)]);
            let loaded =
                folder.lay_over(&overlay(&[(name, text)], &[])).load(&REPAIR, false).unwrap();
            assert_eq!(answers(&loaded), ["船需要有人等它。"], "`{text}`");
            let slug = name.trim_end_matches(".txt");
            assert_eq!(loaded.refused.keys().collect::<Vec<_>>(), [slug], "`{text}`");
        }
    }

    #[test]
    fn words_become_an_operators_block_once() {
        let questions = "# Mine.\n\n[[passage]]\nid = \"1.1\"\norigin = \"operator\"\nterms = []\nquestions = [\n  \"誰在等？\",\n]\n";
        let words = [
            ("talk/1.1", true, "誰在等？"),
            ("talk/1.1", true, "等什麼？"),
            ("talk/1.1", false, "守候"),
            ("talk/9.9", true, "在哪裡？"),
        ];
        let loaded = folder(&[("talk.txt", TALK), ("talk.questions.toml", questions)])
            .lay_over(&overlay(&[], &words))
            .load(&REPAIR, false)
            .unwrap();
        let [questions] = loaded.corpus.reader_questions.as_slice() else {
            panic!("{:?}", loaded.corpus.reader_questions)
        };
        assert_eq!((questions.questions.len(), questions.terms.len()), (2, 1));
        let [problem] = &loaded.problems().map(ToString::to_string).collect::<Vec<_>>()[..] else {
            panic!("the passage that is not there is told of")
        };
        assert!(problem.contains("`talk/9.9`"), "{problem}");

        let written = &loaded.questions["talk.questions.toml"];
        let again = folder(&[("talk.txt", TALK), ("talk.questions.toml", written)]);
        assert_eq!(again.load(&REPAIR, false).unwrap().corpus, loaded.corpus);
    }

    #[test]
    fn whatever_lies_over_a_folder_makes_it_another_corpus() {
        let fingerprint = |overlay: &Overlay| {
            folder(&[("talk.txt", TALK)]).lay_over(overlay).fingerprint(&REPAIR)
        };
        let overlays = [
            Overlay::default(),
            overlay(&[("talk.txt", "x")], &[]),
            overlay(&[], &[("talk/1.1", true, "x")]),
            overlay(&[], &[("talk/1.1", false, "x")]),
        ];
        let mut prints: Vec<String> = overlays.iter().map(fingerprint).collect();
        prints.sort();
        prints.dedup();
        assert_eq!(prints.len(), overlays.len());
    }
}
