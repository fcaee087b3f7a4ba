//! Clean text is damaged artificially; the tests count how much of it is repaired correctly.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use transcript::repair::{Options, repair};
use transcript::text::Script;
use wenjian::config::Config;

use crate::support::damage::{Converter, Loss, PARAGRAPHS, Tally, cases, narrowed, tally};

const SCRIPTS: [Script; 2] = [Script::Hans, Script::Hant];
/// One case in this many is tried, because all of them take minutes in a debug build. The benchmark
/// `repair` tries all and prints the figures.
const STEP: usize = 43;

fn options() -> Options {
    Config::load(Some(Path::new("/dev/null"))).unwrap().repair
}

#[test]
fn the_five_damaged_spots_of_the_first_interview_are_repaired() {
    for (received, right) in [
        ("但不是終結?!肮取辈粌H是我們不能借用", "但不是終結。“谷”不僅是我們不能借用"),
        ("思考這個問題?!昂贾莠F象”確實發生了", "思考這個問題。“杭州現象”確實發生了"),
        ("是殺雞取卵?!靶℃偂本褪菐椭夹g完成", "是殺雞取卵。“小鎮”就是幫助技術完成"),
        ("創造和創意?;氐匠踔?,“小鎮”肯定是", "創造和創意。回到初衷，“小鎮”肯定是"),
        ("應用提供服務?;蛟S歷史上也是第一次", "應用提供服務。或許歷史上也是第一次"),
    ] {
        assert_eq!(repair(received, &options()).text, right, "help: repair of `{received}`");
    }
}

#[test]
fn clean_paragraphs_are_not_changed() {
    for script in SCRIPTS {
        let all = script.convert(&PARAGRAPHS.join("\n")).into_owned();
        let repaired = repair(&all, &options());
        assert_eq!(repaired.text, all);
        assert_eq!(repaired.repairs, []);
        // If their marks were narrowed, these are widened, and nothing else is changed.
        let narrow = narrowed(&all);
        assert_eq!(narrowed(&repair(&narrow, &options()).text), narrow);
    }
}

/// Each case gives the least percentage that must be repaired exactly. It is well below the measured
/// figure, so that only a clear loss of quality fails the test. In all damage that is known the lost
/// byte is that of a full stop; elsewhere it suffices that hardly anything is repaired wrongly.
#[test]
fn enough_damage_is_repaired_exactly_and_little_wrongly() {
    for (script, loss, floor) in [
        (Script::Hant, Loss::FullStop, 45),
        (Script::Hans, Loss::FullStop, 20),
        (Script::Hant, Loss::Elsewhere, 0),
        (Script::Hans, Loss::Elsewhere, 0),
    ] {
        let found = tally(&cases(script, loss, STEP), &options());
        let Tally { exact, left, wrong } = found;
        let n = exact + left + wrong;
        assert!(n > 8, "too few cases: {found:?}");
        assert!(exact * 100 >= n * floor, "{script:?} {loss:?}: too few exact: {found:?}");
        let allowed = if loss == Loss::FullStop { 0 } else { n / 10 };
        assert!(wrong <= allowed, "{script:?} {loss:?}: too many wrong: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn a_repair_never_increases_the_distance_to_the_original(
        paragraph in 0..PARAGRAPHS.len(),
        place in 0..60_usize,
        converter in 0..16_usize,
        traditional: bool,
    ) {
        let paragraph = SCRIPTS[usize::from(traditional)].convert(PARAGRAPHS[paragraph]);
        let lost = place % paragraph.chars().count();
        let Some(case) = Converter::numbered(converter).case(&paragraph, lost) else { return Ok(()) };
        let repaired = repair(&case.damaged, &options());
        let distance = |text: &str| strsim::levenshtein(&narrowed(text), &narrowed(&case.original));
        prop_assert!(distance(&repaired.text) <= distance(&case.damaged), "{} from {case:?}", repaired.text);
        prop_assert_eq!(&repair(&repaired.text, &options()).text, &repaired.text);
    }
}
