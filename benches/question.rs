//! Answers questions, and times each step from the question to the excerpts.

use divan::{Bencher, black_box};
use retrieval::answer::answer;
use retrieval::search::Searcher;
use transcript::text::{Segmenter, fold, tokenize};
use wenjian::dialogue::Engine;

use crate::support::{QUESTIONS, TEXT, generated, generation, interview, options};

#[divan::bench]
fn folding(bencher: Bencher<'_, '_>) {
    bencher.bench(|| fold(black_box(TEXT)));
}

#[divan::bench]
fn tokenizing(bencher: Bencher<'_, '_>) {
    let folded = fold(TEXT);
    bencher.bench(|| tokenize(black_box(&folded)));
}

#[divan::bench]
fn segmenting(bencher: Bencher<'_, '_>) {
    let folded = fold(TEXT);
    let segmenter = Segmenter::default();
    bencher.bench(|| segmenter.words(black_box(&folded)));
}

/// Finds candidates and scores them exactly.
#[divan::bench(args = ["interview", "1,000 passages"])]
fn searching(bencher: Bencher<'_, '_>, corpus: &str) {
    let (_folder, index) = generation(&corpus_named(corpus));
    let searcher = Searcher::over(&index, options());
    let mut questions = QUESTIONS.iter().cycle();
    bencher.with_inputs(|| *questions.next().unwrap_or(&"")).bench_local_values(|question| {
        searcher.search(&index, question, None).map(|ranking| ranking.hits().len())
    });
}

/// Decides the verdict and cuts three excerpts, given the ranked passages.
#[divan::bench]
fn excerpting(bencher: Bencher<'_, '_>) {
    let (_folder, index) = generation(&interview());
    let searcher = Searcher::over(&index, options());
    let ranking = searcher.search(&index, QUESTIONS[0], None).expect("the index was just built");
    bencher.bench_local(|| answer(QUESTIONS[0], &ranking, 3));
}

/// Answers a question completely, as the terminal or the bot does.
#[divan::bench(args = ["interview", "1,000 passages"])]
fn answering(bencher: Bencher<'_, '_>, corpus: &str) {
    let (_folder, index) = generation(&corpus_named(corpus));
    let engine = Engine::new(index, options());
    let mut questions = QUESTIONS.iter().cycle();
    bencher.with_inputs(|| *questions.next().unwrap_or(&"")).bench_local_values(|question| {
        engine.ask(question, None, None, 3).map(|asked| asked.answer)
    });
}

fn corpus_named(name: &str) -> transcript::Corpus {
    if name == "interview" { interview() } else { generated(1_000) }
}
