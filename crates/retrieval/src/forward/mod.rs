//! The forward index: what the texts of each passage hold, as numbers.
//!
//! The index of the search engine leads from grams to passages; this one leads from a passage to its tokens,
//! so that a candidate can be scored exactly. It is written once with a generation, and read where it lies in
//! the mapped file: opening it reads only where each list begins and the terms of one character, and what nobody
//! asks for takes no memory.

mod array;
mod builder;
mod expansion_texts;
mod gram_table;
mod grams;
mod quoted_names;
mod statistics;
mod text;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use zerocopy::little_endian::{U32, U64};

use array::{Array, ArrayReader, Lists};
use statistics::Sizes;

pub(crate) use builder::ForwardIndexBuilder;
pub(crate) use expansion_texts::ExpansionTexts;
pub(crate) use grams::{GramId, KnownGram, chinese_character};
pub(crate) use statistics::{PerField, Statistics};
pub(crate) use text::{Text, TokenId};

/// The bytes of a file that is mapped, or of memory.
pub(crate) type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// What the texts of all passages hold.
pub(crate) struct ForwardIndex {
    bytes: Bytes,
    /// The terms of all tokens, sorted.
    terms: Lists<u8>,
    /// For each token the tokens that follow it and are joined to it, sorted.
    followers: Lists<U32>,
    /// In how many texts of a field each gram occurs: first the tokens, then the pairs.
    frequencies: PerField<Array<U32>>,
    sizes: PerField<Sizes>,
    /// By passage.
    passages: Texts,
    /// By passage: the interviewer's question before it.
    questions: Texts,
    /// By interview.
    titles: Texts,
    expansions: Expansions,
    /// Hashes of the sounds of pairs, sorted.
    sounds: Array<U32>,
    /// The pairs of Chinese characters in passages, by their sound.
    pairs_by_sound: Lists<U32>,
    quoted_names: Lists<u8>,
    /// The tokens of one character, by which most terms are looked up.
    characters: FxHashMap<char, TokenId>,
}

/// The texts of one field.
struct Texts {
    tokens: Lists<U32>,
    sentence_ends: Lists<U32>,
}

/// The expansion texts, by passage. See [`ExpansionTexts`].
struct Expansions {
    grams: Lists<U32>,
    starts: Lists<U32>,
    texts: Lists<U32>,
    lengths: Lists<U32>,
    /// The positions in the corpus of the readers' questions that belong to the passage.
    sources: Lists<U32>,
}

impl ForwardIndex {
    /// Opens the bytes that [`ForwardIndexBuilder::write`] wrote; `None` if they are something else.
    pub(crate) fn open(bytes: Bytes) -> Option<Self> {
        let read = (*bytes).as_ref();
        let mut reader = ArrayReader::new(read);
        let terms: Lists<u8> = reader.lists()?;
        let n_terms = terms.len(read);
        let followers = reader.lists_of(n_terms)?;
        let frequencies = PerField::take(|| reader.array())?;
        let sizes = PerField::take(|| {
            let array: Array<U64> = reader.array()?;
            let [documents, tokens, sentences] = array.of(read) else { return None };
            Some(Sizes {
                documents: documents.get(),
                tokens: tokens.get(),
                sentences: sentences.get(),
            })
        })?;
        let n_passages = sizes.passage.documents as usize;
        let passages = Texts::take(&mut reader, read, Some(n_passages))?;
        let questions = Texts::take(&mut reader, read, Some(n_passages))?;
        let titles = Texts::take(&mut reader, read, None)?;
        let expansions = Expansions {
            grams: reader.lists_of(n_passages)?,
            starts: reader.lists_of(n_passages)?,
            texts: reader.lists_of(n_passages)?,
            lengths: reader.lists_of(n_passages)?,
            sources: reader.lists_of(n_passages)?,
        };
        let sounds: Array<U32> = reader.array()?;
        let pairs_by_sound = reader.lists_of(sounds.of(read).len())?;
        let quoted_names = reader.lists()?;
        if !reader.is_at_end() {
            return None;
        }
        let characters = grams::characters(&terms, read);
        Some(Self {
            bytes,
            terms,
            followers,
            frequencies,
            sizes,
            passages,
            questions,
            titles,
            expansions,
            sounds,
            pairs_by_sound,
            quoted_names,
            characters,
        })
    }

    fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// Returns the number of passages.
    pub(crate) fn n_passages(&self) -> usize {
        self.sizes.passage.documents as usize
    }

    /// Returns the text of the passage at `position`.
    pub(crate) fn passage(&self, position: usize) -> Text<'_> {
        self.passages.text(self.bytes(), position)
    }

    /// Returns the interviewer's question before the passage at `position`.
    pub(crate) fn question(&self, position: usize) -> Text<'_> {
        self.questions.text(self.bytes(), position)
    }

    /// Returns the title and the publisher of the interview at `interview` in the corpus.
    pub(crate) fn title(&self, interview: usize) -> Text<'_> {
        self.titles.text(self.bytes(), interview)
    }

    /// Returns the expansion texts of the passage at `position`.
    pub(crate) fn expansion(&self, position: usize) -> ExpansionTexts<'_> {
        let Expansions { grams, starts, texts, lengths, .. } = &self.expansions;
        let bytes = self.bytes();
        ExpansionTexts {
            grams: grams.list(bytes, position),
            starts: starts.list(bytes, position),
            texts: texts.list(bytes, position),
            lengths: lengths.list(bytes, position),
        }
    }

    /// Returns the positions, among the corpus's readers' questions, of those of the passage at `position`.
    /// Its expansion texts are numbered through them.
    pub(crate) fn expansion_sources(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        let sources = self.expansions.sources.list(self.bytes(), position);
        sources.iter().map(|source| source.get() as usize)
    }

    /// Returns the statistics of each field.
    pub(crate) fn statistics(&self) -> PerField<Statistics<'_>> {
        let bytes = self.bytes();
        let of = |frequencies: &Array<U32>, sizes| Statistics {
            frequencies: frequencies.of(bytes),
            sizes,
        };
        PerField {
            passage: of(&self.frequencies.passage, self.sizes.passage),
            question: of(&self.frequencies.question, self.sizes.question),
            title: of(&self.frequencies.title, self.sizes.title),
            expansion: of(&self.frequencies.expansion, self.sizes.expansion),
        }
    }

    /// Returns the names that the corpus's texts set in quotation marks, folded.
    pub(crate) fn quoted_names(&self) -> impl Iterator<Item = &str> {
        let names = 0..self.quoted_names.len(self.bytes());
        names.filter_map(|name| str::from_utf8(self.quoted_names.list(self.bytes(), name)).ok())
    }
}

impl Texts {
    /// Takes the texts of `n` things, if their number is known.
    fn take(reader: &mut ArrayReader<'_>, bytes: &[u8], n: Option<usize>) -> Option<Self> {
        let tokens: Lists<U32> = reader.lists()?;
        let length = tokens.len(bytes);
        let fits = n.is_none_or(|n| n == length);
        let texts = Self { tokens, sentence_ends: reader.lists_of(length)? };
        fits.then_some(texts)
    }

    fn text<'b>(&self, bytes: &'b [u8], number: usize) -> Text<'b> {
        Text {
            tokens: self.tokens.list(bytes, number),
            sentence_ends: self.sentence_ends.list(bytes, number),
        }
    }
}
