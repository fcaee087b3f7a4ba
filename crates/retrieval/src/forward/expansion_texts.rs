//! The expansion texts (readers' questions and key terms) of a passage as a small inverted index: a
//! passage may have dozens of them, and only a few share a gram with a question.

use zerocopy::little_endian::U32;

use super::GramId;

/// The expansion texts of one passage.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExpansionTexts<'f> {
    /// The grams, in order.
    pub(super) grams: &'f [U32],
    /// Where the texts of each gram begin in `texts`, and where the last gram's end.
    pub(super) starts: &'f [U32],
    /// The numbers of the texts that hold each gram.
    pub(super) texts: &'f [U32],
    /// The number of tokens of each text.
    pub(super) lengths: &'f [U32],
}

impl<'f> ExpansionTexts<'f> {
    /// Returns whether there is none.
    pub(crate) fn is_empty(self) -> bool {
        self.lengths.is_empty()
    }

    /// Returns the number of tokens of each text.
    pub(crate) fn lengths(self) -> impl ExactSizeIterator<Item = usize> + 'f {
        self.lengths.iter().map(|length| length.get() as usize)
    }

    /// Returns the numbers of the texts that hold `gram`.
    pub(crate) fn holding(self, gram: GramId) -> impl ExactSizeIterator<Item = usize> + 'f {
        let range = || {
            let at = self.grams.binary_search_by_key(&gram.0, |gram| gram.get()).ok()?;
            Some(self.starts.get(at)?.get() as usize..self.starts.get(at + 1)?.get() as usize)
        };
        let texts = range().and_then(|range| self.texts.get(range)).unwrap_or_default();
        texts.iter().map(|text| text.get() as usize)
    }

    /// Returns whether any of the texts holds `gram`.
    pub(crate) fn holds(self, gram: GramId) -> bool {
        self.holding(gram).len() > 0
    }

    /// Returns whether the text `which` holds `gram`.
    pub(crate) fn text_holds(self, which: usize, gram: GramId) -> bool {
        self.holding(gram).any(|text| text == which)
    }
}
