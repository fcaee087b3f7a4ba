//! Answers messages: decides whether a message is a question and whether it follows up on the topic before, and searches
//! the interviews.

use std::time::{Duration, Instant};

use super::about_quotation::AboutQuotation;
use super::question_result::{QuestionResult, Understanding, positions};
use super::{
    Engine, Extent, PriorQuestion, Talk, View, opens_as_follow_up, quote_request, says_nothing,
    several_questions,
};
use retrieval::answer::{Answer, Verdict, answer};
use retrieval::index::Error;
use retrieval::search::{CandidateSource, Ranking, WithinInterview};
use transcript::text::CharSpan;

impl Engine {
    /// Returns the kind of small talk that `text` is, or `None` if it is a question.
    pub fn talk(&self, text: &str) -> Result<Option<Talk>, Error> {
        let Some(talk) = Talk::of(text, &self.names()) else { return Ok(None) };
        let (known, _) = self.searcher.search(&self.index, text, None)?.words(text);
        Ok(talk.explains(text, &known).then_some(talk))
    }

    /// Returns whether `text` may refer to the topic before it. It may if it opens like a follow-up, asks for more,
    /// concerns the quotation that was shown, or has no words of its own to search for.
    pub fn may_follow_up(&self, text: &str) -> bool {
        if self.is_about_quotation(text) {
            return true;
        }
        if self.asks_for_any_quotation(text) {
            return false;
        }
        match Talk::of(text, &self.names()) {
            Some(Talk::More) => true,
            Some(_) => false,
            None => opens_as_follow_up(text) || !self.searcher.asks_something(text),
        }
    }

    /// Returns whether `text` asks for a quotation and does not say on what.
    pub fn asks_for_any_quotation(&self, text: &str) -> bool {
        quote_request::is_for_any(text, &self.names())
    }

    /// Returns the card `view` turned to what `text` asks for: to the passage with a number or, if `text` asks for more, to
    /// the next passage, and after the last one to the rest of its answer. Returns `None` if `text` asks for something
    /// else, or for what the card does not have.
    pub fn turned(&self, text: &str, view: &View) -> Option<View> {
        if self.asks_for_any_quotation(text) {
            return None;
        }
        let view = view.with_all_buttons(false);
        match AboutQuotation::read(text, &self.names()) {
            Some(AboutQuotation::Number(number)) => {
                return (number <= view.shown.len()).then(|| view.turned_to(number - 1));
            }
            Some(_) => return None,
            None => {}
        }
        let asks_for_more = match Talk::of(text, &self.names()) {
            Some(talk) => talk == Talk::More,
            None => !says_nothing(text) && !self.searcher.asks_something(text),
        };
        if !asks_for_more {
            None
        } else if view.at + 1 < view.shown.len() {
            Some(view.turned_to(view.at + 1))
        } else {
            (view.extent != Extent::Full).then(|| view.with_extent(Extent::Full))
        }
    }

    /// Searches for `question`, together with the topic `before` if it is a follow-up, and quotes at most `n_quotes`
    /// passages. The search is limited to the interview `within` if there is one; an unknown interview has no passages.
    pub fn ask(
        &self,
        question: &str,
        before: Option<&PriorQuestion>,
        within: Option<&str>,
        n_quotes: usize,
    ) -> Result<QuestionResult, Error> {
        let started = Instant::now();
        let part = within.map(|slug| self.within(slug));
        let source: &dyn CandidateSource = match &part {
            Some(part) => part,
            None => &self.index,
        };
        let asked = several_questions::without_small_talk(question, &self.names());
        let asked = self.looked_up(asked, before, within, source, n_quotes)?;
        Ok(QuestionResult { question: question.to_owned(), elapsed: started.elapsed(), ..asked })
    }

    fn looked_up(
        &self,
        question: &str,
        before: Option<&PriorQuestion>,
        within: Option<&str>,
        source: &dyn CandidateSource,
        n_quotes: usize,
    ) -> Result<QuestionResult, Error> {
        let talk = self.talk(question)?;
        let follow_up = FollowUp::of(self, question, talk, before);
        let asked = QuestionResult {
            question: question.to_owned(),
            searched: question.to_owned(),
            topic: question.to_owned(),
            talk,
            understanding: Understanding::AsTyped,
            answer: Answer { verdict: Verdict::None, quotes: Vec::new(), nearest: Vec::new() },
            first: 0,
            ranked: Vec::new(),
            within: within.map(str::to_owned),
            missing: Vec::new(),
            elapsed: Duration::ZERO,
        };
        match follow_up {
            FollowUp::MoreOf { prior, number } => {
                let asked = self.searched(&prior.question, None, source, n_quotes, asked)?;
                let n_quotes = asked.answer.quotes.len();
                return Ok(QuestionResult {
                    topic: prior.question.clone(),
                    first: match number {
                        None => prior.n_shown.max(1),
                        Some(number) if number <= n_quotes => number - 1,
                        // A number beyond the last passage leaves nothing to show.
                        Some(_) => n_quotes + 1,
                    },
                    understanding: Understanding::MoreOf,
                    ..asked
                });
            }
            FollowUp::Of(topic) => {
                let joined =
                    self.searched(question, Some(topic), source, n_quotes, asked.clone())?;
                if joined.answer.verdict > Verdict::None {
                    let understanding = Understanding::FollowUp(topic.to_owned());
                    return Ok(QuestionResult { understanding, ..joined });
                }
            }
            FollowUp::No => {}
        }
        if talk.is_some_and(|talk| talk != Talk::Who) {
            return Ok(asked);
        }
        if talk.is_none()
            && let Some(asked) = self.read_apart(source, n_quotes, &asked)?
        {
            return Ok(asked);
        }
        let mut asked = self.searched(question, None, source, n_quotes, asked)?;
        if talk == Some(Talk::Who) {
            self.put_lead_first(question, within, &mut asked.answer, n_quotes);
        }
        Ok(asked)
    }

    /// Answers what should not be searched as it was typed: a request for a quotation on a subject, or several questions.
    fn read_apart(
        &self,
        source: &dyn CandidateSource,
        n_quotes: usize,
        asked: &QuestionResult,
    ) -> Result<Option<QuestionResult>, Error> {
        if let Some(subject) = quote_request::subject(&asked.question, &self.names()) {
            return self.quote_on(&subject, source, n_quotes, asked.clone()).map(Some);
        }
        let questions = several_questions::questions(&asked.question);
        self.ask_each(questions, source, n_quotes, asked)
    }

    /// Returns `asked` with the answer to `text`, which may follow up on a `topic`.
    fn searched(
        &self,
        text: &str,
        topic: Option<&str>,
        source: &dyn CandidateSource,
        n_quotes: usize,
        asked: QuestionResult,
    ) -> Result<QuestionResult, Error> {
        let ranking = self.searcher.search(source, text, topic)?;
        let searched = topic.map_or_else(|| text.to_owned(), |topic| format!("{topic} {text}"));
        Ok(QuestionResult {
            answer: answer(&searched, &ranking, n_quotes),
            missing: missing(&ranking, &searched),
            ranked: positions(&ranking),
            searched,
            ..asked
        })
    }

    /// Returns a source of candidates that proposes only passages of the interview `slug`.
    fn within(&self, slug: &str) -> WithinInterview<'_> {
        let positions =
            self.library().named(slug).map(|interview| self.library().positions(interview));
        WithinInterview { index: &self.index, positions: positions.unwrap_or_default() }
    }
}

/// How a text refers to the topic before it.
enum FollowUp<'t> {
    /// Not at all.
    No,
    /// It has no words of its own to search for (为什么？, more), or asks for the passage with a `number`, from 1. The
    /// topic is searched again, and without a number passages that have been shown are left out.
    MoreOf { prior: &'t PriorQuestion, number: Option<usize> },
    /// It asks something else about the topic (那政府呢？). Both are searched together.
    Of(&'t str),
}

impl<'t> FollowUp<'t> {
    fn of(
        engine: &Engine,
        text: &str,
        talk: Option<Talk>,
        before: Option<&'t PriorQuestion>,
    ) -> Self {
        let Some(prior) = before else { return Self::No };
        if let Some(AboutQuotation::Number(number)) = AboutQuotation::read(text, &engine.names()) {
            return Self::MoreOf { prior, number: Some(number) };
        }
        match talk {
            Some(Talk::More) => Self::MoreOf { prior, number: None },
            Some(_) => Self::No,
            None if !engine.searcher.asks_something(text) => Self::MoreOf { prior, number: None },
            None if opens_as_follow_up(text) => Self::Of(&prior.question),
            None => Self::No,
        }
    }
}

/// Returns the words of `text` that do not occur in the interviews.
fn missing(ranking: &Ranking<'_>, text: &str) -> Vec<String> {
    let slice = |span: CharSpan| text.chars().skip(span.start).take(span.len()).collect();
    ranking.words(text).1.into_iter().map(slice).collect()
}
