//! What a reply is composed from: the corpus, its passages, and how to find one.

use std::collections::HashMap;
use std::ops::Range;

use transcript::text::{CharSpan, Script};
use transcript::{Corpus, Interview, Part, Passage, PassageId, PassageKey, Turn, Twins, by_key};

use super::{Locus, Words};

/// The corpus as replies need it.
#[derive(Debug)]
pub struct Shelf {
    corpus: Corpus,
    passages: Vec<Passage>,
    by_key: HashMap<PassageKey, usize>,
    twins: Twins,
    /// The script that each interview is stored in.
    scripts: Vec<Option<Script>>,
}

impl Shelf {
    /// Orders `passages` of `corpus`.
    pub fn new(corpus: Corpus) -> Self {
        let passages = corpus.passages();
        // An index with two passages of one key was refused when it was built.
        let by_key = by_key(&passages).unwrap_or_default();
        let twins = Twins::among(&passages);
        let scripts = corpus.interviews.iter().map(script_of).collect();
        Self { corpus, passages, by_key, twins, scripts }
    }

    /// The corpus.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// All passages, in reading order.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The passage with this key.
    pub fn passage(&self, key: PassageKey) -> Option<&Passage> {
        self.by_key.get(&key).map(|position| &self.passages[*position])
    }

    /// Which passages are nearly the same.
    pub fn twins(&self) -> &Twins {
        &self.twins
    }

    /// The passages of other interviews that hold the characters `span` of `passage`, nearly.
    pub fn holding(&self, passage: &PassageId, span: CharSpan) -> Vec<&Passage> {
        let Some(position) = self.by_key.get(&passage.key()) else { return Vec::new() };
        let twins = self.twins.holding(&self.passages, *position, span);
        twins.into_iter().map(|twin| &self.passages[twin]).collect()
    }

    /// The passage's interview.
    pub fn interview(&self, passage: &Passage) -> &Interview {
        &self.corpus.interviews[passage.interview]
    }

    /// The turn that the passage belongs to.
    pub fn turn(&self, passage: &Passage) -> Option<&Turn> {
        self.interview(passage).turns.get(passage.turn - 1)
    }

    /// The passages of a turn, in order.
    pub fn passages_of(&self, interview: usize, turn: usize) -> impl Iterator<Item = &Passage> {
        self.passages_in(interview).iter().filter(move |passage| passage.turn == turn)
    }

    /// The passages of an interview, by its position in the corpus.
    pub fn passages_in(&self, interview: usize) -> &[Passage] {
        &self.passages[self.positions(interview)]
    }

    /// Where the passages of an interview stand among [`Self::passages`].
    pub fn positions(&self, interview: usize) -> Range<usize> {
        let first = |interview| self.passages.partition_point(|p| p.interview < interview);
        first(interview)..first(interview + 1)
    }

    /// The position of the interview `slug` in the corpus.
    pub fn named(&self, slug: &str) -> Option<usize> {
        self.corpus.interviews.iter().position(|interview| interview.slug == slug)
    }

    /// The script that the passage's interview is stored in.
    pub fn script(&self, passage: &Passage) -> Option<Script> {
        self.scripts[passage.interview]
    }

    /// Whether `words` are what the store holds there, or its recorded conversion: the last check
    /// before anything is shown as somebody's words.
    pub fn holds(&self, words: &Words) -> bool {
        let Some(stored) = self.stored(&words.source) else { return false };
        let slice: String = stored.chars().skip(words.span.start).take(words.span.len()).collect();
        slice.chars().count() == words.span.len()
            && match words.script {
                None => slice == words.text,
                Some(script) => script.convert(&slice) == words.text,
            }
    }

    fn stored(&self, source: &Locus) -> Option<&str> {
        let passage = |id: &PassageId| self.passage(id.key()).filter(|passage| passage.id == *id);
        match source {
            Locus::Passage(id) => passage(id).map(|passage| passage.text.as_str()),
            Locus::QuestionOf(id) => Some(self.turn(passage(id)?)?.question.as_str()),
            Locus::PartOf(id, part) => match self.turn(passage(id)?)?.parts.get(*part)? {
                Part::Aside(text) | Part::Guest { text, .. } | Part::Heading(text) => Some(text),
                Part::Answer(paragraph) => Some(&paragraph.text),
            },
        }
    }
}

fn script_of(interview: &Interview) -> Option<Script> {
    let mut text = String::new();
    for turn in &interview.turns {
        text.push_str(&turn.question);
        for part in &turn.parts {
            if let Part::Answer(paragraph) = part {
                text.push_str(&paragraph.text);
            }
        }
    }
    Script::of(&text)
}
