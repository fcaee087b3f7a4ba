//! Removes pronunciations in brackets (`國(guó)際`), which some sites add to characters that their font
//! lacks.
//!
//! Authors give a pronunciation too, once, for a rare character. Sites add it to every occurrence, and
//! to common characters: only such brackets are removed.

use std::collections::HashMap;

use super::edited_text::Edit;
use super::{DamageKind, Options};
use crate::text::{CharSpan, fold, is_han, word_frequency};

/// Vowels with a tone mark.
const TONED: &str = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹ";
/// The other letters of pinyin. Textbooks' fonts have ɑ and ɡ.
const PLAIN: &str = "abcdefghijklmnopqrstuwxyzüvɑɡ";
/// Letters of the longest syllables, such as zhuang.
const LONGEST: usize = 6;
/// The characters of words that are at least this frequent need no pronunciation (a share of all
/// words).
const COMMON: f64 = 2e-6;

/// Proposes to remove pronunciations, if sites and not the author added them.
pub(super) fn edits(text: &[char], options: &Options) -> Vec<Edit> {
    let mut found: Vec<CharSpan> = (1..text.len())
        .filter(|at| is_han(text[at - 1]))
        .filter_map(|at| reading(text, at))
        .collect();
    keep_regular(text, &mut found);
    if found.len() < options.min_readings.max(1) || !are_mostly_common(text, &found) {
        return Vec::new();
    }
    let edit = |span| {
        Edit::sure(
            span,
            "",
            DamageKind::Reading,
            "the text has the pronunciation of common characters throughout",
        )
    };
    found.into_iter().map(edit).collect()
}

/// Returns the bracket that begins at `start`, if it holds one syllable with a tone mark, in pinyin or
/// bopomofo, and nothing else.
fn reading(text: &[char], start: usize) -> Option<CharSpan> {
    let open = text.get(start).is_some_and(|c| matches!(c, '(' | '（'));
    let inner = text.get(start + 1..)?.iter().take(LONGEST + 1);
    let length = inner.clone().position(|c| matches!(c, ')' | '）')).filter(|_| open)?;
    let mut letters = inner.take(length).flat_map(|c| c.to_lowercase());
    let is_toned = letters.clone().any(|c| TONED.contains(c));
    let is_bopomofo = letters.clone().all(|c| matches!(c, 'ㄅ'..='ㄯ' | 'ˊ' | 'ˇ' | 'ˋ' | '˙'));
    let is_reading = length > 0 && is_bopomofo
        || is_toned && letters.all(|c| TONED.contains(c) || PLAIN.contains(c));
    is_reading.then_some(start..start + length + 2)
}

/// Keeps the pronunciations of characters that have one at most of their occurrences.
fn keep_regular(text: &[char], readings: &mut Vec<CharSpan>) {
    let mut n_given: HashMap<char, usize> = HashMap::new();
    for span in readings.iter() {
        *n_given.entry(text[span.start - 1]).or_default() += 1;
    }
    let mut n_occurrences: HashMap<char, usize> = HashMap::new();
    for c in text.iter().filter(|c| n_given.contains_key(c)) {
        *n_occurrences.entry(*c).or_default() += 1;
    }
    readings.retain(|span| {
        let c = text[span.start - 1];
        n_given[&c] * 4 >= n_occurrences[&c] * 3
    });
}

/// Returns whether most of the characters with a pronunciation stand in common words.
fn are_mostly_common(text: &[char], readings: &[CharSpan]) -> bool {
    let words = common_words(text, readings);
    let n_common = readings.iter().filter(|span| words[&span.start]).count();
    n_common * 2 > readings.len()
}

/// Returns for each pronunciation whether its character is part of a common word, read without the
/// brackets.
fn common_words(text: &[char], readings: &[CharSpan]) -> HashMap<usize, bool> {
    let ends: HashMap<usize, usize> = readings.iter().map(|span| (span.end, span.start)).collect();
    let starts: HashMap<usize, usize> =
        readings.iter().map(|span| (span.start, span.end)).collect();
    let is_common = |a: char, b: char| {
        let word: String = fold(&[a, b].iter().collect::<String>()).into_iter().collect();
        is_han(a) && is_han(b) && word_frequency(&word) >= COMMON
    };
    let judge = |span: &CharSpan| {
        let c = text[span.start - 1];
        let before = ends.get(&(span.start - 1)).copied().unwrap_or(span.start - 1).checked_sub(1);
        let after = starts.get(&span.end).copied().unwrap_or(span.end);
        let with_before = before.is_some_and(|before| is_common(text[before], c));
        (span.start, with_before || text.get(after).is_some_and(|next| is_common(c, *next)))
    };
    readings.iter().map(judge).collect()
}

#[cfg(test)]
mod tests {
    use crate::repair::tests::{check, check_clean};

    #[test]
    fn readings_throughout_a_text_go() {
        check(
            "國(guó)際化的創(chuàng)新，是中國(guó)產(chǎn)業的機(jī)會。",
            "國際化的創新，是中國產業的機會。",
        );
        check("发（fā）展数（shù）字经（jīng）济。", "发展数字经济。");
        check("收(ㄕㄡ)成(ㄔㄥˊ)好，老品種(ㄓㄨㄥˇ)。", "收成好，老品種。");
    }

    #[test]
    fn readings_in_names_and_labels_go() {
        check(
            "《財(cái)經(jīng)》：您怎麼看？\n王堅(jiān)：創(chuàng)新。\n《財(cái)經(jīng)》：為什麼？\n王堅(jiān)：機(jī)會。",
            "《財經》：您怎麼看？\n王堅：創新。\n《財經》：為什麼？\n王堅：機會。",
        );
    }

    #[test]
    fn a_reading_that_the_author_gives_once_stays_among_those_of_a_site() {
        check(
            "國(guó)際化的創(chuàng)新，是中國(guó)產(chǎn)業的機(jī)會。堯(yáo)山的茶。堯山，堯山。",
            "國際化的創新，是中國產業的機會。堯(yáo)山的茶。堯山，堯山。",
        );
    }

    #[test]
    fn a_single_reading_stays() {
        check_clean("他来自亳(bó)州，讲的是國(guó)際。");
    }

    #[test]
    fn readings_of_rare_characters_stay() {
        check_clean("饕(tāo)餮(tiè)、魑(chī)魅(mèi)，都是传说。");
    }

    #[test]
    fn other_brackets_stay() {
        check_clean("甲(a)乙(b)丙(c)丁(d)，王坚(Wang)说(he)好(ok)。");
    }
}
