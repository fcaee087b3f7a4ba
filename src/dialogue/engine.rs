//! Answers intents from one generation: asks, composes, and checks every quotation before it leaves.

use std::sync::OnceLock;

use super::browse::{self, Examples};
use super::compose::{Composer, Marks};
use super::phrases::{Phrases, fill};
use super::verbatim::is_verbatim;
use super::{
    Block, Card, Extent, Intent, NoAnswer, PriorQuestion, QuestionResult, Reader, Reply,
    ShownExcerpt, Talk, Understanding, View, Words, says_nothing, several_questions,
};
use retrieval::Library;
use retrieval::answer::{Verdict, answer};
use retrieval::index::{Error, Index};
use retrieval::search::{Ranking, Searcher};
use transcript::Passage;

/// One generation, ready to answer.
pub struct Engine {
    pub(super) index: Index,
    pub(super) searcher: Searcher,
    /// Example questions in Chinese and in English, each found when it is first needed.
    pub(super) examples: [Examples; 2],
    /// Quotations that can be read alone, found when they are first needed.
    pub(super) standalone_quotes: OnceLock<Vec<ShownExcerpt>>,
}

impl Engine {
    /// Prepares a generation to answer questions.
    pub fn new(index: Index, options: retrieval::search::Options) -> Self {
        let searcher = Searcher::over(&index, options);
        Self { index, searcher, examples: Default::default(), standalone_quotes: OnceLock::new() }
    }

    pub fn library(&self) -> &Library {
        self.index.library()
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Ranks the passages for `question`, for those who look at rankings themselves.
    pub fn rank(&self, question: &str) -> Result<Ranking<'_>, Error> {
        self.searcher.search(&self.index, question, None)
    }

    /// Returns the reply to `intent`. A failure is logged, and the reader is told in their language.
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
            Intent::Help => browse::lines(&phrases.help.text),
            Intent::Privacy => browse::lines(&phrases.privacy.text),
            Intent::Source => self.source(&composer),
            Intent::Topics { page } => self.topics(&composer, *page, None),
            Intent::Random => self.random(&composer, None),
            Intent::Ask { question, before, within } => {
                return self.answer(&composer, question, before.as_ref(), within.as_deref());
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
        before: Option<&PriorQuestion>,
        within: Option<&str>,
    ) -> Result<Reply, Error> {
        if let Some(before) = before
            && let Some(reply) = self.about_quotation(composer, question, before, within)?
        {
            return Ok(reply);
        }
        if says_nothing(question) && self.talk(question)?.is_none() {
            let example = self.example_question(composer);
            let empty = &composer.phrases.answer.empty;
            return Ok(Reply::Notice(fill(empty, &[("example", &example)])));
        }
        if self.asks_for_any_quotation(question) {
            return Ok(self.random(composer, within));
        }
        let asked = self.ask(question, before, within, View::MAX_SHOWN)?;
        let talk = asked.talk.filter(|talk| *talk != Talk::Who);
        if let Some(talk) = talk.filter(|_| asked.answer.quotes.is_empty()) {
            return Ok(self.talk_reply(composer.reader, talk, &asked));
        }
        if asked.first > asked.answer.quotes.len() && asked.answer.verdict > Verdict::None {
            // The last passage and the rest of its answer have been shown.
            return Ok(self.talk_reply(composer.reader, Talk::More, &asked));
        }
        Ok(match asked.answer.verdict {
            Verdict::None => Reply::NoAnswer(self.no_answer(composer, &asked)),
            Verdict::Answer | Verdict::Related => Self::found(composer, &asked),
        })
    }

    fn found(composer: &Composer<'_>, asked: &QuestionResult) -> Reply {
        let n_quotes = asked.answer.quotes.len();
        let script =
            composer.reader.script.resolve(Some(&asked.question), composer.reader.language);
        let view = View {
            at: asked.first.min(n_quotes - 1),
            // Where a topic has no other passage, the rest of the answer is what goes on with it.
            extent: if asked.first < n_quotes { Extent::Excerpt } else { Extent::Full },
            related: asked.answer.verdict == Verdict::Related,
            ..View::new(asked.answer.quotes.iter().map(shown).collect(), script)
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

    pub(super) fn no_answer(&self, composer: &Composer<'_>, asked: &QuestionResult) -> NoAnswer {
        let phrases = &composer.phrases.answer;
        let message = if asked.within.is_some() { &phrases.none_within } else { &phrases.none };
        let nearest = asked.answer.nearest.iter();
        let nearest = nearest.filter_map(|nearest| self.library().passage(nearest.key));
        NoAnswer {
            notes: composer.understood(asked),
            message: message.clone(),
            heading: phrases.nearest.clone(),
            nearest: composer.topics(1, nearest),
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
        let answered = question.map(|question| self.answered_by(question, view)).transpose()?;
        let answered = answered.flatten();
        let mut notes: Vec<String> = answered
            .map(|question| fill(&composer.phrases.answer.answers, &[("question", &question)]))
            .into_iter()
            .collect();
        notes.extend(view.related.then(|| composer.phrases.answer.related.clone()));
        Ok(match composer.card(view, &marks) {
            Some(card) => Reply::Card(Box::new(Card { notes, ..card })),
            None => Reply::Notice(composer.phrases.answer.moved_on.clone()),
        })
    }

    /// Returns the question that the open passage answers, if `message` asked several.
    fn answered_by(&self, message: &str, view: &View) -> Result<Option<String>, Error> {
        if several_questions::questions(message).len() < 2 {
            return Ok(None);
        }
        let asked = self.ask(message, None, None, View::MAX_SHOWN)?;
        let found = asked.answer.quotes.get(view.at).map(|quote| quote.excerpt.passage().key());
        // The card may have been found otherwise: after another topic, within one interview, or before the corpus changed.
        if found.is_none() || found != view.open().map(|shown| shown.key) {
            return Ok(None);
        }
        Ok(match asked.understanding {
            Understanding::Several { mut answered, .. } if view.at < answered.len() => {
                Some(answered.swap_remove(view.at))
            }
            _ => None,
        })
    }

    /// Returns `limit` search results from the `offset`-th on. For an empty `query` these are the first answers of the
    /// interviews, to browse.
    pub fn cards(&self, query: &str, offset: usize, limit: usize, reader: Reader) -> Vec<Card> {
        let composer = Composer::new(self.library(), reader);
        let script = reader.script.resolve(Some(query), reader.language);
        let card = |shown: ShownExcerpt, marks: Marks<'_>| {
            let view = View::new(vec![shown], script);
            composer.card(&view, marks).filter(|card| self.holds_all(card.body.blocks()))
        };
        if query.trim().is_empty() {
            let passages = self.first_answers().skip(offset).take(limit);
            let shown = passages.map(ShownExcerpt::opening);
            return shown.filter_map(|shown| card(shown, &|_| Vec::new())).collect();
        }
        let Ok(ranking) = self.searcher.search(&self.index, query, None) else {
            return Vec::new();
        };
        let answer = answer(query, &ranking, offset + limit);
        let quotes = answer.quotes.iter().skip(offset).take(limit);
        quotes.filter_map(|quote| card(shown(quote), &|_| quote.matches.clone())).collect()
    }

    /// Returns the reply if every quotation in it equals the stored text, and an apology without any quotation if not.
    pub(super) fn checked(&self, reply: Reply, phrases: &Phrases) -> Reply {
        if self.holds_all(reply.blocks()) {
            return reply;
        }
        Reply::Notice(phrases.answer.failed.clone())
    }

    /// Returns whether the words in `blocks` equal the stored text. A difference is logged.
    pub(super) fn holds_all(&self, blocks: Vec<Block<'_>>) -> bool {
        let differs = |words: &&Words| !is_verbatim(self.library(), words);
        let different = blocks.into_iter().filter_map(Block::words).find(differs);
        if let Some(words) = different {
            tracing::error!(source = ?words.source, "a quotation differs from the store and is withheld");
        }
        different.is_none()
    }
}

pub(super) fn shown(quote: &retrieval::answer::Quote) -> ShownExcerpt {
    ShownExcerpt { key: quote.excerpt.passage().key(), excerpt: quote.excerpt.span() }
}
