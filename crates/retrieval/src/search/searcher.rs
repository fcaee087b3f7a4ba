//! The search itself: candidates, exact scores, a ranking.

use std::sync::Arc;

use super::candidates::CandidateSource;
use super::collection::Collection;
use super::meaning::Meaning;
use super::options::Options;
use super::query_reader::QueryReader;
use super::ranking::Ranking;
use crate::Library;
use crate::forward::ForwardIndex;
use crate::index::{Error, Index};

/// The passages of one library, ready to be searched.
pub struct Searcher {
    options: Options,
    collection: Collection,
    reader: QueryReader,
    meaning: Option<Meaning>,
}

impl Searcher {
    /// Returns a searcher over `library`, whose texts are read into memory.
    pub fn new(library: Arc<Library>, options: Options) -> Self {
        let forward = Arc::new(ForwardIndex::in_memory(library.corpus(), library.passages()));
        Self::with(Collection { library, forward }, options)
    }

    /// Returns a searcher over the passages of `index`, with what they mean if it has an encoder.
    pub fn over(index: &Index, options: Options) -> Self {
        let library = Arc::clone(index.library());
        let meaning = index.meaning();
        let meaning =
            meaning.map(|(encoder, vectors)| Meaning::new(encoder, vectors, library.passages()));
        let forward = Arc::clone(index.forward());
        Self { meaning, ..Self::with(Collection { library, forward }, options) }
    }

    fn with(collection: Collection, options: Options) -> Self {
        let reader = QueryReader::new(&collection);
        Self { options, collection, reader, meaning: None }
    }

    /// Whether `text` by itself says anything that can be looked up.
    pub fn asks_something(&self, text: &str) -> bool {
        self.reader.asks_something(text)
    }

    /// Ranks the passages that `source` proposes for the question `text`, which goes on with
    /// `topic`, if there is one.
    ///
    /// # Errors
    /// Fails if the source of candidates fails.
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
            let is_offered = |position| source.offers(position);
            let meaning = self.meaning.as_ref();
            let nearness =
                meaning.map(|meaning| meaning.nearness(text, topic, &is_offered)).transpose()?;
            if let Some(nearness) = &nearness {
                nearness.join_nearest(&mut proposed, limit);
            }
            ranking.score(proposed, meaning.map(Meaning::encoder), nearness.as_ref());
        }
        Ok(ranking)
    }
}
