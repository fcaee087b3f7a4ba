//! Answers messages: decides whether a message is a question and whether it follows up on the topic before, and searches
//! the interviews.

use std::time::{Duration, Instant};

use super::about_quotation::AboutQuotation;
use super::question_result::{QuestionResult, Understanding};
use super::{Engine, PriorQuestion, Talk, opens_as_follow_up, quote_request, several_questions};
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
        match Talk::of(text, &self.names()) {
            Some(Talk::More) => true,
            Some(_) => false,
            None => opens_as_follow_up(text) || !self.searcher.asks_something(text),
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
            FollowUp::MoreOf(prior) => {
                let topic = prior.question.clone();
                let asked = self.searched(topic.clone(), source, n_quotes, asked)?;
                let understanding = Understanding::MoreOf(topic.clone());
                return Ok(QuestionResult {
                    topic,
                    first: prior.n_shown.max(1),
                    understanding,
                    ..asked
                });
            }
            FollowUp::Number(prior, number) => {
                let topic = prior.question.clone();
                let asked = self.searched(topic.clone(), source, n_quotes, asked)?;
                let n_quotes = asked.answer.quotes.len();
                return Ok(QuestionResult {
                    // A number beyond the last passage leaves nothing to show.
                    first: if number <= n_quotes { number - 1 } else { n_quotes + 1 },
                    understanding: Understanding::MoreOf(topic.clone()),
                    topic,
                    ..asked
                });
            }
            FollowUp::Of(topic) => {
                let joined = self.search_with_topic(topic, source, n_quotes, &asked)?;
                if joined.answer.verdict > Verdict::None {
                    return Ok(joined);
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
        let mut asked = self.searched(question.to_owned(), source, n_quotes, asked)?;
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

    /// Returns `asked` with the answer to `text`.
    fn searched(
        &self,
        text: String,
        source: &dyn CandidateSource,
        n_quotes: usize,
        asked: QuestionResult,
    ) -> Result<QuestionResult, Error> {
        let ranking = self.searcher.search(source, &text, None)?;
        Ok(QuestionResult {
            answer: answer(&text, &ranking, n_quotes),
            missing: missing(&ranking, &text),
            ranked: positions(&ranking),
            searched: text,
            ..asked
        })
    }

    /// Returns `asked` with the answer to a question that follows up on `topic`.
    fn search_with_topic(
        &self,
        topic: &str,
        source: &dyn CandidateSource,
        n_quotes: usize,
        asked: &QuestionResult,
    ) -> Result<QuestionResult, Error> {
        let ranking = self.searcher.search(source, &asked.question, Some(topic))?;
        let searched = format!("{topic} {}", asked.question);
        Ok(QuestionResult {
            answer: answer(&searched, &ranking, n_quotes),
            missing: missing(&ranking, &searched),
            ranked: positions(&ranking),
            searched,
            understanding: Understanding::FollowUp(topic.to_owned()),
            ..asked.clone()
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
    /// It has no words of its own to search for (为什么？, more). The topic is searched again, and passages that have
    /// been shown are left out.
    MoreOf(&'t PriorQuestion),
    /// It asks something else about the topic (那政府呢？). Both are searched together.
    Of(&'t str),
    /// It asks for the passage with this number, from 1, among those found for the topic.
    Number(&'t PriorQuestion, usize),
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
            return Self::Number(prior, number);
        }
        match talk {
            Some(Talk::More) => Self::MoreOf(prior),
            Some(_) => Self::No,
            None if !engine.searcher.asks_something(text) => Self::MoreOf(prior),
            None if opens_as_follow_up(text) => Self::Of(&prior.question),
            None => Self::No,
        }
    }
}

fn positions(ranking: &Ranking<'_>) -> Vec<usize> {
    ranking.hits().iter().map(|hit| hit.position).collect()
}

/// Returns the words of `text` that do not occur in the interviews.
fn missing(ranking: &Ranking<'_>, text: &str) -> Vec<String> {
    let slice = |span: CharSpan| text.chars().skip(span.start).take(span.len()).collect();
    ranking.words(text).1.into_iter().map(slice).collect()
}
