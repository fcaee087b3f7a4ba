//! Builds a generation of the index from a corpus.

use std::collections::HashMap;
use std::path::Path;
use std::thread::{self, ScopedJoinHandle};

use encoder::Encoder;
use tantivy::{IndexWriter, TantivyDocument};

use super::grams::{self, Grams};
use super::schema::{Fields, schema};
use super::vectors::Vectors;
use super::{Error, Manifest, generation};
use crate::library::{Comparisons, SameKey};
use transcript::{Corpus, Passage, PassageId, ReaderQuestions, by_key};

/// The memory for postings before they are written to disk, in bytes.
const WRITER_MEMORY: usize = 64 << 20;

/// Writes a generation of `corpus` into the empty folder `folder`. If there is an encoder,
/// it has the vectors of the passages as well. `progress` is called with the number of
/// passages that are done.
pub fn build(
    corpus: &Corpus,
    fingerprint: &str,
    folder: &Path,
    encoder: Option<&Encoder>,
    progress: &mut dyn FnMut(usize),
) -> Result<Manifest, Error> {
    let passages = corpus.passages();
    by_key(&passages).map_err(|(one, other)| SameKey(one, other))?;
    // If there is an encoder, progress counts the encoded passages, because encoding takes far longer.
    let mut progress_of_postings = |done| {
        if encoder.is_none() {
            progress(done);
        }
    };
    // These read the same texts and need nothing of each other, so that they share the processors.
    let (forward_crc32, comparisons) = thread::scope(|scope| {
        let forward = scope.spawn(|| generation::write_forward(folder, corpus, &passages));
        let comparisons = scope.spawn(|| Comparisons::of(corpus, &passages));
        write_postings(corpus, &passages, folder, &mut progress_of_postings)?;
        Ok::<_, Error>((joined(forward)?, joined(comparisons)))
    })?;
    let vectors = match encoder {
        Some(encoder) => {
            let question = |passage: &Passage| corpus.question(passage);
            let vectors = Vectors::encode(encoder, &passages, question, progress)?;
            Some(generation::write_vectors(folder, encoder, &vectors)?)
        }
        None => None,
    };
    let manifest = Manifest {
        fingerprint: fingerprint.to_owned(),
        passages: passages.len(),
        forward_crc32,
        vectors,
        ..Manifest::default()
    };
    generation::write(folder, manifest, corpus, &comparisons)
}

/// Waits for a thread, and panics if it has panicked.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Writes the index by which the search engine proposes candidates.
fn write_postings(
    corpus: &Corpus,
    passages: &[Passage],
    folder: &Path,
    progress: &mut dyn FnMut(usize),
) -> Result<(), Error> {
    let engine = tantivy::Index::create_in_dir(folder, schema())?;
    engine.tokenizers().register(grams::NAME, Grams);
    let mut writer: IndexWriter = engine.writer_with_num_threads(1, WRITER_MEMORY)?;
    let fields = Fields::of(&engine.schema()).ok_or_else(|| Error::Unusable {
        folder: folder.to_path_buf(),
        why: "its fields are unknown".to_owned(),
    })?;
    let reader_questions = by_passage(&corpus.reader_questions);
    for (position, passage) in passages.iter().enumerate() {
        let own = reader_questions.get(&passage.id).map(Vec::as_slice).unwrap_or_default();
        writer.add_document(document(corpus, passage, position, own, fields))?;
        progress(position + 1);
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}

fn by_passage(reader_questions: &[ReaderQuestions]) -> HashMap<&PassageId, Vec<&ReaderQuestions>> {
    let mut by_passage: HashMap<&PassageId, Vec<&ReaderQuestions>> = HashMap::new();
    for questions in reader_questions {
        by_passage.entry(&questions.passage).or_default().push(questions);
    }
    by_passage
}

fn document(
    corpus: &Corpus,
    passage: &Passage,
    position: usize,
    reader_questions: &[&ReaderQuestions],
    fields: Fields,
) -> TantivyDocument {
    let interview = &corpus.interviews[passage.interview];
    let context = [interview.title.as_str(), interview.publisher.as_deref().unwrap_or_default()];
    let interview_text =
        [passage.text.as_str(), corpus.question(passage)].into_iter().chain(context);
    let expansion = reader_questions.iter().flat_map(|questions| questions.texts());
    let mut document = TantivyDocument::new();
    document.add_u64(fields.position, position as u64);
    interview_text.for_each(|text| document.add_text(fields.interview_text, text));
    expansion.for_each(|text| document.add_text(fields.expansion, text));
    document
}
