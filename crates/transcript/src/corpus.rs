//! All interviews with their passages, and the questions that readers would ask of each.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::split::pieces;
use super::{Interview, Name, Paragraph, Passage, PassageId, PassageKey, RepairedSpan, Turn};
use crate::text::CharSpan;

/// What an index is built from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Corpus {
    /// The interviews, ordered by slug.
    pub interviews: Vec<Interview>,
    /// Reader's questions, in no particular order.
    pub reader_questions: Vec<ReaderQuestions>,
    /// Names of this corpus with their variants.
    #[serde(default)]
    pub names: Vec<Name>,
}

/// Questions that a passage answers, and key terms for it: matched, never shown as a quotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderQuestions {
    /// Which passage.
    pub passage: PassageId,
    /// Questions as readers would ask them.
    pub questions: Vec<String>,
    /// Key terms.
    pub terms: Vec<String>,
    /// Who wrote them.
    pub origin: QuestionOrigin,
}

impl ReaderQuestions {
    /// The questions, and after them the terms. Expansion texts are numbered in this order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.questions.iter().chain(&self.terms).map(String::as_str)
    }
}

/// Who wrote a passage's questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuestionOrigin {
    /// A person who edits the corpus, or has reviewed a draft.
    Editor,
    /// A person who runs the bot, in answer to what was asked of it.
    Operator,
    /// A language model; nobody has reviewed it yet.
    Model,
}

impl QuestionOrigin {
    /// Returns the name of the origin in questions files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Editor => "editor",
            Self::Operator => "operator",
            Self::Model => "model",
        }
    }
}

impl ReaderQuestions {
    /// Number of questions and terms.
    pub fn len(&self) -> usize {
        self.questions.len() + self.terms.len()
    }

    /// Whether there is neither a question nor a term.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Corpus {
    /// The turn of a passage; `None` for a paragraph of a lead.
    pub fn turn(&self, passage: &Passage) -> Option<&Turn> {
        self.interviews[passage.interview].turns.get(passage.turn.checked_sub(1)?)
    }

    /// The interviewer's question that a passage answers, or an empty text if there is none.
    pub fn question(&self, passage: &Passage) -> &str {
        self.turn(passage).map_or("", |turn| turn.question.as_str())
    }

    /// The passages, interview by interview, in reading order.
    pub fn passages(&self) -> Vec<Passage> {
        let interviews = self.interviews.iter().enumerate();
        interviews
            .flat_map(|(position, interview)| {
                interview.turns.iter().flat_map(move |turn| passages_of(interview, position, turn))
            })
            .collect()
    }
}

impl Interview {
    /// The ids of its passages, in reading order.
    pub fn passage_ids(&self) -> Vec<PassageId> {
        let passages = self.turns.iter().flat_map(|turn| passages_of(self, 0, turn));
        passages.map(|passage| passage.id).collect()
    }
}

fn passages_of<'a>(
    interview: &'a Interview,
    position: usize,
    turn: &'a Turn,
) -> impl Iterator<Item = Passage> + 'a {
    turn.answers().flat_map(move |paragraph| {
        let cut = pieces(&paragraph.text);
        let whole = cut.len() == 1;
        cut.into_iter().enumerate().map(move |(part, span)| {
            let id = PassageId::new(
                &interview.slug,
                turn.number,
                paragraph.number,
                (!whole).then_some(part),
            );
            let text = paragraph.text.chars().skip(span.start).take(span.len()).collect();
            Passage {
                id,
                interview: position,
                turn: turn.number,
                paragraph: paragraph.number,
                text,
                repairs: repairs_within(paragraph, &span),
            }
        })
    })
}

fn repairs_within(paragraph: &Paragraph, span: &CharSpan) -> Vec<RepairedSpan> {
    let inside = paragraph
        .repairs
        .iter()
        .filter(|repair| span.start <= repair.span.start && repair.span.end <= span.end);
    let moved = |inner: &CharSpan| inner.start - span.start..inner.end - span.start;
    inside
        .map(|repair| RepairedSpan {
            span: moved(&repair.span),
            received: repair.received.clone(),
            guessed: repair.guessed.iter().map(moved).collect(),
        })
        .collect()
}

/// Passages by their short form.
///
/// # Errors
/// The ids of two passages that share a key.
pub fn by_key<'p>(
    passages: impl IntoIterator<Item = &'p Passage, IntoIter: Clone>,
) -> Result<HashMap<PassageKey, usize>, (PassageId, PassageId)> {
    let passages = passages.into_iter();
    let mut positions = HashMap::with_capacity(passages.size_hint().0);
    for (position, passage) in passages.clone().enumerate() {
        if let Some(other) = positions.insert(passage.id.key(), position)
            && let Some(other) = passages.clone().nth(other)
        {
            return Err((other.id.clone(), passage.id.clone()));
        }
    }
    Ok(positions)
}
