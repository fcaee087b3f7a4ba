//! The interviews of one generation with everything that is derived from them: one immutable
//! snapshot, shared by the index, the search and the dialogue.

use std::collections::HashMap;
use std::ops::Range;

use transcript::text::{CharSpan, Script};
use transcript::{Corpus, Interview, Part, Passage, PassageId, PassageKey, Turn, Twins, by_key};

/// A corpus with its passages, and what is known about them.
#[derive(Debug, Default)]
pub struct Library {
    corpus: Corpus,
    passages: Vec<Passage>,
    by_key: HashMap<PassageKey, usize>,
    near_duplicates: Twins,
    /// The script that each interview is stored in.
    scripts: Vec<Option<Script>>,
}

/// Two passages whose ids have the same 40-bit key, so that a button could open the wrong one.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` and `{1}` have the same key; hint: change the slug of one of the interviews")]
pub struct SameKey(pub PassageId, pub PassageId);

impl Library {
    /// Cuts the passages of `corpus` and compares those of different interviews.
    ///
    /// # Errors
    /// The keys of two passages are the same.
    pub fn new(corpus: Corpus) -> Result<Self, SameKey> {
        let passages = corpus.passages();
        let by_key = by_key(&passages).map_err(|(one, other)| SameKey(one, other))?;
        let near_duplicates = Twins::among(&passages);
        let scripts = corpus.interviews.iter().map(script_of).collect();
        Ok(Self { corpus, passages, by_key, near_duplicates, scripts })
    }

    /// The corpus that the library was made from.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// All passages in reading order. Search results are positions in this list.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The passage with this key.
    pub fn passage(&self, key: PassageKey) -> Option<&Passage> {
        self.by_key.get(&key).map(|position| &self.passages[*position])
    }

    /// The positions of the passages of other interviews that are nearly the same as the one at
    /// `position`.
    pub fn near_duplicates(&self, position: usize) -> &[usize] {
        self.near_duplicates.of(position)
    }

    /// The near duplicates of the passage at `position` that hold nearly the same words as its
    /// characters `span`.
    pub fn also_holding(&self, position: usize, span: CharSpan) -> Vec<usize> {
        self.near_duplicates.holding(&self.passages, position, span)
    }

    /// The passages of other interviews that hold nearly the same words as the characters `span` of
    /// `passage`.
    pub fn holding(&self, passage: &PassageId, span: CharSpan) -> Vec<&Passage> {
        let Some(position) = self.by_key.get(&passage.key()) else { return Vec::new() };
        self.also_holding(*position, span).into_iter().map(|at| &self.passages[at]).collect()
    }

    /// The interview that the passage belongs to.
    pub fn interview(&self, passage: &Passage) -> &Interview {
        &self.corpus.interviews[passage.interview]
    }

    /// Whose words the passage is: the interviewee's, or those of another one who is interviewed in the same
    /// conversation.
    pub fn speaker(&self, passage: &Passage) -> &str {
        self.interview(passage).speaker(passage.turn, passage.paragraph)
    }

    /// The turn that the passage belongs to.
    pub fn turn(&self, passage: &Passage) -> Option<&Turn> {
        self.interview(passage).turns.get(passage.turn.checked_sub(1)?)
    }

    /// The interviewer's utterance that the passage answers; empty where there is none.
    pub fn question(&self, passage: &Passage) -> &str {
        self.turn(passage).map_or("", |turn| turn.question.as_str())
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

    /// The script that the passage's interview is stored in; `None` if it has too few characters
    /// that differ between the scripts.
    pub fn script(&self, passage: &Passage) -> Option<Script> {
        self.scripts[passage.interview]
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

#[cfg(test)]
mod tests {
    use super::*;
    use transcript::Paragraph;

    fn interview(slug: &str, turns: &[(&str, &[&str])]) -> Interview {
        let turn = |(number, (question, answers)): (usize, &(&str, &[&str]))| Turn {
            number: number + 1,
            interviewer: "問".to_owned(),
            question: (*question).to_owned(),
            parts: answers
                .iter()
                .zip(1..)
                .map(|(text, number)| {
                    let text = (*text).to_owned();
                    Part::Answer(Paragraph { number, speaker: None, text, repairs: Vec::new() })
                })
                .collect(),
        };
        Interview {
            slug: slug.to_owned(),
            turns: turns.iter().enumerate().map(turn).collect(),
            ..Interview::default()
        }
    }

    fn library() -> Library {
        let interviews = vec![
            interview("hill", &[("山高嗎？", &["很高，冬天還有雪。"])]),
            interview(
                "sea",
                &[("怕嗎？", &["不怕。", "船回來了。"]), ("後來？", &["后来习惯了。"])],
            ),
        ];
        Library::new(Corpus { interviews, ..Corpus::default() }).unwrap()
    }

    #[test]
    fn passages_are_found_by_interview_turn_and_key() {
        let library = library();
        assert_eq!(library.named("sea"), Some(1));
        assert_eq!(library.named("lake"), None);
        assert_eq!(library.positions(1), 1..4);
        let texts = |turn| -> Vec<&str> {
            library.passages_of(1, turn).map(|passage| passage.text.as_str()).collect()
        };
        assert_eq!(texts(1), ["不怕。", "船回來了。"]);
        assert_eq!(texts(3), [""; 0]);
        let last = &library.passages()[3];
        assert_eq!(library.passage(last.id.key()), Some(last));
        assert_eq!(library.question(last), "後來？");
        assert_eq!(library.interview(last).slug, "sea");
    }

    #[test]
    fn each_interview_has_a_script_of_its_own() {
        let library = library();
        assert_eq!(library.script(&library.passages()[0]), Some(Script::Hant));
    }
}
