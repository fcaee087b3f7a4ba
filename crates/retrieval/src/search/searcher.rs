//! The search itself: candidates, exact scores, a ranking.

use std::sync::Arc;

use super::candidates::CandidateSource;
use super::collection::Collection;
use super::embedding::{Embedder, Embeddings, join_nearest};
use super::options::Options;
use super::query_reader::QueryReader;
use super::ranking::Ranking;
use crate::Library;
use crate::index::Error;

/// The passages of one library in memory, ready to be searched.
pub struct Searcher {
    options: Options,
    collection: Collection,
    reader: QueryReader,
    embeddings: Option<Embeddings>,
}

impl Searcher {
    /// Reads the passages of `library` into memory.
    pub fn new(library: Arc<Library>, options: Options) -> Self {
        let collection = Collection::new(library);
        let reader = QueryReader::new(&collection);
        Self { options, collection, reader, embeddings: None }
    }

    /// The same with `embedder`, if there is one, to find passages of like meaning.
    #[must_use]
    pub fn with_embedder(mut self, embedder: Option<Arc<dyn Embedder>>) -> Self {
        let passages = self.collection.library.passages().iter();
        let texts = passages.zip(&self.collection.passages).map(|(passage, texts)| {
            let expansion = texts.expansion_as_written.iter().map(String::as_str);
            std::iter::once(passage.text.as_str()).chain(expansion)
        });
        self.embeddings = embedder.map(|embedder| Embeddings::new(embedder, texts));
        self
    }

    /// Whether `text` by itself says anything that can be looked up.
    pub fn asks_something(&self, text: &str) -> bool {
        self.reader.asks_something(text)
    }

    /// Ranks the passages that `source` proposes for the question `text`, which goes on with
    /// `topic`, if there is one.
    ///
    /// # Errors
    /// The source failed.
    pub fn search(
        &self,
        source: &dyn CandidateSource,
        text: &str,
        topic: Option<&str>,
    ) -> Result<Ranking<'_>, Error> {
        let query = self.reader.read(&self.collection, text, topic);
        let mut ranking = Ranking::new(&self.collection, &self.reader, &self.options, query);
        if ranking.asks_something() {
            let limit = self.options.candidates;
            let mut proposed = source.candidates(&ranking.proposed(), limit)?;
            let likeness = self.embeddings.as_ref().map(|embeddings| {
                let mut likeness = embeddings.likeness(text);
                for (position, likeness) in likeness.iter_mut().enumerate() {
                    *likeness *= f32::from(u8::from(source.offers(position)));
                }
                likeness
            });
            if let Some(likeness) = &likeness {
                join_nearest(&mut proposed, likeness, limit);
            }
            ranking.score(proposed, &|position| {
                likeness.as_ref().map_or(0.0, |likeness| likeness[position])
            });
        }
        Ok(ranking)
    }
}
