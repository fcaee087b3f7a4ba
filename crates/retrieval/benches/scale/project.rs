//! The project's own settings, interview and questions.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use retrieval::search;
use serde::Deserialize;
use transcript::{Corpus, Folder, repair};

/// The sections of the default settings that matter here.
#[derive(Deserialize)]
struct DefaultSettings {
    corpus: transcript::Options,
    repair: repair::Options,
    search: search::Options,
}

/// Returns the default settings of the search, without an encoder.
pub(crate) fn options() -> Result<search::Options> {
    Ok(search::Options { encoder: PathBuf::new(), ..settings()?.search })
}

/// Reads the project's corpus.
pub(crate) fn interview() -> Result<Corpus> {
    let DefaultSettings { mut corpus, repair, .. } = settings()?;
    corpus.dir = project().join("corpus");
    Ok(Folder::read(&corpus)?.load(&repair, false)?.corpus)
}

/// Reads the questions of the blind set.
pub(crate) fn questions() -> Result<Vec<String>> {
    let lines = fs::read_to_string(project().join("tests/data/blind.jsonl"))?;
    let questions = lines.lines().map(|line| {
        let question: serde_json::Value = serde_json::from_str(line)?;
        Ok(question["q"].as_str().unwrap_or_default().to_owned())
    });
    questions.collect()
}

fn settings() -> Result<DefaultSettings> {
    Ok(toml::from_str(&fs::read_to_string(project().join("config/default.toml"))?)?)
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
