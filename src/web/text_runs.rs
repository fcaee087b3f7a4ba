//! Cuts quotations into runs of characters that are drawn alike, so that a template can mark them.

use crate::dialogue::Quotation;
use transcript::text::CharSpan;

/// Successive characters of a quotation that are drawn alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextRun {
    pub(super) text: String,
    /// Whether they match the question or were linked to.
    pub(super) marked: bool,
    /// What the received file had in their place, where it was repaired.
    pub(super) received: Option<String>,
    /// Whether the repair had to guess them.
    pub(super) guessed: bool,
}

/// Returns the words of `quotation`, cut wherever a mark or a repair begins or ends.
pub(super) fn runs(quotation: &Quotation) -> Vec<TextRun> {
    let text: Vec<char> = quotation.words.text.chars().collect();
    let spans = quotation.marks.iter().chain(&quotation.guessed);
    let spans = spans.chain(quotation.received.iter().map(|(span, _)| span));
    let mut cuts: Vec<usize> = spans.flat_map(|span| [span.start, span.end]).collect();
    cuts.extend([0, text.len()]);
    cuts.retain(|cut| *cut <= text.len());
    cuts.sort_unstable();
    cuts.dedup();
    let covers = |spans: &[CharSpan], at: usize| spans.iter().any(|span| span.contains(&at));
    let run = |ends: &[usize]| {
        let &[start, end] = ends else { return None };
        let received = quotation.received.iter().find(|(span, _)| span.contains(&start));
        Some(TextRun {
            text: text[start..end].iter().collect(),
            marked: covers(&quotation.marks, start),
            received: received.map(|(_, received)| received.clone()),
            guessed: covers(&quotation.guessed, start),
        })
    };
    cuts.windows(2).filter_map(run).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dialogue::{Locus, Weight, Words};
    use transcript::PassageId;

    fn quotation(text: &str, mark: CharSpan, repair: (CharSpan, &str)) -> Quotation {
        let source = Locus::Passage(PassageId::new("talk", 1, 1, None));
        let span = 0..text.chars().count();
        Quotation {
            speaker: String::new(),
            words: Words { source, text: text.to_owned(), span, script: None },
            marks: [mark].into(),
            guessed: [repair.0.clone()].into(),
            received: [(repair.0, repair.1.to_owned())].into(),
            cut_before: false,
            cut_after: false,
            weight: Weight::Main,
        }
    }

    #[test]
    fn runs_are_cut_where_marks_and_repairs_begin_and_end() {
        let runs = runs(&quotation("一二三四", 1..3, (2..4, "?")));
        let seen: Vec<_> =
            runs.iter().map(|run| (run.text.as_str(), run.marked, run.guessed)).collect();
        assert_eq!(
            seen,
            [("一", false, false), ("二", true, false), ("三", true, true), ("四", false, true)]
        );
        assert_eq!(runs[3].received.as_deref(), Some("?"));
    }

    proptest! {
        #[test]
        fn runs_lose_nothing(text in "\\PC{0,20}", start in 0_usize..25, length in 0_usize..25) {
            let quotation = quotation(&text, start..start + length, (length..start, ""));
            let joined: String = runs(&quotation).into_iter().map(|run| run.text).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
