//! Passages that are given one by one, without interviews around them.

use serde::Deserialize;

use transcript::{Corpus, Interview, Paragraph, Part, Turn};

/// A passage of a collection that is not made of interviews.
#[derive(Debug, Clone, Deserialize)]
pub struct GivenPassage {
    /// Identifies the passage; becomes the slug of its interview.
    pub id: String,
    /// Becomes the title of its interview.
    pub title: String,
    /// What is searched and quoted.
    pub text: String,
}

impl GivenPassage {
    /// Makes a corpus in which each of `passages` is the only answer of an interview of its own.
    pub fn corpus(passages: Vec<Self>) -> Corpus {
        let interviews = passages.into_iter().map(Self::interview).collect();
        Corpus { interviews, ..Corpus::default() }
    }

    fn interview(self) -> Interview {
        let Self { id, title, text } = self;
        let answer = Part::Answer(Paragraph::new(1, text));
        let turn = Turn {
            number: 1,
            interviewer: String::new(),
            question: String::new(),
            parts: vec![answer],
        };
        Interview { slug: id, title, turns: vec![turn], ..Interview::default() }
    }
}
