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
    embedder: Option<Arc<dyn search::Embedder>>,
}

impl Service {
    /// Serves `index`.
    pub fn new(index: Index, options: search::Options) -> Self {
        Self::with_embedder(index, options, None)
    }

    /// Serves `index`, with an embedder to find passages of like meaning, if there is one.
    pub fn with_embedder(
        index: Index,
        options: search::Options,
        embedder: Option<Arc<dyn search::Embedder>>,
    ) -> Self {
        let model = Model::fitted();
        let host = Host::new(index, options.clone(), model.clone()).with_embedder(embedder.clone());
        Self { host: ArcSwap::from_pointee(host), options, model, embedder }
    }

    /// Serves `index` from now on. Who is being answered finishes on the one before.
    pub fn switch_to(&self, index: Index) {
        let host = Host::new(index, self.options.clone(), self.model.clone());
        self.host.store(Arc::new(host.with_embedder(self.embedder.clone())));
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
