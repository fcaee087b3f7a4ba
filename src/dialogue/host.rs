//! Answers intents from one generation: asks, composes, and checks every quotation before it leaves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::compose::{Composer, Marks};
use super::pages;
use super::phrases::{Phrases, fill};
use super::{
    Block, Extent, Intent, Outcome, Reader, Reply, Shelf, Shown, View, is_greeting,
    opens_as_follow_up, says_nothing,
};
use retrieval::answer::{Answer, Model, Verdict, answer};
use retrieval::index::{Error, Index};
use retrieval::search::{CandidateSource, Embedder, Part, Ranking, Searcher};
use transcript::text::CharSpan;
use transcript::{Passage, PassageKey};

/// One generation, ready to answer.
pub struct Host {
    index: Index,
    searcher: Searcher,
    shelf: Shelf,
    model: Model,
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
    /// By itself the question says something that can be looked up.
    pub asks_something: bool,
    /// Why there is none, or why it is only near: words of the question that the interviews use, and
    /// words that they do not.
    pub held: Vec<String>,
    /// See `held`.
    pub missing: Vec<String>,
    /// Time that it took.
    pub elapsed: Duration,
}

/// A search result for a list: a title, a line, and the reply that choosing it sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The passage.
    pub key: PassageKey,
    /// The interviewer's question.
    pub title: String,
    /// The excerpt.
    pub description: String,
    /// The quote card.
    pub reply: Reply,
}

impl Host {
    /// Makes a generation ready.
    pub fn new(index: Index, options: retrieval::search::Options, model: Model) -> Self {
        let searcher = Searcher::new(&index, options);
        let shelf = Shelf::new(index.corpus().clone());
        Self { index, searcher, shelf, model }
    }

    /// The same with `embedder`, if there is one, to find passages of like meaning.
    #[must_use]
    pub fn with_embedder(mut self, embedder: Option<Arc<dyn Embedder>>) -> Self {
        self.searcher = self.searcher.with_embedder(embedder, self.index.passages());
        self
    }

    /// The corpus that it answers from.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The generation's index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The verdict's models.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Ranks the passages for `question`, for those who look at rankings themselves.
    pub fn rank(&self, question: &str) -> Result<Ranking<'_>, Error> {
        self.searcher.search(&self.index, question, None)
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
        let part = within.map(|slug| self.part(slug));
        let source: &dyn CandidateSource = match &part {
            Some(part) => part,
            None => &self.index,
        };
        let mut ranking = self.searcher.search(source, question, None)?;
        let mut searched = question.to_owned();
        let asks_something = is_greeting(question) || ranking.asks_something();
        let topic = before.filter(|_| !asks_something || opens_as_follow_up(question));
        if let Some(topic) = topic {
            ranking = self.searcher.search(source, question, Some(topic))?;
            searched = format!("{topic} {question}");
        }
        let mut answer = answer(
            &searched,
            &ranking,
            self.index.passages(),
            self.shelf.twins(),
            &self.model,
            n_quotes,
        );
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
            asks_something,
            answer,
            ranked,
            held,
            missing,
            elapsed: started.elapsed(),
        })
    }

    /// The passages of the interview `slug`.
    fn part(&self, slug: &str) -> Part<'_> {
        let positions = self.shelf.named(slug).map(|interview| self.shelf.positions(interview));
        Part { index: &self.index, positions: positions.unwrap_or_default() }
    }

    /// The reply to `intent`. What fails is logged, and told in the reader's language.
    pub fn handle(&self, intent: &Intent, reader: Reader) -> Reply {
        let phrases = Phrases::of(reader.language);
        let reply = self.reply(intent, reader).unwrap_or_else(|error| {
            tracing::error!(%error, "a question could not be looked up");
            notice(&phrases.answer.failed)
        });
        self.checked(reply, phrases)
    }

    fn reply(&self, intent: &Intent, reader: Reader) -> Result<Reply, Error> {
        let composer = Composer::new(&self.shelf, reader);
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
                None => notice(&phrases.answer.moved_on),
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
                self.shelf.corpus().interviews.iter().flat_map(|interview| &interview.turns);
            let asked = self.examples().map(|(_, _, text)| text);
            let example = asked.chain(questions.map(|turn| turn.question.as_str())).next();
            composer.own_script(example.unwrap_or_default())
        };
        if says_nothing(question) {
            return Ok(notice(&fill(&phrases.answer.empty, &[("example", &example())])));
        }
        let asked = self.ask(question, before, within, View::MAX_SHOWN)?;
        let mut reply = if is_greeting(question) {
            self.greeting(composer)
        } else if asked.answer.verdict == Verdict::None {
            self.no_answer(composer, &asked)
        } else {
            Self::found(composer, &asked)
        };
        if asked.searched != asked.question {
            reply.blocks.insert(
                0,
                Block::Note(fill(&phrases.answer.searched, &[("searched", &asked.searched)])),
            );
        }
        reply.blocks.splice(0..0, composer.kept_to(&asked));
        let passages =
            asked.answer.quotes.iter().map(|quote| quote.excerpt.passage().clone()).collect();
        let Asked { question, searched, asks_something, answer: Answer { verdict, .. }, .. } =
            asked;
        reply.outcome = Some(Outcome { question, searched, asks_something, verdict, passages });
        Ok(reply)
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
        let mut reply = Self::card(composer, &view, &marks);
        if view.related {
            let phrases = &composer.phrases.answer;
            reply.blocks.insert(
                0,
                Block::Note(Self::why(composer, asked, &phrases.related, &phrases.related_why)),
            );
        }
        reply
    }

    pub(super) fn no_answer(&self, composer: &Composer<'_>, asked: &Asked) -> Reply {
        let phrases = &composer.phrases.answer;
        let none = if asked.within.is_some() { &phrases.none_within } else { &phrases.none };
        let mut reply = notice(&Self::why(composer, asked, none, &phrases.none_why));
        if !asked.answer.nearest.is_empty() {
            reply.blocks.push(Block::Heading(phrases.nearest.clone()));
            for nearest in &asked.answer.nearest {
                let Some(passage) = self.shelf.passage(nearest.key) else { continue };
                reply.blocks.push(composer.question(passage, composer.script()));
                reply.buttons.push(vec![composer.topic_button(passage)]);
            }
        }
        reply
    }

    /// Why the interviews do not answer, as far as single words tell it.
    pub(super) fn why(
        composer: &Composer<'_>,
        asked: &Asked,
        plain: &str,
        with_words: &str,
    ) -> String {
        if asked.held.is_empty() || asked.missing.is_empty() {
            return plain.to_owned();
        }
        fill(
            with_words,
            &[
                ("held", &composer.listed(&asked.held)),
                ("missing", &composer.listed(&asked.missing)),
            ],
        )
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
        let mut reply = Self::card(composer, view, &marks);
        if view.related {
            reply.blocks.insert(0, Block::Note(composer.phrases.answer.related.clone()));
        }
        Ok(reply)
    }

    pub(super) fn card(composer: &Composer<'_>, view: &View, marks: Marks<'_>) -> Reply {
        composer.card(view, marks).unwrap_or_else(|| notice(&composer.phrases.answer.moved_on))
    }

    /// Search results for a list, from the `offset`-th on; for an empty `query` passages to look into.
    pub fn cards(&self, query: &str, offset: usize, limit: usize, reader: Reader) -> Vec<Card> {
        let composer = Composer::new(&self.shelf, reader);
        let ranking = self.searcher.search(&self.index, query, None).ok();
        let script = reader.script.resolve(Some(query), reader.language);
        let card = |shown: Shown, passage: &Passage, marks: Marks<'_>| {
            let view =
                View { shown: vec![shown], at: 0, extent: Extent::Excerpt, script, related: false };
            let reply = self.checked(Self::card(&composer, &view, marks), composer.phrases);
            Card::of(passage.id.key(), reply)
        };
        let quotes = match (&ranking, query.trim().is_empty()) {
            (Some(ranking), false) => {
                answer(
                    query,
                    ranking,
                    self.index.passages(),
                    self.shelf.twins(),
                    &self.model,
                    offset + limit,
                )
                .quotes
            }
            _ => Vec::new(),
        };
        if query.trim().is_empty() {
            let passages = self.first_answers().skip(offset).take(limit);
            let shown = |passage: &Passage| Shown {
                key: passage.id.key(),
                excerpt: pages::opening(passage),
            };
            return passages
                .map(|passage| card(shown(passage), passage, &|_| Vec::new()))
                .collect();
        }
        let quotes = quotes.iter().skip(offset).take(limit);
        quotes
            .map(|quote| {
                card(shown(quote), &self.shelf.passages()[quote.position], &|_| {
                    quote.matches.clone()
                })
            })
            .collect()
    }

    /// The reply, if every quotation in it is what the store holds; no quotation at all otherwise.
    pub(super) fn checked(&self, reply: Reply, phrases: &Phrases) -> Reply {
        let exact = |block: &Block| match block {
            Block::Question(question) => self.shelf.holds(&question.words),
            Block::Quotation(quotation) => self.shelf.holds(&quotation.words),
            Block::Note(_) | Block::Heading(_) | Block::List(_) | Block::Attribution(_) => true,
        };
        if reply.blocks.iter().all(exact) {
            return reply;
        }
        tracing::error!(outcome = ?reply.outcome, "a quotation differs from the store and was withheld");
        notice(&phrases.answer.failed)
    }
}

impl Card {
    /// The card of a reply that shows this passage.
    pub fn of(key: PassageKey, reply: Reply) -> Self {
        let title = reply.blocks.iter().find_map(|block| match block {
            Block::Question(question) => Some(question.words.text.clone()),
            _ => None,
        });
        let description = reply.blocks.iter().find_map(|block| match block {
            Block::Quotation(quotation) => Some(quotation.words.text.clone()),
            _ => None,
        });
        Self {
            key,
            title: title.unwrap_or_default(),
            description: description.unwrap_or_default(),
            reply,
        }
    }
}

pub(super) fn shown(quote: &retrieval::answer::Quote) -> Shown {
    Shown { key: quote.excerpt.passage().key(), excerpt: quote.excerpt.span() }
}

/// The bot's own words and nothing else.
pub(super) fn notice(text: &str) -> Reply {
    Reply { blocks: vec![Block::Note(text.to_owned())], buttons: Vec::new(), outcome: None }
}
