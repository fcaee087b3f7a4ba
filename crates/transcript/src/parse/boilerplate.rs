//! Lines by which a publication speaks to its readers: requests to follow, share or pay, notes on rights,
//! and what it says about the people in the interview.

use super::lexicon::LEXICON;
use super::name::trimmed;
use super::name_key::key;
use crate::text::{fold_char, is_han};

/// Characters of such a line at most.
const LONGEST: usize = 120;
const LONGEST_LATIN: usize = 320;
/// Characters after a name in which a biography says what it is.
const BIOGRAPHY: usize = 40;
/// Characters of an insertion between two paragraphs at most.
const INSERTION: usize = 80;
const INSERTION_LATIN: usize = 160;

/// Whether the line reads like a publication's own words. The phrases may well occur in an answer, so that
/// only lines behind the last answer's first paragraph are asked.
pub(super) fn is_boilerplate(chars: &[char]) -> bool {
    let latin = !chars.iter().any(|c| is_han(*c));
    let longest = if latin { LONGEST_LATIN } else { LONGEST };
    chars.len() <= longest && (is_hashtags(chars) || has_phrase(chars, latin))
}

fn has_phrase(chars: &[char], latin: bool) -> bool {
    let mut line = key(&chars.iter().collect::<String>());
    for phrase in &LEXICON.invitations {
        if line.contains(phrase.as_str()) {
            return true;
        }
    }
    let speaks_of_itself = if latin {
        chars.split(|c| !c.is_alphanumeric()).any(|word| matches!(word, ['I'] | ['m', 'y']))
    } else {
        // 我们 and 我國 are a publication's words as well.
        line = line.replace("我们", "").replace("我国", "");
        line.contains('我')
    };
    !speaks_of_itself && LEXICON.boilerplate.iter().any(|phrase| line.contains(phrase.as_str()))
}

/// `#木船 #手艺`: two or more tags and nothing else.
fn is_hashtags(chars: &[char]) -> bool {
    let words: Vec<&[char]> =
        chars.split(|c| c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    words.len() > 1 && words.iter().all(|word| word[0] == '#' && word.len() > 1)
}

/// Whether a page inserted the line between paragraphs: `延伸阅读：…`, `Sign up for our newsletter`.
pub(super) fn is_insertion(chars: &[char]) -> bool {
    let latin = !chars.iter().any(|c| is_han(*c));
    let longest = if latin { INSERTION_LATIN } else { INSERTION };
    let chars = trimmed(chars);
    if chars.len() > longest {
        return false;
    }
    let line = key(&chars.iter().collect::<String>());
    LEXICON.insertions.iter().any(|phrase| line.starts_with(phrase.as_str()))
}

/// Whether the paragraph speaks of `name` as of somebody else: it begins with the name, and words follow.
/// Nobody begins a paragraph about themselves with their full name.
pub(super) fn is_about(chars: &[char], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let is_full =
        if name.iter().any(|c| is_han(*c)) { name.len() > 1 } else { name.contains(&' ') };
    let after = chars.get(name.len()..).unwrap_or_default();
    let goes_on = match after {
        [next, ..] if is_han(*next) => true,
        [' ', next, ..] => next.is_alphabetic(),
        ['’' | '\'', 's', ..] => true,
        ['，' | ',', rest @ ..] => is_biography(rest),
        _ => false,
    };
    is_full
        && goes_on
        && key(&chars[..name.len()].iter().collect::<String>())
            == key(&name.iter().collect::<String>())
}

/// Whether the words after a name tell about a life: `1955年生，修路人`.
fn is_biography(chars: &[char]) -> bool {
    let clause: String = chars.iter().take(BIOGRAPHY).copied().map(fold_char).collect();
    let born =
        clause.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '男' | '女'));
    born || ["年生", "生于", "出生", "毕业于", "现任", "曾任", "著有", "is a ", "was born"]
        .iter()
        .any(|word| clause.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_publication_is_told_from_the_interviewee() {
        for text in [
            "扫码加入读者群，每周赠书三本。",
            "版权声明：本文版权归作者所有，转载请联系授权。",
            "图片由受访者提供",
            "如果你喜歡這篇報道，請贊助我們繼續工作。",
            "#木船 #船廠 #手藝",
            "Ada Marsh is a staff writer at The Valley Post.",
            "This interview has been edited and condensed for clarity.",
            "© 2021 The Valley Post. All rights reserved.",
        ] {
            assert!(is_boilerplate(&chars(text)), "help: `{text}` is the publication's");
        }
        for text in [
            "门还开着。",
            "我们当时没有公众号，我就在门口贴了一张纸。",
            "I never had a newsletter, and my readers found me.",
            "The light is still there.",
        ] {
            assert!(!is_boilerplate(&chars(text)), "help: `{text}` is an answer");
        }
    }

    #[test]
    fn insertions_are_known_by_how_they_begin() {
        for text in [
            "延伸閱讀：木船的一百年",
            "点击阅读：路是怎么修的",
            "Read more: The road",
            "Sign up for our newsletter",
        ] {
            assert!(is_insertion(&chars(text)), "help: `{text}` was inserted");
        }
        for text in ["点火以后要等三分钟。", "Read the sea, I say."] {
            assert!(!is_insertion(&chars(text)), "help: `{text}` is an answer");
        }
    }

    #[test]
    fn a_paragraph_that_begins_with_a_full_name_is_about_that_person() {
        assert!(is_about(&chars("陈桂兰说到这里停了一下。"), "陈桂兰"));
        assert!(is_about(&chars("Ada Marsh’s book is out now."), "Ada Marsh"));
        assert!(is_about(&chars("Ada Marsh looked up."), "Ada Marsh"));
        assert!(is_about(&chars("陈桂兰，1955年生，修路人。"), "陈桂兰"));
        assert!(!is_about(&chars("陈桂兰，我小时候大家都这么叫。"), "陈桂兰"));
        assert!(!is_about(&chars("陈桂兰：好。"), "陈桂兰"));
        assert!(!is_about(&chars("Ada and I left."), "Ada"));
    }
}
