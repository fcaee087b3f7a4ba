//! Mending a damaged text: `cargo bench repair`, which prints first how much is mended.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use transcript::repair::{Options, repair};
use transcript::text::Script;

use crate::damage::{Loss, PARAGRAPHS, cases, narrowed, tally};
use crate::support::repair_options;

/// How many spots of each kind come out exact, stay as received, or come out wrong.
#[expect(clippy::print_stdout, reason = "the figures are what the bench is run for")]
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

/// A text without damage, as most are.
#[divan::bench]
fn clean(bencher: Bencher<'_, '_>) {
    bench(bencher, &PARAGRAPHS.join("\n"));
}

/// Every mark narrowed, as in many copies.
#[divan::bench]
fn narrow(bencher: Bencher<'_, '_>) {
    bench(bencher, &narrowed(&PARAGRAPHS.join("\n")));
}

/// One spot of half-shifted GBK.
#[divan::bench]
fn half_shifted(bencher: Bencher<'_, '_>) {
    bench(bencher, "這可能是一個轉折點，但不是終結?!肮取辈粌H是我們不能借用的一個概念。");
}

fn bench(bencher: Bencher<'_, '_>, text: &str) {
    let options: Options = repair_options();
    bencher.counter(BytesCount::of_str(text)).bench(|| repair(black_box(text), &options));
}
