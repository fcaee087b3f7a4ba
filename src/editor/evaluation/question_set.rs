//! Question sets: JSON lines of questions with the passages that answer them.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Error, Naming, names};
use retrieval::answer::Verdict;
use transcript::Passage;

/// A question with the passages that answer it.
///
/// `gold` and `also` hold the ids of passages, with the interview's slug (`talk/3.2`) or without
/// (`3.2`). A question with neither of them and without `gold_text` is one that the corpus does not
/// answer; `expect` then is the most that its verdict may be.
#[derive(Debug, Clone, Deserialize)]
pub struct EvalQuestion {
    /// Identifies the question within its set.
    #[serde(default)]
    pub id: String,
    /// The question as typed.
    pub q: String,
    /// A label by which the report is grouped.
    #[serde(default)]
    pub style: String,
    /// The passages that answer best.
    #[serde(default)]
    pub gold: Vec<String>,
    /// The passages that a fair reader still accepts.
    #[serde(default)]
    pub also: Vec<String>,
    /// Stretches of text; every passage that holds one of them is gold.
    #[serde(default, deserialize_with = "one_or_many")]
    pub gold_text: Vec<String>,
    /// The most that the verdict may be; `related` where it is left out.
    pub expect: Option<Verdict>,
}

/// The passages that a question is looking for, by their positions in the library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::editor) struct Wanted {
    pub(in crate::editor) gold: BTreeSet<usize>,
    also: BTreeSet<usize>,
}

impl Wanted {
    /// Returns whether a fair reader accepts the passage at `position` as the first answer.
    pub(in crate::editor) fn accepts(&self, position: usize) -> bool {
        self.gold.contains(&position) || self.also.contains(&position)
    }
}

impl EvalQuestion {
    /// Returns whether the corpus should answer the question, even if none of the named
    /// passages is in it.
    pub fn is_answerable(&self) -> bool {
        [&self.gold, &self.also, &self.gold_text].iter().any(|wanted| !wanted.is_empty())
    }

    /// The most that the verdict may be.
    pub fn most(&self) -> Verdict {
        if self.is_answerable() { Verdict::Answer } else { self.expect.unwrap_or(Verdict::Related) }
    }

    /// Looks up the passages that the question names.
    pub(in crate::editor) fn wanted(&self, passages: &[Passage], naming: Naming) -> Wanted {
        let stretches: Vec<String> = self
            .gold_text
            .iter()
            .map(|text| letters(text))
            .filter(|text| !text.is_empty())
            .collect();
        let mut wanted = Wanted::default();
        for (position, passage) in passages.iter().enumerate() {
            let is_named = |ids: &[String]| ids.iter().any(|id| names(id, passage, naming));
            let holds_gold = || {
                let text = letters(&passage.text);
                stretches.iter().any(|stretch| text.contains(stretch))
            };
            if is_named(&self.gold) || (!stretches.is_empty() && holds_gold()) {
                wanted.gold.insert(position);
            } else if is_named(&self.also) {
                wanted.also.insert(position);
            }
        }
        wanted
    }
}

/// Returns the text without white space and punctuation, which differ between copies of a page.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    let mut texts = match Option::deserialize(deserializer)? {
        Some(OneOrMany::One(text)) => vec![text],
        Some(OneOrMany::Many(texts)) => texts,
        None => Vec::new(),
    };
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// Reads the objects of a JSON-lines file. Empty lines are skipped.
///
/// # Errors
/// The file cannot be read, a line is not such an object, or there is no line.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Unreadable { path: path.to_path_buf(), source })?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let values: Vec<T> = lines
        .map(|(text, line)| {
            serde_json::from_str(text).map_err(|source| Error::Line {
                path: path.to_path_buf(),
                line,
                source,
            })
        })
        .collect::<Result<_, _>>()?;
    if values.is_empty() { Err(Error::Empty(path.to_path_buf())) } else { Ok(values) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transcript::PassageId;

    fn passages() -> Vec<Passage> {
        let passage = |slug, paragraph, piece, text: &str| Passage {
            id: PassageId::new(slug, 3, paragraph, piece),
            interview: 0,
            turn: 3,
            paragraph,
            text: text.to_owned(),
            repairs: Vec::new(),
        };
        vec![
            passage("sea", 2, Some(0), "船靠岸了，我們「下船」。"),
            passage("sea", 2, Some(1), "沒有人說話。"),
            passage("hill", 2, None, "山上 也有 船。"),
        ]
    }

    fn gold(line: &str, naming: Naming) -> Vec<usize> {
        let question: EvalQuestion = serde_json::from_str(line).unwrap();
        question.wanted(&passages(), naming).gold.into_iter().collect()
    }

    #[test]
    fn an_id_without_a_slug_names_the_passage_of_any_interview() {
        assert_eq!(gold(r#"{"id":"1","q":"?","gold":["3.2"]}"#, Naming::Corpus), [0, 1, 2]);
        assert_eq!(gold(r#"{"id":"1","q":"?","gold":["3.2b"]}"#, Naming::Corpus), [0, 1, 2]);
    }

    #[test]
    fn an_id_with_a_slug_names_one_paragraph() {
        assert_eq!(gold(r#"{"id":"1","q":"?","gold":["sea/3.2"]}"#, Naming::Corpus), [0, 1]);
        assert_eq!(gold(r#"{"id":"1","q":"?","gold":["hill/3.2a"]}"#, Naming::Corpus), [2]);
    }

    #[test]
    fn a_given_passage_is_named_by_its_slug() {
        assert_eq!(gold(r#"{"id":"1","q":"?","gold":["hill"]}"#, Naming::GivenPassages), [2]);
    }

    #[test]
    fn gold_text_is_found_whatever_the_spaces_and_marks() {
        assert_eq!(gold(r#"{"id":"1","q":"?","gold_text":"岸了 我们下"}"#, Naming::Corpus), [0; 0]);
        assert_eq!(gold(r#"{"id":"1","q":"?","gold_text":"岸了 我們,下"}"#, Naming::Corpus), [0]);
        let list = r#"{"id":"1","q":"?","gold_text":["人說話","山上也有船"]}"#;
        assert_eq!(gold(list, Naming::Corpus), [1, 2]);
    }

    #[test]
    fn a_question_whose_gold_text_is_nowhere_is_answerable_and_missed() {
        let line = r#"{"id":"1","q":"?","gold_text":"不在這裡"}"#;
        let question: EvalQuestion = serde_json::from_str(line).unwrap();
        assert!(question.is_answerable());
        assert_eq!(gold(line, Naming::Corpus), [0; 0]);
    }

    #[test]
    fn a_question_without_gold_is_out_of_scope() {
        let line = r#"{"id":"1","q":"?","gold":[],"also":[],"expect":"none"}"#;
        let question: EvalQuestion = serde_json::from_str(line).unwrap();
        assert!(!question.is_answerable());
        assert_eq!(question.most(), Verdict::None);
    }
}
