//! Answers intents and questions from the generation of the index that is current at that moment.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use arc_swap::ArcSwap;

use crate::dialogue::{AnswerJson, Card, Engine, Intent, Reader, Reply, Results};
use retrieval::answer::Verdict;
use retrieval::index::{Error, Index};
use retrieval::search;

/// Answers intents in any number of threads. The generation can be switched at any time.
pub struct Service {
    engine: ArcSwap<Engine>,
    options: search::Options,
}

impl Service {
    /// Creates a service that answers from `index`.
    pub fn new(index: Index, options: search::Options) -> Self {
        let engine = Engine::new(index, options.clone());
        measure(&engine);
        Self { engine: ArcSwap::from_pointee(engine), options }
    }

    /// Switches to `index`. Answers that have begun are finished with the previous one.
    pub fn switch_to(&self, index: Index) {
        let engine = Engine::new(index, self.options.clone());
        measure(&engine);
        self.engine.store(Arc::new(engine));
    }

    /// Returns the current generation, for callers that need several answers from the same one.
    pub fn engine(&self) -> Arc<Engine> {
        self.engine.load_full()
    }

    /// Returns the reply to `intent`.
    pub fn handle(&self, intent: &Intent, reader: Reader) -> Reply {
        let started = Instant::now();
        let reply = self.engine.load().handle(intent, reader);
        if let Some(outcome) = reply.outcome() {
            record(outcome.verdict, outcome.passages.len(), started);
        }
        reply
    }

    /// Looks `question` up, like [`Engine::ask`], and quotes at most `n_quotes` passages, for a program.
    pub fn ask(
        &self,
        question: &str,
        within: Option<&str>,
        n_quotes: usize,
    ) -> Result<AnswerJson, Error> {
        let started = Instant::now();
        let engine = self.engine.load();
        let asked = engine.ask(question, None, within, n_quotes)?;
        record(asked.answer.verdict, asked.answer.quotes.len(), started);
        Ok(AnswerJson::new(&engine, &asked))
    }

    /// Looks `question` up, like [`Engine::ask`], for a page: at most `n_quotes` quote cards.
    pub fn results(
        &self,
        question: &str,
        within: Option<&str>,
        n_quotes: usize,
        reader: Reader,
    ) -> Result<Results, Error> {
        let started = Instant::now();
        let results = self.engine.load().results(question, within, n_quotes, reader)?;
        record(results.outcome.verdict, results.outcome.passages.len(), started);
        Ok(results)
    }

    /// Search results for a list; see [`Engine::cards`].
    pub fn cards(&self, query: &str, offset: usize, limit: usize, reader: Reader) -> Vec<Card> {
        self.engine.load().cards(query, offset, limit, reader)
    }
}

/// Counts an answered question in the metrics, and logs it. The log has no word of the question,
/// because questions are personal.
fn record(verdict: Verdict, quotes: usize, started: Instant) {
    let elapsed = started.elapsed();
    metrics::counter!("wenjian_answers_total", "verdict" => verdict.as_str()).increment(1);
    metrics::histogram!("wenjian_answer_seconds").record(elapsed);
    tracing::info!(
        verdict = verdict.as_str(),
        quotes,
        elapsed_us = elapsed.as_micros(),
        "answered"
    );
}

/// Sets the metrics that describe the current generation.
fn measure(engine: &Engine) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    metrics::gauge!("wenjian_passages").set(engine.library().passages().len() as f64);
    metrics::gauge!("wenjian_interviews").set(engine.library().corpus().interviews.len() as f64);
    metrics::gauge!("wenjian_generation_started_seconds").set(now.as_secs_f64());
}
