//! What a name at a line's start tells by itself: asker, answerer, publication, person, or no name.

use super::lexicon::LEXICON;
use super::name_key::key;
use crate::text::{fold, fold_char, is_han, is_known_name, word_frequency};

/// Characters of the longest label, without what stands in brackets.
const MAX_CHINESE: usize = 16;
const MAX_LATIN: usize = 40;
const MAX_WORDS: usize = 5;
/// A personal name in the dictionary that is used more often than this (a share of all words) is a word
/// as well: `高峰`, `安静`.
const COMMON_NAME: f64 = 2e-6;

/// What a name says about its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameClass {
    /// Whoever asks: `记者`, `Q`, a publication.
    Interviewer,
    /// Whoever answers: `答`, `A`, `嘉宾`.
    Interviewee,
    /// Nobody: what follows is an aside.
    Narrator,
    /// A person's name.
    Person,
    /// Could be a name.
    Unknown,
    /// A clause that stands before a colon: a speaker only where all else says so.
    Clause,
    /// A word that is never a speaker.
    Never,
}

impl NameClass {
    /// Whether a name of this class can be a speaker's by itself.
    pub(super) fn may_speak(self) -> bool {
        !matches!(self, Self::Clause | Self::Never)
    }

    /// Whether the name by itself shows that a person asks or answers.
    pub(super) fn is_known_speaker(self) -> bool {
        matches!(self, Self::Interviewer | Self::Interviewee | Self::Person)
    }
}

/// The name without a bracket at its end: `王坚（阿里云创始人）` is `王坚`.
pub(super) fn without_detail(name: &[char]) -> &[char] {
    let open = name.iter().rposition(|c| matches!(c, '（' | '(' | '［' | '[' | '【'));
    match (open, name.last()) {
        (Some(open), Some('）' | ')' | '］' | ']' | '】')) if open > 0 => trimmed(&name[..open]),
        _ => name,
    }
}

/// The characters without white space around them.
pub(super) fn trimmed(chars: &[char]) -> &[char] {
    let start = chars.iter().position(|c| !c.is_whitespace()).unwrap_or(chars.len());
    let end = chars.iter().rposition(|c| !c.is_whitespace()).map_or(start, |last| last + 1);
    &chars[start..end]
}

/// Whether the characters could be a name at all: short, and nothing in them that ends a clause.
pub(super) fn is_plausible(name: &[char]) -> bool {
    let allowed = |c: &char| {
        c.is_alphanumeric()
            || c.is_whitespace()
            || "·•.’'&/、《》“”\"「」『』〈〉-—_@+".contains(*c)
    };
    let letters = name.iter().filter(|c| c.is_alphanumeric()).count();
    let words = name.split(|c| c.is_whitespace()).filter(|word| !word.is_empty()).count();
    let longest = if name.iter().any(|c| is_han(*c)) { MAX_CHINESE } else { MAX_LATIN };
    letters > 0
        && name.len() <= longest
        && words <= MAX_WORDS
        && name.iter().all(allowed)
        && !is_number(name)
}

fn is_number(name: &[char]) -> bool {
    name.iter().all(|c| !c.is_alphabetic())
}

/// What `name` says by itself.
pub(super) fn class(name: &str) -> NameClass {
    let key = key(name);
    let stem = unnumbered(&key);
    let lexicon = &*LEXICON;
    if lexicon.narrators.contains(&key) {
        NameClass::Narrator
    } else if lexicon.interviewers.contains(stem) || is_audience(name) || is_reporter(name, &key) {
        NameClass::Interviewer
    } else if lexicon.interviewees.contains(stem) {
        NameClass::Interviewee
    } else if lexicon.not_speakers.contains(&key) || names_interview(name) {
        NameClass::Never
    } else if is_publication(name) {
        NameClass::Interviewer
    } else if is_person(&bare(name)) || is_titled(name) {
        NameClass::Person
    } else if is_clause(name) && !is_placeholder(name) {
        NameClass::Clause
    } else {
        NameClass::Unknown
    }
}

/// Whether the words are how a headline begins: `专访林远`, `对话山路公司创始人林远`.
fn names_interview(name: &str) -> bool {
    let folded: String = fold(name).into_iter().filter(|c| !c.is_whitespace()).collect();
    ["独家专访", "专访", "独家对话", "对话", "访谈", "采访", "口述", "人物"].iter().any(|word| {
        let rest = folded.strip_prefix(word).unwrap_or_default();
        rest.chars().count() > 1 && is_person(&bare(rest))
    })
}

/// Whether the name is a word for whoever asks or answers: `记者`, `嘉宾`.
pub(super) fn is_generic(name: &str) -> bool {
    let key = key(name);
    let stem = unnumbered(&key);
    LEXICON.interviewers.contains(stem)
        || LEXICON.audiences.contains(stem)
        || LEXICON.interviewees.contains(stem)
        || LEXICON.narrators.contains(stem)
}

/// `嘉宾1`, `观众甲`, `记者B`: the word without what tells its bearers apart.
fn unnumbered(key: &str) -> &str {
    let stem = key.trim_end_matches(|c: char| {
        c.is_ascii_digit() || "一二三四五六七八九十甲乙丙丁".contains(c)
    });
    let lettered = stem.strip_suffix(['a', 'b', 'c', 'd']).filter(|rest| rest.chars().all(is_han));
    match lettered.unwrap_or(stem) {
        "" => key,
        stem => stem,
    }
}

/// The label without the number of a question: `Q1` and `问3` are `Q` and `问`.
pub(super) fn without_number(name: &str) -> &str {
    let lower = name.to_lowercase();
    let follow_up = ["follow-up", "follow up", "followup"].iter().find_map(|word| lower.find(word));
    let name_without = follow_up.and_then(|at| name.get(..at)).unwrap_or(name);
    let stem = name_without.trim_end_matches(|c: char| {
        c.is_numeric() || c.is_whitespace() || "一二三四五六七八九十.-–".contains(c)
    });
    let numbered = ["q", "a", "问", "答", "问题", "提问", "回答", "question", "answer"];
    if numbered.contains(&key(stem).as_str()) { stem } else { name }
}

/// Whether the name only tells speakers apart: `发言人2`, `Speaker 1`.
pub(super) fn is_placeholder(name: &str) -> bool {
    let key = key(name);
    key.chars().count() == 1 && key.is_ascii() || LEXICON.placeholders.contains(unnumbered(&key))
}

/// `财经记者`, `记者张三`, `主持人李明`, `网友“西湖的水”`.
fn is_reporter(name: &str, key: &str) -> bool {
    let word: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
    let next = name.chars().nth(word.chars().count());
    let quoted = word.chars().count() > 1
        && next.is_some_and(|c| c.is_whitespace() || "“\"「『《‘（(".contains(c));
    let begins = |word: &&str| {
        key.strip_prefix(*word).is_some_and(|rest| rest.chars().count() <= 4 && !is_clause(rest))
    };
    // `县里的一位老人告诉记者：` opens a quotation.
    let is_told = || {
        ["告诉", "告知", "向", "对", "给", "对着"]
            .iter()
            .any(|verb| key.strip_suffix("记者").is_some_and(|rest| rest.ends_with(verb)))
    };
    key.ends_with("记者") && !is_told()
        || key.ends_with("记者问")
        || ["记者", "主持人", "网友", "观众", "听众", "读者", "学生", "同学"].iter().any(begins)
        || quoted
            && (LEXICON.interviewers.contains(&super::name_key::key(&word)) || is_audience(&word))
}

/// Whether the word names the role of whoever answers, as credits do: `受访人`.
pub(crate) fn is_interviewee_role(word: &str) -> bool {
    LEXICON.interviewee_roles.contains(&key(word))
}

/// Whether the word names the role of whoever asks: `采访`.
pub(crate) fn is_interviewer_role(word: &str) -> bool {
    LEXICON.interviewer_roles.contains(&key(word))
}

/// `观众`, `学生2`: people who may ask, or things that are spoken of.
pub(super) fn is_audience(name: &str) -> bool {
    LEXICON.audiences.contains(unnumbered(&key(name)))
}

/// `《财经》`, `山城周刊`, `The Valley Post`.
pub(crate) fn is_publication(name: &str) -> bool {
    let key = key(name);
    let titled = name.starts_with(['《', '〈', '『']);
    let kind = |media: &String| key.ends_with(media.as_str()) && key.len() > media.len();
    let named = |media: &String| key.starts_with(media.as_str()) || key.ends_with(media.as_str());
    titled
        || (LEXICON.media.iter().any(kind) || LEXICON.publications.iter().any(named))
            && !is_clause(name)
}

/// A clause that happens to stand before a colon: `浙江有句话`, `for the record`.
fn is_clause(name: &str) -> bool {
    let folded: String = fold(name).into_iter().collect();
    if folded.chars().any(is_han) {
        return LEXICON.clause_marks.iter().any(|mark| folded.contains(mark.as_str()));
    }
    !name.split_whitespace().all(|word| {
        let small = ["of", "the", "de", "van", "von", "and", "&", "da", "al", "bin", "la"];
        small.contains(&word) || word.starts_with(|c: char| !c.is_lowercase())
    })
}

/// The name without titles and posts around it: `王坚院士`, `Dr. Wang`, `阿里云创始人王坚`.
pub(crate) fn bare(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let chars = without_detail(&chars);
    if chars.iter().any(|c| is_han(*c)) { bare_chinese(chars) } else { bare_latin(chars) }
}

fn bare_latin(name: &[char]) -> String {
    let text: String = name.iter().collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let titles = words.iter().take_while(|word| LEXICON.titles.contains(&key(word))).count();
    if titles < words.len() { words[titles..].join(" ") } else { text.trim().to_owned() }
}

fn bare_chinese(name: &[char]) -> String {
    let folded: Vec<char> = name.iter().copied().map(fold_char).collect();
    let mut end = name.len();
    while let Some(shorter) =
        LEXICON.honorifics.iter().find_map(|title| shortened(&folded[..end], title))
    {
        end = shorter;
    }
    let parts = || name[..end].split(|c| c.is_whitespace());
    // `王坚 中国工程院院士`.
    let person = parts().find(|part| {
        is_chinese_person(&part.iter().copied().map(fold_char).collect::<Vec<char>>())
    });
    if let Some(person) = person.filter(|_| parts().count() > 1) {
        return person.iter().collect();
    }
    let start = post_end(&folded[..end]);
    trimmed(&name[start..end]).iter().collect()
}

/// The length without `title` at the end; what is left must still be a name.
fn shortened(folded: &[char], title: &str) -> Option<usize> {
    let title: Vec<char> = title.chars().collect();
    let rest = folded.strip_suffix(title.as_slice())?;
    let text: String = rest.iter().collect();
    let double = LEXICON.double_surnames.iter().any(|name| text.starts_with(name.as_str()));
    let single = rest.first().is_some_and(|c| LEXICON.surnames.contains(c));
    let family_name = (single || double) && rest.len() <= 4;
    (family_name || rest.contains(&'·') || post_end(rest) > 0).then_some(rest.len())
}

/// Where a post or a role before a personal name ends: 5 in `阿里云创始人王坚`… without its organisation.
fn post_end(folded: &[char]) -> usize {
    (2..=4)
        .rev()
        .filter_map(|length| folded.len().checked_sub(length).filter(|at| *at > 1))
        .find(|&at| {
            let text: String = folded[..at].iter().collect();
            let post = LEXICON
                .honorifics
                .iter()
                .any(|title| title != "总" && text.ends_with(title.as_str()));
            let role = LEXICON.interviewees.contains(text.trim())
                || LEXICON.interviewer_roles.contains(text.trim());
            (post || role) && is_chinese_person(&folded[at..])
        })
        .unwrap_or(0)
}

/// Whether the bare name looks like a person's.
pub(super) fn is_person(bare: &str) -> bool {
    let folded = fold(bare);
    if folded.iter().any(|c| is_han(*c)) {
        return is_chinese_person(&folded) || is_transcribed(&folded) || is_only_surname(&folded);
    }
    let words: Vec<&str> = bare.split_whitespace().collect();
    let capital = |word: &&str| {
        word.chars().next().is_some_and(char::is_uppercase) && word.chars().any(char::is_alphabetic)
    };
    (2..=4).contains(&words.len()) && words.iter().all(capital)
}

/// `Dr. Marsh`.
fn is_titled(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    matches!(words.as_slice(), [title, rest @ ..] if !rest.is_empty() && rest.len() < 4 && LEXICON.titles.contains(&key(title)))
}

fn is_chinese_person(folded: &[char]) -> bool {
    let text: String = folded.iter().collect();
    let double = LEXICON.double_surnames.iter().any(|name| text.starts_with(name.as_str()));
    let length = if double { 3..=4 } else { 2..=3 };
    let is_organisation = LEXICON.organisations.iter().any(|end| text.ends_with(end.as_str()));
    let goes_on = folded.last().is_some_and(|c| LEXICON.never_last.contains(c));
    let surname = double || folded.first().is_some_and(|c| LEXICON.surnames.contains(c));
    surname
        && !is_organisation
        && !goes_on
        && length.contains(&folded.len())
        && folded.iter().all(|c| is_han(*c))
        && !is_ordinary_word(&text)
}

/// `时间`, `关税`: words that begin like a personal name.
fn is_ordinary_word(folded: &str) -> bool {
    is_known_name(folded).is_some_and(|name| !name || word_frequency(folded) >= COMMON_NAME)
}

/// `埃隆·马斯克`.
fn is_transcribed(folded: &[char]) -> bool {
    let parts: Vec<&[char]> = folded.split(|c| matches!(c, '·' | '•' | '.')).collect();
    parts.len() > 1
        && parts.iter().all(|part| !part.is_empty() && part.iter().all(|c| c.is_alphabetic()))
}

fn is_only_surname(folded: &[char]) -> bool {
    let double = || LEXICON.double_surnames.contains(&folded.iter().collect::<String>());
    matches!(folded, [only] if LEXICON.surnames.contains(only)) || folded.len() == 2 && double()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: NameClass) {
        for name in names {
            assert_eq!(class(name), expected, "help: class of `{name}`");
        }
    }

    #[test]
    fn names_of_askers_and_answerers_are_known() {
        check(
            &[
                "記者",
                "Q",
                "问",
                "《財經》",
                "新华社记者",
                "主持人李明",
                "MIT Technology Review",
                "记者A",
                "观众2",
            ],
            NameClass::Interviewer,
        );
        check(&["答", "A", "嘉宾", "嘉宾1", "受访者"], NameClass::Interviewee);
    }

    #[test]
    fn persons_are_told_from_words_that_begin_like_a_family_name() {
        check(
            &["王堅", "欧阳修远", "埃隆·马斯克", "Wang Jian", "王坚院士", "Dr. Wang Jian"],
            NameClass::Person,
        );
        check(&["时间", "一是", "比如"], NameClass::Never);
        check(&["浙江有句话", "我就说", "他说", "the point is", "统计之都"], NameClass::Clause);
        for name in ["年金公司", "黄局", "赵说"] {
            assert!(!is_person(name), "help: `{name}` is nobody's name");
        }
        assert_ne!(class("任务"), NameClass::Person);
        assert_ne!(class("方法"), NameClass::Person);
        assert_ne!(class("关税"), NameClass::Person);
    }

    #[test]
    fn titles_and_posts_do_not_belong_to_the_name() {
        for name in
            ["王坚院士", "阿里云创始人王坚", "王坚（院士）", "嘉宾王坚", "王坚博士", "王坚先生"]
        {
            assert_eq!(bare(name), "王坚", "help: bare name of `{name}`");
        }
        assert_eq!(bare("王博士"), "王");
        assert_eq!(bare("Dr. Wang Jian"), "Wang Jian");
    }

    #[test]
    fn the_number_of_a_question_is_no_part_of_its_label() {
        assert_eq!(without_number("Q12"), "Q");
        assert_eq!(without_number("问题一"), "问题");
        assert_eq!(without_number("嘉宾1"), "嘉宾1");
    }
}
