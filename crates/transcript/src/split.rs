//! Where an answer paragraph is cut into passages.

use crate::text::{CharSpan, clause_ends, sentences};

/// Characters that a passage holds at most.
pub(super) const MAX_PASSAGE: usize = 1000;

/// The passages of a paragraph: all of it, or pieces of whole sentences of at most [`MAX_PASSAGE`]
/// characters each, as even as that allows. Every character but white space between pieces is in one.
pub(super) fn pieces(paragraph: &str) -> Vec<CharSpan> {
    let text: Vec<char> = paragraph.chars().collect();
    if text.len() <= MAX_PASSAGE {
        return std::iter::once(0..text.len()).collect();
    }
    let count = text.len().div_ceil(MAX_PASSAGE);
    let target = text.len().div_ceil(count);
    let mut pieces: Vec<CharSpan> = Vec::with_capacity(count);
    for sentence in sentences(&text).iter().flat_map(|sentence| short_enough(&text, sentence)) {
        match pieces.last_mut() {
            Some(piece) if piece.len() < target && sentence.end - piece.start <= MAX_PASSAGE => {
                piece.end = sentence.end;
            }
            _ => pieces.push(sentence),
        }
    }
    pieces
}

/// The sentence, or where it is too long by itself, runs of its clauses, or of characters.
fn short_enough(text: &[char], sentence: &CharSpan) -> Vec<CharSpan> {
    let mut runs = Vec::new();
    let mut start = sentence.start;
    let mut end = start;
    for clause in clause_ends(text, sentence) {
        if clause - start > MAX_PASSAGE && end > start {
            runs.push(start..end);
            start = end;
        }
        while clause - start > MAX_PASSAGE {
            runs.push(start..start + MAX_PASSAGE);
            start += MAX_PASSAGE;
        }
        end = clause;
    }
    runs.push(start..sentence.end);
    runs.retain(|run| !run.is_empty());
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_paragraph_is_one_passage() {
        assert_eq!(pieces("一句話。又一句。"), vec![0..8; 1]);
    }

    #[test]
    fn a_long_paragraph_is_cut_where_sentences_end() {
        let text = "十個字的一句話在這裡。".repeat(200);
        let cut = pieces(&text);
        assert_eq!(cut.len(), 3);
        assert!(cut.iter().all(|piece| piece.end % 11 == 0 && piece.len() <= MAX_PASSAGE));
    }

    proptest! {
        #[test]
        fn pieces_are_short_and_lose_only_white_space(text in "[一-三，。 a\n]{0,50}", times in 1_usize..60) {
            let text = text.repeat(times);
            let chars: Vec<char> = text.chars().collect();
            let cut = pieces(&text);
            prop_assert!(cut.iter().all(|piece| piece.len() <= MAX_PASSAGE));
            let kept: usize = cut.iter().map(|piece| chars[piece.clone()].iter().filter(|c| !c.is_whitespace()).count()).sum();
            prop_assert_eq!(kept, chars.iter().filter(|c| !c.is_whitespace()).count());
        }
    }
}
