//! The benchmarks of the search, the index and the repair, in one binary.
//!
//! `cargo bench --bench wenjian` runs all of them; with `question`, `build` or `repair` at its end, it
//! runs that part. docs/measuring.md describes what is measured.

mod support;
#[path = "../tests/support/damage.rs"]
mod damage;

/// How long a question takes to answer.
mod question;
/// Building an index, compared with plain tantivy.
mod build;
/// Repairing a damaged text.
mod repair;

fn main() {
    // Load the dictionary first, so that no benchmark measures it.
    transcript::text::Segmenter::warm_up();
    if std::env::args().any(|argument| argument == "repair") {
        repair::print_figures();
    }
    divan::main();
}
