//! Which labels are speakers': what the label itself, its lines and the other labels say together.

use std::collections::{HashMap, HashSet};

use super::ending::is_question;
use super::label::{Label, LabelForm};
use super::line::Line;
use super::name::{NameClass, bare, is_audience, is_generic};
use super::name_key::key;
use super::person::{is_preceded, same};
use super::speaker_evidence::{Speaker, SpeakerEvidence};

/// A label that stands on fewer lines than this share of the most frequent one's is no speaker's, if
/// nothing else says so.
const RARE: usize = 5;

/// Headings that must be labels for headings to name speakers.
const HEADING_LABELS: usize = 4;
/// Different people who must ask one for each of them to be believed.
const MANY_ASKERS: usize = 4;

/// What decides whether a label is a speaker's.
pub(super) struct Acceptance<'a> {
    speakers: &'a [Speaker],
    evidence: &'a SpeakerEvidence<'a>,
    /// Lines of the most frequent label.
    most: usize,
    /// Both `Q …` and `A …` stand at lines' starts without a colon: `A` alone begins English sentences.
    letters: bool,
    /// Lines that hold a name which does so more than once, or a word like `记者`.
    alone: usize,
    /// By a label's key, its lines that ask, or follow an interviewer's.
    turns: HashMap<String, usize>,
    /// Most headings are labels, so that one which stands there once is a label as well.
    are_headings: bool,
    /// Keys of labels that stand before a question which somebody answers who is asked by many.
    many_askers: HashSet<String>,
    /// Keys of the labels that are in bold type on all their lines, before words in plain type.
    bold_labels: HashSet<String>,
    /// At least two people who are known to speak have labels, and all of these are in bold type.
    speakers_are_bold: bool,
}

impl<'a> Acceptance<'a> {
    pub(super) fn new(speakers: &'a [Speaker], evidence: &'a SpeakerEvidence<'a>) -> Self {
        let lettered =
            |class: NameClass| speakers.iter().any(|s| s.class == class && s.letters > 0);
        let bold_labels = bold_labels(evidence);
        let known: Vec<&Speaker> = speakers.iter().filter(|s| is_known(s)).collect();
        let speakers_are_bold =
            known.len() > 1 && known.iter().all(|s| bold_labels.contains(&key(&s.name)));
        let alone =
            speakers.iter().filter(|s| s.class.may_speak() && (s.weak > 1 || is_generic(&s.name)));
        Self {
            speakers,
            evidence,
            most: speakers.iter().map(Speaker::lines).max().unwrap_or(0),
            letters: lettered(NameClass::Interviewer) && lettered(NameClass::Interviewee),
            alone: alone.map(|s| s.weak).sum(),
            turns: turns(speakers, evidence),
            are_headings: are_headings(evidence),
            many_askers: many_askers(speakers, evidence),
            bold_labels,
            speakers_are_bold,
        }
    }

    /// Whether each of the speakers speaks.
    pub(super) fn all(&self) -> Vec<bool> {
        let accepted: Vec<bool> =
            self.speakers.iter().map(|speaker| self.speaks(speaker)).collect();
        let full = self
            .speakers
            .iter()
            .zip(&accepted)
            .filter(|(s, kept)| **kept && s.class == NameClass::Person);
        let full: Vec<String> = full.map(|(s, _)| bare(&s.name)).collect();
        // `Marsh:` speaks once, but `Ada Marsh:` speaks.
        let part = |s: &Speaker| {
            matches!(s.class, NameClass::Unknown | NameClass::Person)
                && s.marked > 0
                && full.iter().any(|name| {
                    let other = bare(&s.name);
                    same(name, &other) || is_preceded(name, &other)
                })
        };
        self.speakers.iter().zip(accepted).map(|(speaker, kept)| kept || part(speaker)).collect()
    }

    fn speaks(&self, speaker: &Speaker) -> bool {
        if self.is_named(&speaker.name) {
            return true;
        }
        match speaker.class {
            NameClass::Never => false,
            _ if self.asks_once(speaker) => true,
            NameClass::Person
            | NameClass::Unknown
            | NameClass::Interviewer
            | NameClass::Interviewee
                if self.are_headings && self.is_heading(speaker) =>
            {
                true
            }
            NameClass::Clause => {
                speaker.marked > 2
                    && speaker.lines() * 2 >= self.most
                    && self
                        .turns
                        .get(&key(&speaker.name))
                        .is_some_and(|turns| turns * 2 >= speaker.lines())
            }
            _ if speaker.letters == speaker.lines() => self.letters,
            // Alone on its line once: a heading or a caption as likely as a speaker.
            _ if speaker.marked == 0 && speaker.weak == 1 => {
                is_generic(&speaker.name) && self.alone > 1
            }
            NameClass::Interviewer if speaker.lines() == 1 && is_audience(&speaker.name) => {
                self.addresses(speaker.first)
            }
            NameClass::Interviewer | NameClass::Interviewee if self.is_stray_letter(speaker) => {
                false
            }
            NameClass::Interviewer | NameClass::Interviewee | NameClass::Narrator => true,
            // `路：` once is a word of its own sooner than Mr Lu.
            NameClass::Person if key(&speaker.name).chars().count() == 1 => speaker.lines() > 1,
            NameClass::Person => speaker.marked > 0 || speaker.weak > 1,
            NameClass::Unknown if self.is_set_as_speakers_are(speaker) => true,
            NameClass::Unknown => {
                (speaker.marked > 1 || speaker.weak > 1)
                    && speaker.lines() * RARE >= self.most
                    && self.takes_turns(speaker)
            }
        }
    }

    /// Whether all lines of the label set it in bold type and the words in plain type, as those of the people
    /// do who are known to speak. A list in an answer may do so as well, so that it must recur and turn to
    /// somebody.
    fn is_set_as_speakers_are(&self, speaker: &Speaker) -> bool {
        speaker.marked > 1
            && self.speakers_are_bold
            && self.bold_labels.contains(&key(&speaker.name))
            && self.addresses(speaker.first)
    }

    /// Whether a heading that holds nothing else names the speaker.
    fn is_heading(&self, speaker: &Speaker) -> bool {
        let label = self.evidence.labels[speaker.first].as_ref();
        label.is_some_and(|label| is_heading_label(&self.evidence.lines[speaker.first], label))
    }

    /// Whether this is one of many who ask the same person once or twice each.
    fn asks_once(&self, speaker: &Speaker) -> bool {
        self.many_askers.contains(&key(&speaker.name))
    }

    /// `Q：` once in what somebody else was asked: it speaks of a letter.
    fn is_stray_letter(&self, speaker: &Speaker) -> bool {
        let is_letter = |s: &Speaker| matches!(key(&s.name).as_str(), "q" | "a" | "问" | "答");
        let others = |s: &&Speaker| s.class == NameClass::Interviewer && !is_letter(s);
        let partner = |s: &Speaker| is_letter(s) && s.class != speaker.class;
        is_letter(speaker)
            && !self.speakers.iter().any(partner)
            && self.speakers.iter().filter(others).any(|s| s.lines() > speaker.lines())
    }

    /// Whether the line asks or turns to somebody.
    fn addresses(&self, line: usize) -> bool {
        self.evidence.lines[line].chars().iter().any(|c| "？?您你谢謝请請".contains(*c))
    }

    /// Where it is plain who asks and who answers, another speaker answers a question, or asks: an item
    /// of a list in an answer does neither.
    fn takes_turns(&self, speaker: &Speaker) -> bool {
        let often =
            |class: NameClass| self.speakers.iter().any(|s| s.class == class && s.lines() > 1);
        let plain = often(NameClass::Interviewer)
            && (often(NameClass::Person) || often(NameClass::Interviewee));
        !plain
            || self.turns.get(&key(&speaker.name)).is_some_and(|turns| turns * 2 >= speaker.lines())
    }

    /// Whether a hint or a legend names the label.
    fn is_named(&self, name: &str) -> bool {
        let SpeakerEvidence { hints, legend, .. } = self.evidence;
        let hinted = hints
            .interviewee
            .iter()
            .chain(&hints.aliases)
            .chain(&hints.interviewers)
            .chain(hints.guests.iter().flatten());
        let listed = legend
            .interviewee
            .iter()
            .chain(&legend.co_interviewees)
            .chain(&legend.interviewers)
            .chain(&hints.co_interviewees);
        let own = key(name);
        legend.names.contains_key(&own)
            || legend.names.values().any(|full| key(full) == own)
            || hinted.chain(listed).any(|other| same(&bare(other), &bare(name)))
    }
}

/// Whether the speaker's label recurs and is a person's name or a word like `记者`.
fn is_known(speaker: &Speaker) -> bool {
    speaker.class.is_known_speaker() && speaker.marked > 1
}

/// The keys of the labels that are in bold type on all their lines.
fn bold_labels(evidence: &SpeakerEvidence<'_>) -> HashSet<String> {
    let (mut bold, mut plain) = (HashSet::new(), HashSet::new());
    for (label, line) in evidence.labels.iter().zip(evidence.lines) {
        let Some(label) = label else { continue };
        let set = if is_bold_label(line, label) { &mut bold } else { &mut plain };
        set.insert(key(&label.name));
    }
    bold.retain(|name| !plain.contains(name));
    bold
}

/// Whether the label is in bold type and words in plain type follow it.
fn is_bold_label(line: &Line, label: &Label) -> bool {
    let end = label.length.min(line.bold.len());
    let letters = |at: &usize| line.chars()[*at].is_alphanumeric();
    (0..end).filter(letters).all(|at| line.bold[at])
        && (end..line.bold.len()).filter(letters).any(|at| !line.bold[at])
}

fn is_heading_label(line: &Line, label: &Label) -> bool {
    line.heading && label.form == LabelForm::Marked && label.length >= line.chars().len()
}

/// Whether most headings are labels, as in the exports of `SayIt`: `### Ada Marsh:`.
fn are_headings(evidence: &SpeakerEvidence<'_>) -> bool {
    let headings = evidence.lines.iter().filter(|line| line.heading).count();
    let labelled = evidence.lines.iter().zip(evidence.labels);
    let labels = labelled
        .filter(|(line, label)| label.as_ref().is_some_and(|label| is_heading_label(line, label)))
        .count();
    labels >= HEADING_LABELS && labels * 5 >= headings * 4
}

/// The labels of those who ask once or twice each, between answers of one who is asked by at least
/// [`MANY_ASKERS`]: readers who ask an author, listeners who call in.
fn many_askers(speakers: &[Speaker], evidence: &SpeakerEvidence<'_>) -> HashSet<String> {
    let answerer = speakers
        .iter()
        .filter(|s| s.class != NameClass::Never && s.marked > 0)
        .max_by_key(|s| s.lines());
    let Some(answerer) = answerer.map(|s| key(&s.name)) else { return HashSet::new() };
    let labelled: Vec<(String, usize)> = evidence
        .labels
        .iter()
        .enumerate()
        .filter(|(at, _)| !(evidence.furniture)(*at))
        .filter_map(|(at, label)| {
            let label = label.as_ref().filter(|label| label.form == LabelForm::Marked)?;
            Some((key(&label.name), at))
        })
        .collect();
    let mut asking: HashMap<&str, (usize, usize)> = HashMap::new();
    for pair in labelled.windows(2) {
        let [(name, at), (next, _)] = pair else { continue };
        if *next == answerer && *name != answerer {
            let (asked, addressed) = asking.entry(name).or_default();
            *asked += 1;
            let words = evidence.lines[*at].chars();
            *addressed += usize::from(words.iter().any(|c| matches!(c, '？' | '?')));
        }
    }
    let answers = labelled.iter().filter(|(name, _)| *name == answerer).count();
    let mut rare: HashSet<String> = HashSet::new();
    for (name, (asked, addressed)) in &asking {
        if *asked <= 2 && *addressed == *asked {
            rare.insert((*name).to_owned());
        }
    }
    if rare.len() >= MANY_ASKERS && rare.len() * 2 >= answers { rare } else { HashSet::new() }
}

/// How often each label's line asks, or follows an interviewer's.
fn turns(speakers: &[Speaker], evidence: &SpeakerEvidence<'_>) -> HashMap<String, usize> {
    let askers =
        speakers.iter().filter(|s| s.class == NameClass::Interviewer).map(|s| key(&s.name));
    let askers: HashSet<String> = askers.collect();
    let mut turns: HashMap<String, usize> = HashMap::new();
    let mut asked = false;
    for (at, label) in evidence.labels.iter().enumerate() {
        let Some(label) = label.as_ref().filter(|_| !(evidence.furniture)(at)) else { continue };
        let name = key(&label.name);
        let asks = askers.contains(&name);
        let takes_turn = asked || is_question(evidence.lines[at].chars());
        *turns.entry(name).or_default() += usize::from(takes_turn);
        asked = asks;
    }
    turns
}
