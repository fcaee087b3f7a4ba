//! Reads what was typed into a [`Query`], with all that may have been meant.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::collection::Collection;
use super::gram::Gram;
use super::name_variants::NameVariants;
use super::phrase_matcher::PhraseMatcher;
use super::query::Query;
use super::typo::corrections;
use transcript::Corpus;
use transcript::text::{CharSpan, Script, Segmenter, fold, mainland_wording};

/// The weight of the words of the question before, beside those of one that goes on with it.
const TOPIC_STRENGTH: f32 = 0.4;
/// The weight of the mainland's word, beside the one of Taiwan or Hong Kong that was typed.
const WORDING_STRENGTH: f32 = 0.5;

static QUESTION_WORDS: LazyLock<PhraseMatcher> =
    LazyLock::new(|| PhraseMatcher::new(question_words()));

/// Returns the words that make a question and say nothing of its subject, folded.
pub fn question_words() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("../../lexicon/question-words.txt").lines();
    lines.filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// What is needed to read questions to one corpus.
pub(super) struct QueryReader {
    speakers: Speakers,
    segmenter: Segmenter,
    variants: NameVariants,
}

/// The interviewees, by all their names.
struct Speakers {
    names: PhraseMatcher,
    /// The interviews of each name, by the name's number.
    interviews: Vec<Vec<usize>>,
}

impl QueryReader {
    pub(super) fn new(collection: &Collection) -> Self {
        let corpus = collection.library.corpus();
        let variants = NameVariants::new(&corpus.names);
        let segmenter = Segmenter::new(collection.forward.quoted_names().chain(variants.terms()));
        Self { speakers: Speakers::of(corpus), segmenter, variants }
    }

    /// Reads `text`. If there is a `topic`, the question goes on with that one.
    pub(super) fn read(&self, collection: &Collection, text: &str, topic: Option<&str>) -> Query {
        let query = self.read_alone(collection, text);
        match topic {
            Some(topic) => query.widened_by(self.read_alone(collection, topic), TOPIC_STRENGTH),
            None => query,
        }
    }

    /// Whether any word of `text` says something of a subject. Variants and corrections need not be
    /// looked at, for they only come in place of what was typed.
    pub(super) fn asks_something(&self, text: &str) -> bool {
        !self.typed(&fold(text)).grams.is_empty()
    }

    /// Reads `text` with the variants of its names, the mainland's words for those of Taiwan and
    /// Hong Kong, and the words that typing errors may have been meant as.
    fn read_alone(&self, collection: &Collection, text: &str) -> Query {
        let folded = fold(text);
        let known = |gram: &Gram| collection.knows(gram);
        let mut query = self.typed(&folded);
        // A name that the corpus has speaks for itself: its variants would only count it twice.
        let is_known = |typed: &str| self.typed(&fold(typed)).grams.iter().all(known);
        for variant in self.variants.of(&folded, is_known) {
            let meant = self.typed(&fold(variant.text)).grams.into_iter();
            let typed = query.typed_within(&variant.typed);
            query.add_alternative(
                typed,
                meant.map(|gram| Gram { strength: gram.strength * variant.strength, ..gram }),
            );
        }
        if Script::of(text) == Some(Script::Hant) {
            for wording in mainland_wording(text) {
                self.add_wording(&mut query, &wording);
            }
        }
        for correction in corrections(&collection.forward, query.typed(), &known) {
            let typed = if correction.fits {
                replaced(query.typed(), correction.typed, &correction.meant)
            } else {
                Vec::new()
            };
            query.add_alternative(typed, [correction.meant]);
        }
        query
    }

    /// The question as typed, and nothing else.
    fn typed(&self, folded: &[char]) -> Query {
        let found = self.speakers.names.find(folded);
        let spans: Vec<CharSpan> = found.iter().map(|name| name.span.clone()).collect();
        let mut query = Query::new(folded, &QUESTION_WORDS, &spans, &self.segmenter);
        let names: Vec<usize> = found.iter().map(|name| name.phrase).collect();
        query.named_interviews = self.speakers.interviews_of(&names);
        query
    }

    /// Adds the grams of `wording`, another way to put the whole question, in place of the typed ones
    /// that it does without.
    fn add_wording(&self, query: &mut Query, wording: &str) {
        let reworded = self.typed(&fold(wording)).grams;
        let is_in = |gram: &Gram, grams: &[Gram]| grams.iter().any(|other| other.is_same(gram));
        let numbered = query.typed().iter().enumerate();
        let gone: Vec<usize> = numbered
            .filter(|(_, gram)| !is_in(gram, &reworded))
            .map(|(number, _)| number)
            .collect();
        let fresh: Vec<Gram> = reworded
            .into_iter()
            .filter(|gram| !is_in(gram, query.typed()))
            .map(|gram| Gram { strength: gram.strength * WORDING_STRENGTH, ..gram })
            .collect();
        query.add_alternative(gone, fresh);
    }
}

/// The numbers of the `typed` grams that a typing error has spoilt: the gram `number` itself and
/// those of its characters that `meant` does without.
fn replaced(typed: &[Gram], number: usize, meant: &Gram) -> Vec<usize> {
    let spoilt = &typed[number];
    let has =
        |gram: &Gram, term: &String| gram.first == *term || gram.second.as_ref() == Some(term);
    let is_spoilt =
        |gram: &Gram| gram.second.is_none() && has(spoilt, &gram.first) && !has(meant, &gram.first);
    let singles = typed.iter().enumerate().filter(|(_, gram)| is_spoilt(gram));
    let mut replaced: Vec<usize> = singles.map(|(number, _)| number).collect();
    if !replaced.contains(&number) {
        replaced.push(number);
    }
    replaced
}

impl Speakers {
    fn of(corpus: &Corpus) -> Self {
        let mut interviews: BTreeMap<Vec<char>, Vec<usize>> = BTreeMap::new();
        for (position, interview) in corpus.interviews.iter().enumerate() {
            let aliases = interview.interviewee_aliases.iter();
            for name in std::iter::once(&interview.interviewee).chain(aliases) {
                interviews.entry(fold(name)).or_default().push(position);
            }
        }
        let names: Vec<String> = interviews.keys().map(|name| name.iter().collect()).collect();
        let names = PhraseMatcher::new(names.iter().map(String::as_str));
        Self { names, interviews: interviews.into_values().collect() }
    }

    /// The interviews in which somebody speaks who has one of the names with these numbers.
    fn interviews_of(&self, names: &[usize]) -> Vec<usize> {
        let mut interviews: Vec<usize> =
            names.iter().flat_map(|name| &self.interviews[*name]).copied().collect();
        interviews.sort_unstable();
        interviews.dedup();
        interviews
    }
}
