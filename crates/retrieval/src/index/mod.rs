//! The index on disk. This is the only module that uses tantivy.
//!
//! A generation is a folder with the corpus after all repairs, a tantivy index that proposes candidates for a
//! question, and a forward index by which they are scored. Passages are quoted from the corpus in memory.

mod build;
mod generation;
mod generations;
mod grams;
mod mapped_file;
mod schema;
mod vectors;

use std::ops::{Bound, Range};
use std::path::Path;
use std::sync::Arc;

use encoder::Encoder;
use serde::{Deserialize, Serialize};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{IndexReader, Term};

use crate::forward::ForwardIndex;
use crate::library::{Library, SameKey};

pub use build::build;
pub use generation::Manifest;
pub use generations::Generations;
use schema::Fields;
pub use vectors::{VectorRecord, Vectors};

/// `[index]`: the settings of the index.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The folder of the generations.
    pub dir: std::path::PathBuf,
}

/// The reason why an index cannot be built, opened or searched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no generation yet.
    #[error("there is no index in `{0}`; hint: `wenjian index` builds it")]
    Missing(std::path::PathBuf),
    /// A generation is damaged, or was built by another version or from another corpus.
    #[error("the index in `{folder}` is not usable: {why}")]
    Unusable {
        folder: std::path::PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another process is building a generation.
    #[error("another process is building the index in `{0}`; hint: wait for it, or end it")]
    Locked(std::path::PathBuf),
    /// The folder cannot be read or written.
    #[error(
        "cannot {doing} `{path}`: {source}; hint: look at its permissions and the room on its disk"
    )]
    Io {
        /// What was attempted: `read`, `write`, …
        doing: &'static str,
        path: std::path::PathBuf,
        source: std::io::Error,
    },
    /// Two passages have the same 40-bit key.
    #[error(transparent)]
    SameKey(#[from] SameKey),
    /// The sentence encoder failed.
    #[error(transparent)]
    Encoder(#[from] encoder::Error),
    /// The search engine failed.
    #[error("the index failed: {0}")]
    Engine(#[from] tantivy::TantivyError),
}

/// A gram of a question with its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedGram {
    /// The folded gram: one token, or two joined ones.
    pub gram: String,
    /// The weight relative to other grams, which is larger than 0.
    pub weight: f32,
}

/// A generation that was opened for reading.
pub struct Index {
    library: Arc<Library>,
    forward: Arc<ForwardIndex>,
    fields: Fields,
    reader: IndexReader,
    manifest: Manifest,
    meaning: Option<(Arc<Encoder>, Arc<Vectors>)>,
}

impl Index {
    /// Opens the generation in `folder`, and checks each of its files against its checksum. Fails
    /// if its vectors were not made by `encoder`.
    pub fn open(folder: &Path, encoder: Option<&Arc<Encoder>>) -> Result<Self, Error> {
        let (manifest, library) = generation::read(folder)?;
        let forward = Arc::new(generation::open_forward(folder, &manifest)?);
        let meaning = match encoder {
            Some(encoder) => {
                let vectors = generation::read_vectors(folder, &manifest, encoder)?;
                Some((Arc::clone(encoder), Arc::new(vectors)))
            }
            None => None,
        };
        let unusable = |why: String| Error::Unusable { folder: folder.to_path_buf(), why };
        let engine = tantivy::Index::open_in_dir(folder)?;
        let damaged = engine.validate_checksum()?;
        if let Some(file) = damaged.iter().next() {
            return Err(unusable(format!("`{}` is damaged", file.display())));
        }
        let fields = Fields::of(&engine.schema())
            .ok_or_else(|| unusable("its fields are unknown".to_owned()))?;
        let reader =
            engine.reader_builder().reload_policy(tantivy::ReloadPolicy::Manual).try_into()?;
        let library = Arc::new(library);
        let index = Self { library, forward, fields, reader, manifest, meaning };
        let n_passages = index.library.passages().len();
        if index.reader.searcher().num_docs() != n_passages as u64
            || index.forward.n_passages() != n_passages
        {
            return Err(unusable("it does not hold one entry for each passage".to_owned()));
        }
        Ok(index)
    }

    /// Returns the library of the generation. A candidate is a position in its passages.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// Returns what the texts of the passages hold.
    pub(crate) fn forward(&self) -> &Arc<ForwardIndex> {
        &self.forward
    }

    /// Returns the encoder and the vectors of the passages, if there are any.
    pub fn meaning(&self) -> Option<(Arc<Encoder>, Arc<Vectors>)> {
        self.meaning.clone()
    }

    /// Returns the manifest of the generation.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns the positions of about `limit` passages at the positions `among` that share the
    /// most, and the rarest, of `grams`. Returns all positions if there are less than twice as
    /// many, because looking them up would cost more than it saves.
    pub fn candidates(
        &self,
        grams: &[WeightedGram],
        among: &Range<usize>,
        limit: usize,
    ) -> Result<Vec<usize>, Error> {
        if 2 * limit >= among.len() {
            return Ok(among.clone().collect());
        }
        let clauses = grams.iter().flat_map(|gram| {
            self.fields.searched(self.library.corpus()).map(|field| -> (Occur, Box<dyn Query>) {
                let term = Term::from_field_text(field, &gram.gram);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                (Occur::Should, Box::new(BoostQuery::new(Box::new(query), gram.weight)))
            })
        });
        let mut query = BooleanQuery::new(clauses.collect());
        if among.len() < self.library.passages().len() {
            query = BooleanQuery::intersection(vec![Box::new(query), self.at(among)]);
        }
        let searcher = self.reader.searcher();
        let top = searcher.search(&query, &TopDocs::with_limit(limit.max(1)).order_by_score())?;
        let mut positions = Vec::with_capacity(top.len());
        for (_, address) in top {
            let column =
                searcher.segment_reader(address.segment_ord).fast_fields().u64(schema::POSITION)?;
            positions.extend(
                column.first(address.doc_id).and_then(|position| usize::try_from(position).ok()),
            );
        }
        Ok(positions)
    }

    /// A query for the passages at these positions. It adds the same to the score of each.
    fn at(&self, positions: &Range<usize>) -> Box<dyn Query> {
        let position = |at: usize| Term::from_field_u64(self.fields.position, at as u64);
        Box::new(RangeQuery::new(
            Bound::Included(position(positions.start)),
            Bound::Excluded(position(positions.end)),
        ))
    }
}
