//! An answer with all its quote cards at once, for the web pages.

use super::compose::Composer;
use super::engine::shown;
use super::{Card, Engine, NoAnswer, Outcome, Reader, View};
use retrieval::answer::Verdict;
use retrieval::index::Error;
use transcript::Passage;

/// What a question found.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// How the question was understood, and whether the passages may not answer it.
    pub notes: Vec<String>,
    /// Why it is not answered, if it is not.
    pub no_answer: Option<NoAnswer>,
    /// The quote cards, best first.
    pub cards: Vec<Card>,
    /// What came of the question, for the log.
    pub outcome: Outcome,
}

impl Engine {
    /// Searches for `question` as [`Engine::ask`] does, and returns a card for each of at most `n_quotes` passages.
    pub fn results(
        &self,
        question: &str,
        within: Option<&str>,
        n_quotes: usize,
        reader: Reader,
    ) -> Result<Results, Error> {
        let composer = Composer::new(self.library(), reader);
        let asked = self.ask(question, None, within, n_quotes)?;
        let outcome = asked.outcome();
        if let Some(text) = self.small_talk(&asked, reader) {
            return Ok(Results { notes: vec![text], no_answer: None, cards: Vec::new(), outcome });
        }
        let no_answer = (asked.answer.verdict == Verdict::None)
            .then(|| self.no_answer(&composer, &asked))
            .filter(|no_answer| self.holds_all(no_answer.blocks()));
        let card = |quote: &retrieval::answer::Quote| {
            let script = reader.script.resolve(Some(question), reader.language);
            let view = View {
                related: asked.answer.verdict == Verdict::Related,
                ..View::new(vec![shown(quote)], script)
            };
            let card = composer.card(&view, &|_: &Passage| quote.matches.clone());
            card.filter(|card| self.holds_all(card.body.blocks()))
        };
        let mut notes = composer.understood(&asked);
        notes.extend(composer.hedge(&asked));
        Ok(Results {
            notes,
            no_answer,
            cards: asked.answer.quotes.iter().filter_map(card).collect(),
            outcome,
        })
    }
}
