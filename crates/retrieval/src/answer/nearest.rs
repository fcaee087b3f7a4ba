//! The interviewer's questions that are nearest to a question.

use crate::Library;
use crate::search::Hit;
use transcript::PassageKey;

/// An interviewer's utterance that is near a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The key of the passage by which it was found, which leads to its turn.
    pub key: PassageKey,
    /// The position of the interview in the corpus.
    pub interview: usize,
    /// The number of the turn, from 1.
    pub turn: usize,
}

impl Nearest {
    /// Returns the text of the interviewer's question.
    pub fn question<'l>(&self, library: &'l Library) -> &'l str {
        library.passage(self.key).map_or("", |passage| library.question(passage))
    }
}

/// Returns at most `limit` questions of interviewers that the best hits answer. Each is returned
/// once, from one source.
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
