//! Who is interviewed, by what a title or a lead says: `对话阿里云创始人王坚`, `Interview with Jane Doe`.

use std::sync::LazyLock;

use regex::Regex;

use super::lexicon::LEXICON;
use super::name::{bare, is_person, is_publication};
use super::name_key::key;
use crate::text::{fold, fold_char, is_han};

/// Words after which the interviewee is named.
const INVITATIONS: [&str; 12] = [
    "对话",
    "专访",
    "访谈",
    "采访了",
    "采访到",
    "采访",
    "对谈",
    "独家访",
    "访",
    "问答",
    "圆桌",
    "问",
];
/// Characters of a paragraph in which `我` or `I` is looked for.
const FIRST_PERSON: usize = 300;
/// Characters after such a word among which the name is looked for.
const REACH: usize = 40;
/// Characters of a series' number after the word for it.
const SERIES: usize = 8;
/// Words that may follow a name in a title.
const KINDS: [&str; 12] = [
    "访谈", "专访", "对话", "对谈", "采访", "谈话", "自述", "口述", "演讲", "独白", "问答", "访问",
];
/// Words with a capital in titles that are no part of a name.
const NO_NAMES: [&str; 22] = [
    "by",
    "with",
    "and",
    "the",
    "of",
    "for",
    "to",
    "from",
    "in",
    "on",
    "at",
    "a",
    "an",
    "meet",
    "when",
    "how",
    "why",
    "what",
    "photo",
    "interview",
    "conversation",
    "says",
];
/// What may follow a name directly.
const FOLLOWERS: &str = "谈说论称聊讲回答是在对的与和及为就也又曾将认表不提,，.。：:、；;！？|｜丨—-–（(《“\"」』”》）) \t\n\u{3000}";

static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:(?i:interview(?:s|ed)?(?: with|:)?|conversation with|talk(?:s|ed)? (?:to|with)|q ?& ?a(?: with|:)|sp(?:eaks|oke) (?:to|with)|",
        r"sat down with|sits down with|chat(?:s|ted)? with|meet|questions (?:for|to)))[ \u{a0}]+((?:[\w.]+[ \u{a0}]+){0,6}?)",
        r"(\p{Lu}[\w’'-]+(?:[ \u{a0}]+\p{Lu}[\w.’'-]*){1,3})",
    ))
    .expect("a valid pattern")
});

static COMPANY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[Ww]ith[ \u{a0}]+(\p{Lu}[\w’'-]+(?:[ \u{a0}]+\p{Lu}[\w.’'-]*){1,3})")
        .expect("a valid pattern")
});

static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?m)^((?:(?:Dr|Prof|Mr|Ms|Mrs)\.?\s+)?\p{Lu}[\w’'-]+(?:[ \u{a0}]+\p{Lu}[\w.’'-]*){1,2})",
        r"(?:,|[ \u{a0}]+[a-z]+\b)",
    ))
    .expect("a valid pattern")
});

/// A name in Latin letters in a Chinese title: `谷歌Ada Marsh访谈`, `对话 Ada Marsh`.
static LATIN_IN_CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"\p{Lu}[\w.’'-]*(?:[ \u{a0}]+\p{Lu}[\w.’'-]*){1,3}";
    let kind = "访谈|訪談|专访|專訪|采访|採訪|访问|訪問|对话|對話|对谈|對談|自述|口述";
    Regex::new(&format!(
        r"({name})[ ，,]*(?:{kind})|(?:{kind}|问)(?:[^\n。：:，,？?！!a-zA-Z]{{0,24}}?)({name})"
    ))
    .expect("a valid pattern")
});

/// A name in Latin letters that begins a Chinese paragraph: `Ada Marsh 是…`.
static LATIN_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\p{Lu}[\w.’'-]*(?:[ \u{a0}]+\p{Lu}[\w.’'-]*){1,3})[ \u{a0}]?(?:是|，|曾|出生|现|現|毕业|畢業)")
        .expect("a valid pattern")
});

/// The interviewee's name, if `title` or the lead gives one.
pub(super) fn interviewee(title: &str, lead: &str) -> Option<String> {
    let weak = || {
        let in_title = talker(title)
            .or_else(|| titled(lead))
            .or_else(|| company(title))
            .or_else(|| english_subject(title));
        in_title.or_else(|| english_subject(lead))
    };
    stated(title, lead).or_else(weak)
}

/// The interviewee's name by the title and the lead of a page that names no speakers. A name that merely
/// stands there, with a post before it, counts only where somebody is said to be interviewed: a list of
/// questions and answers may have no author.
pub(super) fn credible(
    title: &str,
    lead: &str,
    about: &[String],
    in_first_person: bool,
) -> Option<String> {
    let about = about.join("\n");
    let weak = || {
        let said = in_first_person || is_interview(title, &format!("{lead}\n{about}"));
        let found = interviewee(title, lead).or_else(|| stated("", &about));
        found.or_else(|| introduced(lead)).filter(|_| said)
    };
    stated(title, lead).or_else(weak)
}

/// Who a paragraph of the lead begins to tell about: `林远是修路人，…`, `林远，1960年生于谷底。`
fn introduced(lead: &str) -> Option<String> {
    lead.lines().find_map(|line| {
        if let Some(latin) = LATIN_SUBJECT.captures(line.trim()).and_then(|found| found.get(1)) {
            return Some(bare(latin.as_str()));
        }
        let chars: Vec<char> = line
            .trim_start_matches("简介")
            .trim_start_matches(['：', ':'])
            .trim()
            .chars()
            .collect();
        let folded: Vec<char> = chars.iter().copied().map(fold_char).collect();
        let length = [2, 3, 4].into_iter().find(|length| {
            let follows = folded.get(*length).is_some_and(|c| "是系,，、现曾出毕生".contains(*c));
            follows && is_person(&folded[..*length].iter().collect::<String>())
        })?;
        Some(chars[..length].iter().collect())
    })
}

/// Whether a good part of the paragraphs speak of themselves: those of a list of questions and answers
/// that nobody signs do not.
pub(super) fn in_first_person<'a>(paragraphs: impl Iterator<Item = &'a [char]>) -> bool {
    let (mut count, mut own) = (0, 0);
    for paragraph in paragraphs {
        let start = &paragraph[..paragraph.len().min(FIRST_PERSON)];
        let mut words = start.split(|c| !c.is_alphanumeric());
        count += 1;
        own += usize::from(
            start.contains(&'我') || words.any(|word| matches!(word, ['I'] | ['m' | 'M', 'y'])),
        );
    }
    own * 3 >= count && own > 1
}

/// Whether the title or the lead says that somebody is interviewed.
pub(super) fn is_interview(title: &str, lead: &str) -> bool {
    let text = format!("{title}\n{lead}");
    let folded: String = fold(&text).into_iter().collect();
    LEXICON
        .interview_words
        .iter()
        .any(|word| folded.contains(word.as_str()) || key(&folded).contains(word.as_str()))
}

/// The interviewee's name, if `title` or the lead says who is interviewed, or the title has a name with a
/// post.
pub(super) fn stated(title: &str, lead: &str) -> Option<String> {
    // `Life Lessons: An Interview with Ada Marsh`.
    english(title)
        .or_else(|| headline_speaker(title))
        .or_else(|| series(title))
        .or_else(|| latin(title))
        .or_else(|| invited(title))
        .or_else(|| invited(lead))
        .or_else(|| received(lead))
        .or_else(|| english(lead))
        .or_else(|| latin(lead))
        .or_else(|| titled(title))
}

/// The name after the number of a series: `山路访谈第3期：林远（修路人）`.
fn series(title: &str) -> Option<String> {
    let (head, rest) = title.split_once(['：', ':'])?;
    let folded: String = fold(head).into_iter().collect();
    let is_series = INVITATIONS.iter().filter(|word| word.chars().count() > 1).any(|word| {
        folded.rfind(word).is_some_and(|at| {
            folded.get(at + word.len()..).is_some_and(|after| {
                after.chars().count() <= SERIES && after.chars().all(is_number_of_series)
            })
        })
    });
    let who = rest.split(['（', '(', '，', ',', '—', '|', '丨', '｜', '：', ':']).next()?.trim();
    let name = bare(who);
    if !is_series {
        return None;
    }
    let is_name = is_person(&name) && name.chars().count() > 1;
    // `创始人 Ada Marsh`, `护林员林远`.
    is_name.then_some(name).or_else(|| latin_at_end(who)).or_else(|| last_person(who))
}

fn latin_at_end(who: &str) -> Option<String> {
    let start = who.rfind(|c: char| !c.is_ascii())?;
    let name = who.get(start..)?.trim_start_matches(|c: char| !c.is_ascii()).trim();
    is_person(name).then(|| name.to_owned())
}

fn last_person(who: &str) -> Option<String> {
    let chars: Vec<char> = who.chars().collect();
    let folded = fold(who);
    let found = (0..chars.len()).rev().find_map(|at| Some((at, person_at(&folded, at)?)));
    found
        .filter(|(at, length)| at + length == chars.len())
        .map(|(at, _)| chars[at..].iter().collect())
}

fn is_number_of_series(c: char) -> bool {
    c.is_numeric() || c.is_whitespace() || "第期回集录篇之一二三四五六七八九十百#.".contains(c)
}

fn latin(text: &str) -> Option<String> {
    let found = LATIN_IN_CHINESE.captures(text)?;
    let name = found.get(1).or(found.get(2))?.as_str();
    Some(bare(name.trim_end_matches(['’', '\'', '.'])))
}

/// A transcribed name without the word for the conversation that follows it: `埃隆·马斯克专访`.
fn without_kind(name: &str) -> &str {
    let folded: String = fold(name).into_iter().collect();
    let kind = KINDS.iter().find(|kind| folded.ends_with(**kind));
    let length = name.chars().count() - kind.map_or(0, |kind| kind.chars().count());
    name.char_indices().nth(length).map_or(name, |(end, _)| name.get(..end).unwrap_or(name))
}

/// The full name in `text` of whom a label gives only a part: `王` of `王坚`.
pub(super) fn full_name(part: &str, text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let folded = fold(text);
    let first = fold(part);
    if first.iter().any(|c| is_han(*c)) {
        let starts = (0..chars.len()).filter(|&at| folded[at..].starts_with(&first));
        return starts
            .filter_map(|at| Some(at..at + person_at(&folded, at)?))
            .find(|span| span.len() > first.len())
            .map(|span| chars[span].iter().collect());
    }
    let is_inside = |c: char| c.is_alphanumeric() && !is_han(c) || "-'’. \u{a0}".contains(c);
    let clauses: Vec<Vec<&str>> =
        text.split(|c| !is_inside(c)).map(|clause| clause.split_whitespace().collect()).collect();
    let capital = |word: &str| {
        let is_name = !LEXICON.titles.contains(&key(word)) && !NO_NAMES.contains(&&*key(word));
        is_name && word.chars().next().is_some_and(char::is_uppercase)
    };
    let pairs = || {
        let pairs = clauses.iter().flat_map(|words| words.windows(2));
        let pairs = pairs.filter_map(|pair| <[&str; 2]>::try_from(pair).ok());
        pairs.filter(|[given, family]| capital(given) && capital(family))
    };
    let found = pairs()
        .find(|[given, _]| key(given) == key(part))
        .or_else(|| pairs().find(|[_, family]| key(family) == key(part)));
    found.map(|[given, family]| {
        format!("{given} {}", family.split(['.', '’', '\'']).next().unwrap_or(family))
    })
}

/// The full name in `text` whose initials are `letters`: `Ada Marsh` for `AM`.
pub(super) fn name_of_initials(letters: &str, text: &str) -> Option<String> {
    let wanted: Vec<char> = letters.chars().filter(|c| *c != '.').collect();
    let are_initials =
        (2..=3).contains(&wanted.len()) && wanted.iter().all(char::is_ascii_uppercase);
    if !are_initials {
        return None;
    }
    let words: Vec<&str> = text.split([' ', '\u{a0}', '\n']).collect();
    words.windows(wanted.len()).find_map(|name| {
        let trimmed = |word: &str| {
            let kept = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
            kept.trim_end_matches(['.', ',', ':']).to_owned()
        };
        let fits = name.iter().zip(&wanted).all(|(word, letter)| {
            let word = trimmed(word);
            word.starts_with(*letter) && word.chars().nth(1).is_some_and(char::is_lowercase)
        });
        let ends_early =
            name[..name.len() - 1].iter().any(|word| word.ends_with([',', ':', ';', '?', '!']));
        let last = name.last().map(|word| trimmed(word))?;
        let last = last.split(['’', '\'']).next().unwrap_or_default().to_owned();
        let first = name[..name.len() - 1].iter().map(|word| trimmed(word));
        (fits && !ends_early).then(|| first.chain([last]).collect::<Vec<_>>().join(" "))
    })
}

/// `王坚：…`, `王坚谈…` at the start of a title or of a part of it.
fn headline_speaker(title: &str) -> Option<String> {
    title.split(['|', '｜', '丨', '】']).find_map(|part| part_speaker(part.trim()))
}

fn part_speaker(title: &str) -> Option<String> {
    let chars: Vec<char> = title.chars().collect();
    let folded = fold(title);
    let start = folded.iter().take(REACH / 2).position(|c| *c == ':');
    let head = start.map(|end| chars[..end].iter().collect::<String>());
    let by_colon = head
        .map(|head| bare(without_kind(head.trim())))
        .filter(|name| is_person(name) && name.chars().count() > 1);
    by_colon.or_else(|| {
        let length = person_at(&folded, 0)?;
        folded.get(length).filter(|c| "谈说论称聊讲".contains(**c))?;
        Some(chars[..length].iter().collect())
    })
}

/// The last name after an invitation, up to where its clause ends: posts come before the name.
fn invited(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let folded = fold(text);
    let (start, end) = INVITATIONS.iter().find_map(|word| {
        let word = fold(word);
        let start = folded.windows(word.len()).position(|window| window == word)? + word.len();
        let clause =
            folded[start..].iter().take(REACH).position(|c| "。：:，,！？!?|丨；;".contains(*c));
        Some((start, start + clause.unwrap_or(REACH.min(folded.len() - start))))
    })?;
    let last = (start..end).rev().find_map(|at| Some((at, person_at(&folded, at)?)));
    last.map(|(at, length)| chars[at..at + length].iter().collect())
}

/// The name before `接受了本报记者采访` or the like.
fn received(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let folded = fold(text);
    let is_interview = |at: usize| {
        let clause: String =
            folded[at..].iter().take(REACH).take_while(|c| !"。！？!?\n".contains(**c)).collect();
        clause.starts_with("接受")
            && ["采访", "专访", "访问", "访谈"].iter().any(|word| clause.contains(word))
    };
    let at = (0..folded.len()).find(|at| folded[*at] == '接' && is_interview(*at))?;
    name_before(&chars, &folded, at)
}

/// The name before `谈` or the like, within the first words of a title: `船工林远谈渡口`.
fn talker(title: &str) -> Option<String> {
    let chars: Vec<char> = title.chars().collect();
    let folded = fold(title);
    let verb = (0..folded.len().min(REACH / 2)).find(|at| "谈讲聊".contains(folded[*at]))?;
    name_before(&chars, &folded, verb)
}

/// The personal name that ends at `end`, the longest one that fits.
fn name_before(chars: &[char], folded: &[char], end: usize) -> Option<String> {
    let mut starts = [4, 3, 2].into_iter().filter_map(|length| end.checked_sub(length));
    let is_name = |start: &usize| is_person(&folded[*start..end].iter().collect::<String>());
    starts.find(is_name).map(|start| chars[start..end].iter().collect())
}

/// A name with a post before it or a title after it.
fn titled(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let folded = fold(text);
    let posts: Vec<&String> =
        LEXICON.honorifics.iter().filter(|title| title.chars().count() > 1).collect();
    (0..chars.len()).find_map(|at| {
        let length = person_at(&folded, at)?;
        let before: String = folded[at.saturating_sub(6)..at].iter().collect();
        let named = before_title(&folded[at + length..])
            || posts.iter().any(|post| before.ends_with(post.as_str()));
        named.then(|| chars[at..at + length].iter().collect())
    })
}

fn english(text: &str) -> Option<String> {
    // `Interviewed by Ada Marsh` names who asks.
    let asks = |filler: &str| filler.split_whitespace().any(|word| word.eq_ignore_ascii_case("by"));
    let invitation = ENGLISH
        .captures_iter(text)
        .find(|found| !found.get(1).is_some_and(|filler| asks(filler.as_str())))?;
    let found = invitation.get(2)?.as_str();
    Some(bare(found.trim_end_matches(['’', '\'', '.'])))
}

/// `Ada Marsh on books`, `Ada Marsh has run a library …` at a line's start, or after a colon.
fn english_subject(text: &str) -> Option<String> {
    let after_colon = text.split_once(": ").map(|(_, after)| after);
    let found = SUBJECT.captures(text).or_else(|| SUBJECT.captures(after_colon?))?;
    let found = found.get(1)?.as_str();
    let first = found.split_whitespace().next().map(key).unwrap_or_default();
    (!is_publication(found) && !NO_NAMES.contains(&&*first)).then(|| bare(found))
}

/// `Ten minutes with Ada Marsh`.
fn company(title: &str) -> Option<String> {
    let found = COMPANY.captures(title)?.get(1)?.as_str();
    Some(bare(found.trim_end_matches(['’', '\'', '.'])))
}

/// The length of the personal name at `at`, where what follows shows that it ends there.
fn person_at(folded: &[char], at: usize) -> Option<usize> {
    if let Some(length) = transcribed_at(folded, at) {
        return Some(length);
    }
    let is_name = |length: &usize| {
        folded.get(at..at + length).is_some_and(|name| is_person(&name.iter().collect::<String>()))
    };
    let before_word = [2, 3, 4].into_iter().find(|length| {
        folded.len() > at + length && before_title(&folded[at + length..]) && is_name(length)
    });
    let before_mark =
        |length: &usize| folded.get(at + length).is_none_or(|c| FOLLOWERS.contains(*c));
    before_word
        .or_else(|| [4, 3, 2].into_iter().find(|length| before_mark(length) && is_name(length)))
}

/// Whether a title, or a word like `访谈`, comes next.
fn before_title(rest: &[char]) -> bool {
    let text: String = rest.iter().take(6).collect();
    let titles =
        LEXICON.honorifics.iter().map(String::as_str).filter(|title| title.chars().count() > 1);
    titles.chain(KINDS).any(|word| text.starts_with(word))
}

/// `埃隆·马斯克`, at its first character.
fn transcribed_at(folded: &[char], at: usize) -> Option<usize> {
    let inside = |c: &char| is_han(*c) || *c == '·';
    let boundary = at == 0 || !inside(&folded[at - 1]);
    let run = folded[at..].iter().take_while(|c| inside(c)).count();
    let name = &folded[at..at + run];
    let text: String = name.iter().collect();
    let run = without_kind(&text).chars().count();
    (boundary && run <= 12 && name.contains(&'·') && name.first() != Some(&'·')).then_some(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, lead: &str, expected: Option<&str>) {
        assert_eq!(
            interviewee(title, lead).as_deref(),
            expected,
            "help: who is interviewed in `{title}`, `{lead}`"
        );
    }

    #[test]
    fn titles_name_the_interviewee() {
        check("对话阿里云创始人王坚", "", Some("王坚"));
        check("王坚：城市大脑不是人工智能", "", Some("王坚"));
        check("專訪王堅院士：小鎮的機制", "", Some("王堅"));
        check("李飞飞谈空间智能", "", Some("李飞飞"));
        check("An Interview with Dr. Wang Jian on Cloud Computing", "", Some("Wang Jian"));
        check("云计算的下一个十年", "近日，本刊专访了中国工程院院士王坚。", Some("王坚"));
        check("云计算的下一个十年", "主办方请来王坚院士谈他的想法。", Some("王坚"));
        check("林远访谈", "", Some("林远"));
        check("The road", "Ada Marsh has run a library for six years.", Some("Ada Marsh"));
        check("云计算的下一个十年", "一篇没有人名的导语。", None);
        check("开源的路：谷底公司Ada Marsh访谈", "", Some("Ada Marsh"));
        check("对话山路公司创始人 Ada Marsh：十二公里", "", Some("Ada Marsh"));
        check("山路访谈第3期：林远教授", "", Some("林远"));
        check("山路访谈：Ada Marsh（修路人）", "", Some("Ada Marsh"));
        check("阿达·马什专访：不只是书", "", Some("阿达·马什"));
    }

    #[test]
    fn a_family_name_is_completed_from_the_text() {
        assert_eq!(full_name("王", "我们见到了王坚，他很高兴。").as_deref(), Some("王坚"));
        assert_eq!(name_of_initials("AM", "We met Ada Marsh’s dog.").as_deref(), Some("Ada Marsh"));
        assert_eq!(name_of_initials("AM", "Alone, Marsh left."), None);
        assert_eq!(full_name("Wang", "We met Dr. Jian Wang there.").as_deref(), Some("Jian Wang"));
    }
}
