//! The baseline: plain tantivy over pairs of characters, BM25, the ten best.

use std::path::Path;

use anyhow::Result;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{LowerCaser, NgramTokenizer, TextAnalyzer};
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term};
use transcript::Corpus;

const PAIRS: &str = "pairs";
/// Memory of the writer in bytes, the same as that of our own.
const WRITER_MEMORY: usize = 64 << 20;

pub(crate) struct PlainTantivy {
    searcher: Searcher,
    text: Field,
    pairs: TextAnalyzer,
}

impl PlainTantivy {
    /// Writes an index of the passages of `corpus` into the empty folder `folder`.
    pub(crate) fn build(corpus: &Corpus, folder: &Path) -> Result<()> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(PAIRS)
            .set_index_option(IndexRecordOption::WithFreqs);
        let text =
            schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let index = Index::create_in_dir(folder, schema.build())?;
        index.tokenizers().register(PAIRS, pairs()?);
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_MEMORY)?;
        for passage in corpus.passages() {
            let mut document = TantivyDocument::new();
            document.add_text(text, &passage.text);
            writer.add_document(document)?;
        }
        writer.commit()?;
        Ok(writer.wait_merging_threads()?)
    }

    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let index = Index::open_in_dir(folder)?;
        let text = index.schema().get_field("text")?;
        Ok(Self { searcher: index.reader()?.searcher(), text, pairs: pairs()? })
    }

    /// Returns the number of passages found, at most ten.
    pub(crate) fn search(&mut self, question: &str) -> Result<usize> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        self.pairs.token_stream(question).process(&mut |token| {
            let term = Term::from_field_text(self.text, &token.text);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            clauses.push((Occur::Should, Box::new(query)));
        });
        let best = TopDocs::with_limit(10).order_by_score();
        Ok(self.searcher.search(&BooleanQuery::new(clauses), &best)?.len())
    }
}

fn pairs() -> Result<TextAnalyzer> {
    let pairs = NgramTokenizer::new(2, 2, false)?;
    Ok(TextAnalyzer::builder(pairs).filter(LowerCaser).build())
}
