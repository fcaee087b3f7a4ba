//! Measures how long the repair of damaged texts takes.
//!
//! `cargo bench --bench wenjian repair` also prints how much of the damage is repaired correctly.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use transcript::repair::{Options, repair};
use transcript::text::Script;

use crate::damage::{Loss, PARAGRAPHS, cases, narrowed, tally};
use crate::support::repair_options;

/// Prints how many spots of each kind are repaired exactly, stay as received, or are repaired wrongly.
#[expect(clippy::print_stdout, reason = "the benchmark is run for these figures")]
pub(crate) fn print_figures() {
    for loss in [Loss::FullStop, Loss::Elsewhere] {
        for script in [Script::Hans, Script::Hant] {
            println!(
                "{loss:?} in {script:?}: {:?}",
                tally(&cases(script, loss, 1), &repair_options())
            );
        }
    }
}

/// A text without damage, which is the usual case.
#[divan::bench]
fn clean(bencher: Bencher<'_, '_>) {
    bench(bencher, &PARAGRAPHS.join("\n"));
}

/// A text in which every punctuation mark was narrowed, as in many copies on the web.
#[divan::bench]
fn narrow(bencher: Bencher<'_, '_>) {
    bench(bencher, &narrowed(&PARAGRAPHS.join("\n")));
}

/// A sentence with one spot of half-shifted GBK.
#[divan::bench]
fn half_shifted(bencher: Bencher<'_, '_>) {
    bench(bencher, "這可能是一個轉折點，但不是終結?!肮取辈粌H是我們不能借用的一個概念。");
}

fn bench(bencher: Bencher<'_, '_>, text: &str) {
    let options: Options = repair_options();
    bencher.counter(BytesCount::of_str(text)).bench(|| repair(black_box(text), &options));
}
