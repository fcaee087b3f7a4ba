//! What one corpus costs: the time of its questions, the start, and the memory.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use retrieval::answer::answer;
use retrieval::index::Generations;
use retrieval::search::{Options, Searcher};
use serde::{Deserialize, Serialize};
use transcript::text::{Script, Segmenter};

use crate::plain_tantivy::PlainTantivy;

/// How often each question is asked. Its fastest time counts, because other programs only slow it down.
const ROUNDS: usize = 7;

/// Times are in microseconds of one question, unless said otherwise.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Measurement {
    pub(crate) plain_p50: f64,
    /// From the question to the ranked passages.
    pub(crate) search_p50: f64,
    pub(crate) search_p99: f64,
    /// From the question to the excerpts.
    pub(crate) answer_p50: f64,
    /// From the folder to a program that can answer, in milliseconds. The dictionaries are loaded before.
    pub(crate) start: f64,
    /// Memory of the process that is no file, without the dictionaries, in MiB; 0 where it is not known.
    pub(crate) heap: f64,
    /// The most memory that the process had, in MiB.
    pub(crate) peak: f64,
}

impl Measurement {
    /// Opens the generation in `folder/index` and plain tantivy in `folder/plain`, and asks both each line of
    /// `folder/questions`.
    pub(crate) fn take(folder: &Path, options: Options) -> Result<Self> {
        let questions = fs::read_to_string(folder.join("questions"))?;
        let questions: Vec<&str> = questions.lines().collect();
        Segmenter::warm_up();
        Script::warm_up();
        let before = Memory::now();
        let started = Instant::now();
        let index = Generations::new(&folder.join("index")).open()?;
        let searcher = Searcher::over(&index, options);
        searcher.search(&index, questions.first().context("there is no question")?, None)?;
        let start = started.elapsed();
        let mut plain = PlainTantivy::open(&folder.join("plain"))?;
        let mut times = [(); 3].map(|()| vec![Duration::MAX; questions.len()]);
        for _ in 0..ROUNDS {
            for (at, question) in questions.iter().enumerate() {
                fastest(&mut times[0][at], || plain.search(question).map(drop))?;
                fastest(&mut times[1][at], || {
                    Ok(searcher.search(&index, question, None).map(drop)?)
                })?;
                fastest(&mut times[2][at], || {
                    let ranking = searcher.search(&index, question, None)?;
                    black_box(answer(question, &ranking, 3));
                    Ok(())
                })?;
            }
        }
        let after = Memory::now();
        let [plain, search, answer] = times.map(|mut times| {
            times.sort_unstable();
            times
        });
        Ok(Self {
            plain_p50: percentile(&plain, 50),
            search_p50: percentile(&search, 50),
            search_p99: percentile(&search, 99),
            answer_p50: percentile(&answer, 50),
            start: start.as_secs_f64() * 1e3,
            heap: after.heap - before.heap,
            peak: after.peak,
        })
    }
}

fn fastest(time: &mut Duration, mut call: impl FnMut() -> Result<()>) -> Result<()> {
    let started = Instant::now();
    call()?;
    *time = started.elapsed().min(*time);
    Ok(())
}

/// Returns a percentile of sorted times in microseconds.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

/// Memory of this process in MiB, as Linux counts it.
struct Memory {
    heap: f64,
    peak: f64,
}

impl Memory {
    fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mib = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key));
            let kib = line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
            kib.and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0
        };
        Self { heap: mib("RssAnon"), peak: mib("VmHWM") }
    }
}
