//! Answers intents from one generation: asks, composes, and checks every quotation before it leaves.

use std::time::{Duration, Instant};

use super::compose::{Composer, Marks};
use super::pages;
use super::phrases::{Phrases, fill};
use super::verbatim::is_verbatim;
use super::{
    Block, Card, Extent, Intent, NoAnswer, Outcome, Reader, Reply, Shown, View, Words, is_greeting,
    opens_as_follow_up, says_nothing,
};
use retrieval::Library;
use retrieval::answer::{Answer, Verdict, answer};
use retrieval::index::{Error, Index};
use retrieval::search::{CandidateSource, Ranking, Searcher, WithinInterview};
use transcript::Passage;
use transcript::text::CharSpan;

/// One generation, ready to answer.
pub struct Engine {
    index: Index,
    searcher: Searcher,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// As typed.
    pub question: String,
    /// As searched.
    pub searched: String,
    /// The answer.
    pub answer: Answer,
    /// Positions of all passages that were found, best first, whatever the verdict.
    pub ranked: Vec<usize>,
    /// The slug of the one interview that was searched, if it was one.
    pub within: Option<String>,
    /// Why there is none, or why it is only near: words of the question that the interviews use, and
    /// words that they do not.
    pub held: Vec<String>,
    /// See `held`.
    pub missing: Vec<String>,
    /// Time that it took.
    pub elapsed: Duration,
}

impl Engine {
    /// Makes a generation ready.
    pub fn new(index: Index, options: retrieval::search::Options) -> Self {
        let searcher = Searcher::over(&index, options);
        Self { index, searcher }
    }

    /// The corpus that it answers from.
    pub fn library(&self) -> &Library {
        self.index.library()
    }

    /// The generation's index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Ranks the passages for `question`, for those who look at rankings themselves.
    pub fn rank(&self, question: &str) -> Result<Ranking<'_>, Error> {
        self.searcher.search(&self.index, question, None)
    }

    /// Whether `question` may go on with the topic before it: it opens like one that does, or says
    /// nothing by itself that can be looked up.
    pub fn may_follow_up(&self, question: &str) -> bool {
        !is_greeting(question)
            && (opens_as_follow_up(question) || !self.searcher.asks_something(question))
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
    ) -> Result<Asked, Error> {
        let started = Instant::now();
        let part = within.map(|slug| self.within(slug));
        let source: &dyn CandidateSource = match &part {
            Some(part) => part,
            None => &self.index,
        };
        let topic = before.filter(|_| self.may_follow_up(question));
        let ranking = self.searcher.search(source, question, topic)?;
        let searched = match topic {
            Some(topic) => format!("{topic} {question}"),
            None => question.to_owned(),
        };
        let mut answer = answer(&searched, &ranking, n_quotes);
        if is_greeting(question) {
            answer = Answer { verdict: Verdict::None, quotes: Vec::new(), nearest: Vec::new() };
        }
        let ranked = ranking.hits().iter().map(|hit| hit.position).collect();
        let slice = |span: CharSpan| question.chars().skip(span.start).take(span.len()).collect();
        let (held, missing) = ranking.words(question);
        let [held, missing] = [held, missing].map(|spans| spans.into_iter().map(slice).collect());
        Ok(Asked {
            question: question.to_owned(),
            searched,
            within: within.map(str::to_owned),
            answer,
            ranked,
            held,
            missing,
            elapsed: started.elapsed(),
        })
    }

    /// The passages of the interview `slug`.
    fn within(&self, slug: &str) -> WithinInterview<'_> {
        let positions =
            self.library().named(slug).map(|interview| self.library().positions(interview));
        WithinInterview { index: &self.index, positions: positions.unwrap_or_default() }
    }

    /// The reply to `intent`. What fails is logged, and told in the reader's language.
    pub fn handle(&self, intent: &Intent, reader: Reader) -> Reply {
        let phrases = Phrases::of(reader.language);
        let reply = self.reply(intent, reader).unwrap_or_else(|error| {
            tracing::error!(%error, "a question could not be looked up");
            Reply::Notice(phrases.answer.failed.clone())
        });
        self.checked(reply, phrases)
    }

    fn reply(&self, intent: &Intent, reader: Reader) -> Result<Reply, Error> {
        let composer = Composer::new(self.library(), reader);
        let phrases = composer.phrases;
        Ok(match intent {
            Intent::Start => self.start(&composer),
            Intent::Help => pages::lines(&phrases.help.text),
            Intent::Privacy => pages::lines(&phrases.privacy.text),
            Intent::Source => self.source(&composer),
            Intent::Topics { page } => self.topics(&composer, *page),
            Intent::Random => self.random(&composer),
            Intent::Ask { question, before, within } => {
                return self.answer(&composer, question, before.as_deref(), within.as_deref());
            }
            Intent::Example { key, number } => match self.example(*key, *number) {
                Some(question) => return self.answer(&composer, question, None, None),
                None => Reply::Notice(phrases.answer.moved_on.clone()),
            },
            Intent::Turn { key } | Intent::Open { key } => self.open(&composer, *key),
            Intent::Show { view, question } => {
                return self.show(&composer, view, question.as_deref());
            }
        })
    }

    fn answer(
        &self,
        composer: &Composer<'_>,
        question: &str,
        before: Option<&str>,
        within: Option<&str>,
    ) -> Result<Reply, Error> {
        let phrases = composer.phrases;
        let example = || {
            let questions =
                self.library().corpus().interviews.iter().flat_map(|interview| &interview.turns);
            let asked = self.examples().map(|(_, _, text)| text);
            let example = asked.chain(questions.map(|turn| turn.question.as_str())).next();
            composer.own_script(example.unwrap_or_default())
        };
        if says_nothing(question) {
            return Ok(Reply::Notice(fill(&phrases.answer.empty, &[("example", &example())])));
        }
        let asked = self.ask(question, before, within, View::MAX_SHOWN)?;
        Ok(if is_greeting(question) {
            Reply::Welcome(self.greeting(composer, asked.outcome()))
        } else if asked.answer.verdict == Verdict::None {
            Reply::NoAnswer(self.no_answer(composer, &asked))
        } else {
            Self::found(composer, &asked)
        })
    }

    fn found(composer: &Composer<'_>, asked: &Asked) -> Reply {
        let view = View {
            shown: asked.answer.quotes.iter().map(shown).collect(),
            at: 0,
            extent: Extent::Excerpt,
            script: composer.reader.script.resolve(Some(&asked.question), composer.reader.language),
            related: asked.answer.verdict == Verdict::Related,
        };
        let marks = |passage: &Passage| {
            let quote =
                asked.answer.quotes.iter().find(|quote| *quote.excerpt.passage() == passage.id);
            quote.map(|quote| quote.matches.clone()).unwrap_or_default()
        };
        let Some(mut card) = composer.card(&view, &marks) else {
            return Reply::Notice(composer.phrases.answer.moved_on.clone());
        };
        card.notes = composer.understood(asked);
        card.notes.extend(composer.hedge(asked));
        card.outcome = Some(asked.outcome());
        Reply::Card(Box::new(card))
    }

    pub(super) fn no_answer(&self, composer: &Composer<'_>, asked: &Asked) -> NoAnswer {
        let phrases = &composer.phrases.answer;
        let none = if asked.within.is_some() { &phrases.none_within } else { &phrases.none };
        let nearest = asked.answer.nearest.iter();
        let nearest = nearest.filter_map(|nearest| self.library().passage(nearest.key));
        NoAnswer {
            notes: composer.understood(asked),
            message: why(composer, asked, none, &phrases.none_why),
            heading: phrases.nearest.clone(),
            nearest: nearest.map(|passage| composer.topic(passage)).collect(),
            outcome: asked.outcome(),
        }
    }

    fn show(
        &self,
        composer: &Composer<'_>,
        view: &View,
        question: Option<&str>,
    ) -> Result<Reply, Error> {
        let ranking = question
            .map(|question| self.searcher.search(&self.index, question, None))
            .transpose()?;
        let marks = |passage: &Passage| {
            ranking.as_ref().map(|ranking| ranking.marks(passage)).unwrap_or_default()
        };
        let hedge = view.related.then(|| composer.phrases.answer.related.clone());
        Ok(match composer.card(view, &marks) {
            Some(card) => {
                Reply::Card(Box::new(Card { notes: hedge.into_iter().collect(), ..card }))
            }
            None => Reply::Notice(composer.phrases.answer.moved_on.clone()),
        })
    }

    /// Search results for a list, from the `offset`-th on; for an empty `query` passages to look into.
    pub fn cards(&self, query: &str, offset: usize, limit: usize, reader: Reader) -> Vec<Card> {
        let composer = Composer::new(self.library(), reader);
        let script = reader.script.resolve(Some(query), reader.language);
        let card = |shown: Shown, marks: Marks<'_>| {
            let view =
                View { shown: vec![shown], at: 0, extent: Extent::Excerpt, script, related: false };
            composer.card(&view, marks).filter(|card| self.holds_all(card.body.blocks()))
        };
        if query.trim().is_empty() {
            let passages = self.first_answers().skip(offset).take(limit);
            let shown = passages
                .map(|passage| Shown { key: passage.id.key(), excerpt: pages::opening(passage) });
            return shown.filter_map(|shown| card(shown, &|_| Vec::new())).collect();
        }
        let Ok(ranking) = self.searcher.search(&self.index, query, None) else {
            return Vec::new();
        };
        let answer = answer(query, &ranking, offset + limit);
        let quotes = answer.quotes.iter().skip(offset).take(limit);
        quotes.filter_map(|quote| card(shown(quote), &|_| quote.matches.clone())).collect()
    }

    /// The reply, if every quotation in it is what the store holds; no quotation at all otherwise.
    pub(super) fn checked(&self, reply: Reply, phrases: &Phrases) -> Reply {
        if self.holds_all(reply.blocks()) {
            return reply;
        }
        Reply::Notice(phrases.answer.failed.clone())
    }

    /// Whether the words in `blocks` are what the store holds. What differs is logged.
    pub(super) fn holds_all(&self, blocks: Vec<Block<'_>>) -> bool {
        let differs = |words: &&Words| !is_verbatim(self.library(), words);
        let different = blocks.into_iter().filter_map(Block::words).find(differs);
        if let Some(words) = different {
            tracing::error!(source = ?words.source, "a quotation differs from the store and is withheld");
        }
        different.is_none()
    }
}

impl Asked {
    /// What the log keeps of it.
    pub fn outcome(&self) -> Outcome {
        let quotes = self.answer.quotes.iter();
        Outcome {
            question: self.question.clone(),
            searched: self.searched.clone(),
            verdict: self.answer.verdict,
            passages: quotes.map(|quote| quote.excerpt.passage().clone()).collect(),
        }
    }
}

impl Composer<'_> {
    /// How the question was understood: which interview was searched, and for what, where that is not
    /// what was typed.
    pub(super) fn understood(&self, asked: &Asked) -> Vec<String> {
        let searched = (asked.searched != asked.question)
            .then(|| fill(&self.phrases.answer.searched, &[("searched", &asked.searched)]));
        self.kept_to(asked).into_iter().chain(searched).collect()
    }

    /// Says that the passages are near the question and may not answer it, where that is so.
    pub(super) fn hedge(&self, asked: &Asked) -> Option<String> {
        let phrases = &self.phrases.answer;
        (asked.answer.verdict == Verdict::Related)
            .then(|| why(self, asked, &phrases.related, &phrases.related_why))
    }
}

/// Why the interviews do not answer, as far as single words tell it.
fn why(composer: &Composer<'_>, asked: &Asked, plain: &str, with_words: &str) -> String {
    if asked.held.is_empty() || asked.missing.is_empty() {
        return plain.to_owned();
    }
    let (held, missing) = (composer.listed(&asked.held), composer.listed(&asked.missing));
    fill(with_words, &[("held", &held), ("missing", &missing)])
}

pub(super) fn shown(quote: &retrieval::answer::Quote) -> Shown {
    Shown { key: quote.excerpt.passage().key(), excerpt: quote.excerpt.span() }
}
