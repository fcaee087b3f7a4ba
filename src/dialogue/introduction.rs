//! A new interview in a few lines: where it comes from, and some of its questions.

use super::compose::Composer;
use super::{Engine, Reader, Reply, Topics, fill};
use transcript::Passage;

/// Questions that are shown.
const QUESTIONS: usize = 3;

impl Engine {
    /// Introduces the interview `slug` with questions from all of its parts. `{source}` in `heading` is replaced by its
    /// publisher, title and date. Returns `None` if there is no such interview.
    pub fn introduction(&self, slug: &str, heading: &str, reader: Reader) -> Option<Reply> {
        let composer = Composer::new(self.library(), reader);
        let interview = self.library().named(slug)?;
        let of_interview = |passage: &&Passage| passage.interview == interview;
        let answers: Vec<&Passage> = self.first_answers().filter(of_interview).collect();
        let first = answers.first()?;
        let n_shown = answers.len().min(QUESTIONS);
        let chosen = (0..n_shown).map(|nth| answers[nth * answers.len() / n_shown]);
        let source = composer.source(first, composer.script());
        let reply = Reply::Topics(Topics {
            note: None,
            heading: fill(heading, &[("source", &source)]),
            topics: composer.topics(1, chosen),
            turn: Vec::new(),
            next_page: None,
            outcome: None,
        });
        Some(self.checked(reply, composer.phrases))
    }
}
