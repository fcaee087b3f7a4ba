//! The fields of the index, and why each.

use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

use super::grams;
use transcript::Corpus;

/// Name of the column with a passage's position.
pub(super) const POSITION: &str = "position";

/// The fields, by what they hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The passage's place among [`crate::Library::passages`].
    pub(super) position: Field,
    /// The passage, its interviewer's question, title and publisher.
    pub(super) said: Field,
    /// Questions that readers would ask of it.
    pub(super) asked: Field,
}

impl Fields {
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let field = |name| schema.get_field(name).ok();
        Some(Self { position: field(POSITION)?, said: field("said")?, asked: field("asked")? })
    }

    /// The fields that a question is looked up in.
    pub(super) fn searched(self, corpus: &Corpus) -> impl Iterator<Item = Field> + use<> {
        let asked = (!corpus.asked.is_empty()).then_some(self.asked);
        [self.said].into_iter().chain(asked)
    }
}

pub(super) fn schema() -> Schema {
    let mut schema = Schema::builder();
    schema.add_u64_field(POSITION, FAST);
    // Candidates are scored again from their text: frequencies are enough, positions would be dead weight.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(grams::NAME)
        .set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing);
    schema.add_text_field("said", text.clone());
    schema.add_text_field("asked", text);
    schema.build()
}
