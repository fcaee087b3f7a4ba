//! The one door: an intent in, a reply out, from the generation that is served at that moment.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::answer::Model;
use crate::dialogue::{Asked, Card, Host, Intent, Reader, Reply};
use crate::index::{Error, Index};
use crate::search;

/// Answers intents for any number of threads; a generation can be switched while they do.
pub struct Service {
    host: ArcSwap<Host>,
    options: search::Options,
    model: Model,
}

impl Service {
    /// Serves `index`.
    pub fn new(index: Index, options: search::Options) -> Self {
        let model = Model::fitted();
        let host = ArcSwap::from_pointee(Host::new(index, options.clone(), model.clone()));
        Self { host, options, model }
    }

    /// Serves `index` from now on. Who is being answered finishes on the one before.
    pub fn switch_to(&self, index: Index) {
        self.host.store(Arc::new(Host::new(index, self.options.clone(), self.model.clone())));
    }

    /// The generation that is served now, for callers that need several answers from the same one.
    pub fn host(&self) -> Arc<Host> {
        self.host.load_full()
    }

    /// The reply to `intent`.
    pub fn handle(&self, intent: &Intent, reader: Reader) -> Reply {
        self.host.load().handle(intent, reader)
    }

    /// Looks `question` up and quotes at most `n_quotes` passages.
    pub fn ask(&self, question: &str, n_quotes: usize) -> Result<Asked, Error> {
        self.host.load().ask(question, None, n_quotes)
    }

    /// Search results for a list; see [`Host::cards`].
    pub fn cards(&self, query: &str, offset: usize, limit: usize, reader: Reader) -> Vec<Card> {
        self.host.load().cards(query, offset, limit, reader)
    }
}
