//! Which words of a question stand where in a passage, and how much its sentences hold of it.

use rustc_hash::FxHashMap;

use super::question::Question;
use super::rerank::Weights;
use transcript::text::{CharSpan, Token, fold, is_han, sentences, tokenize};

/// A passage's text in the light of a question. All ranges count characters of the stored text.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The sentences in order, each with the weight of the question's grams that it holds.
    pub sentences: Vec<(CharSpan, f32)>,
    /// Words of the question, in order, merged where they touch.
    pub matches: Vec<CharSpan>,
}

impl Evidence {
    /// The same with the sentences' weights raised by those of `other`, for the same passage.
    pub(super) fn joined_by(mut self, other: &Self) -> Self {
        for ((_, score), (_, implied)) in self.sentences.iter_mut().zip(&other.sentences) {
            *score += implied;
        }
        self
    }
}

pub(super) fn of(text: &str, question: &Question, weights: &Weights) -> Evidence {
    let folded = fold(text);
    let found = find(&folded, question);
    let characters: Vec<char> = text.chars().collect();
    let score = |sentence: &CharSpan| {
        let mut held = vec![false; question.grams.len()];
        let inside = found
            .iter()
            .filter(|(_, span)| sentence.start <= span.start && span.end <= sentence.end);
        inside.for_each(|(gram, _)| held[*gram] = true);
        held.iter().enumerate().filter(|(_, held)| **held).map(|(gram, _)| weights.of(gram)).sum()
    };
    let sentences = sentences(&characters)
        .into_iter()
        .map(|sentence| (sentence.clone(), score(&sentence)))
        .collect();
    Evidence { sentences, matches: marked(&found, &folded, question) }
}

/// Every gram that occurs, with where.
fn find(folded: &[char], question: &Question) -> Vec<(usize, CharSpan)> {
    let by_terms: FxHashMap<(&str, Option<&str>), usize> = (0..question.grams.len())
        .map(|number| {
            let gram = &question.grams[number];
            ((gram.first.as_str(), gram.second.as_deref()), number)
        })
        .collect();
    let mut found = Vec::new();
    let mut before: Option<(String, CharSpan)> = None;
    for Token { span, joined } in tokenize(folded) {
        let term: String = folded[span.clone()].iter().collect();
        found.extend(by_terms.get(&(term.as_str(), None)).map(|gram| (*gram, span.clone())));
        if let Some((first, start)) = before.filter(|_| joined) {
            let pair = by_terms.get(&(first.as_str(), Some(term.as_str())));
            found.extend(pair.map(|gram| (*gram, start.start..span.end)));
        }
        before = Some((term, span));
    }
    found
}

/// What is worth marking: words and Latin terms; where none of these occurs, pairs; and where there
/// are none of these either, single characters.
fn marked(found: &[(usize, CharSpan)], folded: &[char], question: &Question) -> Vec<CharSpan> {
    let gram = |number: usize| &question.grams[number];
    let is_word = |(number, span): &&(usize, CharSpan)| match gram(*number).second {
        Some(_) => gram(*number).word_share > 0.0,
        None => !is_han(folded[span.start]),
    };
    let is_pair = |(number, _): &&(usize, CharSpan)| gram(*number).second.is_some();
    let spans = |keep: &dyn Fn(&&(usize, CharSpan)) -> bool| -> Vec<CharSpan> {
        found.iter().filter(keep).map(|(_, span)| span.clone()).collect()
    };
    let levels = [spans(&is_word), spans(&is_pair), spans(&|_| true)];
    merge(levels.into_iter().find(|level| !level.is_empty()).unwrap_or_default())
}

/// The spans in order, those that overlap or touch made one.
fn merge(mut spans: Vec<CharSpan>) -> Vec<CharSpan> {
    spans.sort_by_key(|span| span.start);
    let mut merged: Vec<CharSpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}
