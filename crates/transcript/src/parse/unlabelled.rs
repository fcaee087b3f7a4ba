//! Conversations in which nobody is named: what sets the questions apart from the answers is their
//! type, a heading, a number or a dash.
//!
//! Each way of setting lines apart is tried on the whole text; the one that holds most questions and is
//! followed by answers wins. Emphasised sentences and section headings ask too rarely to win.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::ending::{ends_sentence, ends_with_stop, is_question};
use super::front_back_matter::FrontBackMatter;
use super::line::Line;
use super::page_furniture;
use super::question_opening::{has_number, is_numbered_question, is_request, number};
use crate::text::is_han;

/// Lines that must ask something for their mark to be that of the interviewer.
const QUESTIONS: usize = 2;
/// Share of the lines with a mark that must be numbered for a number to make a question.
const NUMBERED: f64 = 0.6;
/// Share of the questions that an answer must follow.
const ANSWERED: f64 = 0.7;
/// Lines that must ask, and their share of the lines with a mark, for the mark to make a question of the
/// others as well: `And yet you stayed.` between questions.
const PLAIN_QUESTIONS: usize = 3;
const PLAIN: f64 = 0.6;
/// Share of the questions that an answer must follow where nothing but question marks tells them, characters
/// of such a question, and paragraphs of a question with its answer at most (on average).
const ANSWERED_PLAINLY: f64 = 0.9;
const PLAIN_QUESTION: usize = 120;
const PLAIN_QUESTION_LATIN: usize = 300;
const LONGEST_ANSWER: usize = 7;
/// Symbols at lines' starts that are tried.
const SYMBOLS: usize = 20;
/// Lines after a question among which its answer must begin.
const REACH: usize = 40;

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
    let found: Vec<(BTreeSet<usize>, &'static str)> = schemes(lines, matter)
        .into_iter()
        .filter_map(|scheme| Some((scheme.questions(lines, is_interview)?, scheme.name)))
        .collect();
    let asking =
        |questions: &BTreeSet<usize>| questions.iter().filter(|at| asks(&lines[**at])).count();
    let best = found
        .iter()
        .reduce(|best, other| if asking(&other.0) > asking(&best.0) { other } else { best });
    let Some((questions, name)) = best else {
        let plain = question_marks(lines, matter).filter(|_| is_interview);
        return plain.map_or_else(Default::default, |plain| (plain, Some("question marks")));
    };
    let mut all = questions.clone();
    // Main questions as headings, and what is asked back in bold type.
    for (others, _) in found.iter().filter(|(_, other)| other != name && is_typeset(other)) {
        let marked = |at: &usize| questions.contains(at) || others.contains(at);
        let is_answered = |at: &&usize| next_line(lines, **at).is_some_and(|next| !marked(&next));
        all.extend(others.iter().filter(|at| asks(&lines[**at])).filter(is_answered));
    }
    (all, Some(name))
}

/// The ways of setting lines apart, each with the lines that are.
fn schemes(lines: &[Line], matter: &FrontBackMatter) -> Vec<Scheme> {
    let text = |at: &usize| !matter.holds(*at) && lines[*at].set_apart.is_none();
    let scheme = |name, is_heading, is_marked: &dyn Fn(&Line) -> bool| Scheme {
        name,
        marked: (0..lines.len()).filter(text).filter(|at| is_marked(&lines[*at])).collect(),
        is_heading,
    };
    let mut schemes = vec![scheme(BOLD, false, &|line| line.is_bold() && !line.heading)];
    for level in 1..=6 {
        schemes.push(scheme(HEADINGS, true, &|line| line.level == level));
    }
    schemes.push(scheme("italic type", false, &|line| line.italic && !line.heading));
    schemes.push(scheme("quotation", false, &|line| line.quote));
    schemes.push(Scheme {
        name: "numbers",
        marked: series(lines, (0..lines.len()).filter(text)),
        is_heading: false,
    });
    schemes.push(scheme("numbers", false, &is_numbered_question));
    schemes.push(scheme("dashes", false, &is_dashed));
    schemes.push(scheme("brackets", false, &is_boxed));
    for symbol in symbols(lines) {
        schemes.push(scheme("a symbol", false, &|line| line.chars().first() == Some(&symbol)));
    }
    let looks: BTreeSet<u8> = lines.iter().filter_map(|line| line.look).collect();
    for look in looks {
        let is_set_so = |line: &Line| line.look == Some(look) && !line.heading;
        schemes.push(scheme("a style of their own", false, &is_set_so));
    }
    schemes
}

/// Symbols, such as `▍` or an emoji, with which at least [`QUESTIONS`] lines begin, the most frequent first.
fn symbols(lines: &[Line]) -> Vec<char> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for first in lines.iter().filter_map(|line| line.chars().first()) {
        if !page_furniture::is_symbols(&[*first]) || matches!(first, '—' | '–' | '―') {
            continue;
        }
        *counts.entry(*first).or_default() += 1;
    }
    let mut counts: Vec<(char, usize)> =
        counts.into_iter().filter(|(_, count)| *count >= QUESTIONS).collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts.into_iter().take(SYMBOLS).map(|(symbol, _)| symbol).collect()
}

/// `【您怎么看？】`
fn is_boxed(line: &Line) -> bool {
    matches!(
        (line.chars().first(), line.chars().last()),
        (Some('【'), Some('】')) | (Some('['), Some(']')) | (Some('［'), Some('］'))
    )
}

/// The lines that ask, by their question marks and how they begin, in a text that sets nothing apart.
///
/// This is the weakest evidence, so that the whole text must bear it out: somebody is said to be
/// interviewed, questions are short and put to somebody, nearly each is answered, and the answers are the
/// longer part.
fn question_marks(lines: &[Line], matter: &FrontBackMatter) -> Option<BTreeSet<usize>> {
    let is_text = |at: &usize| !matter.holds(*at) && lines[*at].set_apart.is_none();
    let is_short = |line: &Line| {
        let latin = !line.chars().iter().any(|c| is_han(*c));
        line.chars().len() <= if latin { PLAIN_QUESTION_LATIN } else { PLAIN_QUESTION }
    };
    let text: Vec<usize> = (0..lines.len()).filter(is_text).collect();
    let is_asked = |line: &Line| {
        let prompts = is_request(line.chars()) && is_addressed(line.chars());
        !line.heading && is_short(line) && (asks(line) || prompts)
    };
    let questions: BTreeSet<usize> =
        text.iter().copied().filter(|at| is_asked(&lines[*at])).collect();
    let (first, last) = (questions.first()?, questions.last()?);
    let answered = questions
        .iter()
        .filter(|at| next_line(lines, **at).is_some_and(|next| !questions.contains(&next)))
        .count();
    let addressed = questions.iter().filter(|at| is_addressed(lines[**at].chars())).count();
    let length = |asked: bool| -> usize {
        let within = text.iter().filter(|at| (first..=last).contains(at));
        within.filter(|at| questions.contains(at) == asked).map(|at| lines[*at].chars().len()).sum()
    };
    let paragraphs = text.iter().filter(|at| (first..=last).contains(at)).count();
    let is_conversation = questions.len() > PLAIN_QUESTIONS
        && answered as f64 >= questions.len() as f64 * ANSWERED_PLAINLY
        && addressed * 3 >= questions.len()
        && length(false) > length(true)
        && paragraphs <= questions.len() * LONGEST_ANSWER
        && is_talk(lines, &questions);
    is_conversation.then_some(questions)
}

/// Whether the words turn to somebody.
fn is_addressed(chars: &[char]) -> bool {
    let words = chars.iter().collect::<String>().to_lowercase();
    chars.iter().any(|c| matches!(c, '你' | '您' | '妳'))
        || words.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "you" | "your"))
}

const BOLD: &str = "bold type";
const HEADINGS: &str = "headings";

fn is_typeset(name: &str) -> bool {
    matches!(name, BOLD | HEADINGS)
}

fn asks(line: &Line) -> bool {
    is_question(line.chars())
}

/// The next line that is not set apart from the text.
fn next_line(lines: &[Line], at: usize) -> Option<usize> {
    (at + 1..lines.len()).take(REACH).find(|next| lines[*next].set_apart.is_none())
}

impl Scheme {
    /// The scheme's questions, if it is one of a conversation.
    fn questions(&self, lines: &[Line], is_interview: bool) -> Option<BTreeSet<usize>> {
        let asks = |at: &usize| asks(&lines[*at]);
        let asking = self.marked.iter().filter(|at| asks(at)).count();
        let share = |count: usize| count as f64 / self.marked.len().max(1) as f64;
        let numbered = self.marked.iter().filter(|at| has_number(lines[**at].chars())).count();
        let is_numbered = share(numbered) >= NUMBERED && numbered > 1;
        let is_plain = asking >= PLAIN_QUESTIONS && share(asking) >= PLAIN;
        let is_answered =
            |at: &usize| next_line(lines, *at).is_some_and(|next| !self.marked.contains(&next));
        let counts = |at: &usize| {
            let chars = lines[*at].chars();
            asks(at)
                || is_numbered && has_number(chars)
                || is_request(chars) && (self.is_heading || ends_sentence(chars))
                || ends_with_stop(chars) && (!self.is_heading || is_plain)
        };
        let mut questions: BTreeSet<usize> = self.marked.iter().copied().filter(counts).collect();
        if let (true, Some(first), Some(last)) = (is_plain, questions.first(), questions.last()) {
            let between = self.marked.range(*first..*last).copied().filter(is_answered);
            let between: Vec<usize> = between.collect();
            questions.extend(between);
        }
        // A lead that is set like the questions.
        while let Some(first) = questions.first().copied() {
            let chars = lines[first].chars();
            if asks(&first) || is_request(chars) || has_number(chars) || is_answered(&first) {
                break;
            }
            questions.remove(&first);
        }
        let answered = questions.iter().filter(|at| is_answered(at)).count();
        // An interviewer may mostly remark on something: where all is answered, fewer need to ask.
        let all_answered = !self.is_heading && answered == questions.len() && is_interview;
        let fewest = if all_answered { questions.len() / 3 } else { questions.len().div_ceil(2) };
        let enough = asking >= QUESTIONS.max(fewest)
            && answered > 0
            && (answered as f64 >= questions.len() as f64 * ANSWERED || !self.is_heading);
        (enough && (is_interview || is_talk(lines, &questions))).then_some(questions)
    }
}

/// The lines that are numbered one after the other from 1 on. Where a number stands before several lines
/// (an answer may hold a list), the one that asks is the question.
fn series(lines: &[Line], text: impl Iterator<Item = usize>) -> BTreeSet<usize> {
    let numbered: Vec<(usize, usize)> =
        text.filter_map(|at| Some((at, number(lines[at].chars())?))).collect();
    let mut series = BTreeSet::new();
    let mut from = 0;
    for wanted in 1.. {
        let rest = numbered.get(from..).unwrap_or_default();
        let is_wanted = |(_, (_, number)): &(usize, &(usize, usize))| *number == wanted;
        let mut candidates = rest.iter().enumerate().filter(is_wanted).take(REACH);
        let asking = candidates.clone().find(|(_, (at, _))| {
            let line = &lines[*at];
            asks(line) || is_request(line.chars())
        });
        let Some((index, (at, _))) = asking.or_else(|| candidates.next()) else { break };
        series.insert(*at);
        from += index + 1;
    }
    series
}

/// Whether questions are put to somebody, or the answers speak of themselves: the headings of a column
/// may ask as well.
fn is_talk(lines: &[Line], questions: &BTreeSet<usize>) -> bool {
    let addressed = |at: &&usize| is_addressed(lines[**at].chars());
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

/// `——您怎么看？`, and other lines that begin with a dash.
fn is_dashed(line: &Line) -> bool {
    line.chars().first().is_some_and(|c| matches!(c, '—' | '–' | '―'))
}
