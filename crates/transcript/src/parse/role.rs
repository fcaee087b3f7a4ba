//! Who of the speakers asks, who answers, and who is another guest.

use super::ending::is_question;
use super::interviewee;
use super::name::NameClass;
use super::name_key::key;
use super::person::Person;
use super::speaker_evidence::{Speaker, SpeakerEvidence};

/// Share of questions from which on a speaker of short words is taken for one who asks.
const ASKING: f64 = 0.5;
/// Share of questions and of answered turns from which on a speaker leads the conversation, if the words are
/// shorter than the interviewee's.
const SOME_QUESTIONS: f64 = 0.15;
const ANSWERED: f64 = 0.5;
/// How short these words are beside the interviewee's.
const SHORT: f64 = 0.6;
/// Share of the main guest's characters that another one must say to be interviewed as well.
const SHARE: f64 = 0.1;
/// The same of one who speaks only once.
const LARGE_SHARE: f64 = 0.4;
/// How much longer the words of another must be for one who mostly asks not to be the interviewee, even
/// if the title names them.
const LONGER: f64 = 1.5;
/// Share of questions from which on the only one who is named does nothing but ask.
const ALWAYS: f64 = 0.8;
/// Share of questions up to which somebody plainly answers.
const ANSWERING: f64 = 0.3;

/// What somebody does in an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Asks,
    Answers,
    /// Answers as well, and is quoted under another name.
    AlsoAnswers,
    Guest,
    /// A narrator's words are nobody's.
    Nobody,
}

/// The role of each person.
pub(super) fn roles(
    persons: &[Person],
    speakers: &[Speaker],
    evidence: &SpeakerEvidence<'_>,
) -> Vec<Role> {
    let mut roles: Vec<Option<Role>> =
        persons.iter().map(|person| known_role(person, speakers, evidence)).collect();
    let Some(main) = interviewee(persons, speakers, &roles, evidence) else {
        return roles.into_iter().map(|role| role.unwrap_or(Role::Asks)).collect();
    };
    for (at, role) in roles.iter_mut().enumerate() {
        if at == main {
            *role = Some(Role::Answers);
        } else if *role == Some(Role::Answers) && !stands_for(&persons[at], &persons[main]) {
            *role = Some(Role::Guest);
        }
    }
    let hosts = hosts(persons, &roles, main, speakers);
    let mut roles: Vec<Role> = roles
        .iter()
        .enumerate()
        .map(|(at, role)| {
            role.unwrap_or(if hosts.contains(&at) { Role::Asks } else { Role::Guest })
        })
        .collect();
    let is_round = !is_singled_out(&persons[main], speakers, evidence);
    for (at, role) in roles.iter_mut().enumerate().filter(|(_, role)| **role == Role::Guest) {
        let is_named = is_named_as_guest(&persons[at], speakers, evidence);
        if is_named || is_round && takes_part(&persons[at], &persons[main]) {
            *role = Role::AlsoAnswers;
        }
    }
    roles
}

/// Whether the title, a hint or a legend names this one person as whom the talk is with.
fn is_singled_out(main: &Person, speakers: &[Speaker], evidence: &SpeakerEvidence<'_>) -> bool {
    let SpeakerEvidence { hints, legend, .. } = evidence;
    let is = |name: &String| main.is(name, speakers);
    hints.interviewee.iter().chain(&legend.interviewee).any(is)
        || interviewee::interviewee(evidence.title, "").is_some_and(|name| main.is(&name, speakers))
}

/// Whether the title or a list of speakers names the person as one who is interviewed.
fn is_named_as_guest(
    person: &Person,
    speakers: &[Speaker],
    evidence: &SpeakerEvidence<'_>,
) -> bool {
    let SpeakerEvidence { hints, legend, title, .. } = evidence;
    let is = |name: &String| person.is(name, speakers);
    let name = key(&person.name);
    let in_title = name.chars().count() > 1 && key(title).contains(&name);
    hints.co_interviewees.iter().chain(&legend.co_interviewees).any(is) || in_title
}

/// Whether a guest speaks so often and so much beside the main one that the talk is with both.
fn takes_part(person: &Person, main: &Person) -> bool {
    let share = person.chars as f64 / main.chars.max(1) as f64;
    (person.utterances > 1 && share >= SHARE || share >= LARGE_SHARE)
        && person.question_rate() < ASKING
}

/// `答` beside `王坚`: one person under a word and under a name.
fn stands_for(word: &Person, main: &Person) -> bool {
    word.class == NameClass::Interviewee
        && main.class != NameClass::Interviewee
        && !word.name.chars().any(char::is_numeric)
}

/// The role that a name, a legend or a hint gives.
fn known_role(
    person: &Person,
    speakers: &[Speaker],
    evidence: &SpeakerEvidence<'_>,
) -> Option<Role> {
    let SpeakerEvidence { hints, legend, .. } = evidence;
    let is = |name: &String| person.is(name, speakers);
    if hints.interviewee.iter().chain(&hints.aliases).chain(&legend.interviewee).any(is) {
        return Some(Role::Answers);
    }
    if hints.interviewers.iter().chain(&legend.interviewers).any(is) {
        return Some(Role::Asks);
    }
    if hints.co_interviewees.iter().chain(&legend.co_interviewees).any(is) {
        return Some(Role::AlsoAnswers);
    }
    if hints.guests.iter().flatten().any(is) {
        return Some(Role::Guest);
    }
    match person.class {
        NameClass::Narrator => Some(Role::Nobody),
        NameClass::Interviewer => Some(Role::Asks),
        NameClass::Interviewee => Some(Role::Answers),
        NameClass::Person | NameClass::Unknown | NameClass::Clause | NameClass::Never => None,
    }
}

/// Who is interviewed: who is said to be, who the title or the lead names, or who says most.
fn interviewee(
    persons: &[Person],
    speakers: &[Speaker],
    roles: &[Option<Role>],
    evidence: &SpeakerEvidence<'_>,
) -> Option<usize> {
    let SpeakerEvidence { hints, legend, .. } = evidence;
    let candidates: Vec<usize> =
        (0..persons.len()).filter(|at| matches!(roles[*at], None | Some(Role::Answers))).collect();
    let named = |name: &str| candidates.iter().copied().find(|at| persons[*at].is(name, speakers));
    let said = hints.interviewee.iter().chain(&hints.aliases).chain(&legend.interviewee);
    if let Some(at) = said.into_iter().find_map(|name| named(name)) {
        return Some(at);
    }
    // One label alone, before questions: the answers have none.
    if let [only] = persons
        && only.class != NameClass::Interviewee
        && only_asks(only, speakers, evidence)
    {
        return None;
    }
    let name = interviewee::interviewee(evidence.title, &evidence.before_speech());
    let is_asking = |at: usize| {
        candidates.iter().any(|&other| {
            persons[at].question_rate() >= ASKING
                && persons[other].question_rate() <= ANSWERING
                && persons[other].mean_length() >= persons[at].mean_length() * LONGER
        })
    };
    if let Some(at) = name.and_then(|name| named(&name)).filter(|at| !is_asking(*at)) {
        return Some(at);
    }
    // Where nobody is known to ask, who asks most is the less likely to be the one who answers.
    let asked = roles.contains(&Some(Role::Asks));
    let weight = |at: usize| {
        persons[at].chars as f64
            * if asked { 1.0 } else { 1.2 - persons[at].question_rate().min(1.0) }
    };
    candidates.iter().copied().max_by(|a, b| weight(*a).total_cmp(&weight(*b)).then(b.cmp(a)))
}

/// Whether nearly all lines that one of the person's labels opens are questions.
fn only_asks(person: &Person, speakers: &[Speaker], evidence: &SpeakerEvidence<'_>) -> bool {
    let names: Vec<String> = person.labels.iter().map(|at| key(&speakers[*at].name)).collect();
    let labelled = evidence.labels.iter().zip(evidence.lines).filter_map(|(label, line)| {
        let label = label.as_ref().filter(|label| names.contains(&key(&label.name)))?;
        line.chars().get(label.length..).filter(|words| !words.is_empty())
    });
    let asks: Vec<bool> = labelled.map(is_question).collect();
    let asking = asks.iter().filter(|asks| **asks).count();
    asking > 1 && asking as f64 >= asks.len() as f64 * ALWAYS
}

/// Which of the persons without a role ask: those whose words are mostly short questions, those whom the
/// interviewee answers again and again, and where nobody else asks, at least the one who asks most.
fn hosts(
    persons: &[Person],
    roles: &[Option<Role>],
    main: usize,
    speakers: &[Speaker],
) -> Vec<usize> {
    let open: Vec<usize> = (0..persons.len()).filter(|at| roles[*at].is_none()).collect();
    let short = |at: usize| persons[at].mean_length() < persons[main].mean_length() * SHORT;
    let leads = |at: usize| {
        let person = &persons[at];
        let answered = person.answered_by(&persons[main], speakers) >= ANSWERED;
        let opens = person.labels.iter().any(|label| speakers[*label].first == first(speakers));
        person.question_rate() >= SOME_QUESTIONS
            && person.turn_length() < persons[main].turn_length()
            && (answered || opens)
    };
    // A reader who asks once may well write more than the answer.
    let always_asks = |at: usize| {
        persons[at].question_rate() >= 1.0
            && persons[at].answered_by(&persons[main], speakers) >= 1.0
    };
    // Beside somebody who is known to ask, a guest may well ask back.
    let is_known = roles.contains(&Some(Role::Asks));
    let mut hosts: Vec<usize> = open
        .iter()
        .copied()
        .filter(|&at| {
            persons[at].question_rate() >= ASKING && short(at)
                || !is_known && leads(at)
                || always_asks(at)
        })
        .collect();
    let asked = roles.contains(&Some(Role::Asks)) || !hosts.is_empty();
    if !asked {
        let eager =
            |at: &usize| persons[*at].question_rate() + persons[*at].utterances as f64 / 1000.0;
        hosts.extend(open.into_iter().max_by(|a, b| eager(a).total_cmp(&eager(b)).then(b.cmp(a))));
    }
    hosts
}

/// The line on which somebody speaks first.
fn first(speakers: &[Speaker]) -> usize {
    speakers.iter().map(|speaker| speaker.first).min().unwrap_or(0)
}
