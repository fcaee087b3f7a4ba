//! Chooses the sentences to quote. The excerpt begins with the sentence that answers.

use super::form::Form;
use crate::search::Evidence;
use transcript::text::{CharSpan, clause_ends};
use transcript::{Excerpt, Passage};

/// An excerpt with fewer characters than this goes on with the next sentence, because the answer
/// often follows the sentence that has the words of the question.
const SHORT: usize = 80;
/// An excerpt at the end of a passage with fewer characters than this also takes
/// the sentence before it.
const TOO_SHORT: usize = 40;
/// The most characters of an excerpt of several sentences.
const LONG: usize = 160;
/// A sentence with more characters than this is cut at the end of a clause.
const TOO_LONG: usize = 240;
/// The excerpt goes on with the next sentence if its weight is at least this share of the
/// weight of the first.
const WORTH: f32 = 0.5;

/// Returns the slice of `passage` that answers best by `evidence`, for a question that wants this
/// kind of answer (`form`). If there is no evidence in the text at all, it is the beginning.
pub(super) fn excerpt(passage: &Passage, evidence: &Evidence, form: Form) -> Excerpt {
    let text: Vec<char> = passage.text.chars().collect();
    let scores: Vec<f32> = evidence
        .sentences
        .iter()
        .map(|(span, score)| score * form.bonus(&text[span.clone()]))
        .collect();
    let Some(core) = best(&scores) else { return passage.whole() };
    let spans: Vec<&CharSpan> = evidence.sentences.iter().map(|(span, _)| span).collect();
    if spans[core].len() > TOO_LONG {
        return passage.excerpt(clauses(&text, spans[core], &evidence.matches));
    }
    passage.excerpt(extend(&spans, &scores, core))
}

/// Returns the beginning of `passage`, to be shown without a question.
pub fn opening(passage: &Passage) -> Excerpt {
    let text: Vec<char> = passage.text.chars().collect();
    let sentences =
        transcript::text::sentences(&text).into_iter().map(|span| (span, 0.0)).collect();
    excerpt(passage, &Evidence { sentences, matches: Vec::new() }, Form::Other)
}

/// Returns the position of the highest value, or the first of them if there are several.
fn best(scores: &[f32]) -> Option<usize> {
    let highest = scores.iter().copied().reduce(f32::max)?;
    scores.iter().position(|score| *score >= highest)
}

fn extend(spans: &[&CharSpan], scores: &[f32], core: usize) -> CharSpan {
    let mut run = spans[core].clone();
    let mut next = core + 1;
    while let Some(span) = spans.get(next).filter(|span| span.end - run.start <= LONG) {
        if run.len() >= SHORT && scores[next] < WORTH * scores[core].max(f32::MIN_POSITIVE) {
            break;
        }
        run.end = span.end;
        next += 1;
    }
    // The last sentence of a passage can only be extended backwards.
    for span in spans[..core].iter().rev() {
        if run.len() >= TOO_SHORT || run.end - span.start > LONG {
            break;
        }
        run.start = span.start;
    }
    run
}

/// Returns the clauses of a very long sentence that contain most of the matches.
fn clauses(text: &[char], sentence: &CharSpan, matches: &[CharSpan]) -> CharSpan {
    let ends = clause_ends(text, sentence);
    let starts = std::iter::once(sentence.start).chain(ends.iter().copied());
    let held = |run: &CharSpan| {
        matches.iter().filter(|span| run.start <= span.start && span.end <= run.end).count()
    };
    let mut best = sentence.start..sentence.start + LONG.min(sentence.len());
    let mut most = None;
    for start in starts.filter(|start| *start < sentence.end) {
        let within = ends.iter().copied().filter(|end| *end > start && end - start <= LONG).max();
        let run = start..within.unwrap_or((start + LONG).min(sentence.end));
        if most.is_none_or(|most| held(&run) > most) {
            most = Some(held(&run));
            best = run;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use transcript::PassageId;
    use transcript::text::sentences;

    fn passage(text: &str) -> Passage {
        let id = PassageId::new("talk", 1, 1, None);
        Passage {
            id,
            interview: 0,
            turn: 1,
            paragraph: 1,
            text: text.to_owned(),
            repairs: Vec::new(),
        }
    }

    fn quote(text: &str, scores: &[f32]) -> String {
        let chars: Vec<char> = text.chars().collect();
        let sentences = sentences(&chars).into_iter().zip(scores.iter().copied()).collect();
        excerpt(&passage(text), &Evidence { sentences, matches: Vec::new() }, Form::Other)
            .text()
            .to_owned()
    }

    #[test]
    fn the_sentence_that_answers_comes_first() {
        let long = format!("{}它夠長了。", "這一句話不長也不短正好可以引用，".repeat(5));
        assert_eq!(quote(&format!("開頭。{long}結尾。"), &[0.0, 2.0, 0.1]), long);
    }

    #[test]
    fn a_short_sentence_goes_on_and_the_last_one_reaches_back() {
        assert_eq!(quote("不對。原因很簡單。", &[1.0, 0.0]), "不對。原因很簡單。");
        assert_eq!(quote("原因很簡單。不對。", &[0.0, 1.0]), "原因很簡單。不對。");
    }

    #[test]
    fn an_endless_sentence_is_cut_at_a_clause() {
        let text = "每個分句十個字左右吧，".repeat(40);
        let cut = quote(&text, &[1.0]);
        assert!(cut.ends_with('，') && cut.chars().count() <= LONG);
    }

    proptest! {
        #[test]
        fn every_excerpt_is_a_slice_and_none_is_empty(text in "[一-十，。？]{1,300}", seed in any::<u64>()) {
            let chars: Vec<char> = text.chars().collect();
            let sentences = sentences(&chars).into_iter().enumerate().map(|(n, span)| (span, (seed >> (n % 60) & 3) as f32)).collect();
            let excerpt = excerpt(&passage(&text), &Evidence { sentences, matches: Vec::new() }, Form::Other);
            let slice: String = chars[excerpt.span()].iter().collect();
            prop_assert_eq!(excerpt.text(), &slice);
            prop_assert!(!slice.is_empty());
        }
    }
}
