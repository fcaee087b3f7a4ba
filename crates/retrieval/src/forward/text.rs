//! The tokens of a text as numbers.

use zerocopy::little_endian::U32;

use transcript::text::{GramEnd, gram_ends};

/// The number of a token, in the order of the terms.
pub(crate) type TokenId = u32;

/// Set on a stored token that is not joined to the one before it.
pub(super) const APART: u32 = 1 << 31;

/// The text that a field holds of one passage.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Text<'f> {
    pub(super) tokens: &'f [U32],
    pub(super) sentence_ends: &'f [U32],
}

impl<'f> Text<'f> {
    /// Returns the number of tokens.
    pub(crate) fn len(self) -> usize {
        self.tokens.len()
    }

    /// Returns the tokens, each with whether it is joined to the one before it.
    pub(crate) fn tokens(self) -> impl Iterator<Item = (TokenId, bool)> + 'f {
        self.tokens.iter().map(|token| (token.get() & !APART, token.get() & APART == 0))
    }

    /// Returns the grams that end at each token, in order.
    pub(super) fn grams(self) -> impl Iterator<Item = GramEnd<TokenId>> + 'f {
        gram_ends(self.tokens())
    }

    /// Returns the end of each sentence, as a token position.
    pub(crate) fn sentence_ends(self) -> impl Iterator<Item = usize> + 'f {
        self.sentence_ends.iter().map(|end| end.get() as usize)
    }
}
