//! Simplified and Traditional Chinese, for display only: matching folds, and never converts.

use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::LazyLock;

use opencc_fmmseg::OpenCC;

use super::fold::{fold_char, is_variant};
use super::{is_han, is_known_name};

/// 60 ms and 28 MB, so one for all, loaded when first needed.
static OPENCC: LazyLock<OpenCC> = LazyLock::new(OpenCC::new);

/// Characters that Traditional Chinese never uses.
static ONLY_SIMPLIFIED: LazyLock<FxHashSet<char>> = LazyLock::new(|| {
    let lines = include_str!("../../lexicon/simplified.txt").lines();
    lines.filter(|line| !line.starts_with('#')).flat_map(str::chars).collect()
});

/// The script that a Chinese text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Script {
    /// Simplified Chinese.
    Hans,
    /// Traditional Chinese.
    Hant,
}

impl Script {
    /// The script of `text`, judged by the characters that only one of them uses; `None` where
    /// there are none of these, or as many of the one as of the other.
    ///
    /// ```
    /// use transcript::text::Script;
    /// assert_eq!(Script::of("為什麼"), Some(Script::Hant));
    /// assert_eq!(Script::of("为什么"), Some(Script::Hans));
    /// assert_eq!(Script::of("小人"), None);
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let (mut simplified, mut traditional) = (0_usize, 0_usize);
        for c in text.chars().filter(|c| is_han(*c)) {
            traditional += usize::from(is_variant(c));
            simplified += usize::from(ONLY_SIMPLIFIED.contains(&c));
        }
        match traditional.cmp(&simplified) {
            std::cmp::Ordering::Greater => Some(Self::Hant),
            std::cmp::Ordering::Less => Some(Self::Hans),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Whether a text in this script would hardly write the Chinese character `c`.
    pub(super) fn lacks(self, c: char) -> bool {
        match self {
            Self::Hans => is_variant(c),
            Self::Hant => ONLY_SIMPLIFIED.contains(&c),
        }
    }

    /// `text` in this script, character forms only: words are never swapped for other words. The
    /// number of characters stays.
    ///
    /// Traditional text with Simplified characters among it becomes Traditional throughout: a character that only
    /// Traditional Chinese has stays, and the others are converted within their words (背后 is 背後, 皇后 stays). 于 as a
    /// surname stays, too.
    pub fn convert(self, text: &str) -> Cow<'_, str> {
        let converted = match self {
            Self::Hans => OPENCC.tw2s(text, false),
            Self::Hant => traditional(text),
        };
        if converted == text || converted.chars().count() != text.chars().count() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(converted)
        }
    }

    /// Loads the conversion tables, which are otherwise loaded at first use.
    pub fn warm_up() {
        LazyLock::force(&OPENCC);
    }
}

fn traditional(text: &str) -> String {
    // Words are found by their Simplified form, whichever half of them is converted.
    let simplified = OPENCC.tw2s(text, false);
    let converted = OPENCC.s2tw(&simplified, false);
    let (stored, plain): (Vec<char>, Vec<char>) =
        (text.chars().collect(), simplified.chars().collect());
    if converted.chars().count() != stored.len() || plain.len() != stored.len() {
        return OPENCC.s2tw(text, false);
    }
    let characters = converted.chars().enumerate().map(|(at, converted)| {
        // Another spelling of a word (想象, 想像) is none of the script.
        let is_other_word = fold_char(converted) != fold_char(stored[at]);
        let stays = is_other_word
            || is_variant(stored[at])
            || (stored[at] == '于' && is_surname(&plain[at..]));
        if stays { stored[at] } else { converted }
    });
    characters.collect()
}

/// Whether `text` begins with a personal name that the dictionary knows.
fn is_surname(text: &[char]) -> bool {
    let name = |length: usize| text.get(..length).map(|name| name.iter().collect::<String>());
    [3, 2].into_iter().filter_map(name).any(|name| is_known_name(&name) == Some(true))
}

/// How many characters of `text` only Simplified Chinese has.
pub fn simplified_only(text: &str) -> usize {
    text.chars().filter(|c| ONLY_SIMPLIFIED.contains(c)).count()
}

/// `text` with the words of Taiwan and of Hong Kong replaced by those of the mainland (网际网路,
/// 软体), in Simplified characters: vocabulary for the search, never for display.
pub fn mainland_wording(text: &str) -> [String; 2] {
    [OPENCC.tw2sp(text, false), OPENCC.hk2sp(text, false)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_of_both_scripts_tell_nothing() {
        assert_eq!(Script::of("后里云干"), None);
        assert_eq!(Script::of("阿里云的創新"), Some(Script::Hant));
        assert_eq!(Script::of("DeepSeek?"), None);
    }

    #[test]
    fn conversion_swaps_characters_and_no_words() {
        assert_eq!(Script::Hans.convert("意味著網際網路與滑鼠"), "意味着网际网路与滑鼠");
        assert_eq!(Script::Hant.convert("头发出发"), "頭髮出發");
    }

    #[test]
    fn half_converted_text_becomes_traditional_throughout() {
        let stored = "為什么在背后，云棲小鎮里面屬于皇后的頭髮";
        assert_eq!(Script::Hant.convert(stored), "為什麼在背後，雲棲小鎮裡面屬於皇后的頭髮");
        assert_eq!(Script::Hant.convert("于謙屬於明代"), "于謙屬於明代");
    }

    #[test]
    fn the_wording_of_taiwan_becomes_that_of_the_mainland() {
        assert!(mainland_wording("網際網路與軟體")[0].contains("互联网"));
    }

    proptest! {
        #[test]
        fn conversion_keeps_the_count(text in "[ -~一-龥裏臺麼，。“”]{0,50}") {
            for script in [Script::Hans, Script::Hant] {
                prop_assert_eq!(script.convert(&text).chars().count(), text.chars().count());
            }
        }
    }
}
