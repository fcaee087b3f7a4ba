//! An answer with all its quote cards at once, for a face that has a page for them.

use super::compose::Composer;
use super::host::shown;
use super::{Block, Extent, Host, Outcome, Reader, Reply, View, is_greeting};
use retrieval::answer::Verdict;
use retrieval::index::Error;
use transcript::Passage;

/// What a question found.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// What there is to say of it: that it is not answered, that the passages are only near, which
    /// questions are the nearest.
    pub notes: Vec<Block>,
    /// The quote cards, best first.
    pub cards: Vec<Reply>,
    /// What came of the question, for the log.
    pub outcome: Outcome,
}

impl Host {
    /// Looks `question` up, like [`Host::ask`], and quotes at most `n_quotes` passages.
    pub fn results(
        &self,
        question: &str,
        within: Option<&str>,
        n_quotes: usize,
        reader: Reader,
    ) -> Result<Results, Error> {
        let composer = Composer::new(self.shelf(), reader);
        let asked = self.ask(question, None, within, n_quotes)?;
        let phrases = &composer.phrases.answer;
        let mut notes = match asked.answer.verdict {
            _ if is_greeting(question) => self.greeting(&composer),
            Verdict::None => self.no_answer(&composer, &asked),
            Verdict::Related => Reply {
                blocks: vec![Block::Note(Self::why(
                    &composer,
                    &asked,
                    &phrases.related,
                    &phrases.related_why,
                ))],
                buttons: Vec::new(),
                outcome: None,
            },
            Verdict::Answer => Reply { blocks: Vec::new(), buttons: Vec::new(), outcome: None },
        };
        notes.blocks.splice(0..0, composer.kept_to(&asked));
        let card = |quote: &retrieval::answer::Quote| {
            let view = View {
                shown: vec![shown(quote)],
                at: 0,
                extent: Extent::Excerpt,
                script: reader.script.resolve(Some(question), reader.language),
                related: asked.answer.verdict == Verdict::Related,
            };
            let reply = Self::card(&composer, &view, &|_: &Passage| quote.matches.clone());
            self.checked(reply, composer.phrases)
        };
        let quotes = &asked.answer.quotes;
        Ok(Results {
            notes: self.checked(notes, composer.phrases).blocks,
            cards: quotes.iter().map(card).collect(),
            outcome: Outcome {
                question: asked.question.clone(),
                searched: asked.searched.clone(),
                asks_something: asked.asks_something,
                verdict: asked.answer.verdict,
                passages: quotes.iter().map(|quote| quote.excerpt.passage().clone()).collect(),
            },
        })
    }
}
