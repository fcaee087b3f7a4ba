//! A folder of transcripts to a corpus.
//!
//! Transcripts are its `.txt`, `.md` and `.html` files; `SLUG.questions.toml`,
//! `SLUG.lexicon.toml` and `SLUG.repairs.toml` belong to one; `received/` holds what was imported, as it was received.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::front_matter::FrontMatter;
use super::read::read;
use super::{
    Asked, Corpus, Diagnostic, Finding, Interview, Name, PassageId, Questions, questions, record,
    repair,
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
}

/// A folder's files, read but not yet understood.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    files: BTreeMap<PathBuf, Result<Vec<u8>, Error>>,
}

/// What a folder holds.
#[derive(Debug)]
pub struct Loaded {
    /// The interviews and their questions.
    pub corpus: Corpus,
    /// What a person may want to look at.
    pub diagnostics: Vec<Diagnostic>,
    /// What was repaired in the files as they stand, and what is too uncertain: none in those that
    /// were imported.
    pub repairs: Vec<(PathBuf, repair::Repair)>,
    /// Why files were left out.
    pub left_out: Vec<Error>,
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
            if is_ours(&path) {
                files.insert(path.clone(), bytes_of(&path, options.max_bytes));
            }
        }
        Ok(Self { dir: dir.clone(), files })
    }

    /// A hash of all that is in the files and of how they are repaired: another one, another corpus.
    pub fn fingerprint(&self, repair: &repair::Options) -> String {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(format!("{repair:?}").as_bytes());
        for (path, bytes) in &self.files {
            hasher.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            hasher.update(&[0]);
            hasher.update(bytes.as_deref().unwrap_or_default());
            hasher.update(&[0]);
        }
        format!("{:08x}", hasher.finalize())
    }

    /// Reads the transcripts. With `keep_going`, files that cannot be used are left out.
    pub fn load(self, repair: &repair::Options, keep_going: bool) -> Result<Loaded, Error> {
        let mut loaded = Loaded {
            corpus: Corpus::default(),
            diagnostics: Vec::new(),
            repairs: Vec::new(),
            left_out: Vec::new(),
        };
        let mut slugs: BTreeMap<String, PathBuf> = BTreeMap::new();
        let Self { dir, mut files } = self;
        let transcripts: Vec<PathBuf> =
            files.keys().filter(|path| is_transcript(path)).cloned().collect();
        for path in transcripts {
            let bytes = files.remove(&path).unwrap_or_else(|| Ok(Vec::new()));
            let interview = bytes
                .and_then(|bytes| interview(&path, &bytes, &files, repair, &mut loaded))
                .and_then(|interview| claim(&mut slugs, &path, interview));
            match interview {
                Ok(interview) => loaded.corpus.interviews.push(interview),
                Err(error) if keep_going => loaded.left_out.push(error),
                Err(error) => return Err(error),
            }
        }
        if loaded.corpus.interviews.is_empty() {
            return loaded.left_out.into_iter().next().map_or(Err(Error::Empty(dir)), Err);
        }
        loaded.corpus.interviews.sort_by(|a, b| a.slug.cmp(&b.slug));
        let passages = loaded.corpus.passages();
        for (position, interview) in loaded.corpus.interviews.iter().enumerate() {
            let own = passages.iter().filter(|passage| passage.interview == position);
            let ids: Vec<PassageId> = own.map(|passage| passage.id.clone()).collect();
            loaded.corpus.asked.extend(asked(&dir, &ids, &interview.slug, &files)?);
            loaded.corpus.names.extend(names(&dir, &interview.slug, &files)?);
        }
        Ok(loaded)
    }
}

fn claim(
    slugs: &mut BTreeMap<String, PathBuf>,
    path: &Path,
    interview: Interview,
) -> Result<Interview, Error> {
    match slugs.insert(interview.slug.clone(), path.to_path_buf()) {
        None => Ok(interview),
        Some(first) => {
            slugs.insert(interview.slug.clone(), first.clone());
            Err(Error::SameSlug { slug: interview.slug, first, second: path.to_path_buf() })
        }
    }
}

fn is_ours(path: &Path) -> bool {
    path.is_file()
        && (is_transcript(path) || path.extension().is_some_and(|extension| extension == "toml"))
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
    loaded: &mut Loaded,
) -> Result<Interview, Error> {
    let content = |finding| Error::Content(Diagnostic { path: path.to_path_buf(), finding });
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let reading = read(name, bytes, &FrontMatter::default(), &[], repair).map_err(content)?;
    let mut marks = reading.marks();
    let beside = path.with_file_name(format!("{stem}{}", record::SUFFIX));
    if let Some(Ok(bytes)) = files.get(&beside) {
        let (recorded, findings) = record::read(bytes, &reading.text, reading.first_line - 1)
            .map_err(|finding| Error::Content(Diagnostic { path: beside.clone(), finding }))?;
        marks.extend(recorded);
        loaded.diagnostics.extend(
            findings.into_iter().map(|finding| Diagnostic { path: beside.clone(), finding }),
        );
    }
    loaded
        .repairs
        .extend(reading.repairs.iter().map(|repair| (path.to_path_buf(), repair.clone())));
    loaded.diagnostics.extend(
        reading
            .findings
            .iter()
            .cloned()
            .map(|finding| Diagnostic { path: path.to_path_buf(), finding }),
    );
    reading.interview(stem, &marks).map_err(content)
}

/// The questions that readers would ask of an interview.
fn asked(
    dir: &Path,
    interview: &[PassageId],
    slug: &str,
    files: &Files,
) -> Result<Vec<Asked>, Error> {
    let path = dir.join(format!("{slug}{}", questions::SUFFIX));
    let Some(Ok(bytes)) = files.get(&path) else { return Ok(Vec::new()) };
    let questions = Questions::read(&String::from_utf8_lossy(bytes), interview)
        .map_err(|fault| content(&path, fault.line, fault.problem.to_string()))?;
    Ok(questions.asked().cloned().collect())
}

/// The names of an interview's own lexicon.
fn names(dir: &Path, slug: &str, files: &Files) -> Result<Vec<Name>, Error> {
    let path = dir.join(format!("{slug}{LEXICON}"));
    let Some(Ok(bytes)) = files.get(&path) else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(bytes);
    Name::read(&text).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(before).filter(|byte| *byte == b'\n').count();
        content(&path, line, error.message().to_owned())
    })
}

fn content(path: &Path, line: usize, message: String) -> Error {
    Error::Content(Diagnostic { path: path.to_path_buf(), finding: Finding { line, message } })
}
