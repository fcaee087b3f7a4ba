//! The fields of the index, and the grams that all of them hold.

use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token as EngineToken};

use crate::corpus::Corpus;
use crate::text::{Token, fold, tokenize};

/// Name of the column with a passage's position.
pub(super) const POSITION: &str = "position";

/// The fields, by what they hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The passage's place among [`super::Index::passages`].
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
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing);
    schema.add_text_field("said", text.clone());
    schema.add_text_field("asked", text);
    schema.build()
}

/// The grams of `text`: every token, and every two that are joined.
///
/// ```
/// assert_eq!(wenjian::index::grams("雲棲, 5K"), ["云", "栖", "云栖", "5", "k", "5k"]);
/// ```
pub fn grams(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut grams = Vec::new();
    let mut before: Option<Token> = None;
    for token in tokenize(&folded) {
        grams.push(folded[token.span.clone()].iter().collect());
        if let Some(before) = before.filter(|_| token.joined) {
            grams.push(folded[before.span].iter().chain(&folded[token.span.clone()]).collect());
        }
        before = Some(token);
    }
    grams
}

/// `texts` as the engine takes them: cut into grams already, without positions or text.
pub(super) fn pre_tokenized<'a>(texts: impl Iterator<Item = &'a str>) -> PreTokenizedString {
    let grams = texts.flat_map(grams);
    // The default position is the largest number there is, which the engine adds to.
    let tokens =
        grams.map(|text| EngineToken { text, position: 0, ..EngineToken::default() }).collect();
    PreTokenizedString { text: String::new(), tokens }
}
