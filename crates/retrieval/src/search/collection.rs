//! The passages of a library as token sequences, ready to be scored.

use std::collections::HashMap;
use std::sync::Arc;

use super::expansion::Expansion;
use super::field::{FieldText, Statistics};
use super::gram::Gram;
use super::vocabulary::{GramId, Vocabulary};
use crate::Library;
use transcript::{Passage, PassageId};

/// One value for each field of a passage.
#[derive(Debug, Default)]
pub(super) struct PerField<T> {
    pub(super) passage: T,
    pub(super) question: T,
    pub(super) title: T,
    pub(super) expansion: T,
}

/// The texts of one passage.
pub(super) struct PassageTexts {
    pub(super) passage: FieldText,
    pub(super) question: FieldText,
    pub(super) title: FieldText,
    pub(super) expansion: Expansion,
    /// The expansion texts (readers' questions and key terms) as written.
    pub(super) expansion_as_written: Vec<String>,
}

/// All passages of a library with the statistics of each field.
pub(super) struct Collection {
    pub(super) library: Arc<Library>,
    pub(super) vocabulary: Vocabulary,
    pub(super) passages: Vec<PassageTexts>,
    pub(super) statistics: PerField<Statistics>,
}

impl Collection {
    /// Reads all texts of `library`.
    pub(super) fn new(library: Arc<Library>) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut statistics: PerField<Statistics> = PerField::default();
        let mut expansions = expansions_by_passage(&library);
        let mut passages = Vec::with_capacity(library.passages().len());
        for passage in library.passages() {
            let expansion = expansions.remove(&passage.id).unwrap_or_default();
            passages.push(texts(&library, passage, expansion, &mut vocabulary, &mut statistics));
        }
        drop(expansions);
        Self { library, vocabulary, passages, statistics }
    }

    /// Whether a passage, an interviewer's question or an expansion text holds `gram`.
    pub(super) fn knows(&self, gram: &Gram) -> bool {
        let PerField { passage, question, expansion, .. } = &self.statistics;
        self.vocabulary.gram(gram).is_some_and(|id| {
            [passage, question, expansion].iter().any(|field| field.document_frequency(id) > 0)
        })
    }

    /// Whether a passage or an interviewer's question holds the gram.
    pub(super) fn says(&self, gram: GramId) -> bool {
        let PerField { passage, question, .. } = &self.statistics;
        [passage, question].iter().any(|field| field.document_frequency(gram) > 0)
    }
}

fn texts(
    library: &Library,
    passage: &Passage,
    expansion_as_written: Vec<String>,
    vocabulary: &mut Vocabulary,
    statistics: &mut PerField<Statistics>,
) -> PassageTexts {
    let interview = library.interview(passage);
    let title = [Some(interview.title.as_str()), interview.publisher.as_deref()];
    let expansion = FieldText::of_list(vocabulary, expansion_as_written.iter().map(String::as_str));
    let texts = PassageTexts {
        passage: FieldText::of_text(vocabulary, &passage.text),
        question: FieldText::of_text(vocabulary, library.question(passage)),
        title: FieldText::of_list(vocabulary, title.into_iter().flatten()),
        expansion: Expansion::new(&expansion),
        expansion_as_written,
    };
    statistics.passage.count(&texts.passage);
    statistics.question.count(&texts.question);
    statistics.title.count(&texts.title);
    statistics.expansion.count(&expansion);
    texts
}

fn expansions_by_passage(library: &Library) -> HashMap<&PassageId, Vec<String>> {
    let mut by_passage: HashMap<&PassageId, Vec<String>> = HashMap::new();
    for expansion in &library.corpus().reader_questions {
        let texts = expansion.questions.iter().chain(&expansion.terms).cloned();
        by_passage.entry(&expansion.passage).or_default().extend(texts);
    }
    by_passage
}
