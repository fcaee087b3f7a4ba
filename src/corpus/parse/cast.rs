//! Who speaks in a transcript, and who of them asks: labels are judged over all their lines.

use std::collections::HashMap;

use super::Hints;
use super::ending::is_question;
use super::label::{Form, Label};
use super::legend::Legend;
use super::line::Line;
use super::name::{Class, bare, class, is_generic, key};
use super::who;

/// Whose words follow a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voice {
    /// Whose words the quotations are.
    Interviewee,
    /// Who asks, by this label.
    Interviewer(String),
    /// Somebody else, by this label.
    Guest(String),
    /// A narrator: an aside.
    Nobody,
}

/// The speakers of a transcript.
#[derive(Debug, Default)]
pub(super) struct Cast {
    voices: HashMap<(String, bool), Voice>,
    /// The interviewee's name, where it is known.
    pub(super) interviewee: Option<String>,
    /// Other labels of the interviewee.
    pub(super) aliases: Vec<String>,
}

impl Cast {
    /// Whose words follow `label`.
    pub(super) fn voice(&self, label: &Label) -> Option<&Voice> {
        self.voices.get(&(key(&label.name), label.form == Form::Marked))
    }

    /// Whether somebody has labelled words in this role.
    pub(super) fn has(&self, role: fn(&Voice) -> bool) -> bool {
        self.voices.values().any(role)
    }
}

/// One label with all its lines.
#[derive(Debug)]
struct Speaker {
    name: String,
    class: Class,
    /// Lines with a colon, a bar or a bracket.
    marked: usize,
    /// Lines with weaker marks.
    weak: usize,
    letters: usize,
    utterances: usize,
    questions: usize,
    chars: usize,
    first: usize,
}

impl Speaker {
    fn question_rate(&self) -> f64 {
        self.questions as f64 / self.utterances.max(1) as f64
    }

    fn mean_length(&self) -> f64 {
        self.chars as f64 / self.utterances.max(1) as f64
    }

    fn lines(&self) -> usize {
        self.marked + self.weak
    }
}

/// What the lines are judged with.
pub(super) struct Evidence<'a> {
    pub(super) lines: &'a [Line],
    pub(super) labels: &'a [Option<Label>],
    /// Lines that are a title, credits, a legend: never speech.
    pub(super) furniture: &'a dyn Fn(usize) -> bool,
    pub(super) legend: &'a Legend,
    pub(super) hints: &'a Hints,
    pub(super) title: &'a str,
}

/// Decides who speaks and in which role.
pub(super) fn decide(evidence: &Evidence<'_>) -> Cast {
    let mut speakers = tally(evidence);
    let most = speakers.iter().map(Speaker::lines).max().unwrap_or(0);
    let letters_pair = both_letters(&speakers);
    let weak_lines: usize = speakers
        .iter()
        .filter(|s| s.class != Class::Never && s.weak > 1 || is_generic(&s.name))
        .map(|s| s.weak)
        .sum();
    let mut strict: Vec<bool> =
        speakers.iter().map(|s| speaks(s, most, letters_pair, weak_lines, evidence)).collect();
    accept_namesakes(&speakers, &mut strict);
    let mut keep = strict.iter();
    let labelled: usize =
        speakers.iter().filter(|s| s.class != Class::Never).map(|s| s.marked).sum();
    // Two names that speak once each: accepted where nearly every line is labelled.
    if strict.iter().filter(|kept| **kept).count() < 2 && labelled * 3 >= evidence.lines.len() * 2 {
        speakers.retain(|s| s.class != Class::Never && s.marked > 0);
    } else {
        speakers.retain(|_| keep.next() == Some(&true));
    }
    measure(&mut speakers, evidence);
    let roles = roles(&speakers, evidence);
    cast(&speakers, &roles, evidence)
}

fn tally(evidence: &Evidence<'_>) -> Vec<Speaker> {
    let mut speakers: Vec<Speaker> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for (position, label) in evidence.labels.iter().enumerate() {
        let Some(label) = label.as_ref().filter(|_| !(evidence.furniture)(position)) else {
            continue;
        };
        let index = *at.entry(key(&label.name)).or_insert_with(|| {
            speakers.push(Speaker {
                name: label.name.clone(),
                class: class_of(&label.name, evidence),
                marked: 0,
                weak: 0,
                letters: 0,
                utterances: 0,
                questions: 0,
                chars: 0,
                first: position,
            });
            speakers.len() - 1
        });
        match label.form {
            Form::Marked => speakers[index].marked += 1,
            Form::Alone | Form::Bold => speakers[index].weak += 1,
            Form::Letter => {
                speakers[index].letters += 1;
                speakers[index].weak += 1;
            }
        }
    }
    speakers
}

/// The label's class, or that of the full name behind it.
fn class_of(name: &str, evidence: &Evidence<'_>) -> Class {
    match class(name) {
        known @ (Class::Interviewer | Class::Interviewee | Class::Narrator) => known,
        other => evidence.legend.names.get(&key(name)).map_or(other, |full| match class(full) {
            Class::Unknown | Class::Never => Class::Person,
            class => class,
        }),
    }
}

/// `Q …` and `A …` without a colon are labels only together: `A` begins English sentences as well.
fn both_letters(speakers: &[Speaker]) -> bool {
    let has = |class: Class| speakers.iter().any(|s| s.class == class && s.letters > 0);
    has(Class::Interviewer) && has(Class::Interviewee)
}

/// `Marsh:` speaks once, but `Ada Marsh:` speaks.
fn accept_namesakes(speakers: &[Speaker], accepted: &mut [bool]) {
    let full: Vec<String> = speakers
        .iter()
        .zip(&*accepted)
        .filter(|(s, kept)| **kept && s.class == Class::Person)
        .map(|(s, _)| bare(&s.name))
        .collect();
    for (speaker, kept) in speakers.iter().zip(accepted) {
        let part = || full.iter().any(|name| same(name, &bare(&speaker.name)));
        *kept = *kept || speaker.class == Class::Unknown && speaker.marked > 0 && part();
    }
}

fn speaks(
    speaker: &Speaker,
    most: usize,
    letters_pair: bool,
    weak_lines: usize,
    evidence: &Evidence<'_>,
) -> bool {
    if is_hinted(&speaker.name, evidence) {
        return true;
    }
    match speaker.class {
        Class::Never => false,
        _ if speaker.letters == speaker.lines() => letters_pair,
        // Alone on its line once: a heading or a caption as likely as a speaker.
        _ if speaker.marked == 0 && speaker.weak == 1 => {
            is_generic(&speaker.name) && weak_lines > 1
        }
        Class::Interviewer | Class::Interviewee | Class::Narrator => true,
        Class::Person => speaker.marked > 0 || speaker.weak > 1,
        Class::Unknown => (speaker.marked > 1 || speaker.weak > 1) && speaker.lines() * 5 >= most,
    }
}

fn is_hinted(name: &str, evidence: &Evidence<'_>) -> bool {
    let hints = evidence.hints;
    let legend = evidence.legend;
    let named = hints
        .interviewee
        .iter()
        .chain(&hints.aliases)
        .chain(&hints.interviewers)
        .chain(hints.guests.iter().flatten());
    let listed = legend.interviewee.iter().chain(&legend.interviewers);
    legend.names.contains_key(&key(name))
        || named.chain(listed).any(|other| same(&bare(other), &bare(name)))
}

/// Sums up each speaker's words, those of unlabelled paragraphs included.
fn measure(speakers: &mut [Speaker], evidence: &Evidence<'_>) {
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
            current = Some(speaker);
            speakers[speaker].utterances += 1;
        }
        if let Some(speaker) = current.and_then(|current| speakers.get_mut(current)) {
            speaker.chars += words.len();
            speaker.questions += usize::from(is_question(words));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Asks,
    Answers,
    Guest,
    Nobody,
}

fn roles(speakers: &[Speaker], evidence: &Evidence<'_>) -> Vec<Role> {
    let mut roles: Vec<Option<Role>> =
        speakers.iter().map(|speaker| known_role(speaker, evidence)).collect();
    let Some(main) = interviewee(speakers, &roles, evidence) else {
        return roles.into_iter().map(|role| role.unwrap_or(Role::Asks)).collect();
    };
    for (at, role) in roles.iter_mut().enumerate() {
        if same_person(speakers, main, at) && (at == main || *role != Some(Role::Asks)) {
            *role = Some(Role::Answers);
        } else if *role == Some(Role::Answers) {
            *role = Some(Role::Guest);
        }
    }
    let hosts = hosts(speakers, &roles, main);
    roles
        .iter()
        .enumerate()
        .map(|(at, role)| {
            role.unwrap_or(if hosts.contains(&at) { Role::Asks } else { Role::Guest })
        })
        .collect()
}

/// The role that a name, a legend or a hint gives.
fn known_role(speaker: &Speaker, evidence: &Evidence<'_>) -> Option<Role> {
    let Evidence { hints, legend, .. } = evidence;
    let full = legend.names.get(&key(&speaker.name)).unwrap_or(&speaker.name);
    let is = |name: &String| same(&bare(name), &bare(full)) || key(name) == key(&speaker.name);
    if hints.interviewers.iter().chain(&legend.interviewers).any(is) {
        return Some(Role::Asks);
    }
    if hints.interviewee.iter().chain(&hints.aliases).chain(&legend.interviewee).any(is) {
        return Some(Role::Answers);
    }
    if hints.guests.iter().flatten().any(is) {
        return Some(Role::Guest);
    }
    match speaker.class {
        Class::Narrator => Some(Role::Nobody),
        Class::Interviewer => Some(Role::Asks),
        Class::Interviewee => Some(Role::Answers),
        Class::Person | Class::Unknown | Class::Never => None,
    }
}

/// Who of the speakers is interviewed: who is said to be, who the title or the lead names, or who
/// says most.
fn interviewee(
    speakers: &[Speaker],
    roles: &[Option<Role>],
    evidence: &Evidence<'_>,
) -> Option<usize> {
    let hints = evidence.hints;
    let may = |at: &usize| matches!(roles[*at], None | Some(Role::Answers));
    let candidates: Vec<usize> = (0..speakers.len()).filter(may).collect();
    let said = hints.interviewee.iter().chain(&hints.aliases).chain(&evidence.legend.interviewee);
    let named = |name: &str| {
        candidates
            .iter()
            .copied()
            .find(|at| same(&bare(name), &full_name(&speakers[*at], evidence)))
    };
    if let Some(at) = said.into_iter().find_map(|name| named(name)) {
        return Some(at);
    }
    let first = speakers.iter().map(|s| s.first).min().unwrap_or(0);
    let lead: Vec<String> =
        evidence.lines[..first].iter().map(|line| line.text.to_string()).collect();
    if let Some(at) =
        who::interviewee(evidence.title, &lead.join("\n")).and_then(|name| named(&name))
    {
        return Some(at);
    }
    let asked = roles.contains(&Some(Role::Asks));
    let weight = |at: usize| {
        let total: usize = (0..speakers.len())
            .filter(|other| same_person(speakers, at, *other))
            .map(|other| speakers[other].chars)
            .sum();
        total as f64 * if asked { 1.0 } else { 1.2 - speakers[at].question_rate() }
    };
    candidates.iter().copied().max_by(|a, b| weight(*a).total_cmp(&weight(*b)).then(b.cmp(a)))
}

/// Which of the speakers without a role ask: those whose words are mostly short questions, and where
/// nobody else asks, at least the one who asks most.
fn hosts(speakers: &[Speaker], roles: &[Option<Role>], main: usize) -> Vec<usize> {
    let open: Vec<usize> = (0..speakers.len()).filter(|at| roles[*at].is_none()).collect();
    let short = |at: usize| speakers[at].mean_length() < speakers[main].mean_length() * 0.6;
    let mut hosts: Vec<usize> = open
        .iter()
        .copied()
        .filter(|&at| speakers[at].question_rate() >= 0.5 && short(at))
        .collect();
    let asked = roles.contains(&Some(Role::Asks)) || !hosts.is_empty();
    if !asked {
        let eager =
            |at: &usize| speakers[*at].question_rate() + speakers[*at].lines() as f64 / 1000.0;
        hosts.extend(open.into_iter().max_by(|a, b| eager(a).total_cmp(&eager(b)).then(b.cmp(a))));
    }
    hosts
}

/// Whether two labels name one person: `王坚`, `王坚院士`, and `王博士` where only one 王 speaks.
fn same_person(speakers: &[Speaker], main: usize, other: usize) -> bool {
    let (main_name, other_name) = (bare(&speakers[main].name), bare(&speakers[other].name));
    if key(&main_name) == key(&other_name) {
        return true;
    }
    let namesakes =
        speakers.iter().filter(|s| s.class == Class::Person && !same(&bare(&s.name), &main_name));
    let unique = !namesakes.into_iter().any(|s| same(&bare(&s.name), &other_name));
    same(&main_name, &other_name) && unique
}

/// Whether two bare names can be one person's: equal, or the one is the other's family name,
/// initials or part.
fn same(a: &str, b: &str) -> bool {
    let (key_a, key_b) = (key(a), key(b));
    if key_a == key_b {
        return true;
    }
    let (short, long, long_name) =
        if key_a.len() < key_b.len() { (&key_a, &key_b, b) } else { (&key_b, &key_a, a) };
    if long.chars().all(crate::text::is_han) {
        return short.chars().count() == 1
            && long.starts_with(short.as_str())
            && long.chars().count() <= 4;
    }
    let words: Vec<String> = long_name
        .split(|c: char| c.is_whitespace() || "·-".contains(c))
        .map(key)
        .filter(|word| !word.is_empty())
        .collect();
    let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
    words.len() > 1 && (words.contains(short) || *short == initials && short.chars().count() > 1)
}

fn full_name(speaker: &Speaker, evidence: &Evidence<'_>) -> String {
    bare(evidence.legend.names.get(&key(&speaker.name)).unwrap_or(&speaker.name))
}

fn cast(speakers: &[Speaker], roles: &[Role], evidence: &Evidence<'_>) -> Cast {
    let mut cast = Cast::default();
    for (speaker, role) in speakers.iter().zip(roles) {
        let shown = evidence.legend.names.get(&key(&speaker.name)).unwrap_or(&speaker.name).clone();
        let voice = match role {
            Role::Answers => Voice::Interviewee,
            Role::Asks => Voice::Interviewer(first_form(&shown, speakers, evidence)),
            Role::Guest => Voice::Guest(shown),
            Role::Nobody => Voice::Nobody,
        };
        let counted =
            [(true, speaker.marked > 0), (false, speaker.weak > 0 && weak_counts(speaker))];
        for (marked, _) in counted.into_iter().filter(|(_, counts)| *counts) {
            cast.voices.insert((key(&speaker.name), marked), voice.clone());
        }
    }
    let mut names: Vec<String> = Vec::new();
    for (speaker, _) in speakers.iter().zip(roles).filter(|(_, role)| **role == Role::Answers) {
        names.push(full_name(speaker, evidence));
    }
    cast.interviewee = evidence.hints.interviewee.clone().or_else(|| shown_name(&names, evidence));
    let main = cast.interviewee.as_deref().map(key);
    let labels = speakers
        .iter()
        .zip(roles)
        .filter(|(_, role)| **role == Role::Answers)
        .map(|(speaker, _)| &speaker.name);
    cast.aliases = labels
        .filter(|name| Some(key(name)) != main && class(name) == Class::Person)
        .cloned()
        .collect();
    cast
}

/// A name alone on a line counts where it does so more than once, or is nothing but a label.
fn weak_counts(speaker: &Speaker) -> bool {
    speaker.weak > 1 || speaker.marked == 0
}

/// One spelling for labels that fold alike: that of the first.
fn first_form(name: &str, speakers: &[Speaker], evidence: &Evidence<'_>) -> String {
    let given = evidence.hints.interviewers.iter().find(|given| key(given) == key(name)).cloned();
    given.unwrap_or_else(|| {
        speakers
            .iter()
            .map(|s| &s.name)
            .find(|other| key(other) == key(name))
            .map_or(name, |other| other)
            .to_owned()
    })
}

/// The fullest personal name among the labels, completed from what stands before the conversation.
fn shown_name(names: &[String], evidence: &Evidence<'_>) -> Option<String> {
    let personal =
        names.iter().filter(|name| !matches!(class(name), Class::Interviewee | Class::Interviewer));
    let fullest = personal.max_by_key(|name| name.chars().count());
    let text = evidence.before_speech();
    match fullest {
        None => {
            evidence.legend.interviewee.clone().or_else(|| who::interviewee(evidence.title, &text))
        }
        Some(part) if is_part(part) => Some(
            who::full_name(part, &format!("{}\n{text}", evidence.title))
                .unwrap_or_else(|| part.clone()),
        ),
        Some(full) => Some(full.clone()),
    }
}

fn is_part(name: &str) -> bool {
    let words = name.split_whitespace().count();
    name.chars().count() == 1 || words == 1 && name.is_ascii()
}

impl Evidence<'_> {
    /// The text before the first line of a known kind of speaker.
    fn before_speech(&self) -> String {
        let speech = |at: &usize| {
            !(self.furniture)(*at)
                && self.labels[*at].as_ref().is_some_and(|label| {
                    matches!(
                        class(&label.name),
                        Class::Interviewer | Class::Interviewee | Class::Person
                    )
                })
        };
        let end = (0..self.lines.len()).find(speech).unwrap_or(self.lines.len());
        self.lines[..end].iter().map(|line| line.text.to_string()).collect::<Vec<_>>().join("\n")
    }
}
