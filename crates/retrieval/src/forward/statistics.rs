//! How often each field holds a gram, and how long its texts are.

use zerocopy::little_endian::U32;

use super::GramId;

/// One value for each field of a passage.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PerField<T> {
    pub(crate) passage: T,
    pub(crate) question: T,
    pub(crate) title: T,
    pub(crate) expansion: T,
}

/// A field of a passage.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    Passage,
    Question,
    Title,
    Expansion,
}

impl Field {
    /// All fields, in the order in which they are written.
    pub(super) const ALL: [Self; 4] = [Self::Passage, Self::Question, Self::Title, Self::Expansion];
}

impl<T> PerField<T> {
    /// Takes a value for each field, in the order of [`Field::ALL`].
    pub(super) fn take(mut next: impl FnMut() -> Option<T>) -> Option<Self> {
        let (passage, question, title, expansion) = (next()?, next()?, next()?, next()?);
        Some(Self { passage, question, title, expansion })
    }

    pub(crate) fn map<U>(self, mut to: impl FnMut(T) -> U) -> PerField<U> {
        PerField {
            passage: to(self.passage),
            question: to(self.question),
            title: to(self.title),
            expansion: to(self.expansion),
        }
    }

    pub(super) fn get(&self, field: Field) -> &T {
        match field {
            Field::Passage => &self.passage,
            Field::Question => &self.question,
            Field::Title => &self.title,
            Field::Expansion => &self.expansion,
        }
    }

    pub(super) fn get_mut(&mut self, field: Field) -> &mut T {
        match field {
            Field::Passage => &mut self.passage,
            Field::Question => &mut self.question,
            Field::Title => &mut self.title,
            Field::Expansion => &mut self.expansion,
        }
    }
}

/// The numbers of texts, tokens and sentences of a field.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sizes {
    pub(super) documents: u64,
    pub(super) tokens: u64,
    pub(super) sentences: u64,
}

/// The statistics of one field over all passages.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Statistics<'f> {
    pub(super) frequencies: &'f [U32],
    pub(super) sizes: Sizes,
}

impl Statistics<'_> {
    /// Returns the number of passages whose text holds a gram.
    pub(crate) fn document_frequency(&self, gram: GramId) -> u32 {
        self.frequencies.get(gram.0 as usize).map_or(0, |frequency| frequency.get())
    }

    /// Returns the number of texts, which is that of the passages.
    pub(crate) fn n_documents(&self) -> usize {
        self.sizes.documents as usize
    }

    /// Returns the mean number of tokens of a text.
    pub(crate) fn average_length(&self) -> f32 {
        self.sizes.tokens as f32 / self.sizes.documents.max(1) as f32
    }

    /// Returns the mean number of tokens of a sentence.
    pub(crate) fn average_sentence(&self) -> f32 {
        self.sizes.tokens as f32 / self.sizes.sentences.max(1) as f32
    }
}
