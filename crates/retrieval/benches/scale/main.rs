//! How time and memory grow with the number of passages, beside plain tantivy on the same texts.
//!
//! `cargo bench -p retrieval --bench scale` prints a table. Corpora of up to `WENJIAN_BENCH_PASSAGES` passages (20,000 unless
//! it is set) are generated, and each is measured in a process of its own, so that memory is that of one corpus.
//! docs/scale.md has the figures.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measurement;
mod plain_tantivy;
mod synthetic;
mod project;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use retrieval::index::Generations;
use transcript::Corpus;

use measurement::Measurement;
use plain_tantivy::PlainTantivy;
use synthetic::Synthetic;

const SIZES: [usize; 5] = [2_000, 20_000, 200_000, 1_000_000, 10_000_000];
/// The largest corpus that is measured, unless the environment says otherwise.
const LARGEST: usize = 20_000;
const LARGEST_VARIABLE: &str = "WENJIAN_BENCH_PASSAGES";
/// The number of questions that are put to each corpus.
const QUESTIONS: usize = 100;
/// The argument by which a process is told to measure the corpus in a folder.
const MEASURE: &str = "--measure";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip_while(|argument| argument != MEASURE).skip(1);
    if let Some(folder) = arguments.next() {
        let measurement = Measurement::take(Path::new(&folder), project::options()?)?;
        println!("{}", serde_json::to_string(&measurement)?);
        return Ok(());
    }
    let largest = match std::env::var(LARGEST_VARIABLE) {
        Ok(number) => number.parse().with_context(|| format!("{LARGEST_VARIABLE} is no number"))?,
        Err(_) => LARGEST,
    };
    println!(
        "{:>9} │ {:>8} │ {:>8} {:>7} {:>8} {:>7} │ {:>8} │ {:>8} {:>7} {:>7} │ {:>8} {:>7}",
        "",
        "plain",
        "search",
        "ratio",
        "p99",
        "growth",
        "answer",
        "start",
        "heap",
        "peak",
        "build",
        "index"
    );
    let interview = row("interview", &project::interview()?, &project::questions()?)?;
    let mut base = None;
    let synthetic = Synthetic::new();
    for n_passages in SIZES.into_iter().filter(|size| *size <= largest) {
        let corpus = synthetic.corpus(n_passages);
        let questions = synthetic.questions(n_passages, QUESTIONS);
        let row = row(&n_passages.to_string(), &corpus, &questions)?;
        let base = *base.get_or_insert(row.measurement.search_p50);
        if n_passages == SIZES[0] {
            interview.print(base);
        }
        row.print(base);
    }
    println!(
        "plain: median µs of a BM25 query for pairs of characters, top 10; search: the same for our ranking; ratio: \
         search to plain; growth: search to search on {} passages; answer: with verdict and excerpts, µs; start: ms \
         with the dictionaries loaded; heap: MiB beyond the dictionaries; peak: MiB; build: s; index: MiB",
        SIZES[0]
    );
    Ok(())
}

/// One row of the table.
struct TableRow {
    name: String,
    measurement: Measurement,
    build: Duration,
    index_bytes: u64,
}

impl TableRow {
    /// Prints the row; `base` is the time of a search on the smallest generated corpus.
    fn print(&self, base: f64) {
        let Measurement { plain_p50, search_p50, search_p99, answer_p50, start, heap, peak } =
            self.measurement;
        println!(
            "{:>9} │ {plain_p50:>8.0} │ {search_p50:>8.0} {:>6.2}× {search_p99:>8.0} {:>6.2}× │ {answer_p50:>8.0} │ \
             {start:>8.0} {heap:>7.0} {peak:>7.0} │ {:>8.2} {:>7.1}",
            self.name,
            search_p50 / plain_p50,
            search_p50 / base,
            self.build.as_secs_f64(),
            self.index_bytes as f64 / f64::from(1 << 20),
        );
    }
}

/// Builds both indexes of `corpus`, and measures them in another process.
fn row(name: &str, corpus: &Corpus, questions: &[String]) -> Result<TableRow> {
    let folder = tempfile::tempdir()?;
    let index = folder.path().join("index");
    let started = Instant::now();
    let generations = Generations::new(&index);
    drop(generations.build(corpus, "bench", &mut |_| {})?);
    let build = started.elapsed();
    let index_bytes = bytes_in(&generations.current()?)?;
    let plain = folder.path().join("plain");
    fs::create_dir(&plain)?;
    PlainTantivy::build(corpus, &plain)?;
    fs::write(folder.path().join("questions"), questions.join("\n"))?;
    let measured =
        Command::new(std::env::current_exe()?).arg(MEASURE).arg(folder.path()).output()?;
    ensure!(measured.status.success(), "{}", String::from_utf8_lossy(&measured.stderr));
    let measurement = serde_json::from_slice(&measured.stdout)?;
    Ok(TableRow { name: name.to_owned(), measurement, build, index_bytes })
}

fn bytes_in(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
