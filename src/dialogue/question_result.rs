//! How a message was understood, and what was found for it.

use std::time::Duration;

use super::{Outcome, Talk};
use retrieval::answer::Answer;
use retrieval::search::Ranking;

/// How a message was understood, and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionResult {
    /// The message as it was typed.
    pub question: String,
    /// The text that was searched.
    pub searched: String,
    /// The question that a later follow-up refers to.
    pub topic: String,
    /// The kind of small talk, if the message is no question.
    pub talk: Option<Talk>,
    pub understanding: Understanding,
    pub answer: Answer,
    /// The number, from 0, of the quote to show first. Those before it have been shown already.
    pub first: usize,
    /// The positions of all passages that were found, best first, regardless of the verdict.
    pub ranked: Vec<usize>,
    /// The slug of the interview to which the search was limited, if it was.
    pub within: Option<String>,
    /// Words of the question that do not occur in the interviews.
    pub missing: Vec<String>,
    pub elapsed: Duration,
}

/// How a message was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understanding {
    /// As it was typed.
    AsTyped,
    /// As another question about this topic.
    FollowUp(String),
    /// As a request for more passages on the topic, or for one of them by its number.
    MoreOf,
    /// As a request for a quotation on the subject that was searched.
    QuoteOn,
    /// As several questions.
    Several {
        /// The questions that the first quotations answer, in this order.
        answered: Vec<String>,
        /// The questions that the interviews do not answer.
        unanswered: Vec<String>,
    },
}

impl QuestionResult {
    /// Returns what the question log keeps.
    pub fn outcome(&self) -> Outcome {
        let quotes = self.answer.quotes.iter();
        Outcome {
            question: self.question.clone(),
            searched: self.searched.clone(),
            topic: self.topic.clone(),
            is_new_topic: !matches!(
                self.understanding,
                Understanding::FollowUp(_) | Understanding::MoreOf
            ),
            talk: self.talk,
            verdict: self.answer.verdict,
            passages: quotes.map(|quote| quote.excerpt.passage().clone()).collect(),
        }
    }
}

/// Returns the positions of the passages in `ranking`, best first.
pub(super) fn positions(ranking: &Ranking<'_>) -> Vec<usize> {
    ranking.hits().iter().map(|hit| hit.position).collect()
}
