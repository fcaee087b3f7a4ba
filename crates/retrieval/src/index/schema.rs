//! The fields of the index.

use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

use super::grams;
use transcript::Corpus;

/// Name of the column with a passage's position.
pub(super) const POSITION: &str = "position";
const INTERVIEW_TEXT: &str = "interview_text";
const EXPANSION: &str = "expansion";

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The passage's position in [`crate::Library::passages`].
    pub(super) position: Field,
    /// The passage, the interviewer's question before it, and the interview's title and publisher.
    pub(super) interview_text: Field,
    /// The readers' questions and key terms of the passage.
    pub(super) expansion: Field,
}

impl Fields {
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let field = |name| schema.get_field(name).ok();
        Some(Self {
            position: field(POSITION)?,
            interview_text: field(INTERVIEW_TEXT)?,
            expansion: field(EXPANSION)?,
        })
    }

    /// Returns the fields in which a question is looked up.
    pub(super) fn searched(self, corpus: &Corpus) -> impl Iterator<Item = Field> + use<> {
        let expansion = (!corpus.reader_questions.is_empty()).then_some(self.expansion);
        [self.interview_text].into_iter().chain(expansion)
    }
}

pub(super) fn schema() -> Schema {
    let mut schema = Schema::builder();
    schema.add_u64_field(POSITION, FAST);
    // Candidates are scored again from their text, so that the index needs frequencies but no positions.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(grams::NAME)
        .set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing);
    schema.add_text_field(INTERVIEW_TEXT, text.clone());
    schema.add_text_field(EXPANSION, text);
    schema.build()
}
