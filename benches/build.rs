//! Builds an index, and for comparison one of plain tantivy with jieba's words.
//!
//! What counts is the ratio of `ours` to `plain_tantivy`. A generation also holds what a start would otherwise have
//! to compute: the forward index, and the comparison of all passages.

use divan::Bencher;
use jieba_rs::{Jieba, TokenizeMode};
use retrieval::index::Generations;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{IndexWriter, TantivyDocument};
use tempfile::TempDir;
use transcript::{Corpus, Passage};

use crate::support::generated;

const SIZES: [usize; 2] = [1_000, 4_000];
/// Memory of the baseline's writer in bytes, the same as that of our own.
const WRITER_MEMORY: usize = 64 << 20;

/// Builds a generation: folds and segments the passages, writes and syncs the index, opens it, and makes
/// it the current one.
#[divan::bench(args = SIZES, sample_count = 10)]
fn ours(bencher: Bencher<'_, '_>, n_passages: usize) {
    let corpus = generated(n_passages);
    bencher.with_inputs(|| TempDir::new().expect("there is room")).bench_refs(|folder| {
        let generations = Generations::new(folder.path());
        let index = generations.build(&corpus, "bench", &mut |_| {});
        index.expect("the folder is our own").library().passages().len()
    });
}

/// The baseline: indexes the id, title and text of each passage in one segment, with jieba's words.
#[divan::bench(args = SIZES, sample_count = 10)]
fn plain_tantivy(bencher: Bencher<'_, '_>, n_passages: usize) {
    let corpus = generated(n_passages);
    let jieba = Jieba::new();
    bencher.with_inputs(|| TempDir::new().expect("there is room")).bench_refs(|folder| {
        plain(&corpus, &jieba, folder).expect("the folder is our own");
    });
}

fn plain(corpus: &Corpus, jieba: &Jieba, folder: &TempDir) -> tantivy::Result<()> {
    let mut schema = Schema::builder();
    let id = schema.add_text_field("id", STRING | STORED);
    let indexing =
        TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(indexing).set_stored();
    let title = schema.add_text_field("title", words.clone());
    let text = schema.add_text_field("text", words);
    let index = tantivy::Index::create_in_dir(folder.path(), schema.build())?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_MEMORY)?;
    for passage in corpus.passages() {
        writer.add_document(document(corpus, &passage, jieba, [id, title, text]))?;
    }
    writer.commit()?;
    writer.wait_merging_threads()
}

fn document(
    corpus: &Corpus,
    passage: &Passage,
    jieba: &Jieba,
    [id, title, text]: [Field; 3],
) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_text(id, passage.id.as_str());
    let interview = &corpus.interviews[passage.interview];
    document.add_pre_tokenized_text(title, words(jieba, &interview.title));
    document.add_pre_tokenized_text(text, words(jieba, &passage.text));
    document
}

fn words(jieba: &Jieba, text: &str) -> PreTokenizedString {
    let words = jieba.tokenize(text, TokenizeMode::Search, true).into_iter().enumerate();
    let token = |(position, word): (usize, jieba_rs::Token<'_>)| Token {
        position,
        text: word.word.to_lowercase(),
        ..Token::default()
    };
    PreTokenizedString { text: text.to_owned(), tokens: words.map(token).collect() }
}
