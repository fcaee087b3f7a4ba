//! Who speaks in a transcript, and who of them asks: labels are judged over all their lines.

use std::collections::HashMap;

use super::acceptance::Acceptance;
use super::ending::is_question;
use super::label::{Label, LabelForm};
use super::name::{NameClass, class};
use super::name_key::key;
use super::person::{Person, is_fuller, persons, shown_name};
use super::role::{Role, roles};
use super::speaker_evidence::{Speaker, SpeakerEvidence};

/// Labels that are considered at most.
const MAX_SPEAKERS: usize = 300;

/// Whose words follow a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voice {
    /// Whose words the quotations are.
    Interviewee,
    /// Another one who is interviewed, by this label.
    CoInterviewee(String),
    /// Who asks, by this label.
    Interviewer(String),
    /// Somebody else, by this label.
    Guest(String),
    /// A narrator: an aside.
    Nobody,
}

/// The speakers of a transcript.
#[derive(Debug, Default)]
pub(super) struct Voices {
    /// By a label's key, and whether it is marked by a colon or the like.
    by_label: HashMap<(String, bool), Voice>,
    /// The interviewee's name, where it is known.
    pub(super) interviewee: Option<String>,
    /// Other labels of the interviewee.
    pub(super) aliases: Vec<String>,
}

impl Voices {
    /// No label is a speaker's, and `interviewee` is known to be interviewed.
    pub(super) fn of_nobody(interviewee: Option<String>) -> Self {
        Self { interviewee, ..Self::default() }
    }

    /// Whose words follow `label`.
    pub(super) fn voice(&self, label: &Label) -> Option<&Voice> {
        self.by_label.get(&(key(&label.name), label.form == LabelForm::Marked))
    }

    /// Whether somebody has labelled words in this role.
    pub(super) fn has(&self, role: fn(&Voice) -> bool) -> bool {
        self.by_label.values().any(role)
    }
}

/// Decides who speaks and in which role.
pub(super) fn decide(evidence: &SpeakerEvidence<'_>) -> Voices {
    let mut speakers = tally(evidence);
    forget_the_rarest(&mut speakers);
    let mut accepted = Acceptance::new(&speakers, evidence).all();
    let labelled: usize = speakers.iter().filter(|s| s.class.may_speak()).map(|s| s.marked).sum();
    // Two names that speak once each: accepted where nearly every line is labelled.
    if accepted.iter().filter(|kept| **kept).count() < 2 && labelled * 3 >= evidence.lines.len() * 2
    {
        accepted = speakers.iter().map(|s| s.class.may_speak() && s.marked > 0).collect();
    }
    let mut kept = accepted.into_iter();
    speakers.retain(|_| kept.next().unwrap_or(false));
    measure(&mut speakers, evidence);
    let persons = persons(&speakers, evidence);
    let roles = roles(&persons, &speakers, evidence);
    voices(&speakers, &persons, &roles, evidence)
}

/// Keeps as many labels as a conversation can have speakers: the most frequent ones. All that follows
/// compares each label with each other one.
fn forget_the_rarest(speakers: &mut Vec<Speaker>) {
    if speakers.len() > MAX_SPEAKERS {
        speakers.sort_by_key(|speaker| (std::cmp::Reverse(speaker.lines()), speaker.first));
        speakers.truncate(MAX_SPEAKERS);
        speakers.sort_by_key(|speaker| speaker.first);
    }
}

fn tally(evidence: &SpeakerEvidence<'_>) -> Vec<Speaker> {
    let mut speakers: Vec<Speaker> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for (position, label) in evidence.labels.iter().enumerate() {
        let Some(label) = label.as_ref().filter(|_| !(evidence.furniture)(position)) else {
            continue;
        };
        let index = *at.entry(key(&label.name)).or_insert_with(|| {
            let class = class_of(&label.name, evidence);
            let name = label.name.clone();
            speakers.push(Speaker {
                name,
                class,
                marked: 0,
                weak: 0,
                letters: 0,
                utterances: 0,
                questions: 0,
                chars: 0,
                turns: 0,
                next: HashMap::new(),
                first: position,
            });
            speakers.len() - 1
        });
        let speaker = &mut speakers[index];
        speaker.marked += usize::from(label.form == LabelForm::Marked);
        speaker.weak += usize::from(label.form != LabelForm::Marked);
        speaker.letters += usize::from(label.form == LabelForm::Letter);
    }
    letters_of_persons(&mut speakers);
    speakers
}

/// `A` answers where `Q` asks; beside `B` it is a person like any other.
fn letters_of_persons(speakers: &mut [Speaker]) {
    let letter = |s: &Speaker| {
        matches!(key(&s.name).as_bytes(), [b'b'..=b'p' | b'r'..=b'z']) && s.marked > 0
    };
    if speakers.iter().any(letter) && !speakers.iter().any(|s| key(&s.name) == "q") {
        for speaker in speakers.iter_mut().filter(|s| key(&s.name) == "a") {
            speaker.class = NameClass::Unknown;
        }
    }
}

/// The label's class, or that of the full name behind it.
fn class_of(name: &str, evidence: &SpeakerEvidence<'_>) -> NameClass {
    match class(name) {
        known @ (NameClass::Interviewer | NameClass::Interviewee | NameClass::Narrator) => known,
        other => evidence.legend.names.get(&key(name)).map_or(other, |full| match class(full) {
            NameClass::Unknown | NameClass::Clause | NameClass::Never => NameClass::Person,
            class => class,
        }),
    }
}

/// Sums up each speaker's words, those of unlabelled paragraphs included.
fn measure(speakers: &mut [Speaker], evidence: &SpeakerEvidence<'_>) {
    let index: HashMap<String, usize> =
        speakers.iter().enumerate().map(|(at, s)| (key(&s.name), at)).collect();
    let mut current: Option<usize> = None;
    for (position, line) in evidence.lines.iter().enumerate() {
        if (evidence.furniture)(position) {
            continue;
        }
        let label = evidence.labels[position]
            .as_ref()
            .and_then(|label| Some((label, *index.get(&key(&label.name))?)));
        let words = label.map_or(line.chars(), |(label, _)| {
            &line.chars()[label.length.min(line.chars().len())..]
        });
        if let Some((_, speaker)) = label {
            if current != Some(speaker) {
                speakers[speaker].turns += 1;
                if let Some(before) = current {
                    *speakers[before].next.entry(speaker).or_default() += 1;
                }
            }
            current = Some(speaker);
            speakers[speaker].utterances += 1;
        }
        if let Some(speaker) = current.and_then(|current| speakers.get_mut(current)) {
            speaker.chars += words.len();
            speaker.questions += usize::from(is_question(words));
        }
    }
}

fn voices(
    speakers: &[Speaker],
    persons: &[Person],
    roles: &[Role],
    evidence: &SpeakerEvidence<'_>,
) -> Voices {
    let mut voices =
        Voices { interviewee: evidence.hints.interviewee.clone(), ..Voices::default() };
    let labels = labels(persons, roles, speakers, evidence);
    for ((person, role), label) in persons.iter().zip(roles).zip(labels) {
        let voice = match role {
            Role::Answers => Voice::Interviewee,
            Role::Asks => Voice::Interviewer(label),
            Role::AlsoAnswers => Voice::CoInterviewee(label),
            Role::Guest => Voice::Guest(label),
            Role::Nobody => Voice::Nobody,
        };
        for speaker in person.labels.iter().map(|at| &speakers[*at]) {
            let alone = speaker.weak > 1 || speaker.marked == 0;
            for (marked, _) in
                [(true, speaker.marked > 0), (false, alone)].iter().filter(|(_, counts)| *counts)
            {
                voices.by_label.insert((key(&speaker.name), *marked), voice.clone());
            }
        }
    }
    let answering = || {
        persons
            .iter()
            .zip(roles)
            .filter(|(_, role)| **role == Role::Answers)
            .map(|(person, _)| person)
    };
    if voices.interviewee.is_none() {
        let named = answering()
            .find(|person| matches!(person.class, NameClass::Person | NameClass::Unknown));
        voices.interviewee =
            named.or_else(|| answering().next()).and_then(|person| shown_name(person, evidence));
    }
    let main = voices.interviewee.as_deref().map(key);
    let labels = answering().flat_map(|person| &person.labels).map(|at| &speakers[*at].name);
    voices.aliases = labels
        .filter(|name| Some(key(name)) != main && class(name) == NameClass::Person)
        .cloned()
        .collect();
    voices
}

/// How each person is called. Two in different roles are never called alike: labels as written differ.
fn labels(
    persons: &[Person],
    roles: &[Role],
    speakers: &[Speaker],
    evidence: &SpeakerEvidence<'_>,
) -> Vec<String> {
    let mut labels: Vec<String> =
        persons.iter().map(|person| label_of(person, speakers, evidence)).collect();
    let written = |at: usize| &speakers[persons[at].labels[0]].name;
    loop {
        let alike = |a: usize, b: usize| roles[a] != roles[b] && key(&labels[a]) == key(&labels[b]);
        let clash = (0..labels.len()).filter(|a| (0..labels.len()).any(|b| alike(*a, b)));
        let clash: Vec<usize> = clash.filter(|at| labels[*at] != *written(*at)).collect();
        if clash.is_empty() {
            return labels;
        }
        for at in clash {
            labels[at].clone_from(written(at));
        }
    }
}

/// How an asker or a guest is called: as a hint spells it, as the legend says, or as the first label
/// that is more than a part of the name.
fn label_of(person: &Person, speakers: &[Speaker], evidence: &SpeakerEvidence<'_>) -> String {
    let labels = || person.labels.iter().map(|at| &speakers[*at].name);
    let hints = evidence.hints.interviewers.iter().chain(evidence.hints.guests.iter().flatten());
    let hinted = hints.into_iter().find(|hint| labels().any(|label| key(label) == key(hint)));
    let listed = evidence.legend.interviewers.iter().find(|name| is_fuller(name, &person.name));
    let legend = labels().find_map(|label| evidence.legend.names.get(&key(label))).or(listed);
    let full = labels().find(|label| key(label).contains(&key(&person.name)));
    hinted.or(legend).or(full).cloned().unwrap_or_else(|| person.name.clone())
}
