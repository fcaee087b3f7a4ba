//! Parses a model's answer leniently: it finds the JSON object, whatever text surrounds it.

use serde::Deserialize;

use transcript::questions;

/// Largest number of characters of a question. People do not type longer ones.
const MAX_QUESTION: usize = 150;
/// Largest number of characters of a term.
const MAX_TERM: usize = 40;

/// Questions and terms that a model has drafted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Draft {
    pub(super) questions: Vec<String>,
    #[serde(default)]
    pub(super) terms: Vec<String>,
}

impl Draft {
    /// Returns the last object in `text` that is a draft. Models may write their thoughts before it, put
    /// it into a code block, and comment on it. Questions and terms that nobody would type are left out.
    ///
    /// # Errors
    /// Returns the reason if there is no draft.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut found = None;
        let mut resume = 0;
        for (at, _) in text.match_indices('{') {
            if at < resume {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let mut objects = serde_json::Deserializer::from_str(rest).into_iter::<Self>();
            if let Some(Ok(draft)) = objects.next() {
                resume = at + objects.byte_offset();
                found = Some(draft);
            }
        }
        let draft = found.ok_or("it has no JSON object with `questions`")?;
        let questions = usable(draft.questions, MAX_QUESTION);
        if questions.is_empty() {
            return Err("it has no question".to_owned());
        }
        Ok(Self { questions, terms: usable(draft.terms, MAX_TERM) })
    }
}

fn usable(texts: Vec<String>, longest: usize) -> Vec<String> {
    let mut usable: Vec<String> = texts.into_iter().map(|text| text.trim().to_owned()).collect();
    usable.retain(|text| questions::check(text).is_ok() && text.chars().count() <= longest);
    usable
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_draft_is_found_among_thoughts_fences_and_comments() {
        let text = "<think>{maybe {\"questions\": [\"no?\"]}</think>\n```json\n\
            {\"questions\": [\" 为什么? \", \"\", \"a\\nb\"], \"terms\": [\"词\"]}\n```\nDone {ok}.";
        let draft = Draft::read(text).unwrap();
        assert_eq!(draft, Draft { questions: vec!["为什么?".into()], terms: vec!["词".into()] });
    }

    #[test]
    fn an_answer_without_questions_is_refused() {
        for text in ["", "抱歉", "{\"questions\": []}", "{\"questions\": \"a\"}", "{\"terms\": []}"]
        {
            assert!(Draft::read(text).is_err(), "{text}");
        }
        assert!(Draft::read(&format!("{{\"questions\": [\"{}\"]}}", "长".repeat(151))).is_err());
    }

    proptest! {
        #[test]
        fn no_answer_causes_a_panic(text in "(\\{|\\}|\"questions\"|:|\\[|\\]|,|\"|\\PC){0,30}") {
            let _ = Draft::read(&text);
        }
    }
}
