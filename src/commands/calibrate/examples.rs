//! What the verdict's models learn from: questions with the most that their verdict may be, each put
//! to a collection of passages that answers it, touches it, or has nothing to do with it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Deserialize;
use tempfile::TempDir;

use super::super::eval::{GivenPassage, interviews, read_lines};
use super::super::generation;
use crate::config::Config;
use crate::dialogue::{Host, is_greeting};
use retrieval::answer::{Model, Observed, Verdict, observe};
use retrieval::index::Generations;
use transcript::Corpus;

/// Passages with questions of their own that have nothing to do with the corpus.
#[derive(Debug, clap::Args)]
pub(super) struct Other {
    /// Passages that have nothing to do with the corpus, JSON lines as for `eval --passages`
    #[arg(long, value_name = "FILE", requires = "passage_questions")]
    passages: Option<PathBuf>,
    /// The questions of these passages, JSON lines
    #[arg(long, value_name = "FILE", requires = "passages")]
    passage_questions: Option<PathBuf>,
    /// Use every so many-th of these questions
    #[arg(long, value_name = "N", default_value_t = 10)]
    every: usize,
}

#[derive(Debug, Clone, Deserialize)]
struct Question {
    q: String,
    #[serde(default)]
    gold: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    expect: Option<Verdict>,
}

impl Question {
    /// The most that the verdict may be.
    fn most(&self) -> Verdict {
        if self.gold.is_empty() { self.expect.unwrap_or(Verdict::Related) } else { Verdict::Answer }
    }

    /// The same question put to passages that have nothing to do with it.
    fn unrelated(&self) -> Self {
        let Self { q, .. } = self.clone();
        Self { q, gold: Vec::new(), also: Vec::new(), expect: Some(Verdict::None) }
    }
}

/// A question with what the models are to learn of it.
pub(super) struct Example {
    pub(super) observed: Observed,
    /// The most that the verdict may be.
    pub(super) most: Verdict,
    /// Number of the question: it is in one part of the cross-validation, to whatever it is put.
    pub(super) question: usize,
}

/// Examples from one collection of passages.
pub(super) struct Situation {
    pub(super) name: &'static str,
    pub(super) examples: Vec<Example>,
}

/// The examples of the question sets `own`: put to the corpus as it is, to the corpus without readers'
/// questions, for not every transcript has them, and with `other` passages also to these.
pub(super) fn situations(
    own: &[PathBuf],
    other: &Other,
    config: &Config,
) -> Result<Vec<Situation>> {
    let mut questions: Vec<Question> = Vec::new();
    for path in own {
        questions.extend(read_lines::<Question>(path)?);
    }
    let mut elsewhere = Vec::new();
    if let Some(path) = &other.passage_questions {
        elsewhere.extend(read_lines::<Question>(path)?.into_iter().step_by(other.every.max(1)));
    }
    let to_the_corpus: Vec<Question> =
        questions.iter().cloned().chain(elsewhere.iter().map(Question::unrelated)).collect();
    let index = generation::open_or_build(config)?;
    let bare = Corpus { asked: Vec::new(), ..index.corpus().clone() };
    let host = Host::new(index, config.search.clone(), Model::fitted());
    let (bare, _folder) = host_of(&bare, config)?;
    let mut situations = vec![
        Situation { name: "as it is", examples: examples(&host, &to_the_corpus)? },
        Situation {
            name: "without readers' questions",
            examples: examples(&bare, &to_the_corpus)?,
        },
    ];
    if let Some(path) = &other.passages {
        let to_the_others: Vec<Question> =
            questions.iter().map(Question::unrelated).chain(elsewhere).collect();
        let (host, _folder) = host_of(&given(path)?, config)?;
        situations
            .push(Situation { name: "other passages", examples: examples(&host, &to_the_others)? });
    }
    Ok(situations)
}

fn given(path: &Path) -> Result<Corpus> {
    let interviews = interviews(read_lines::<GivenPassage>(path)?);
    Ok(Corpus { interviews, ..Corpus::default() })
}

/// A host for `corpus`, with the folder that its index lies in for as long.
fn host_of(corpus: &Corpus, config: &Config) -> Result<(Host, TempDir)> {
    let folder = tempfile::tempdir()?;
    let index = Generations::new(folder.path()).build(corpus, "", &mut |_| {})?;
    Ok((Host::new(index, config.search.clone(), Model::fitted()), folder))
}

/// Greetings are met before any model is asked; an answerable question whose best hit is wrong teaches
/// neither that it is answered nor that it is not.
fn examples(host: &Host, questions: &[Question]) -> Result<Vec<Example>> {
    let passages = host.shelf().passages();
    let mut examples = Vec::new();
    for (number, question) in questions.iter().enumerate() {
        if is_greeting(&question.q) {
            continue;
        }
        let ranking = host.rank(&question.q)?;
        let Some(observed) = observe(&question.q, &ranking, host.shelf().twins()) else { continue };
        let best = ranking.hits().first().map(|hit| &passages[hit.position].id);
        let fair = question
            .gold
            .iter()
            .chain(&question.also)
            .any(|id| best.is_some_and(|best| id == best.local() || id == best.slug()));
        let most = question.most();
        if fair || most != Verdict::Answer {
            examples.push(Example { observed, most, question: number });
        }
    }
    Ok(examples)
}
