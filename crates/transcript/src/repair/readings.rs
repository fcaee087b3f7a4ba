//! Readings in brackets after characters (`國(guó)際`), as copies made with a small font have them.
//!
//! Authors give a reading too, once, for a rare character. Copies do it throughout and for common
//! ones: only then are they taken away.

use std::collections::{HashMap, HashSet};

use super::edited_text::Edit;
use super::{DamageKind, Options};
use crate::text::{CharSpan, fold, is_han, word_frequency};

/// Vowels with a tone mark.
const TONED: &str = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹ";
/// Other letters of pinyin; ɑ and ɡ come from textbooks' fonts.
const PLAIN: &str = "abcdefghijklmnopqrstuwxyzüvɑɡ";
/// Longest syllable, in letters: zhuang.
const LONGEST: usize = 6;
/// A word at least this frequent (a share of all words) is one whose characters need no reading.
const COMMON: f64 = 2e-6;

/// The edits of this rule.
pub(super) fn edits(text: &[char], options: &Options) -> Vec<Edit> {
    let found: Vec<CharSpan> = (1..text.len())
        .filter(|at| is_han(text[at - 1]))
        .filter_map(|at| reading(text, at))
        .collect();
    if found.len() < options.min_readings.max(1) || !is_throughout(text, &found) {
        return Vec::new();
    }
    let edit = |span| {
        Edit::sure(
            span,
            "",
            DamageKind::Reading,
            "the text gives the readings of common characters throughout",
        )
    };
    found.into_iter().map(edit).collect()
}

/// The bracket that begins at `start`, if a reading with a tone mark is all that it holds.
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

/// Whether most occurrences of the characters with readings have one, and most stand in common words.
fn is_throughout(text: &[char], readings: &[CharSpan]) -> bool {
    let given: HashSet<char> = readings.iter().map(|span| text[span.start - 1]).collect();
    let n_occurrences = text.iter().filter(|c| given.contains(c)).count();
    let words = common_words(text, readings);
    let n_common = readings.iter().filter(|span| words[&span.start]).count();
    readings.len() * 4 >= n_occurrences * 3 && n_common * 2 > readings.len()
}

/// For each reading whether its character, read without brackets, is part of a common word.
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
