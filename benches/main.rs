//! The one bench binary: `cargo bench`, or `cargo bench question`, `cargo bench build` for a part.

mod support;

/// From a question to quotations.
mod question;
/// Building an index, beside plain tantivy.
mod build;

fn main() {
    // Loading the dictionary is part of no measurement.
    wenjian::text::Segmenter::warm_up();
    divan::main();
}
