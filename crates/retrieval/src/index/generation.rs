//! What the folder of a generation holds beside the postings: the corpus, the forward index, the vectors,
//! and a manifest that describes them.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use encoder::Encoder;
use serde::{Deserialize, Serialize};

use super::Error;
use super::mapped_file::{self, NewFile};
use super::vectors::{VectorRecord, Vectors};
use crate::forward::{ForwardIndex, ForwardIndexBuilder};
use crate::library::{Comparisons, Library};
use transcript::{Corpus, Passage};

/// The version of the format. It is raised when an older index cannot be read any more,
/// or would rank differently.
const FORMAT: u32 = 7;
const MANIFEST: &str = "manifest.json";
const CORPUS: &str = "corpus.json";
const FORWARD: &str = "forward.bin";
const VECTORS: &str = "vectors.bin";

/// A description of the content of a generation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The fingerprint of the corpus folder.
    pub fingerprint: String,
    /// The number of passages.
    pub passages: usize,
    /// The checksum of the stored corpus.
    pub corpus_crc32: u32,
    /// The checksum of the forward index.
    pub forward_crc32: u32,
    /// A description of the vectors of the passages, if there are any.
    pub vectors: Option<VectorRecord>,
}

/// Writes the corpus with its `comparisons`, and then the manifest, whose format and checksum of the corpus are
/// filled in here.
pub(super) fn write(
    folder: &Path,
    manifest: Manifest,
    corpus: &Corpus,
    comparisons: &Comparisons,
) -> Result<Manifest, Error> {
    let stored = to_json(&(corpus, comparisons));
    let corpus_crc32 = write_file(folder, CORPUS, |file| file.write_all(&stored))?;
    let manifest = Manifest { format: FORMAT, corpus_crc32, ..manifest };
    write_file(folder, MANIFEST, |file| file.write_all(&to_json(&manifest)))?;
    Ok(manifest)
}

pub(super) fn read(folder: &Path) -> Result<(Manifest, Library), Error> {
    let unusable = |why: String| Error::Unusable { folder: folder.to_path_buf(), why };
    let read = |name: &str| {
        fs::read(folder.join(name)).map_err(|error| unusable(format!("`{name}`: {error}")))
    };
    let manifest: Manifest = serde_json::from_slice(&read(MANIFEST)?)
        .map_err(|error| unusable(format!("`{MANIFEST}`: {error}")))?;
    if manifest.format != FORMAT {
        return Err(unusable(format!(
            "it has format {}, this program writes {FORMAT}",
            manifest.format
        )));
    }
    let stored = read(CORPUS)?;
    if crc32fast::hash(&stored) != manifest.corpus_crc32 {
        return Err(unusable(format!("`{CORPUS}` is damaged")));
    }
    let (corpus, comparisons) = serde_json::from_slice(&stored)
        .map_err(|error| unusable(format!("`{CORPUS}`: {error}")))?;
    drop(stored);
    Ok((manifest, Library::with(corpus, comparisons)?))
}

/// Writes the forward index of `passages`, and returns its checksum.
pub(super) fn write_forward(
    folder: &Path,
    corpus: &Corpus,
    passages: &[Passage],
) -> Result<u32, Error> {
    write_file(folder, FORWARD, |file| ForwardIndexBuilder::of(corpus, passages).write(file))
}

/// Maps the forward index of a generation.
pub(super) fn open_forward(folder: &Path, manifest: &Manifest) -> Result<ForwardIndex, Error> {
    let unusable = |why: String| Error::Unusable { folder: folder.to_path_buf(), why };
    let unreadable = |error: io::Error| unusable(format!("`{FORWARD}`: {error}"));
    let checksum = mapped_file::checksum(&folder.join(FORWARD)).map_err(unreadable)?;
    let bytes = mapped_file::map(folder, FORWARD).map_err(unreadable)?;
    let whole = (checksum == manifest.forward_crc32).then(|| ForwardIndex::open(bytes)).flatten();
    whole
        .filter(|forward| forward.n_passages() == manifest.passages)
        .ok_or_else(|| unusable(format!("`{FORWARD}` is damaged")))
}

/// Writes the vectors that `encoder` made, and returns what the manifest should say of them.
pub(super) fn write_vectors(
    folder: &Path,
    encoder: &Encoder,
    vectors: &Vectors,
) -> Result<VectorRecord, Error> {
    let crc32 = write_file(folder, VECTORS, |file| file.write_all(&vectors.to_bytes()))?;
    let encoder_of = encoder.fingerprint().to_owned();
    Ok(VectorRecord { encoder: encoder_of, parts: encoder.part_dimensions(), crc32 })
}

/// Reads the vectors of a generation, which `encoder` must have made.
pub(super) fn read_vectors(
    folder: &Path,
    manifest: &Manifest,
    encoder: &Encoder,
) -> Result<Vectors, Error> {
    let unusable = |why: String| Error::Unusable { folder: folder.to_path_buf(), why };
    let record = manifest.vectors.as_ref();
    let record = record
        .filter(|record| record.encoder == encoder.fingerprint())
        .ok_or_else(|| unusable("it has no vectors of the present encoder".to_owned()))?;
    let stored = fs::read(folder.join(VECTORS))
        .map_err(|error| unusable(format!("`{VECTORS}`: {error}")))?;
    let whole = Some(stored).filter(|stored| crc32fast::hash(stored) == record.crc32);
    whole
        .and_then(|stored| Vectors::from_bytes(&stored, manifest.passages, &record.parts))
        .ok_or_else(|| unusable(format!("`{VECTORS}` is damaged")))
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("these values have string keys and no failing serializer")
}

/// Writes a file, and returns its checksum once the content is on the disk.
fn write_file(
    folder: &Path,
    name: &str,
    content: impl FnOnce(&mut NewFile) -> io::Result<()>,
) -> Result<u32, Error> {
    let path = folder.join(name);
    let write = || {
        let mut file = NewFile::create(&path)?;
        content(&mut file)?;
        file.finish()
    };
    write().map_err(|source| Error::Io { doing: "write", path: path.clone(), source })
}
