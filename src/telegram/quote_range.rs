//! A quotation as buttons and the store know it.

use crate::dialogue::View;
use crate::store::SavedQuote;
use transcript::PassageKey;
use transcript::text::CharSpan;

/// A range of a passage, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuoteRange {
    pub(super) key: PassageKey,
    pub(super) span: CharSpan,
}

impl QuoteRange {
    pub(super) fn decode(text: &str) -> Option<Self> {
        let mut fields = text.split(':');
        let key = fields.next()?.parse().ok()?;
        let span = fields.next()?.parse().ok()?..fields.next()?.parse().ok()?;
        fields.next().is_none().then_some(Self { key, span })
    }

    pub(super) fn encode(&self) -> String {
        format!("{}:{}:{}", self.key, self.span.start, self.span.end)
    }

    /// Returns the open quotation of a card.
    pub(super) fn open_in(view: &View) -> Option<Self> {
        let shown = view.open()?;
        Some(Self { key: shown.key, span: shown.excerpt.clone() })
    }

    /// Returns `None` if the store's row was not written by this program.
    pub(super) fn of(quote: &SavedQuote) -> Option<Self> {
        let span = usize::try_from(quote.start).ok()?..usize::try_from(quote.end).ok()?;
        Some(Self { key: quote.passage.parse().ok()?, span })
    }

    pub(super) fn to_saved(&self) -> SavedQuote {
        let position = |at| i64::try_from(at).unwrap_or(i64::MAX);
        SavedQuote {
            passage: self.key.to_string(),
            start: position(self.span.start),
            end: position(self.span.end),
        }
    }
}
