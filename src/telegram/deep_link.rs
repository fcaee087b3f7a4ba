//! Links to a passage: in `t.me/bot?start=…`, and in inline queries that share a quotation.

use std::fmt;

use crate::dialogue::{Intent, Reader, ShownExcerpt, View};
use transcript::PassageKey;
use transcript::text::CharSpan;

/// A passage, or a range of it in characters, written as `p_KEY` or `p_KEY_START-END`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DeepLink {
    key: PassageKey,
    excerpt: Option<CharSpan>,
}

impl DeepLink {
    /// Returns the link to a range of a passage.
    pub(super) fn to(key: PassageKey, excerpt: CharSpan) -> Self {
        Self { key, excerpt: Some(excerpt) }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let link = text.trim().strip_prefix("p_")?;
        let Some((key, range)) = link.split_once('_') else {
            return Some(Self { key: link.parse().ok()?, excerpt: None });
        };
        let (start, end) = range.split_once('-')?;
        let excerpt = start.parse().ok()?..end.parse().ok()?;
        Some(Self { key: key.parse().ok()?, excerpt: Some(excerpt) })
    }

    /// Returns the intent that shows the passage to a reader.
    pub(super) fn intent(self, reader: Reader) -> Intent {
        let Some(excerpt) = self.excerpt else { return Intent::Open { key: self.key } };
        let shown = vec![ShownExcerpt { key: self.key, excerpt }];
        let view = View::new(shown, reader.script.resolve(None, reader.language));
        Intent::Show { view, question: None }
    }
}

impl fmt::Display for DeepLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p_{}", self.key)?;
        match &self.excerpt {
            Some(excerpt) => write!(f, "_{}-{}", excerpt.start, excerpt.end),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_name_a_passage_or_a_range_of_it() {
        let range = DeepLink::parse("p_aaaaaaab_12-48").unwrap();
        assert_eq!(range.to_string(), "p_aaaaaaab_12-48");
        assert_eq!((range.key.to_string().as_str(), range.excerpt), ("aaaaaaab", Some(12..48)));
        assert_eq!(DeepLink::parse(" p_aaaaaaab ").unwrap().excerpt, None);
        for text in ["p_", "p_short", "p_aaaaaaab_", "p_aaaaaaab_x-1", "杭州", "p_aaaaaaab_-"] {
            assert_eq!(DeepLink::parse(text), None, "`{text}`");
        }
    }
}
