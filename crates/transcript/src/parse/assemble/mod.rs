//! From lines to blocks: each line finds its kind by who speaks where in the whole text.

mod conversation_end;
mod unanswered;

use std::collections::BTreeSet;

use crate::parse::boilerplate::{is_about, is_boilerplate, is_insertion};
use crate::parse::ending::{ends_sentence, is_question};
use crate::parse::front_back_matter::{FrontBackMatter, is_caption, is_ornament};
use crate::parse::label::{Label, LabelForm, label, remove_verbs};
use crate::parse::legend::Legend;
use crate::parse::line::{self, Line, Located, SetApart};
use crate::parse::name::{NameClass, class};
use crate::parse::name_key::key;
use crate::parse::page_furniture::{is_page_furniture, leading_symbols};
use crate::parse::speaker_evidence::SpeakerEvidence;
use crate::parse::speakers::{Voice, Voices, decide};
use crate::parse::summary::{OtherSpeakers, asker, date_of, interviewee_of, provenance, speakers};
use crate::parse::{
    Finding, Hints, Kind, Transcript, TranscriptBlock, aside, bold_question, heading, inline,
    interviewee, page_margin, settle, table, translation, unlabelled, unwrap_lines,
};

/// Share of the lines with speech that must end as sentences do, for others to be headings.
const PUNCTUATED: f64 = 0.7;
/// Lines among which the speech must begin to which a heading belongs.
const HEADING_LINES: usize = 5;
/// Lines after a heading or a question among which the speech must begin.
const SECTION_START: usize = 40;
/// Headings of a conversation from which on a section without a speaker is the publication's.
const SECTIONS: usize = 3;
/// Questions without a label from which on the type in which they are set is that of all questions.
const PLAIN_QUESTIONS: usize = 3;
/// Questions with a label, and the share of them that labelled answers must follow for an answer to need
/// a label.
const LABELLED_QUESTIONS: usize = 3;
const LABELLED_ANSWERS: f64 = 0.3;
/// Labelled lines up to which more questions without a label outweigh them.
const STRAY_LABELS: usize = 2;
/// Share of them that must be followed by a speaker.
const SPOKEN_SECTIONS: f64 = 0.6;

/// Reads a transcript of any shape.
pub(super) fn read(text: &str, hints: &Hints) -> (Transcript, Vec<Finding>) {
    let mut lines = line::read(text);
    page_margin::set_apart(&mut lines);
    let lines = inline::part(unwrap_lines::unwrap(lines));
    let mut lines = bold_question::part(table::part(lines));
    translation::set_apart(&mut lines);
    let mut labels: Vec<Option<Label>> = lines.iter().map(label).collect();
    remove_verbs(&mut labels);
    let legend = Legend::read(&lines, &labels, &hints.legend);
    let matter = FrontBackMatter::read(&lines, &labels, &legend, hints);
    let title = matter.title.map(|at| lines[at].text.to_string()).or_else(|| hints.title.clone());
    let furniture = |at: usize| matter.holds(at);
    let evidence = SpeakerEvidence {
        lines: &lines,
        labels: &labels,
        furniture: &furniture,
        legend: &legend,
        hints,
        title: title.as_deref().unwrap_or_default(),
    };
    let mut voices = decide(&evidence);
    let about = format!("{}\n{}", evidence.before_speech(), hints.about.join("\n"));
    let is_interview = interviewee::is_interview(evidence.title, &about);
    if are_stray(&voices, &lines, &labels, &matter, is_interview) {
        voices = Voices::of_nobody(hints.interviewee.clone());
    }
    let assembly =
        Assembly::new(&lines, &labels, &matter, &voices, asker(text, hints, &legend), is_interview);
    let mut blocks = assembly.blocks();
    if hints.is_monologue {
        settle::monologue(&mut blocks);
    }
    settle::settle(&mut blocks);
    let findings = assembly.doubtful_labels();
    let date = date_of(&blocks);
    let OtherSpeakers { interviewers, co_interviewees, guests } = speakers(&blocks);
    let other = |name: &String| {
        interviewers
            .iter()
            .chain(&guests)
            .chain(&co_interviewees)
            .any(|label| key(label) == key(name))
    };
    let named = voices.interviewee.clone().filter(|name| !other(name));
    let named = named.or_else(|| interviewee_of(title.as_deref(), &blocks, &legend, hints));
    let interviewee = named.filter(|name| !other(name));
    if let Some(name) = &interviewee {
        settle::about(&mut blocks, name, &interviewers, is_about);
    }
    let interviewee_from = interviewee.as_deref().map(|name| provenance(name, &labels, &evidence));
    let transcript = Transcript {
        title,
        date,
        interviewee,
        interviewee_from,
        aliases: voices.aliases.clone(),
        interviewers,
        co_interviewees,
        guests,
        scheme: assembly.scheme(),
        blocks,
    };
    (transcript, findings)
}

/// Whether the few labels that were taken for speakers' are none, because the type of the lines tells many
/// more questions than they do.
fn are_stray(
    voices: &Voices,
    lines: &[Line],
    labels: &[Option<Label>],
    matter: &FrontBackMatter,
    is_interview: bool,
) -> bool {
    let speaks = |at: &usize| {
        !matter.holds(*at)
            && labels[*at].as_ref().is_some_and(|label| voices.voice(label).is_some())
    };
    let labelled = (0..lines.len()).filter(speaks).count();
    let is_few = (1..=STRAY_LABELS).contains(&labelled);
    is_few && unlabelled::questions(lines, matter, is_interview).0.len() > labelled * 2
}

/// Whether hardly any labelled question is followed by a labelled answer, so that answers are the paragraphs
/// between them and a label that seems to answer is a stray one.
fn answers_are_plain(
    lines: &[Line],
    labels: &[Option<Label>],
    matter: &FrontBackMatter,
    voices: &Voices,
) -> bool {
    let spoken = (0..lines.len()).filter(|at| !matter.holds(*at) && lines[*at].set_apart.is_none());
    let asks: Vec<bool> = spoken
        .filter_map(|at| voices.voice(labels[at].as_ref()?))
        .map(|voice| matches!(voice, Voice::Interviewer(_)))
        .collect();
    let asked = asks.iter().filter(|asks| **asks).count();
    let answered = asks.windows(2).filter(|pair| pair[0] && !pair[1]).count();
    asked >= LABELLED_QUESTIONS && (answered as f64) < asked as f64 * LABELLED_ANSWERS
}

/// What decides about each line.
#[expect(clippy::struct_excessive_bools, reason = "independent findings about the whole text")]
struct Assembly<'a> {
    lines: &'a [Line],
    labels: &'a [Option<Label>],
    matter: &'a FrontBackMatter,
    voices: &'a Voices,
    asker: String,
    /// Lines that ask without a label, and how they are set apart.
    questions: BTreeSet<usize>,
    mark: Option<&'static str>,
    /// Nobody's label answers: a paragraph after a question is an answer.
    plain_answers: bool,
    /// Lines that ask where nobody's label asks, and that no labelled line answers.
    unanswered: BTreeSet<usize>,
    /// Nobody's label asks: a question before an answer is the interviewer's.
    plain_questions: bool,
    punctuated: bool,
    /// Hardly a line is in italic type, so that one that is tells something apart from what is said.
    is_italic_rare: bool,
    /// Most answers are set as quotations, so that a quotation is nothing special.
    quoted_answers: bool,
    /// Each section begins with a speaker, so that one that does not is the publication's.
    spoken_sections: bool,
    /// Open lines part the conversation: then one directly before it is no subtitle.
    has_headings: bool,
    /// The conversation, and its last line that opens somebody's speech.
    span: std::ops::Range<usize>,
    last: usize,
}

impl<'a> Assembly<'a> {
    fn new(
        lines: &'a [Line],
        labels: &'a [Option<Label>],
        matter: &'a FrontBackMatter,
        voices: &'a Voices,
        asker: String,
        is_interview: bool,
    ) -> Self {
        let asks = voices.has(|voice| matches!(voice, Voice::Interviewer(_)));
        let answers = voices.has(|voice| matches!(voice, Voice::Interviewee));
        let (questions, mark) = if asks || answers {
            (BTreeSet::new(), None)
        } else {
            unlabelled::questions(lines, matter, is_interview)
        };
        let mut assembly = Self {
            lines,
            labels,
            matter,
            voices,
            asker,
            plain_answers: !answers || answers_are_plain(lines, labels, matter, voices),
            plain_questions: !asks && answers,
            unanswered: BTreeSet::new(),
            questions,
            mark,
            punctuated: false,
            is_italic_rare: false,
            quoted_answers: false,
            spoken_sections: false,
            has_headings: false,
            span: 0..0,
            last: 0,
        };
        assembly.unanswered = assembly.unanswered_questions();
        let speech: Vec<usize> = (0..lines.len())
            .filter(|at| !matter.holds(*at) && assembly.opens_speech(*at))
            .collect();
        let ended = speech.iter().filter(|at| ends_sentence(lines[**at].chars())).count();
        assembly.punctuated = ended as f64 >= speech.len() as f64 * PUNCTUATED;
        let (first, last) = (speech.first().copied(), speech.last().copied());
        let last = last.unwrap_or(lines.len());
        let answers = |at: &usize| {
            let voice = assembly.voice(*at).map(|(_, voice)| voice);
            matches!(voice, Some(Voice::Interviewee | Voice::CoInterviewee(_) | Voice::Guest(_)))
        };
        let answered = speech.iter().copied().rfind(answers).unwrap_or(last);
        let end =
            assembly.farewell(answered).unwrap_or(lines.len()).min(matter.end(lines, answered));
        let end = assembly.without_boilerplate(answered, end);
        let end = assembly.without_afterword(first.unwrap_or(lines.len()), last, end);
        assembly.last = speech.iter().copied().rfind(|at| *at < end).unwrap_or(last);
        assembly.span = first.unwrap_or(lines.len())..assembly.without_colophon(end);
        let spoken = lines.get(assembly.span.clone()).unwrap_or_default();
        let quoted = spoken.iter().filter(|line| line.quote).count();
        assembly.quoted_answers = quoted * 3 >= spoken.len();
        let italic = spoken.iter().filter(|line| line.italic && line.set_apart.is_none()).count();
        assembly.is_italic_rare = italic * 6 <= spoken.len();
        assembly.spoken_sections = assembly.has_spoken_sections();
        assembly.has_headings = (assembly.span.start + 1..assembly.last)
            .any(|at| !matter.holds(at) && assembly.is_heading(at));
        assembly
    }

    fn voice(&self, at: usize) -> Option<(&Label, &Voice)> {
        let label = self.labels.get(at)?.as_ref()?;
        Some((label, self.voices.voice(label)?))
    }

    /// Whether somebody begins to speak on the line.
    fn opens_speech(&self, at: usize) -> bool {
        self.voice(at).is_some() || self.questions.contains(&at) || self.is_plain_question(at)
    }

    /// A paragraph without a label that asks what the next labelled line answers.
    fn is_plain_question(&self, at: usize) -> bool {
        let line = &self.lines[at];
        if !self.plain_questions || self.voice(at).is_some() || line.set_apart.is_some() {
            return false;
        }
        let next = (at + 1..self.lines.len())
            .take(SECTION_START)
            .find(|next| self.lines[*next].set_apart.is_none());
        let answers = |voice: &Voice| matches!(voice, Voice::Interviewee | Voice::CoInterviewee(_));
        let answered =
            next.and_then(|next| self.voice(next)).is_some_and(|(_, voice)| answers(voice));
        answered && (is_question(line.chars()) || line.is_bold() && ends_sentence(line.chars()))
    }

    /// Whether most sections of the conversation begin with somebody's speech.
    fn has_spoken_sections(&self) -> bool {
        let headings = self.span.clone().filter(|at| self.lines[*at].heading);
        let sections: Vec<bool> = headings.filter_map(|at| self.section_speaks(at)).collect();
        let spoken = sections.iter().filter(|speaks| **speaks).count();
        sections.len() >= SECTIONS && spoken as f64 >= sections.len() as f64 * SPOKEN_SECTIONS
    }

    /// Whether the heading, or the first line below it that is not another heading, opens speech.
    fn section_speaks(&self, heading: usize) -> Option<bool> {
        if self.opens_speech(heading) {
            return Some(true);
        }
        let next = (heading + 1..self.span.end).take(SECTION_START).find(|at| {
            self.lines[*at].set_apart.is_none()
                && (!self.lines[*at].heading || self.opens_speech(*at))
        });
        next.map(|next| self.opens_speech(next))
    }

    fn blocks(&self) -> Vec<TranscriptBlock> {
        let mut current = Current::default();
        (0..self.lines.len()).map(|at| self.block(at, &mut current)).collect()
    }

    fn block(&self, at: usize, current: &mut Current) -> TranscriptBlock {
        let text = self.lines[at].text.clone();
        if let Some(reason) = self.lines[at].set_apart {
            let (kind, why) = match reason {
                SetApart::Caption => (Kind::Caption, "the page marks it as a caption"),
                SetApart::Code if self.span.contains(&at) => (Kind::Aside, "program code"),
                SetApart::Code => (Kind::Furniture, "program code"),
                SetApart::Links => (Kind::Furniture, "it consists of links"),
                SetApart::Folded => (Kind::Furniture, "it is folded away on the page"),
                SetApart::Translation => (Kind::Furniture, translation::TRANSLATION),
                SetApart::PageMargin => (Kind::Furniture, "the head or the foot of a printed page"),
                SetApart::Boilerplate => {
                    (Kind::Furniture, "the page names this part as no part of the article")
                }
            };
            return TranscriptBlock { kind, label: Located::default(), text, why };
        }
        if at < self.span.start || self.matter.title == Some(at) {
            let (kind, why) = self.before(at, current);
            return TranscriptBlock { kind, label: Located::default(), text, why };
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
                quote: self.lines[at].quote,
            };
            let kind =
                if *voice == Voice::Nobody { Kind::Aside } else { Kind::Speech(voice.clone()) };
            return TranscriptBlock {
                kind,
                label,
                text: words,
                why: "the label names the speaker",
            };
        }
        let (kind, why) = self.within(at, current);
        // The dash or the symbol that marks a question is a label; a number is part of the question.
        let asks = self.questions.contains(&at) || self.is_plain_question(at);
        let mark = if asks { leading_symbols(text.chars()) } else { 0 };
        TranscriptBlock { kind, label: text.slice(0..mark), text: text.tail(mark), why }
    }

    /// A line that looks like a byline is speech between the first label and the last.
    fn may_speak(&self, at: usize) -> bool {
        at <= self.last
    }

    fn before(&self, at: usize, current: &mut Current) -> (Kind, &'static str) {
        let line = &self.lines[at];
        let subtitle = self.matter.title.is_some_and(|title| at == title + 1)
            && line.chars().starts_with(&['—']);
        if self.matter.title == Some(at) {
            (Kind::Title, "the first line, open at its end")
        } else if self.matter.captions.contains(&at) {
            (Kind::Caption, "it stands below a picture or names who took it")
        } else if self.matter.holds(at) || subtitle || aside::is_closing(line.chars()) {
            (Kind::Furniture, "a byline, a date, credits or a list of speakers")
        } else if line.heading
            || heading::is_marked(line)
            || (current.lead || heading::is_numbered(line.chars()) || self.has_headings)
                && self.is_heading(at)
        {
            (Kind::Heading, "a short line, open at its end, before the conversation")
        } else {
            current.lead = true;
            (Kind::Lead, "it stands before the first question")
        }
    }

    fn within(&self, at: usize, current: &mut Current) -> (Kind, &'static str) {
        let line = &self.lines[at];
        let chars = line.chars();
        if aside::is_whole(chars) || at < self.span.end && aside::is_note(chars) {
            return (Kind::Aside, "a remark in brackets or an editor's note");
        }
        if self.matter.captions.contains(&at) {
            return (Kind::Caption, "it stands below a picture or names who took it");
        }
        if at >= self.span.end {
            return (Kind::Furniture, "it stands after the end of the conversation");
        }
        let speaks_to_readers = line.italic && is_boilerplate(chars);
        if is_insertion(chars) || speaks_to_readers {
            return (Kind::Furniture, "the page inserted it between paragraphs");
        }
        if is_ornament(chars) || is_page_furniture(chars) || self.is_mere_credit(at) {
            return (Kind::Furniture, "an ornament or a line of credits");
        }
        if self.unanswered.contains(&at) {
            current.voice = Some(Voice::Nobody);
            let kind = if line.heading { Kind::Heading } else { Kind::Aside };
            return (kind, "a question that no speaker answers");
        }
        if self.questions.contains(&at) || self.is_plain_question(at) {
            let voice = Voice::Interviewer(self.asker.clone());
            *current = Current {
                voice: Some(voice.clone()),
                paragraphs: 1,
                lead: true,
                quote: line.quote,
            };
            return (
                Kind::Speech(voice),
                self.mark.unwrap_or("it asks what the next speaker answers"),
            );
        }
        if heading::is_marked(line) || current.paragraphs > 0 && self.is_heading(at) {
            let is_silent =
                line.heading && self.spoken_sections && self.section_speaks(at) == Some(false);
            if is_silent {
                current.voice = Some(Voice::Nobody);
            }
            return (Kind::Heading, "a heading by its mark, or a short line open at its end");
        }
        let is_answering = !matches!(current.voice, Some(Voice::Interviewer(_)) | None);
        if line.italic && self.is_italic_rare && is_answering && current.paragraphs > 0 {
            return (Kind::Aside, "it is set in italic type within an answer");
        }
        if line.quote && !current.quote && !self.quoted_answers && is_answering {
            return (Kind::Aside, "a quotation set apart within an answer");
        }
        let asked = current.paragraphs > 0 && matches!(current.voice, Some(Voice::Interviewer(_)));
        if self.plain_answers && asked {
            current.voice = Some(Voice::Interviewee);
            current.quote = line.quote;
        }
        current.paragraphs += 1;
        match current.voice.clone() {
            None => (Kind::Lead, "nobody speaks yet"),
            Some(Voice::Nobody) => (Kind::Aside, "no speaker is named for this section"),
            Some(voice) => (Kind::Speech(voice), "it continues the paragraph above"),
        }
    }

    /// `图片来源：…` in the middle; a date there may well be part of an answer.
    fn is_mere_credit(&self, at: usize) -> bool {
        let caption = is_caption(self.lines[at].chars());
        self.matter.furniture.contains(&at) && (self.labels[at].is_some() || caption)
    }

    /// An open line before a speaker's, or before another such line.
    fn is_heading(&self, at: usize) -> bool {
        let open = |at: usize| self.voice(at).is_none() && heading::is_open(self.lines[at].chars());
        let last = self.span.end.min(at + HEADING_LINES);
        let next = (at + 1..last).find(|next| !open(*next)).unwrap_or(last);
        let before_speech = next < self.lines.len() && next <= self.last && self.opens_speech(next);
        self.punctuated && open(at) && before_speech
    }

    /// How speakers are told apart, for the explanation of a reading.
    fn scheme(&self) -> &'static str {
        match (self.mark, self.plain_answers, self.plain_questions) {
            (Some(mark), ..) => mark,
            (None, true, _) if self.span.is_empty() => "nobody speaks",
            (None, true, _) => "labels before the questions",
            (None, false, true) => "labels before the answers",
            (None, false, false) => "labels before questions and answers",
        }
    }

    /// Names before a colon that were read as text, although they could be a speaker's.
    fn doubtful_labels(&self) -> Vec<Finding> {
        let doubtful = |at: &usize| {
            let label =
                self.labels[*at].as_ref().filter(|label| label.form == LabelForm::Marked)?;
            let unread = self.voices.voice(label).is_none()
                && self.span.contains(at)
                && !self.matter.holds(*at);
            let name_like = matches!(class(&label.name), NameClass::Person | NameClass::Unknown)
                && label.length < 12;
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
    /// The speech began in a quotation.
    quote: bool,
}
