//! The text of a corpus file, whose front matter names all speakers: one paragraph a line, a speaker's
//! words after `name：`, `## ` before a heading, `> ` before a remark, `%% caption: ` before what
//! is kept and not shown, `\` before a line that would otherwise be read as one of these.

use super::line::{Located, Position};
use super::name_key::key;
use super::speakers::Voice;
use super::summary::OtherSpeakers;
use super::{Finding, Hints, Kind, Transcript, TranscriptBlock, aside, summary, timestamp};

/// Characters of a label at most.
const LONGEST: usize = 60;

/// What a line after `%% ` holds that stays visible to editors and is not shown to readers.
pub(crate) const CAPTION: &str = "caption";
pub(crate) const LEFT_OUT: &str = "left out";

/// The mark before a paragraph that is no part of the interview: `%% caption: `.
pub(crate) fn comment_mark(what: &str) -> String {
    format!("%% {what}: ")
}

/// The length of such a mark, and what it stands before.
fn commented(chars: &[char]) -> Option<(usize, Kind)> {
    [(CAPTION, Kind::Caption), (LEFT_OUT, Kind::Furniture)].into_iter().find_map(|(what, kind)| {
        let mark: Vec<char> = comment_mark(what).chars().collect();
        chars.starts_with(&mark).then_some((mark.len(), kind))
    })
}

/// Reads the text of a corpus file.
pub(super) fn read(text: &str, hints: &Hints) -> (Transcript, Vec<Finding>) {
    let mut blocks = Vec::new();
    let mut current = None;
    for (number, raw) in (1..).zip(text.split('\n')) {
        let mut line = Located::default();
        for (column, c) in (0..).zip(raw.chars()) {
            line.push(c, Position { line: number, column });
        }
        let line = line.tail(0);
        if !line.is_empty() {
            blocks.push(block(&line, &mut current, hints));
        }
    }
    let OtherSpeakers { interviewers, co_interviewees, guests } = summary::speakers(&blocks);
    let transcript = Transcript {
        title: hints.title.clone(),
        date: None,
        interviewee: hints.interviewee.clone(),
        interviewee_from: None,
        aliases: hints.aliases.clone(),
        co_interviewees,
        interviewers,
        guests,
        scheme: "the marks of a corpus file",
        blocks,
    };
    (transcript, Vec::new())
}

/// How a line begins that is not a paragraph of the lead or of whoever spoke last.
enum Opening {
    /// Characters of the mark.
    Heading(usize),
    Remark(usize),
    Literal(usize),
    Comment(usize, Kind),
    Label(usize, Voice),
}

/// How the line begins, if not with words.
fn opening(chars: &[char], speaking: bool, hints: &Hints) -> Option<Opening> {
    if chars.starts_with(&['\\']) {
        Some(Opening::Literal(1))
    } else if let Some((mark, kind)) = commented(chars) {
        Some(Opening::Comment(mark, kind))
    } else if chars.starts_with(&['#', '#', ' ']) {
        Some(Opening::Heading(3))
    } else if chars.starts_with(&['>', ' ']) {
        Some(Opening::Remark(2))
    } else if speaking && aside::is_whole(chars) {
        Some(Opening::Remark(0))
    } else {
        label(chars, hints).map(|(length, voice)| Opening::Label(length, voice))
    }
}

/// Whether a line of words would be read as something else.
pub(crate) fn needs_escape(words: &[char], speaking: bool, hints: &Hints) -> bool {
    opening(words, speaking, hints).is_some()
}

fn block(line: &Located, current: &mut Option<Voice>, hints: &Hints) -> TranscriptBlock {
    let spoken = |current: &Option<Voice>| current.clone().map_or(Kind::Lead, Kind::Speech);
    let (kind, label, words) = match opening(line.chars(), current.is_some(), hints) {
        None => (spoken(current), 0, 0),
        Some(Opening::Literal(mark)) => (spoken(current), 0, mark),
        Some(Opening::Heading(mark)) => (Kind::Heading, 0, mark),
        Some(Opening::Remark(mark)) => (Kind::Aside, 0, mark),
        Some(Opening::Comment(mark, kind)) => (kind, 0, mark),
        Some(Opening::Label(mark, voice)) => {
            *current = Some(voice);
            (spoken(current), mark, mark)
        }
    };
    TranscriptBlock {
        kind,
        label: line.slice(0..label),
        text: line.tail(words),
        why: "the mark at the line's start says so",
    }
}

/// The speaker's name before the first colon. A moment of the recording may stand after the name:
/// `林远 [0:12:05]：`.
fn label(chars: &[char], hints: &Hints) -> Option<(usize, Voice)> {
    let is_inside = |at: usize| {
        let open = chars[..at].iter().rposition(|c| *c == '[');
        open.is_some_and(|open| !chars[open..at].contains(&']'))
    };
    let colon = (0..chars.len().min(LONGEST))
        .find(|at| matches!(chars[*at], '：' | ':') && !is_inside(*at))?;
    let name = key(&timestamp::without(&chars[..colon]).iter().collect::<String>());
    let is = |other: &String| !name.is_empty() && key(other) == name;
    let voice = if hints.interviewee.iter().chain(&hints.aliases).any(is) {
        Voice::Interviewee
    } else if let Some(listed) = hints.co_interviewees.iter().find(|other| is(other)) {
        Voice::CoInterviewee(listed.clone())
    } else if let Some(listed) = hints.interviewers.iter().find(|other| is(other)) {
        Voice::Interviewer(listed.clone())
    } else {
        Voice::Guest(hints.guests.iter().flatten().find(|other| is(other))?.clone())
    };
    Some((colon + 1, voice))
}
