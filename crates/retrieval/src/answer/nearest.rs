//! The interviewer's questions that are nearest to a question.

use crate::Library;
use crate::search::Hit;
use transcript::PassageKey;

/// An interviewer's utterance that is near a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The passage that it was found by: the way to the turn.
    pub key: PassageKey,
    /// Position of the interview in the corpus.
    pub interview: usize,
    /// Number of the turn, from 1.
    pub turn: usize,
}

impl Nearest {
    /// The utterance.
    pub fn question<'l>(&self, library: &'l Library) -> &'l str {
        library.passage(self.key).map_or("", |passage| library.question(passage))
    }
}

/// The utterances that the best hits were answers to, each once, from one source, at most `limit`.
pub(super) fn nearest(hits: &[Hit], library: &Library, limit: usize) -> Vec<Nearest> {
    let passages = library.passages();
    let mut nearest: Vec<Nearest> = Vec::with_capacity(limit);
    for hit in hits {
        let same = library.near_duplicates(hit.position).iter().copied().chain([hit.position]);
        let known = same.map(|position| &passages[position]).any(|passage| {
            let place = (passage.interview, passage.turn);
            nearest.iter().any(|known| (known.interview, known.turn) == place)
        });
        let passage = &passages[hit.position];
        if !known && nearest.len() < limit {
            nearest.push(Nearest {
                key: passage.id.key(),
                interview: passage.interview,
                turn: passage.turn,
            });
        }
    }
    nearest
}
