//! Conversations in which nobody is named: what sets the questions apart from the answers is their
//! type, a heading, a number or a dash.
//!
//! Each way of setting lines apart is tried on the whole text; the one that holds most questions and is
//! followed by answers wins. Emphasised sentences and section headings ask too rarely to win.

use std::collections::BTreeSet;

use super::ending::{ends_sentence, ends_with_stop, is_question};
use super::front_back_matter::FrontBackMatter;
use super::lexicon::LEXICON;
use super::line::Line;
use super::name::key;

/// Lines that must ask something for their mark to be that of the interviewer.
const QUESTIONS: usize = 2;
/// Share of the lines with a mark that must be numbered for a number to make a question.
const NUMBERED: f64 = 0.6;
/// Share of the questions that an answer must follow.
const ANSWERED: f64 = 0.7;

/// A way of setting questions apart.
struct Scheme {
    /// What it is called in explanations.
    name: &'static str,
    /// The lines that carry the mark.
    marked: BTreeSet<usize>,
    /// Without a question mark the line may be a section heading.
    is_heading: bool,
}

/// The lines that ask, and how they are set apart; none where no mark sets questions apart.
pub(super) fn questions(
    lines: &[Line],
    matter: &FrontBackMatter,
    is_interview: bool,
) -> (BTreeSet<usize>, Option<&'static str>) {
    let text = |at: &usize| !matter.holds(*at) && lines[*at].set_apart.is_none();
    let scheme = |name, is_heading, is_marked: &dyn Fn(&Line) -> bool| Scheme {
        name,
        marked: (0..lines.len()).filter(text).filter(|at| is_marked(&lines[*at])).collect(),
        is_heading,
    };
    let mut schemes = vec![scheme("bold type", false, &|line| line.is_bold() && !line.heading)];
    for level in 1..=6 {
        schemes.push(scheme("headings", true, &|line| line.level == level));
    }
    schemes.push(scheme("italic type", false, &|line| line.italic && !line.heading));
    schemes.push(scheme("quotation", false, &|line| line.quote));
    schemes.push(scheme("numbers", false, &is_numbered));
    schemes.push(scheme("dashes", false, &is_dashed));
    let found = schemes
        .into_iter()
        .filter_map(|scheme| {
            let questions = scheme.questions(lines, is_interview)?;
            let asking = questions.iter().filter(|at| is_question(lines[**at].chars())).count();
            Some((asking, questions, scheme.name))
        })
        .reduce(|best, other| if other.0 > best.0 { other } else { best });
    found.map_or_else(|| (BTreeSet::new(), None), |(_, questions, name)| (questions, Some(name)))
}

impl Scheme {
    /// The scheme's questions, if it is one of a conversation.
    fn questions(&self, lines: &[Line], is_interview: bool) -> Option<BTreeSet<usize>> {
        let asks = |at: &usize| is_question(lines[*at].chars());
        let asking = self.marked.iter().filter(|at| asks(at)).count();
        let numbered = self.marked.iter().filter(|at| has_number(lines[**at].chars())).count();
        let is_numbered = numbered as f64 >= self.marked.len() as f64 * NUMBERED && numbered > 1;
        let counts = |at: &usize| {
            let chars = lines[*at].chars();
            asks(at)
                || is_numbered && has_number(chars)
                || is_request(chars) && (self.is_heading || ends_sentence(chars))
                || !self.is_heading && ends_with_stop(chars)
        };
        let questions: BTreeSet<usize> = self.marked.iter().copied().filter(counts).collect();
        let is_answered = |at: &&usize| {
            let next =
                (**at + 1..lines.len()).take(40).find(|next| lines[*next].set_apart.is_none());
            next.is_some_and(|next| !self.marked.contains(&next))
        };
        let answered = questions.iter().filter(is_answered).count();
        let enough = asking >= QUESTIONS
            && asking * 2 >= questions.len()
            && answered > 0
            && (answered as f64 >= questions.len() as f64 * ANSWERED || !self.is_heading);
        (enough && (is_interview || is_talk(lines, &questions))).then_some(questions)
    }
}

/// Whether questions are put to somebody, or the answers speak of themselves: the headings of a column
/// may ask as well.
fn is_talk(lines: &[Line], questions: &BTreeSet<usize>) -> bool {
    let addressed = |at: &&usize| {
        let chars = lines[**at].chars();
        let words = chars.iter().collect::<String>().to_lowercase();
        chars.iter().any(|c| matches!(c, '你' | '您'))
            || words
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| matches!(word, "you" | "your"))
    };
    let first_person = |at: &&usize| {
        lines.get(**at + 1).is_some_and(|line| {
            let words = line.chars().iter().take(200).collect::<String>();
            line.chars().iter().take(200).any(|c| *c == '我')
                || words
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| matches!(word, "I" | "We" | "we" | "my"))
        })
    };
    let evidence =
        questions.iter().filter(addressed).count() + questions.iter().filter(first_person).count();
    evidence * 3 >= questions.len()
}

/// Whether the line begins like a question or asks for something.
pub(super) fn is_request(chars: &[char]) -> bool {
    let start = chars.iter().position(|c| c.is_alphabetic()).unwrap_or(chars.len());
    let line = key(&chars[start..].iter().take(24).collect::<String>());
    LEXICON.requests.iter().any(|word| line.starts_with(word.as_str()))
}

/// `3. 您怎么看？`, `第三问`, `Q3`.
fn has_number(chars: &[char]) -> bool {
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    let chinese = chars.iter().take_while(|c| "一二三四五六七八九十".contains(**c)).count();
    let mark = |at: usize| {
        chars.get(at).is_some_and(|c| matches!(c, '.' | '、' | '．' | ')' | '）' | ' '))
    };
    (1..=3).contains(&digits) && mark(digits) || (1..=3).contains(&chinese) && mark(chinese)
}

/// `3. 您怎么看？`
pub(super) fn is_numbered(line: &Line) -> bool {
    let digits = line.chars().iter().take_while(|c| c.is_ascii_digit()).count();
    let mark =
        line.chars().get(digits).is_some_and(|c| matches!(c, '.' | '、' | '．' | ')' | '）'));
    let words = line.chars().get(digits + 1..).unwrap_or_default();
    (1..=3).contains(&digits)
        && mark
        && (is_question(line.chars()) || is_request(words) && words.len() <= 60)
}

/// `——您怎么看？`
fn is_dashed(line: &Line) -> bool {
    line.chars().first().is_some_and(|c| matches!(c, '—' | '–' | '―')) && is_question(line.chars())
}
