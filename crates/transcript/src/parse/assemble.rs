//! Puts a transcript together: each line finds its kind.

use std::collections::BTreeSet;

use super::cast::{Cast, Evidence, LEAD_LINES, Voice, decide};
use super::ending::{ends_sentence, is_question};
use super::frame::{Frame, date_in, is_caption, is_ornament};
use super::label::{Form, Label, label};
use super::legend::Legend;
use super::line::{self, Line, Located};
use super::name::{Class, class, key};
use super::{
    Block, Finding, Hints, Kind, Transcript, aside, heading, inline, unlabelled, who, wrap,
};
use crate::text::Script;

/// Share of labelled lines that must end a sentence before an open line counts as a heading.
const PUNCTUATED: f64 = 0.7;

/// Lines of a heading: a number, a title, a subtitle, an epigraph.
const HEADING_LINES: usize = 5;

/// Reads a transcript in any shape.
pub(super) fn read(text: &str, hints: &Hints) -> (Transcript, Vec<Finding>) {
    let lines = inline::part(wrap::unwrap(line::read(text)));
    let labels: Vec<Option<Label>> = lines.iter().map(label).collect();
    let legend = Legend::read(&lines, &labels, &hints.legend);
    let frame = Frame::read(&lines, &labels, &legend, hints);
    let title = frame.title.map(|at| lines[at].text.to_string()).or_else(|| hints.title.clone());
    let furniture = |at: usize| frame.holds(at);
    let cast = decide(&Evidence {
        lines: &lines,
        labels: &labels,
        furniture: &furniture,
        legend: &legend,
        hints,
        title: title.as_deref().unwrap_or_default(),
    });
    let assembly = Assembly::new(&lines, &labels, &frame, &cast, asker(text, hints, &legend));
    let blocks = assembly.blocks();
    let diagnostics = assembly.doubtful_labels();
    let date = date_of(&blocks);
    let (interviewers, guests) = speakers(&blocks);
    // Whoever is quoted as the interviewee must not be somebody who speaks in another role.
    let other =
        |name: &String| interviewers.iter().chain(&guests).any(|label| key(label) == key(name));
    let named = cast.interviewee.filter(|name| !other(name));
    let named = named.or_else(|| interviewee_of(title.as_deref(), &blocks, &legend, hints));
    let interviewee = named.filter(|name| !other(name));
    let aliases = cast.aliases;
    (Transcript { title, date, interviewee, aliases, interviewers, guests, blocks }, diagnostics)
}

/// The label of an interviewer whom the text does not name.
fn asker(text: &str, hints: &Hints, legend: &Legend) -> String {
    let known = hints.interviewers.first().or(legend.interviewers.first());
    known.cloned().unwrap_or_else(|| {
        let label = match Script::of(text) {
            Some(Script::Hant) => "問",
            None if text.is_ascii() => "Q",
            Some(Script::Hans) | None => "问",
        };
        label.to_owned()
    })
}

fn interviewee_of(
    title: Option<&str>,
    blocks: &[Block],
    legend: &Legend,
    hints: &Hints,
) -> Option<String> {
    let lead = blocks.iter().filter(|block| block.kind == Kind::Lead).take(LEAD_LINES);
    let lead = lead.map(|block| block.text.to_string()).collect::<Vec<_>>().join("\n");
    hints
        .interviewee
        .clone()
        .or_else(|| legend.interviewee.clone())
        .or_else(|| who::interviewee(title.unwrap_or_default(), &lead))
}

fn date_of(blocks: &[Block]) -> Option<String> {
    let bylines = blocks.iter().filter(|block| block.kind == Kind::Furniture);
    bylines.into_iter().find_map(|block| date_in(&block.text.to_string()))
}

/// The labels of who asks and of guests, in the order in which they first speak.
pub(super) fn speakers(blocks: &[Block]) -> (Vec<String>, Vec<String>) {
    let (mut interviewers, mut guests) = (Vec::new(), Vec::new());
    for block in blocks {
        let (list, name) = match &block.kind {
            Kind::Speech(Voice::Interviewer(name)) => (&mut interviewers, name),
            Kind::Speech(Voice::Guest(name)) => (&mut guests, name),
            _ => continue,
        };
        if !list.contains(name) {
            list.push(name.clone());
        }
    }
    (interviewers, guests)
}

struct Assembly<'a> {
    lines: &'a [Line],
    labels: &'a [Option<Label>],
    frame: &'a Frame,
    cast: &'a Cast,
    asker: String,
    /// Lines without a label that ask, where nobody is named.
    questions: BTreeSet<usize>,
    /// Only questions are labelled: a plain paragraph after one answers it.
    plain_answers: bool,
    /// Only answers are labelled: a paragraph that asks before one is its question.
    plain_questions: bool,
    /// Most labelled lines end a sentence.
    punctuated: bool,
    /// The conversation: from its first line to the credits.
    span: std::ops::Range<usize>,
    /// The last labelled line.
    last: usize,
}

impl<'a> Assembly<'a> {
    fn new(
        lines: &'a [Line],
        labels: &'a [Option<Label>],
        frame: &'a Frame,
        cast: &'a Cast,
        asker: String,
    ) -> Self {
        let asks = cast.has(|voice| matches!(voice, Voice::Interviewer(_)));
        let answers = cast.has(|voice| matches!(voice, Voice::Interviewee));
        let questions =
            if asks || answers { BTreeSet::new() } else { unlabelled::questions(lines, frame) };
        let mut assembly = Self {
            lines,
            labels,
            frame,
            cast,
            asker,
            plain_answers: !answers,
            plain_questions: !asks && answers,
            questions,
            punctuated: false,
            span: 0..0,
            last: 0,
        };
        let speech: Vec<usize> =
            (0..lines.len()).filter(|at| !frame.holds(*at) && assembly.opens_speech(*at)).collect();
        let ended = speech.iter().filter(|at| ends_sentence(lines[**at].chars())).count();
        assembly.punctuated = ended as f64 >= speech.len() as f64 * PUNCTUATED;
        let (first, last) = (speech.first().copied(), speech.last().copied());
        let last = last.unwrap_or(lines.len());
        // After the last answer, what looks like a name may be that of other news below.
        let answers = |at: &usize| {
            let voice = assembly.voice(*at).map(|(_, voice)| voice);
            matches!(voice, Some(Voice::Interviewee | Voice::Guest(_)))
        };
        let answered = speech.iter().copied().rfind(answers).unwrap_or(last);
        let end = frame.end(lines, answered);
        assembly.last = speech.iter().copied().rfind(|at| *at < end).unwrap_or(last);
        assembly.span = first.unwrap_or(lines.len())..end;
        assembly
    }

    fn voice(&self, at: usize) -> Option<(&Label, &Voice)> {
        let label = self.labels[at].as_ref()?;
        Some((label, self.cast.voice(label)?))
    }

    fn opens_speech(&self, at: usize) -> bool {
        self.voice(at).is_some() || self.questions.contains(&at) || self.is_plain_question(at)
    }

    /// A paragraph without a label that asks what the next labelled line answers.
    fn is_plain_question(&self, at: usize) -> bool {
        let answered = || self.voice(at + 1).is_some_and(|(_, voice)| *voice == Voice::Interviewee);
        let line = &self.lines[at];
        self.plain_questions
            && at + 1 < self.lines.len()
            && self.voice(at).is_none()
            && (is_question(line.chars()) || line.is_bold() && ends_sentence(line.chars()))
            && answered()
    }

    fn blocks(&self) -> Vec<Block> {
        let mut current = Current::default();
        (0..self.lines.len()).map(|at| self.block(at, &mut current)).collect()
    }

    fn block(&self, at: usize, current: &mut Current) -> Block {
        let text = self.lines[at].text.clone();
        if at < self.span.start || self.frame.title == Some(at) {
            return Block { kind: self.before(at, current), label: Located::default(), text };
        }
        if let Some((label, voice)) =
            self.voice(at).filter(|_| at < self.span.end && self.may_speak(at))
        {
            let length = label.length.min(text.chars().len());
            let (label, words) = (text.slice(0..length), text.tail(length));
            *current = Current {
                voice: Some(voice.clone()),
                paragraphs: usize::from(!words.is_empty()),
                lead: true,
            };
            let kind =
                if *voice == Voice::Nobody { Kind::Aside } else { Kind::Speech(voice.clone()) };
            return Block { kind, label, text: words };
        }
        let kind = self.within(at, current);
        // The dash that marks a question is a label; a number is part of the question.
        let dashes = text.chars().iter().take_while(|c| matches!(c, '—' | '–' | '―')).count();
        let mark = if self.questions.contains(&at) { dashes } else { 0 };
        Block { kind, label: text.slice(0..mark), text: text.tail(mark) }
    }

    /// A line that looks like a byline is speech between the first label and the last.
    fn may_speak(&self, at: usize) -> bool {
        at <= self.last
    }

    fn before(&self, at: usize, current: &mut Current) -> Kind {
        let line = &self.lines[at];
        let subtitle = self.frame.title.is_some_and(|title| at == title + 1)
            && line.chars().starts_with(&['—']);
        if self.frame.title == Some(at) {
            Kind::Title
        } else if self.frame.holds(at) || subtitle || aside::is_closing(line.chars()) {
            Kind::Furniture
        } else if line.heading
            || heading::is_marked(line)
            || (current.lead || heading::is_numbered(line.chars()) || self.has_headings())
                && self.is_heading(at)
        {
            Kind::Heading
        } else {
            current.lead = true;
            Kind::Lead
        }
    }

    fn within(&self, at: usize, current: &mut Current) -> Kind {
        let line = &self.lines[at];
        let chars = line.chars();
        if aside::is_whole(chars) || at < self.span.end && aside::is_note(chars) {
            return Kind::Aside;
        }
        if at >= self.span.end || is_ornament(chars) || self.is_mere_credit(at) {
            return Kind::Furniture;
        }
        if self.questions.contains(&at) || self.is_plain_question(at) {
            *current = Current {
                voice: Some(Voice::Interviewer(self.asker.clone())),
                paragraphs: 1,
                lead: true,
            };
            return Kind::Speech(Voice::Interviewer(self.asker.clone()));
        }
        if heading::is_marked(line) || current.paragraphs > 0 && self.is_heading(at) {
            return Kind::Heading;
        }
        let asked = current.paragraphs > 0 && matches!(current.voice, Some(Voice::Interviewer(_)));
        if self.plain_answers && asked {
            current.voice = Some(Voice::Interviewee);
        }
        current.paragraphs += 1;
        current.voice.clone().map_or(Kind::Lead, |voice| {
            if voice == Voice::Nobody { Kind::Aside } else { Kind::Speech(voice) }
        })
    }

    /// `图片来源：…` in the middle; a date there may well be part of an answer.
    fn is_mere_credit(&self, at: usize) -> bool {
        let caption = is_caption(self.lines[at].chars());
        self.frame.furniture.contains(&at) && (self.labels[at].is_some() || caption)
    }

    /// An open line before a speaker's, or before another such line.
    fn is_heading(&self, at: usize) -> bool {
        let open = |at: usize| self.voice(at).is_none() && heading::is_open(self.lines[at].chars());
        let last = self.span.end.min(at + HEADING_LINES);
        let next = (at + 1..last).find(|next| !open(*next)).unwrap_or(last);
        let before_speech = next < self.lines.len() && next <= self.last && self.opens_speech(next);
        self.punctuated && open(at) && before_speech
    }

    /// Whether open lines part the conversation: then one directly before it is no subtitle.
    fn has_headings(&self) -> bool {
        (self.span.start + 1..self.last).any(|at| !self.frame.holds(at) && self.is_heading(at))
    }

    /// Names before a colon that were read as text, although they could be a speaker's.
    fn doubtful_labels(&self) -> Vec<Finding> {
        let doubtful = |at: &usize| {
            let label = self.labels[*at].as_ref().filter(|label| label.form == Form::Marked)?;
            let unread = self.cast.voice(label).is_none()
                && self.span.contains(at)
                && !self.frame.holds(*at);
            let name_like =
                matches!(class(&label.name), Class::Person | Class::Unknown) && label.length < 12;
            (unread && name_like).then(|| label.name.clone())
        };
        let found = (0..self.lines.len()).filter_map(|at| Some((at, doubtful(&at)?)));
        found
            .map(|(at, name)| Finding {
                line: self.lines[at].text.line(),
                message: format!("`{name}` before a colon is read as text; hint: if that is a speaker, name them with --interviewer or in the front matter"),
            })
            .collect()
    }
}

/// Whose words an unlabelled paragraph continues.
#[derive(Default)]
struct Current {
    voice: Option<Voice>,
    /// Paragraphs since the label.
    paragraphs: usize,
    /// A paragraph of the lead, or speech, has been read.
    lead: bool,
}
