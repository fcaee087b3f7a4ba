//! What the verdict's models learn from: questions with the most that their verdict may be, each put
//! to a collection of passages that answers it, touches it, or has nothing to do with it.

use std::sync::Arc;

use encoder::Encoder;
use tempfile::TempDir;

use super::super::evaluation::{Error, EvalQuestion, GivenPassage, Naming};
use crate::dialogue::{Engine, Talk};
use retrieval::answer::{EvidenceKind, Observed, Verdict, observe};
use retrieval::index::{Generations, Index};
use retrieval::search;
use transcript::Corpus;

/// Passages that have nothing to do with the corpus, with questions of their own.
#[derive(Debug)]
pub struct Other {
    pub passages: Vec<GivenPassage>,
    /// The questions that these passages answer.
    pub questions: Vec<EvalQuestion>,
}

/// A question with what the models are to learn from it.
#[derive(Debug)]
pub struct Example {
    /// The features of the best hit.
    pub observed: Observed,
    /// The most that the verdict may be.
    pub most: Verdict,
    /// Whether the best hit answers the question.
    pub is_hit: bool,
    /// The part of the cross-validation is taken from this number, which is the same for a question
    /// whatever it is put to.
    pub question: usize,
}

impl Example {
    /// Whether the interviews touch the subject of the question.
    pub(super) fn is_touched(&self) -> bool {
        self.most != Verdict::None
    }

    /// Whether the best hit answers the question. A passage that is not the one which answers must not be
    /// called an answer, though another passage is one.
    pub(super) fn is_answered(&self) -> bool {
        self.most == Verdict::Answer && self.is_hit
    }
}

/// Other interviews, with questions to them.
#[derive(Debug)]
pub struct Interviews {
    /// The interviews; their readers' questions are left out.
    pub corpus: Corpus,
    pub questions: Vec<EvalQuestion>,
}

/// Examples from one collection of passages.
#[derive(Debug)]
pub struct Situation {
    /// What the collection is called in a report.
    pub name: &'static str,
    pub examples: Vec<Example>,
}

/// What questions are put to, beside the corpus.
pub struct Surroundings {
    pub interviews: Vec<Interviews>,
    /// Passages that have nothing to do with the corpus.
    pub other: Option<Other>,
    /// The encoder that takes part in the search, if one does.
    pub encoder: Option<Arc<Encoder>>,
}

/// Puts `questions` to the corpus of `index` as it is, to the corpus without readers' questions (for not
/// every transcript has them), and to what the `surroundings` hold.
///
/// # Errors
/// An index cannot be built or searched.
pub fn situations(
    questions: &[EvalQuestion],
    index: Index,
    surroundings: Surroundings,
    options: &search::Options,
) -> Result<Vec<Situation>, Error> {
    let Surroundings { interviews, other, encoder } = surroundings;
    let engine_for = |corpus: &Corpus| engine_for(corpus, encoder.clone(), options);
    let (passages, elsewhere) =
        other.map_or((Vec::new(), Vec::new()), |other| (other.passages, other.questions));
    let to_the_corpus: Vec<EvalQuestion> =
        questions.iter().cloned().chain(elsewhere.iter().map(unrelated)).collect();
    let bare = Corpus { reader_questions: Vec::new(), ..index.library().corpus().clone() };
    let engine = Engine::new(index, options.clone());
    let (bare, _folder) = engine_for(&bare)?;
    let mut situations = vec![
        Situation {
            name: "as it is",
            examples: examples(&engine, &to_the_corpus, Naming::Corpus)?,
        },
        Situation {
            name: "without readers' questions",
            examples: examples(&bare, &to_the_corpus, Naming::Corpus)?,
        },
    ];
    for Interviews { corpus, questions } in interviews {
        let (engine, _folder) = engine_for(&Corpus { reader_questions: Vec::new(), ..corpus })?;
        situations.push(Situation {
            name: "other interviews",
            examples: examples(&engine, &questions, Naming::Corpus)?,
        });
    }
    if !passages.is_empty() {
        let to_the_others: Vec<EvalQuestion> =
            questions.iter().map(unrelated).chain(elsewhere).collect();
        let (engine, _folder) = engine_for(&GivenPassage::corpus(passages))?;
        situations.push(Situation {
            name: "other passages",
            examples: examples(&engine, &to_the_others, Naming::GivenPassages)?,
        });
    }
    Ok(situations)
}

/// The same question put to passages that have nothing to do with it.
fn unrelated(question: &EvalQuestion) -> EvalQuestion {
    let EvalQuestion { id, q, style, .. } = question.clone();
    EvalQuestion {
        id,
        q,
        style,
        gold: Vec::new(),
        also: Vec::new(),
        gold_text: Vec::new(),
        expect: Some(Verdict::None),
    }
}

/// An engine for `corpus`, with the folder that its index lies in for as long.
fn engine_for(
    corpus: &Corpus,
    encoder: Option<Arc<Encoder>>,
    options: &search::Options,
) -> Result<(Engine, TempDir), Error> {
    let folder = tempfile::tempdir()
        .map_err(|source| Error::Unreadable { path: std::env::temp_dir(), source })?;
    let index =
        Generations::new(folder.path()).with_encoder(encoder).build(corpus, "", &mut |_| {})?;
    Ok((Engine::new(index, options.clone()), folder))
}

/// Asks each question and takes the features of its best hit. Greetings are left out, for they never
/// reach the models.
fn examples(
    engine: &Engine,
    questions: &[EvalQuestion],
    naming: Naming,
) -> Result<Vec<Example>, Error> {
    let passages = engine.library().passages();
    let mut examples = Vec::new();
    for (number, question) in questions.iter().enumerate() {
        if Talk::of(&question.q, &[]).is_some_and(Talk::is_small_talk) {
            continue;
        }
        let ranking = engine.rank(&question.q)?;
        let kind = match ranking.encoder() {
            Some(_) => EvidenceKind::WordsAndEncoder,
            None => EvidenceKind::Words,
        };
        let Some(observed) = observe(&ranking, kind) else { continue };
        let most = question.most();
        let best = ranking.hits().first().map(|hit| hit.position);
        let is_hit = best.is_some_and(|best| question.wanted(passages, naming).accepts(best));
        examples.push(Example { observed, most, is_hit, question: number });
    }
    Ok(examples)
}
