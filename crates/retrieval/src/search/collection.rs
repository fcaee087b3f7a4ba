//! The passages of a library with what their texts hold.

use std::sync::Arc;

use super::gram::Gram;
use crate::Library;
use crate::forward::{ForwardIndex, GramId, KnownGram, PerField};
use transcript::ReaderQuestions;

/// The passages of a library and their forward index.
pub(super) struct Collection {
    pub(super) library: Arc<Library>,
    pub(super) forward: Arc<ForwardIndex>,
}

impl Collection {
    /// Returns the gram, if any text holds it.
    pub(super) fn known(&self, gram: &Gram) -> Option<KnownGram> {
        self.forward.gram(&gram.first, gram.second.as_deref())
    }

    /// Returns whether a passage, an interviewer's question or an expansion text holds `gram`.
    pub(super) fn knows(&self, gram: &Gram) -> bool {
        self.known(gram).is_some_and(|known| {
            let PerField { passage, question, expansion, .. } = self.forward.statistics();
            [passage, question, expansion]
                .iter()
                .any(|field| field.document_frequency(known.id) > 0)
        })
    }

    /// Returns whether a passage or an interviewer's question holds the gram.
    pub(super) fn says(&self, gram: GramId) -> bool {
        let PerField { passage, question, .. } = self.forward.statistics();
        [passage, question].iter().any(|field| field.document_frequency(gram) > 0)
    }

    /// Returns the expansion text of the passage at `position` with this number.
    pub(super) fn expansion_text(&self, position: usize, number: usize) -> Option<&str> {
        let sources = self.forward.expansion_sources(position);
        let questions = sources.filter_map(|at| self.library.corpus().reader_questions.get(at));
        questions.flat_map(ReaderQuestions::texts).nth(number)
    }
}
