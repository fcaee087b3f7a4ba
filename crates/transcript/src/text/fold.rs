//! One character to one character: the form in which question and passage are compared.
//!
//! Script (Traditional to Simplified), width, case and compatibility forms are folded. Because the
//! number of characters never changes, a range found in folded text is the same range in the stored text.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Pairs of a variant and what it folds to.
const VARIANTS: &str = include_str!("../../lexicon/variants.txt");

/// Characters of the Basic Multilingual Plane, which hold nearly all text: a plain table is fastest.
const TABLE_SIZE: u32 = 0x1_0000;

struct FoldTable {
    basic: Vec<char>,
    beyond: FxHashMap<char, char>,
}

static TABLE: LazyLock<FoldTable> = LazyLock::new(|| {
    let variants = variants();
    let basic = (0..TABLE_SIZE)
        .map(|code| char::from_u32(code).map_or('\u{fffd}', |c| fold_slowly(c, &variants)))
        .collect();
    let beyond = variants.into_iter().filter(|(c, _)| u32::from(*c) >= TABLE_SIZE).collect();
    FoldTable { basic, beyond }
});

fn variants() -> FxHashMap<char, char> {
    let lines = VARIANTS.lines().filter(|line| !line.starts_with('#'));
    lines
        .flat_map(str::split_whitespace)
        .filter_map(|pair| {
            let mut characters = pair.chars();
            Some((characters.next()?, characters.next()?))
        })
        .collect()
}

/// Each step may open the way for another (a compatibility form of a traditional character), so
/// they are repeated until nothing changes; chains are short, the bound only guards against a cycle.
fn fold_slowly(c: char, variants: &FxHashMap<char, char>) -> char {
    let mut folded = c;
    for _ in 0..4 {
        let composed = single(std::iter::once(folded).nfkc()).unwrap_or(folded);
        let lower = single(composed.to_lowercase()).unwrap_or(composed);
        let next = variants.get(&lower).copied().unwrap_or(lower);
        if next == folded {
            break;
        }
        folded = next;
    }
    folded
}

/// The only character of `characters`, if there is exactly one.
fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

/// Folds one character.
pub fn fold_char(c: char) -> char {
    let table = &*TABLE;
    match table.basic.get(c as usize) {
        Some(folded) => *folded,
        None => table.beyond.get(&c).copied().unwrap_or(c),
    }
}

/// Folds `text` to as many characters as it has.
///
/// ```
/// use transcript::text::fold;
/// assert_eq!(fold("雲棲小鎮 ＡＩ").iter().collect::<String>(), "云栖小镇 ai");
/// ```
pub fn fold(text: &str) -> Vec<char> {
    text.chars().map(fold_char).collect()
}

/// Whether `c` is a traditional or variant form: a Chinese character that folds to another one.
pub(super) fn is_variant(c: char) -> bool {
    is_han(c) && fold_char(c) != c
}

/// Whether `c` is a Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '〇' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        fold(text).into_iter().collect()
    }

    #[test]
    fn scripts_variants_width_and_case_fold_together() {
        assert_eq!(folded("著臺裏裡甚麼"), folded("着台里里什么"));
        assert_eq!(folded("ＤｅｅｐＳｅｅｋ，５Ｋ"), "deepseek,5k");
        assert_eq!(folded("硅谷無法解釋杭州現象"), "硅谷无法解释杭州现象");
    }

    #[test]
    fn a_character_that_would_become_several_stays() {
        assert_eq!(folded("…㎡½℃"), "…㎡½℃");
    }

    proptest! {
        #[test]
        fn folding_keeps_the_count_and_is_idempotent(text in "\\PC*") {
            let once = folded(&text);
            prop_assert_eq!(once.chars().count(), text.chars().count());
            prop_assert_eq!(folded(&once), once);
        }
    }
}
