//! Which words of a question stand where in a passage, and how much its sentences hold of it.

use std::collections::HashMap;

use super::question::Question;
use super::rerank::Weights;
use crate::text::{CharSpan, Token, fold, is_han, sentences, tokenize};

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
    let tokens = tokenize(folded);
    let term = |token: &Token| folded[token.span.clone()].iter().collect::<String>();
    let mut by_first: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, gram) in question.grams.iter().enumerate() {
        by_first.entry(&gram.terms[0]).or_default().push(number);
    }
    let mut found = Vec::new();
    for (at, first) in tokens.iter().enumerate() {
        for &gram in by_first.get(term(first).as_str()).into_iter().flatten() {
            let terms = &question.grams[gram].terms;
            let Some(run) = tokens.get(at..at + terms.len()) else { continue };
            if run[1..].iter().all(|token| token.joined)
                && run.iter().zip(terms).all(|(token, wanted)| term(token) == *wanted)
            {
                found.push((gram, first.span.start..run[run.len() - 1].span.end));
            }
        }
    }
    found
}

/// What is worth marking: words and Latin terms; where none of these occurs, pairs; and where there
/// are none of these either, single characters.
fn marked(found: &[(usize, CharSpan)], folded: &[char], question: &Question) -> Vec<CharSpan> {
    let is_word = |(gram, span): &&(usize, CharSpan)| {
        let gram = &question.grams[*gram];
        (gram.word && gram.terms.len() > 1)
            || (gram.terms.len() == 1 && !is_han(folded[span.start]))
    };
    let is_pair = |(gram, _): &&(usize, CharSpan)| question.grams[*gram].terms.len() > 1;
    let mut spans: Vec<CharSpan> =
        found.iter().filter(is_word).map(|(_, span)| span.clone()).collect();
    if spans.is_empty() {
        spans = found.iter().filter(is_pair).map(|(_, span)| span.clone()).collect();
    }
    if spans.is_empty() {
        spans = found.iter().map(|(_, span)| span.clone()).collect();
    }
    merge(spans)
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
