//! Labels that name one person: `王坚`, `王坚院士`, `王博士` and `Dr. Wang`.

use super::interviewee;
use super::lexicon::LEXICON;
use super::name::{NameClass, bare, class, is_placeholder};
use super::name_key::key;
use super::speaker_evidence::{Speaker, SpeakerEvidence};
use crate::text::is_han;

/// A person, or a publication, with all labels.
#[derive(Debug)]
pub(super) struct Person {
    /// Positions of the labels among the speakers, the first to speak first.
    pub(super) labels: Vec<usize>,
    /// The fullest name, without titles.
    pub(super) name: String,
    /// What the labels say: an asker's or an answerer's word outweighs a name.
    pub(super) class: NameClass,
    /// Lines that begin with one of the labels.
    pub(super) utterances: usize,
    /// Paragraphs that ask.
    pub(super) questions: usize,
    /// Characters said.
    pub(super) chars: usize,
    /// Utterances without those that continue the person's own.
    pub(super) turns: usize,
}

impl Person {
    /// Questions per utterance.
    pub(super) fn question_rate(&self) -> f64 {
        self.questions as f64 / self.utterances.max(1) as f64
    }

    /// Characters per utterance.
    pub(super) fn mean_length(&self) -> f64 {
        self.chars as f64 / self.utterances.max(1) as f64
    }

    /// Characters per turn, whatever number of paragraphs it has.
    pub(super) fn turn_length(&self) -> f64 {
        self.chars as f64 / self.turns.max(1) as f64
    }

    /// Share of this person's turns after which `other` speaks.
    pub(super) fn answered_by(&self, other: &Self, speakers: &[Speaker]) -> f64 {
        let next = self.labels.iter().flat_map(|at| &speakers[*at].next);
        let answered: usize = next
            .filter(|(speaker, _)| other.labels.contains(speaker))
            .map(|(_, times)| times)
            .sum();
        answered as f64 / self.turns.max(1) as f64
    }

    /// Whether `name`, in any form, can be this person's.
    pub(super) fn is(&self, name: &str, speakers: &[Speaker]) -> bool {
        same(&self.name, &bare(name))
            || self.labels.iter().any(|at| key(&speakers[*at].name) == key(name))
    }
}

/// The persons behind the labels. A part of a name joins the one full name that it fits.
pub(super) fn persons(speakers: &[Speaker], evidence: &SpeakerEvidence<'_>) -> Vec<Person> {
    let named: Vec<String> = speakers
        .iter()
        .filter(|speaker| speaker.class == NameClass::Person)
        .map(|speaker| bare(&speaker.name))
        .collect();
    let full = |speaker: &Speaker| {
        let name = bare(evidence.legend.names.get(&key(&speaker.name)).unwrap_or(&speaker.name));
        let short = named.iter().find(|other| is_preceded(other, &name));
        short.cloned().unwrap_or(name)
    };
    let mut order: Vec<usize> = (0..speakers.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(full(&speakers[*at]).chars().count()));
    let mut persons: Vec<Person> = Vec::new();
    for at in order {
        let speaker = &speakers[at];
        let name = full(speaker);
        let fits: Vec<usize> = (0..persons.len())
            .filter(|person| joins(&persons[*person], &name, speaker.class))
            .collect();
        if let [only] = fits.as_slice() {
            persons[*only].add(at, speaker);
        } else {
            let class = speaker.class;
            let mut person = Person {
                labels: Vec::new(),
                name,
                class,
                utterances: 0,
                questions: 0,
                chars: 0,
                turns: 0,
            };
            person.add(at, speaker);
            persons.push(person);
        }
    }
    for person in &mut persons {
        person.labels.sort_by_key(|at| speakers[*at].first);
    }
    persons.sort_by_key(|person| person.labels.first().map(|at| speakers[*at].first));
    persons
}

fn joins(person: &Person, name: &str, class: NameClass) -> bool {
    let names = |class: NameClass| matches!(class, NameClass::Person | NameClass::Unknown);
    key(&person.name) == key(name)
        || names(class) && names(person.class) && same(&person.name, name)
}

impl Person {
    fn add(&mut self, at: usize, speaker: &Speaker) {
        self.labels.push(at);
        self.utterances += speaker.utterances;
        self.questions += speaker.questions;
        self.chars += speaker.chars;
        self.turns += speaker.turns;
        if matches!(self.class, NameClass::Person | NameClass::Unknown) {
            self.class = speaker.class;
        }
    }
}

/// Whether `name` is the Chinese name `person` with a post before it: `琴师林远`.
pub(super) fn is_preceded(person: &str, name: &str) -> bool {
    let (person, name) = (key(person), key(name));
    person.chars().count() > 1
        && person.chars().all(is_han)
        && name.len() > person.len()
        && name.ends_with(&person)
}

/// Whether two bare names can be one person's: equal, in another order, or the one is the other's
/// family name, initials or part.
pub(super) fn same(a: &str, b: &str) -> bool {
    let (key_a, key_b) = (key(a), key(b));
    if key_a.is_empty() || key_b.is_empty() || key_a == key_b {
        return key_a == key_b;
    }
    let (short, long) = if key_a.len() < key_b.len() { (a, b) } else { (b, a) };
    let (short_key, long_key) = (key(short), key(long));
    if long_key.chars().all(is_han) && !long.contains('·') {
        let family = short_key.chars().count() == 1 || LEXICON.double_surnames.contains(&short_key);
        return family && long_key.starts_with(&short_key) && long_key.chars().count() <= 4;
    }
    let (parts, words) = (words(short), words(long));
    let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
    let is_part = !parts.is_empty() && parts.iter().all(|part| words.contains(part));
    words.len() > 1 && (is_part || short_key == initials && initials.len() > 1)
}

/// Whether `name` holds more of the name than `part`.
pub(super) fn is_fuller(name: &str, part: &str) -> bool {
    same(name, part) && key(name).len() > key(part).len()
}

fn words(name: &str) -> Vec<String> {
    name.split(|c: char| c.is_whitespace() || "·•-.".contains(c))
        .map(key)
        .filter(|word| !word.is_empty())
        .collect()
}

/// How the interviewee is shown: the fullest name, completed from what stands before the conversation;
/// nothing where all labels are words like `答`.
pub(super) fn shown_name(person: &Person, evidence: &SpeakerEvidence<'_>) -> Option<String> {
    let text = evidence.before_speech();
    let nameless = matches!(class(&person.name), NameClass::Interviewee | NameClass::Interviewer)
        || is_placeholder(&person.name);
    if nameless {
        return evidence.legend.interviewee.clone().or_else(|| {
            let own = interviewee::in_first_person(evidence.spoken());
            interviewee::credible(evidence.title, &text, &evidence.hints.about, own)
        });
    }
    let listed = evidence.legend.interviewee.as_ref().filter(|name| is_fuller(name, &person.name));
    if let Some(name) = listed {
        return Some(name.clone());
    }
    let words = person.name.split_whitespace().count();
    let is_part = person.name.chars().count() == 1 || words == 1 && person.name.is_ascii();
    let known = || format!("{}\n{text}\n{}", evidence.title, evidence.hints.about.join("\n"));
    if let Some(name) = interviewee::name_of_initials(&person.name, &known()) {
        return Some(name);
    }
    let completed = is_part.then(|| interviewee::full_name(&person.name, &known())).flatten();
    Some(completed.unwrap_or_else(|| without_capitals(&person.name)))
}

/// `ADA MARSH`, as transcripts set labels, is `Ada Marsh`.
fn without_capitals(name: &str) -> String {
    let is_capital = |c: char| !c.is_alphabetic() || c.is_uppercase();
    if !name.contains(' ') || name.chars().any(is_han) || !name.chars().all(is_capital) {
        return name.to_owned();
    }
    let mut inside = false;
    let lowered = name.chars().map(|c| {
        let lower = inside;
        inside = c.is_alphabetic();
        if lower { c.to_lowercase().next().unwrap_or(c) } else { c }
    });
    lowered.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_capitals_are_written_as_names() {
        assert_eq!(without_capitals("ADA O'HARE-MARSH"), "Ada O'Hare-Marsh");
        assert_eq!(without_capitals("MH"), "MH");
        assert_eq!(without_capitals("Ada Marsh"), "Ada Marsh");
    }

    #[test]
    fn forms_of_one_name_are_one_person() {
        for (a, b, expected) in [
            ("王坚", "王堅", true),
            ("王", "王坚", true),
            ("Wang Jian", "Jian Wang", true),
            ("Wang", "Jian Wang", true),
            ("JW", "Jian Wang", true),
            ("马斯克", "埃隆·马斯克", true),
            ("王", "李王", false),
            ("王坚", "王坚强", false),
            ("周小川", "林远", false),
            ("", "王坚", false),
        ] {
            assert_eq!(same(a, b), expected, "help: `{a}` and `{b}`");
        }
    }
}
