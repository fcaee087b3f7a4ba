//! A corpus folder to a corpus. (The canonical form only, until the parser lands.)

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::questions::{self, Questions};
use super::{Asked, Corpus, Date, Interview, Paragraph, Part, PassageId, Turn};

/// What is wrong with a corpus folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder or a file of it cannot be read.
    #[error("cannot read `{0}`: {1}")]
    Io(PathBuf, std::io::Error),
    /// A file is not as it must be.
    #[error("{0}:{1}: {2}")]
    Content(PathBuf, usize, String),
    /// A questions file cannot be used.
    #[error(transparent)]
    Questions(#[from] questions::Error),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    slug: String,
    title: String,
    #[serde(default)]
    title_inferred: bool,
    publisher: Option<String>,
    date: Option<String>,
    #[serde(default)]
    date_inferred: bool,
    url: Option<String>,
    interviewee: String,
    #[serde(default)]
    interviewee_aliases: Vec<String>,
    interviewers: Vec<String>,
}

/// Loads the folder.
pub fn load(dir: &Path) -> Result<(Corpus, String), Error> {
    let io = |path: &Path| {
        let path = path.to_path_buf();
        move |error| Error::Io(path, error)
    };
    let mut corpus = Corpus::default();
    let mut bytes = Vec::new();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)
        .map_err(io(dir))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in &paths {
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default()
            .to_owned();
        if !path.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(path).map_err(io(path))?;
        bytes.extend(text.as_bytes());
        if extension == "txt" {
            corpus.interviews.push(interview(path, &text)?);
        }
    }
    corpus.asked = asked(dir, &corpus, &paths)?;
    let fingerprint = format!("{:08x}", crc32fast::hash(&bytes));
    Ok((corpus, fingerprint))
}

/// The questions files among `paths`; one whose interview is missing has only unknown passages.
fn asked(dir: &Path, corpus: &Corpus, paths: &[PathBuf]) -> Result<Vec<Asked>, Error> {
    let passages = corpus.passages();
    let mut asked = Vec::new();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(slug) = name.strip_suffix(questions::SUFFIX) else { continue };
        let ids = passages.iter().map(|passage| passage.id.clone());
        let ids: Vec<PassageId> = ids.filter(|id| id.slug() == slug).collect();
        asked.extend(Questions::load(&dir.join(name), &ids)?.asked().cloned());
    }
    Ok(asked)
}

fn interview(path: &Path, text: &str) -> Result<Interview, Error> {
    let mut halves = text.splitn(3, "+++\n");
    let (_, head, body) =
        (halves.next(), halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
    let head: FrontMatter = toml::from_str(head)
        .map_err(|error| Error::Content(path.to_path_buf(), 1, error.to_string()))?;
    let mut lead = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let asked = head
            .interviewers
            .iter()
            .find_map(|name| line.strip_prefix(&format!("{name}：")).map(|rest| (name, rest)));
        if let Some((name, rest)) = asked {
            turns.push(Turn {
                number: turns.len() + 1,
                interviewer: name.clone(),
                question: rest.to_owned(),
                parts: Vec::new(),
            });
        } else if let Some(turn) = turns.last_mut() {
            let text =
                line.strip_prefix(&format!("{}：", head.interviewee)).unwrap_or(line).to_owned();
            turn.parts.push(Part::Answer(Paragraph {
                number: turn.parts.len() + 1,
                text,
                mends: Vec::new(),
            }));
        } else {
            lead.push(line.to_owned());
        }
    }
    let date = head.date.map(|text| Date { text, inferred: head.date_inferred });
    Ok(Interview {
        slug: head.slug,
        title: head.title,
        title_inferred: head.title_inferred,
        publisher: head.publisher,
        date,
        url: head.url,
        interviewee: head.interviewee,
        interviewee_aliases: head.interviewee_aliases,
        interviewers: head.interviewers,
        lead,
        turns,
    })
}
