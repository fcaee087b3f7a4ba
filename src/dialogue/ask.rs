//! Looks a question up: whether it is one, which topic it goes on with, and what the interviews answer.

use std::time::{Duration, Instant};

use super::{Engine, Outcome, Talk, opens_as_follow_up};
use retrieval::answer::{Answer, Verdict, answer};
use retrieval::index::Error;
use retrieval::search::{CandidateSource, Ranking, WithinInterview};
use transcript::text::CharSpan;

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionResult {
    /// As typed.
    pub question: String,
    /// As searched.
    pub searched: String,
    /// What a follow-up goes on with.
    pub topic: String,
    /// What was said, if it is no question.
    pub talk: Option<Talk>,
    pub answer: Answer,
    /// Which quote to show first: those before it have been shown.
    pub first: usize,
    /// Positions of all passages that were found, best first, whatever the verdict.
    pub ranked: Vec<usize>,
    /// The slug of the one interview that was searched, if it was one.
    pub within: Option<String>,
    /// Words of the question that the interviews do not use.
    pub missing: Vec<String>,
    pub elapsed: Duration,
}

impl Engine {
    /// What `text` is, if it is no question.
    pub fn talk(&self, text: &str) -> Result<Option<Talk>, Error> {
        let Some(talk) = Talk::of(text, &self.names()) else { return Ok(None) };
        let (known, _) = self.searcher.search(&self.index, text, None)?.words(text);
        Ok(talk.explains(text, &known).then_some(talk))
    }

    /// Whether `text` may go on with the topic before it: it opens like a text that does, asks for more, or says
    /// nothing by itself that can be looked up.
    pub fn may_follow_up(&self, text: &str) -> bool {
        match Talk::of(text, &self.names()) {
            Some(Talk::More) => true,
            Some(_) => false,
            None => opens_as_follow_up(text) || !self.searcher.asks_something(text),
        }
    }

    /// Looks `question` up, with the topic `before` where it goes on with that, and quotes at most
    /// `n_quotes` passages; only in the interview `within`, if one is named. One that there is not
    /// has no passages.
    pub fn ask(
        &self,
        question: &str,
        before: Option<&str>,
        within: Option<&str>,
        n_quotes: usize,
    ) -> Result<QuestionResult, Error> {
        let started = Instant::now();
        let part = within.map(|slug| self.within(slug));
        let source: &dyn CandidateSource = match &part {
            Some(part) => part,
            None => &self.index,
        };
        let talk = self.talk(question)?;
        let follow_up = FollowUp::of(self, question, talk, before);
        let (ranking, searched) = match &follow_up {
            FollowUp::No => (self.searcher.search(source, question, None)?, question.to_owned()),
            FollowUp::MoreOf(topic) => {
                (self.searcher.search(source, topic, None)?, (*topic).to_owned())
            }
            FollowUp::Of(topic) => (
                self.searcher.search(source, question, Some(topic))?,
                format!("{topic} {question}"),
            ),
        };
        let is_looked_up =
            matches!(talk, None | Some(Talk::Who)) || matches!(follow_up, FollowUp::MoreOf(_));
        let mut answer = if is_looked_up {
            answer(&searched, &ranking, n_quotes)
        } else {
            Answer { verdict: Verdict::None, quotes: Vec::new(), nearest: Vec::new() }
        };
        if talk == Some(Talk::Who) {
            self.put_lead_first(question, within, &mut answer, n_quotes);
        }
        Ok(QuestionResult {
            question: question.to_owned(),
            first: usize::from(matches!(follow_up, FollowUp::MoreOf(_))),
            topic: match follow_up {
                FollowUp::MoreOf(topic) => topic.to_owned(),
                FollowUp::No | FollowUp::Of(_) => question.to_owned(),
            },
            missing: missing(&ranking, &searched),
            searched,
            talk,
            within: within.map(str::to_owned),
            ranked: ranking.hits().iter().map(|hit| hit.position).collect(),
            answer,
            elapsed: started.elapsed(),
        })
    }

    /// The passages of the interview `slug`.
    fn within(&self, slug: &str) -> WithinInterview<'_> {
        let positions =
            self.library().named(slug).map(|interview| self.library().positions(interview));
        WithinInterview { index: &self.index, positions: positions.unwrap_or_default() }
    }
}

/// How a text goes on with the topic before it.
enum FollowUp<'t> {
    /// It does not.
    No,
    /// It says nothing of its own (为什么？, more): the topic is searched, and what was shown of it is not shown again.
    MoreOf(&'t str),
    /// It asks something else about the topic (那政府呢？): both are searched.
    Of(&'t str),
}

impl<'t> FollowUp<'t> {
    fn of(engine: &Engine, text: &str, talk: Option<Talk>, before: Option<&'t str>) -> Self {
        let Some(topic) = before else { return Self::No };
        match talk {
            Some(Talk::More) => Self::MoreOf(topic),
            Some(_) => Self::No,
            None if !engine.searcher.asks_something(text) => Self::MoreOf(topic),
            None if opens_as_follow_up(text) => Self::Of(topic),
            None => Self::No,
        }
    }
}

/// The words of `text` that the interviews do not use.
fn missing(ranking: &Ranking<'_>, text: &str) -> Vec<String> {
    let slice = |span: CharSpan| text.chars().skip(span.start).take(span.len()).collect();
    ranking.words(text).1.into_iter().map(slice).collect()
}

impl QuestionResult {
    /// What the log keeps of it.
    pub fn outcome(&self) -> Outcome {
        let quotes = self.answer.quotes.iter();
        Outcome {
            question: self.question.clone(),
            searched: self.searched.clone(),
            topic: self.topic.clone(),
            talk: self.talk,
            verdict: self.answer.verdict,
            passages: quotes.map(|quote| quote.excerpt.passage().clone()).collect(),
        }
    }
}
