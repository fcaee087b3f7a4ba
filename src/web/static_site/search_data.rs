//! What the search page of a static site searches: every passage, and how characters are folded.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::dialogue::{ReadPart, Reader};
use crate::service::Service;
use crate::web::App;
use crate::web::visitor::Visitor;
use retrieval::search::question_words;
use transcript::Corpus;
use transcript::text::{fold, fold_char};

/// The passages, in the script in which the pages show them. `static-search.js` reads it.
#[derive(Serialize)]
pub(super) struct SearchData {
    interviews: Vec<InterviewData>,
    /// The interviewers' questions: who asks, and the words.
    questions: Vec<(String, String)>,
    passages: Vec<PassageData>,
    /// Characters that are folded, and at the same places what each of them becomes. It has all characters that fold to
    /// one in the passages, so that words are found in both scripts, in capital letters and in full width.
    fold_from: String,
    fold_to: String,
    /// Words that say nothing of the subject of a question, folded.
    question_words: Vec<&'static str>,
    /// The names of the interviewees, folded.
    names: BTreeSet<String>,
}

#[derive(Serialize)]
struct InterviewData {
    slug: String,
    /// Where it was published.
    source: String,
}

#[derive(Serialize)]
struct PassageData {
    /// The number of its interview, from 0.
    interview: usize,
    /// The number of the question that it answers, from 0.
    question: usize,
    /// What follows the interview in its address: `3.2`.
    place: String,
    speaker: String,
    text: String,
    /// What readers would ask to find the passage, folded. It is matched and never shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    asked: String,
}

/// Handles `/search.json`.
pub(super) async fn passages(State(app): State<App>, visitor: Visitor) -> Json<SearchData> {
    Json(SearchData::of(&app.service, visitor.reader))
}

impl SearchData {
    fn of(service: &Service, reader: Reader) -> Self {
        let engine = service.engine();
        let mut asked = asked(engine.library().corpus());
        let (mut interviews, mut questions, mut passages) = (Vec::new(), Vec::new(), Vec::new());
        for listing in engine.listings(reader) {
            let reading = engine.reading(&listing.slug, None, None, reader);
            for turn in reading.into_iter().flat_map(|reading| reading.turns) {
                let answers = turn.parts.into_iter().filter_map(|part| match part {
                    ReadPart::Answer { place, quotation } => Some(PassageData {
                        asked: asked
                            .remove(&format!("{}/{place}", listing.slug))
                            .unwrap_or_default(),
                        interview: interviews.len(),
                        question: questions.len(),
                        place,
                        speaker: quotation.speaker,
                        text: quotation.words.text,
                    }),
                    _ => None,
                });
                passages.extend(answers);
                questions.push((turn.interviewer, turn.question));
            }
            interviews.push(InterviewData { slug: listing.slug, source: listing.source });
        }
        let names = engine.library().corpus().interviews.iter();
        let names = names.map(|interview| fold(&interview.interviewee).into_iter().collect());
        let texts = passages.iter().flat_map(|passage| [&passage.text, &passage.asked]);
        let (fold_from, fold_to) = folding(texts.chain(questions.iter().map(|(_, text)| text)));
        Self {
            interviews,
            passages,
            fold_from,
            fold_to,
            question_words: question_words().collect(),
            names: names.collect(),
            questions,
        }
    }
}

/// Returns the readers' questions and key terms of each passage, by its id.
fn asked(corpus: &Corpus) -> HashMap<String, String> {
    let mut asked: HashMap<String, String> = HashMap::new();
    for questions in &corpus.reader_questions {
        let text = asked.entry(questions.passage.to_string()).or_default();
        for question in questions.texts() {
            text.extend(fold(question));
            text.push('\n');
        }
    }
    asked
}

/// Returns the characters that fold to another one that is in `texts` when they are folded, and what they fold to.
fn folding<'t>(texts: impl Iterator<Item = &'t String>) -> (String, String) {
    let texts = texts.flat_map(|text| text.chars());
    let known: BTreeSet<char> =
        texts.chain(question_words().flat_map(str::chars)).map(fold_char).collect();
    let folded = (char::MIN..=char::MAX).filter(|c| {
        let folded = fold_char(*c);
        folded != *c && known.contains(&folded)
    });
    folded.map(|c| (c, fold_char(c))).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_folds_to_a_known_character_is_listed() {
        let (from, to) = folding(["灯塔 AI".to_owned()].iter());
        let becomes = |c: char| {
            let at = from.chars().position(|known| known == c)?;
            to.chars().nth(at)
        };
        assert_eq!(becomes('燈'), Some('灯'));
        assert_eq!((becomes('A'), becomes('Ａ')), (Some('a'), Some('a')));
        assert_eq!((becomes('灯'), becomes('海')), (None, None));
        assert_eq!(from.chars().count(), to.chars().count());
    }
}
