//! One kind of text of the passages, as token sequences with their statistics.

use std::collections::{HashMap, HashSet};

use super::vocabulary::{Sequence, TokenId, Vocabulary};
use crate::text::sentences;

/// What a field holds of one passage.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    pub(super) sequence: Sequence,
    /// End of each sentence, as a token position.
    pub(super) sentence_ends: Vec<usize>,
}

/// A field of all passages, one document a passage.
#[derive(Debug, Default)]
pub(super) struct Field {
    documents: Vec<Document>,
    /// In how many documents each token, and each joined pair, occurs.
    tokens: HashMap<TokenId, u32>,
    pairs: HashMap<(TokenId, TokenId), u32>,
    length: usize,
    sentences: usize,
}

impl Field {
    /// Adds the next passage's text.
    pub(super) fn push_text(&mut self, vocabulary: &mut Vocabulary, text: &str) {
        let mut document = Document::default();
        let tokens = vocabulary.learn(text, &mut document.sequence);
        let characters: Vec<char> = text.chars().collect();
        document.sentence_ends = sentences(&characters)
            .iter()
            .map(|sentence| tokens.partition_point(|token| token.span.start < sentence.end))
            .collect();
        self.push(document);
    }

    /// Adds the next passage's texts, each of which counts as a sentence.
    pub(super) fn push_list<'a>(
        &mut self,
        vocabulary: &mut Vocabulary,
        texts: impl Iterator<Item = &'a str>,
    ) {
        let mut document = Document::default();
        for text in texts {
            vocabulary.learn(text, &mut document.sequence);
            document.sentence_ends.push(document.sequence.len());
        }
        self.push(document);
    }

    fn push(&mut self, document: Document) {
        let (mut tokens, mut pairs) = (HashSet::new(), HashSet::new());
        let mut before = None;
        for (token, joined) in document.sequence.iter() {
            tokens.insert(token);
            if let Some(before) = before.filter(|_| joined) {
                pairs.insert((before, token));
            }
            before = Some(token);
        }
        tokens.into_iter().for_each(|token| *self.tokens.entry(token).or_default() += 1);
        pairs.into_iter().for_each(|pair| *self.pairs.entry(pair).or_default() += 1);
        self.length += document.sequence.len();
        self.sentences += document.sentence_ends.len();
        self.documents.push(document);
    }

    /// What it holds of the passage at `position`.
    pub(super) fn document(&self, position: usize) -> &Document {
        &self.documents[position]
    }

    /// In how many documents `ids` occur in a row; for three or more, at most that.
    pub(super) fn document_frequency(&self, ids: &[TokenId]) -> u32 {
        match ids {
            [] => 0,
            [token] => self.tokens.get(token).copied().unwrap_or(0),
            ids => ids
                .windows(2)
                .map(|pair| self.pairs.get(&(pair[0], pair[1])).copied().unwrap_or(0))
                .min()
                .unwrap_or(0),
        }
    }

    /// Mean number of tokens of a document.
    pub(super) fn average_length(&self) -> f32 {
        self.length as f32 / self.documents.len().max(1) as f32
    }

    /// Mean number of tokens of a sentence.
    pub(super) fn average_sentence(&self) -> f32 {
        self.length as f32 / self.sentences.max(1) as f32
    }
}
