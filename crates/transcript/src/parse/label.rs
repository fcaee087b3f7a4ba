//! Names at lines' starts, in the shapes that sites use. Whether a name speaks is decided over the
//! whole transcript, in `cast`.

use std::collections::HashMap;

use super::line::Line;
use super::name::{
    NameClass, bare, class, is_person, is_placeholder, is_plausible, trimmed, without_detail,
    without_number,
};
use super::name_key::key;
use super::timestamp;
use crate::text::is_han;

/// A name at a line's start that may be a speaker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// The name, without colon, brackets and number.
    pub(super) name: String,
    /// Characters of the line that belong to the label, marks and white space after it included.
    pub(super) length: usize,
    /// What marks it as a label.
    pub(super) form: LabelForm,
}

/// What marks a name as a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelForm {
    /// A colon, a bar or a bracket.
    Marked,
    /// Nothing else stands on the line.
    Alone,
    /// Bold type, or white space, and plain type after it.
    Bold,
    /// White space or a full stop after `Q`, `A`, `问` or `答`.
    Letter,
}

/// Finds a label at the start of the characters, which end the line.
type Shape = fn(&[char], &Line) -> Option<Label>;

/// The shapes, the surest first.
const SHAPES: [Shape; 8] = [bracketed, labelled, timed, lettered, alone, bold, dashed, spaced_off];
/// Lines that must say that somebody asks, and as many that somebody answers, for the verb to be no part of
/// the name.
const VERBS: usize = 2;
/// Characters among which the mark after a name is looked for.
const REACH: usize = 60;

/// The label that `line` begins with, if it begins like one.
pub(super) fn label(line: &Line) -> Option<Label> {
    if line.set_apart.is_some() {
        return None;
    }
    let chars = line.chars();
    let start = prefix_end(chars);
    let found = SHAPES.iter().find_map(|shape| shape(&chars[start..], line))?;
    let length = found.length + start;
    // `林远 00:58`, with the words on the next line.
    let is_time = timestamp::length(&chars[length..]) == Some(chars.len() - length);
    Some(Label { length: if is_time { chars.len() } else { length }, ..found })
}

/// Returns how many of the labels have each name, by its key.
pub(super) fn count_names<'a>(labels: impl Iterator<Item = &'a Label>) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for label in labels {
        *counts.entry(key(&label.name)).or_default() += 1;
    }
    counts
}

/// Takes `问` and `答` off the names, where some lines begin with `李明问：` and others with `林远答：`.
pub(super) fn remove_verbs(labels: &mut [Option<Label>]) {
    let name = |label: &Label, verbs: &[char]| {
        let name = label.name.strip_suffix(verbs)?;
        is_person(&bare(name)).then(|| name.to_owned())
    };
    let (asks, answers) = (&['问', '問'][..], &['答'][..]);
    let count =
        |verbs| labels.iter().flatten().filter(|label| name(label, verbs).is_some()).count();
    if count(asks) < VERBS || count(answers) < VERBS {
        return;
    }
    for label in labels.iter_mut().flatten() {
        if let Some(name) = name(label, asks).or_else(|| name(label, answers)) {
            label.name = name;
        }
    }
}

/// The name before a colon or the like that the characters begin with.
pub(super) fn marked(chars: &[char]) -> Option<Label> {
    let mark = (0..chars.len().min(REACH)).find(|&at| is_mark(chars, at))?;
    let label = make(&chars[..mark], after_marks(chars, mark + 1), LabelForm::Marked)?;
    let address = chars[mark + 1..].starts_with(&['/', '/']);
    (!address).then_some(label)
}

/// Where a timestamp, a bullet and a number before the name end.
pub(super) fn prefix_end(chars: &[char]) -> usize {
    let mut at = 0;
    loop {
        let rest = &chars[at..];
        let step =
            timestamp::length(rest).or_else(|| bullet(rest)).or_else(|| number(rest)).unwrap_or(0);
        let blank = chars[at + step..].iter().take_while(|c| c.is_whitespace()).count();
        if step + blank == 0 || at + step + blank >= chars.len() {
            return at;
        }
        at += step + blank;
    }
}

fn bullet(chars: &[char]) -> Option<usize> {
    let is_bullet = |c: &&char| "•·※-–—*+｜|".contains(**c) || is_pictograph(**c);
    let length = chars.iter().take_while(is_bullet).count();
    (length > 0).then_some(length)
}

/// Arrows, geometric shapes, dingbats and emoji, with the characters that choose their form or join them.
fn is_pictograph(c: char) -> bool {
    let is_listed =
        matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}' | '\u{200d}');
    is_listed && !c.is_alphanumeric()
}

/// `12.`, `3、`: but not the `3.` of `3.5`.
fn number(chars: &[char]) -> Option<usize> {
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    let mark = chars.get(digits).filter(|c| matches!(c, '.' | '、' | '．' | ')' | '）'));
    let decimal = chars.get(digits + 1).is_some_and(char::is_ascii_digit);
    ((1..=3).contains(&digits) && mark.is_some() && !decimal).then_some(digits + 1)
}

/// `【记者】…`, `[王坚]：…`, `（记者）…`. Round brackets hold remarks as well, so that the name in them must
/// show that somebody speaks.
fn bracketed(chars: &[char], _: &Line) -> Option<Label> {
    let closing = match chars.first()? {
        '【' => '】',
        '[' => ']',
        '［' => '］',
        '〔' => '〕',
        '〈' => '〉',
        '（' => '）',
        '(' => ')',
        '<' => '>',
        '＜' => '＞',
        _ => return None,
    };
    let close = chars.iter().take(REACH).position(|c| *c == closing)?;
    let name = trimmed(&chars[1..close]);
    let name = name.strip_suffix(&['：']).or_else(|| name.strip_suffix(&[':'])).unwrap_or(name);
    let is_round = matches!(closing, '）' | ')');
    if is_round && !class(&name.iter().collect::<String>()).is_known_speaker() {
        return None;
    }
    make(name, after_marks(chars, close + 1), LabelForm::Marked)
}

/// `王坚：…`, `记者｜…`, a table's `记者` and its second cell.
fn labelled(chars: &[char], line: &Line) -> Option<Label> {
    // The colon in `**Q** One last question: …` belongs to the words.
    let name = name_in_type(chars, line);
    let letter = matches!(chars, ['Q' | 'A' | 'q' | 'a', space, next, ..] if space.is_whitespace() && is_han(*next));
    marked(chars).filter(|label| !letter && name.is_none_or(|end| label.length <= end + 1))
}

/// Where a name in bold type ends that white space and words in plain type follow.
fn name_in_type(chars: &[char], line: &Line) -> Option<usize> {
    let start = line.chars().len() - chars.len();
    let length = line.bold[start..].iter().take_while(|bold| **bold).count();
    let mut rest = chars[length..].iter();
    let is_parted = length > 0 && rest.next().is_some_and(|c| c.is_whitespace());
    let words = rest.find(|c| !c.is_whitespace());
    (is_parted && words.is_some_and(|c| !is_colon_or_bar(*c))).then_some(length)
}

/// Whether a name may end at `at`; the colon of `12:30` and one within brackets are none.
fn is_mark(chars: &[char], at: usize) -> bool {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let clock = at > 0 && digit(at - 1) && digit(at + 1);
    let inside = chars[..at].iter().filter(|c| matches!(c, '（' | '(')).count()
        > chars[..at].iter().filter(|c| matches!(c, '）' | ')')).count();
    !clock && !inside && is_colon_or_bar(chars[at])
}

fn is_colon_or_bar(c: char) -> bool {
    matches!(c, '：' | ':' | '﹕' | '︰' | '∶' | '|' | '｜' | '丨' | '︱' | '\t')
}

/// A name and nothing else on its line.
fn alone(chars: &[char], line: &Line) -> Option<Label> {
    let sentence = chars.last().is_some_and(|c| *c == '.');
    if sentence || name_in_type(chars, line).is_some() {
        None
    } else {
        make(chars, chars.len(), LabelForm::Alone)
    }
}

/// `**记者** …`.
fn bold(chars: &[char], line: &Line) -> Option<Label> {
    let start = line.chars().len() - chars.len();
    let length = line.bold[start..].iter().take_while(|bold| **bold).count();
    let whole = chars[length..].iter().all(|c| !c.is_alphanumeric());
    if length == 0 || whole {
        None
    } else {
        make(&chars[..length], after_marks(chars, length), LabelForm::Bold)
    }
}

/// `记者——…`, `记者／…`: a double dash or a slash after a name or a word for a speaker.
fn dashed(chars: &[char], _: &Line) -> Option<Label> {
    let is_dash = |c: &char| matches!(c, '—' | '─' | '―');
    let is_slash = |c: &char| matches!(c, '／' | '/');
    let end = chars.iter().take(REACH).position(|c| is_dash(c) || is_slash(c))?;
    let words = match &chars[end..] {
        [first, second, third, ..] if is_dash(first) && is_dash(second) && !is_dash(third) => {
            end + 2
        }
        [first, second, ..] if is_slash(first) && !is_slash(second) => end + 1,
        _ => return None,
    };
    if !chars[words..].iter().any(|c| c.is_alphanumeric()) {
        return None;
    }
    let class = class(&chars[..end].iter().collect::<String>());
    let is_speaker = class.is_known_speaker() && (class != NameClass::Person || end > 1);
    is_speaker.then(|| make(&chars[..end], after_marks(chars, words), LabelForm::Bold))?
}

/// `林远 (00:12) …`, `发言人1 00:12 …`: a time between the name and the words. Without brackets around the
/// time, the name must show that somebody speaks.
fn timed(chars: &[char], _: &Line) -> Option<Label> {
    let mut starts = (1..chars.len().min(REACH))
        .filter(|at| chars[at - 1].is_whitespace() || timestamp::is_opening(chars[*at]));
    let (start, length) = starts.find_map(|at| Some((at, timestamp::length(&chars[at..])?)))?;
    let name: String = trimmed(&chars[..start]).iter().collect();
    let is_bracketed = !chars[start].is_ascii_digit();
    let words = after_marks(chars, start + length);
    let speaks = is_bracketed || class(&name).is_known_speaker() || is_placeholder(&name);
    (speaks && words < chars.len()).then(|| make(&chars[..start], words, LabelForm::Marked))?
}

/// `记者 …`: white space after a name, where Chinese needs none. After a family name alone it must be as wide
/// as a character.
fn spaced_off(chars: &[char], _: &Line) -> Option<Label> {
    let end = chars.iter().position(|c| c.is_whitespace())?;
    let is_chinese =
        (end > 1 || end == 1 && chars[1] == '\u{3000}') && chars[..end].iter().all(|c| is_han(*c));
    if !is_chinese || !class(&chars[..end].iter().collect::<String>()).is_known_speaker() {
        return None;
    }
    let words = after_marks(chars, end);
    let parted = matches!(chars.get(words), Some('/' | '／' | '-' | '–' | '—'))
        && chars.get(words + 1).is_some_and(|c| c.is_whitespace());
    let length = if parted { after_marks(chars, words + 1) } else { words };
    make(&chars[..end], length, LabelForm::Bold)
}

/// `Q …`, `A1. …`, `问、…`.
fn lettered(chars: &[char], _: &Line) -> Option<Label> {
    let word = chars.first().filter(|c| "QAqa问問答".contains(**c))?;
    let digits = chars[1..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mark = chars.get(1 + digits)?;
    // `A version of this article …` is a sentence.
    let is_article = matches!(chars, ['A' | 'a', ' ', next, ..] if next.is_ascii_lowercase());
    let marked = mark.is_whitespace()
        || matches!(mark, '.' | '、' | '．' | ')' | '）' | '—' | '-' | '–' | '／' | '/');
    (marked && !is_article && digits <= 3)
        .then(|| make(&[*word], after_marks(chars, 2 + digits), LabelForm::Letter))?
}

/// The label of this name, if it can be one.
fn make(written: &[char], length: usize, form: LabelForm) -> Option<Label> {
    let who = without_post(strip_quotes(without_detail(timestamp::without(written))));
    if !is_plausible(who) {
        return None;
    }
    let name: String = who.iter().collect();
    let name = spaced(without_number(&name));
    Some(Label { name, length, form })
}

/// The name without the post that follows a comma: `ADA MARSH, HOST`.
fn without_post(name: &[char]) -> &[char] {
    let Some(comma) = name.iter().position(|c| *c == ',') else { return name };
    let before = trimmed(&name[..comma]);
    let is_latin = !name.iter().any(|c| is_han(*c));
    if is_latin && is_person(&before.iter().collect::<String>()) { before } else { name }
}

/// The name with single spaces; `王　坚`, which is set as wide as a name of three, with none.
fn spaced(name: &str) -> String {
    let parts: Vec<&str> = name.split_whitespace().collect();
    let single = parts.iter().all(|part| part.chars().count() == 1 && part.chars().all(is_han));
    parts.join(if single { "" } else { " " })
}

/// The name without quotation marks around all of it.
fn strip_quotes(name: &[char]) -> &[char] {
    let pairs = [('“', '”'), ('"', '"'), ('「', '」'), ('『', '』'), ('‘', '’'), ('\'', '\'')];
    match trimmed(name) {
        [first, inner @ .., last] if pairs.contains(&(*first, *last)) => strip_quotes(inner),
        name => name,
    }
}

/// Where the colon, the bar and the white space from `at` on end.
fn after_marks(chars: &[char], at: usize) -> usize {
    let skip = |c: &&char| c.is_whitespace() || is_colon_or_bar(**c);
    at + chars.get(at..).unwrap_or_default().iter().take_while(skip).count()
}

/// Whether the name is a word for whoever answers, such as `答`.
pub(crate) fn is_answerer(name: &str) -> bool {
    class(name) == NameClass::Interviewee
}

/// The name before a colon with which a line begins.
pub(crate) struct SpeakerStart {
    /// The key of the name.
    pub(crate) key: String,
    /// The name by itself shows that somebody speaks: it is a person's, or a word like `记者`.
    pub(crate) is_certain: bool,
}

/// Returns the name before a colon with which the line begins, if that could be a speaker's.
pub(crate) fn speaker_start(text: &str) -> Option<SpeakerStart> {
    let line = super::line::read(text).into_iter().next()?;
    let label = label(&line).filter(|label| label.form == LabelForm::Marked)?;
    let class = class(&label.name);
    let is_certain = match class {
        NameClass::Interviewer | NameClass::Interviewee | NameClass::Narrator => true,
        NameClass::Person => label.name.chars().count() > 1,
        _ => false,
    };
    let key = key(&label.name);
    class.may_speak().then_some(SpeakerStart { key, is_certain })
}
