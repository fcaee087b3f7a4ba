//! The one bench binary: `cargo bench`, or `cargo bench question`, `cargo bench build` for a part.

mod support;
#[path = "../tests/support/damage.rs"]
mod damage;

/// From a question to quotations.
mod question;
/// Building an index, beside plain tantivy.
mod build;
/// Mending a damaged text.
mod repair;

fn main() {
    // Loading the dictionary is part of no measurement.
    transcript::text::Segmenter::warm_up();
    if std::env::args().any(|argument| argument == "repair") {
        repair::print_figures();
    }
    divan::main();
}
