//! From lines to blocks: each line finds its kind by who speaks where in the whole text.

use std::collections::BTreeSet;

use super::boilerplate::{is_about, is_boilerplate, is_insertion};
use super::ending::{ends_sentence, is_question};
use super::front_back_matter::{FrontBackMatter, is_caption, is_ornament};
use super::label::{Label, LabelForm, label};
use super::legend::Legend;
use super::line::{self, Line, Located, SetApart};
use super::name::{NameClass, bare, class, key};
use super::page_furniture::{is_page_furniture, is_symbols};
use super::speakers::{LEAD_LINES, SpeakerEvidence, Voice, Voices, decide};
use super::{
    Finding, Hints, Kind, Transcript, TranscriptBlock, aside, bold_question, heading, inline,
    interviewee, settle, table, translation, unlabelled, unwrap_lines,
};
use crate::Provenance;
use crate::dates::date_in;
use crate::text::{Script, is_han};

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
    let lines = inline::part(unwrap_lines::unwrap(line::read(text)));
    let mut lines = bold_question::part(table::part(lines));
    translation::set_apart(&mut lines);
    let labels: Vec<Option<Label>> = lines.iter().map(label).collect();
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

/// What gave the interviewee's name: a label as it stands, or the wording of the title or the lead.
fn provenance(name: &str, labels: &[Option<Label>], evidence: &SpeakerEvidence<'_>) -> Provenance {
    let is_label = labels.iter().flatten().any(|label| key(&bare(&label.name)) == key(name));
    let legend = &evidence.legend;
    let is_listed =
        legend.interviewee.iter().chain(legend.names.values()).any(|other| other == name);
    if is_label || is_listed {
        Provenance::Labels
    } else if key(evidence.title).contains(&key(name)) {
        Provenance::Title
    } else {
        Provenance::Lead
    }
}

/// What whoever asks is called where questions stand without a label.
fn asker(text: &str, hints: &Hints, legend: &Legend) -> String {
    let known = hints.interviewers.first().or(legend.interviewers.first());
    known.cloned().unwrap_or_else(|| {
        let label = match Script::of(text) {
            Some(Script::Hant) => "問",
            None if !text.chars().any(is_han) => "Q",
            Some(Script::Hans) | None => "问",
        };
        label.to_owned()
    })
}

/// Who is interviewed where no label names them: the hints, the legend, the title and the lead tell.
fn interviewee_of(
    title: Option<&str>,
    blocks: &[TranscriptBlock],
    legend: &Legend,
    hints: &Hints,
) -> Option<String> {
    let lead = blocks.iter().filter(|block| block.kind == Kind::Lead).take(LEAD_LINES);
    let lead = lead.map(|block| block.text.to_string()).collect::<Vec<_>>().join("\n");
    let title = title.unwrap_or_default();
    hints.interviewee.clone().or_else(|| legend.interviewee.clone()).or_else(|| {
        let answers = blocks.iter().filter(|block| block.kind == Kind::Speech(Voice::Interviewee));
        let own = interviewee::in_first_person(answers.map(|block| block.text.chars()));
        // `对话林远`, above the part of a feature that is an interview.
        let headings = blocks.iter().filter(|block| block.kind == Kind::Heading);
        interviewee::credible(title, &lead, &hints.about, own).or_else(|| {
            headings
                .into_iter()
                .find_map(|heading| interviewee::stated(&heading.text.to_string(), ""))
        })
    })
}

/// The date of publication, by a line of credits.
fn date_of(blocks: &[TranscriptBlock]) -> Option<String> {
    let bylines = blocks.iter().filter(|block| block.kind == Kind::Furniture);
    bylines.into_iter().find_map(|block| date_in(&block.text.to_string()))
}

/// Labels by what their bearers do, in the order in which they first speak.
#[derive(Debug, Default)]
pub(crate) struct OtherSpeakers {
    pub(crate) interviewers: Vec<String>,
    pub(crate) co_interviewees: Vec<String>,
    pub(crate) guests: Vec<String>,
}

/// The labels of all who speak but the interviewee.
pub(crate) fn speakers(blocks: &[TranscriptBlock]) -> OtherSpeakers {
    let mut spoken = OtherSpeakers::default();
    for block in blocks {
        let (list, name) = match &block.kind {
            Kind::Speech(Voice::Interviewer(name)) => (&mut spoken.interviewers, name),
            Kind::Speech(Voice::CoInterviewee(name)) => (&mut spoken.co_interviewees, name),
            Kind::Speech(Voice::Guest(name)) => (&mut spoken.guests, name),
            _ => continue,
        };
        if !list.contains(name) {
            list.push(name.clone());
        }
    }
    spoken
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

    /// Where the conversation ends if its last answer takes leave: what follows without a label is
    /// somebody else's.
    fn farewell(&self, answered: usize) -> Option<usize> {
        let (label, voice) = self.voice(answered)?;
        if !matches!(voice, Voice::Interviewee | Voice::CoInterviewee(_)) {
            return None;
        }
        let line = self.lines[answered].chars();
        let words = &line[label.length.min(line.len())..];
        let below = words.is_empty();
        let words = if below { self.lines.get(answered + 1)?.chars() } else { words };
        let end = answered + 1 + usize::from(below);
        (self.last_label() == Some(answered) && aside::is_farewell(words)).then_some(end)
    }

    /// The end without whole lines in italic or bold type behind the last answer: they tell about the
    /// conversation.
    fn without_colophon(&self, mut end: usize) -> usize {
        let is_set = |line: &Line| (line.italic || line.is_bold()) && !line.heading;
        while end > self.last + 2 && end <= self.lines.len() && is_set(&self.lines[end - 1]) {
            end -= 1;
        }
        end
    }

    /// The end without what the publication says to its readers, and all that follows it. The first
    /// paragraph of the last answer is never the publication's.
    fn without_boilerplate(&self, answered: usize, end: usize) -> usize {
        let below = self
            .voice(answered)
            .is_none_or(|(label, _)| label.length >= self.lines[answered].chars().len());
        let from = answered + 1 + usize::from(below);
        let is_running = |at: &usize| self.lines[*at].set_apart.is_none();
        let found =
            (from..end).filter(is_running).find(|at| is_boilerplate(self.lines[*at].chars()));
        found.unwrap_or(end)
    }

    /// The end without the last section if nobody speaks in it, where each other section begins with somebody's
    /// speech: an afterword, or a note on the person.
    fn without_afterword(&self, first: usize, last: usize, end: usize) -> usize {
        let is_section = |at: &usize| {
            let line = &self.lines[*at];
            let opens = self.opens_speech(*at);
            line.set_apart.is_none()
                && !opens
                && heading::is_marked(line)
                && !self.matter.holds(*at)
        };
        // The first paragraph of an answer may stand below its label.
        let begins = |at: &usize| {
            let next =
                (at + 1..self.lines.len()).find(|next| self.lines[*next].set_apart.is_none());
            next.is_some_and(|next| self.opens_speech(next) || is_section(&next))
        };
        let are_spoken = (first..last).filter(is_section).all(|at| begins(&at));
        let afterword = (last + 2..end).find(is_section).filter(|_| are_spoken);
        afterword.unwrap_or(end)
    }

    /// The last line of the text that a speaker's label opens.
    fn last_label(&self) -> Option<usize> {
        (0..self.lines.len()).rev().find(|at| !self.matter.holds(*at) && self.voice(*at).is_some())
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

    /// Where questions have no label but are all set alike, the lines set in this way that ask and that no
    /// labelled line answers: the publication answers them itself.
    fn unanswered_questions(&self) -> BTreeSet<usize> {
        let asked: Vec<usize> = (0..self.lines.len())
            .filter(|at| !self.matter.holds(*at) && self.is_plain_question(*at))
            .collect();
        let (Some(first), Some(last)) = (asked.first(), asked.last()) else {
            return BTreeSet::new();
        };
        let marks: [fn(&Line) -> bool; 4] = [
            |line| line.is_bold() && !line.heading,
            |line| line.heading,
            unlabelled::is_numbered,
            |line| line.italic,
        ];
        let is_common = |mark: &&fn(&Line) -> bool| {
            let marked = asked.iter().filter(|at| mark(&self.lines[**at])).count();
            asked.len() >= PLAIN_QUESTIONS && marked * 5 >= asked.len() * 4
        };
        let Some(mark) = marks.iter().find(is_common) else { return BTreeSet::new() };
        let asks = |at: &usize| {
            let line = &self.lines[*at];
            mark(line)
                && is_question(line.chars())
                && self.voice(*at).is_none()
                && line.set_apart.is_none()
                && !asked.contains(at)
        };
        // Two questions in a row are answered together.
        let alone = |at: &usize| !mark(&self.lines[(*at + 1).min(self.lines.len() - 1)]);
        (*first..*last).filter(asks).filter(alone).collect()
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
        let is_mark = |c: &&char| is_symbols(&[**c]);
        let dashes = text.chars().iter().take_while(is_mark).count();
        let mark = if self.questions.contains(&at) { dashes } else { 0 };
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
