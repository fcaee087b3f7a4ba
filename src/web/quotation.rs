//! Finds the quotation that the address of a page, or of a picture, names.

use serde::Deserialize;

use crate::dialogue::{Card, Engine, Intent, Reader, Reply, ShownExcerpt, View};
use transcript::text::CharSpan;

#[derive(Deserialize)]
pub(super) struct Marked {
    pub(super) r: Option<String>,
}

/// Finds the turn that `place` names and, if `place` names a passage, the part of it to show: the `range`, or the whole
/// passage if there is none.
pub(super) fn find(
    engine: &Engine,
    slug: &str,
    place: &str,
    range: Option<CharSpan>,
) -> Option<(usize, Option<ShownExcerpt>)> {
    if let Ok(turn) = place.parse() {
        return Some((turn, None));
    }
    let passage = engine.library().passage_named(&format!("{slug}/{place}"))?;
    let excerpt = range.map_or(passage.whole(), |range| passage.excerpt(range));
    let excerpt = if excerpt.span().is_empty() { passage.whole() } else { excerpt };
    Some((passage.turn, Some(ShownExcerpt { key: passage.id.key(), excerpt: excerpt.span() })))
}

/// Returns the quote card of an excerpt; `None` if the corpus does not have it any more.
pub(super) fn show(engine: &Engine, shown: ShownExcerpt, reader: Reader) -> Option<Box<Card>> {
    let script = reader.script.resolve(None, reader.language);
    let view = View::new(vec![shown], script);
    match engine.handle(&Intent::Show { view, question: None }, reader) {
        Reply::Card(card) => Some(card),
        _ => None,
    }
}

/// Parses a range such as `12-48`.
pub(super) fn range(text: &str) -> Option<CharSpan> {
    let (start, end) = text.split_once('-')?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_two_numbers() {
        assert_eq!(range("12-48"), Some(12..48));
        assert_eq!((range("12"), range("-1-3"), range("a-b"), range("")), (None, None, None, None));
    }
}
