//! The interviews of one generation with everything that is derived from them: one immutable
//! snapshot, shared by the index, the search and the dialogue.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use transcript::text::{CharSpan, Script, simplified_only};
use transcript::{Corpus, Interview, NearDuplicates, Passage, PassageId, PassageKey, Turn, by_key};

/// A text in Traditional Chinese with at least this many characters that only Simplified Chinese
/// has counts as half-converted. Fewer may be names that it quotes.
const HALF_CONVERTED: usize = 5;

/// A corpus with its passages, and everything that is derived from them.
#[derive(Debug, Default)]
pub struct Library {
    corpus: Corpus,
    passages: Vec<Passage>,
    /// The paragraphs of the editorial leads. They are not searched, but tell
    /// who the interviewee is.
    leads: Vec<Passage>,
    /// The positions of the passages, and after them those of the paragraphs of leads.
    by_key: HashMap<PassageKey, usize>,
    comparisons: Comparisons,
}

/// What is known of the passages and interviews of a corpus by comparing all their characters. This takes
/// far longer than reading it, so that the index stores it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Comparisons {
    near_duplicates: NearDuplicates,
    /// The script in which each interview is stored, and whether it is Traditional Chinese with
    /// Simplified characters among it.
    scripts: Vec<(Option<Script>, bool)>,
}

impl Comparisons {
    /// Compares the `passages` of `corpus`.
    pub fn of(corpus: &Corpus, passages: &[Passage]) -> Self {
        Self {
            near_duplicates: NearDuplicates::among(passages),
            scripts: corpus.interviews.iter().map(script_of).collect(),
        }
    }
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
        let comparisons = Comparisons::of(&corpus, &passages);
        Self::of(corpus, passages, comparisons)
    }

    /// Cuts the passages of `corpus`, which have been compared already.
    ///
    /// # Errors
    /// The keys of two passages are the same.
    pub fn with(corpus: Corpus, comparisons: Comparisons) -> Result<Self, SameKey> {
        let passages = corpus.passages();
        Self::of(corpus, passages, comparisons)
    }

    fn of(
        corpus: Corpus,
        passages: Vec<Passage>,
        comparisons: Comparisons,
    ) -> Result<Self, SameKey> {
        let leads = leads_of(&corpus);
        let all = passages.iter().chain(&leads);
        let by_key = by_key(all).map_err(|(one, other)| SameKey(one, other))?;
        Ok(Self { corpus, passages, leads, by_key, comparisons })
    }

    /// Returns the corpus from which the library was made.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// Returns all passages in reading order. Search results are positions in this list.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// Returns the paragraphs of the editorial leads, in reading order.
    pub fn leads(&self) -> &[Passage] {
        &self.leads
    }

    /// Returns the passage, or the paragraph of a lead, with this key.
    pub fn passage(&self, key: PassageKey) -> Option<&Passage> {
        let position = *self.by_key.get(&key)?;
        self.passages.get(position).or_else(|| self.leads.get(position - self.passages.len()))
    }

    /// Returns the passage, or the paragraph of a lead, with this id.
    pub fn passage_named(&self, id: &str) -> Option<&Passage> {
        self.passages.iter().chain(&self.leads).find(|passage| passage.id.as_str() == id)
    }

    /// Returns the position of a passage. The paragraphs of leads have the
    /// positions after all passages.
    pub fn position(&self, passage: &PassageId) -> Option<usize> {
        self.by_key.get(&passage.key()).copied()
    }

    /// Returns the passage, or the paragraph of a lead, at a position.
    pub fn at(&self, position: usize) -> &Passage {
        self.passages.get(position).unwrap_or_else(|| &self.leads[position - self.passages.len()])
    }

    /// Returns the positions of the near duplicates of the passage at
    /// `position` in other interviews.
    pub fn near_duplicates(&self, position: usize) -> &[usize] {
        self.comparisons.near_duplicates.of(position)
    }

    /// Returns the positions of those near duplicates of the passage at `position` that contain
    /// nearly the same words as its characters `span`.
    pub fn also_holding(&self, position: usize, span: CharSpan) -> Vec<usize> {
        self.comparisons.near_duplicates.holding(&self.passages, position, span)
    }

    /// Returns the passages of other interviews that contain nearly the same words as the
    /// characters `span` of `passage`.
    pub fn holding(&self, passage: &PassageId, span: CharSpan) -> Vec<&Passage> {
        let position = self.by_key.get(&passage.key()).copied();
        let Some(position) = position.filter(|position| *position < self.passages.len()) else {
            return Vec::new();
        };
        self.also_holding(position, span).into_iter().map(|at| &self.passages[at]).collect()
    }

    /// Returns the interview of a passage.
    pub fn interview(&self, passage: &Passage) -> &Interview {
        &self.corpus.interviews[passage.interview]
    }

    /// Returns the name of the speaker of a passage: the interviewee, or another guest of the same
    /// conversation. A paragraph of a lead is attributed to the publication.
    pub fn speaker(&self, passage: &Passage) -> &str {
        let interview = self.interview(passage);
        if passage.turn == 0 {
            return interview.publisher.as_deref().unwrap_or(&interview.title);
        }
        interview.speaker(passage.turn, passage.paragraph)
    }

    /// Returns the turn of a passage.
    pub fn turn(&self, passage: &Passage) -> Option<&Turn> {
        self.corpus.turn(passage)
    }

    /// Returns the interviewer's question that a passage answers, or an empty text
    /// if there is none.
    pub fn question(&self, passage: &Passage) -> &str {
        self.corpus.question(passage)
    }

    /// Returns the passages of a turn, in order. Those of turn 0 are the paragraphs of the lead.
    pub fn passages_of(&self, interview: usize, turn: usize) -> impl Iterator<Item = &Passage> {
        let passages = if turn == 0 { &self.leads } else { self.passages_in(interview) };
        passages
            .iter()
            .filter(move |passage| passage.interview == interview && passage.turn == turn)
    }

    /// Returns the passages of the interview at a position in the corpus.
    pub fn passages_in(&self, interview: usize) -> &[Passage] {
        &self.passages[self.positions(interview)]
    }

    /// Returns the positions of an interview's passages in [`Self::passages`].
    pub fn positions(&self, interview: usize) -> Range<usize> {
        let first = |interview| self.passages.partition_point(|p| p.interview < interview);
        first(interview)..first(interview + 1)
    }

    /// Returns the position of the interview `slug` in the corpus.
    pub fn named(&self, slug: &str) -> Option<usize> {
        self.corpus.interviews.iter().position(|interview| interview.slug == slug)
    }

    /// Returns the script in which the passage's interview is stored. Returns `None` if it has too
    /// few characters that differ between the scripts.
    pub fn script(&self, passage: &Passage) -> Option<Script> {
        self.script_of(passage).0
    }

    fn script_of(&self, passage: &Passage) -> (Option<Script>, bool) {
        self.comparisons.scripts.get(passage.interview).copied().unwrap_or_default()
    }

    /// Returns whether the passage's interview is stored in Traditional characters with
    /// Simplified ones among them. Programs leave such texts that convert character by character
    /// with an incomplete table.
    pub fn is_half_converted(&self, passage: &Passage) -> bool {
        self.script_of(passage).1
    }
}

/// Returns the paragraphs of the leads as passages of a turn 0: `slug/0.1`.
fn leads_of(corpus: &Corpus) -> Vec<Passage> {
    let interviews = corpus.interviews.iter().enumerate();
    let leads = interviews.flat_map(|(interview, Interview { slug, lead, .. })| {
        lead.iter().enumerate().map(move |(at, text)| Passage {
            id: PassageId::new(slug, 0, at + 1, None),
            interview,
            turn: 0,
            paragraph: at + 1,
            text: text.clone(),
            repairs: Vec::new(),
        })
    });
    leads.collect()
}

fn script_of(interview: &Interview) -> (Option<Script>, bool) {
    let mut text = String::new();
    for turn in &interview.turns {
        text.push_str(&turn.question);
        text.extend(turn.answers().map(|paragraph| paragraph.text.as_str()));
    }
    let script = Script::of(&text);
    (script, script == Some(Script::Hant) && simplified_only(&text) >= HALF_CONVERTED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use transcript::{Paragraph, Part};

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
                    Part::Answer(Paragraph::new(number, text))
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
