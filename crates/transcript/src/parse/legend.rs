//! What a transcript says about its own labels: `记者=Q`, `Q为《财经》，A为王坚`, `王坚（以下简称“王”）`,
//! and the cast list at the top (`嘉宾：王坚`).

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::Regex;

use super::ending::{ends_with_stop, is_question, is_title};
use super::label::{Label, count_names};
use super::lexicon::LEXICON;
use super::line::Line;
use super::name::{NameClass, bare, class, is_person, is_plausible, trimmed};
use super::name_key::key;
use crate::text::{fold, is_han};

/// Lines from the top among which a cast list and a legend are looked for.
const REACH: usize = 40;
/// Characters of a line of a cast list at most.
const CAST_LINE: usize = 60;

/// Characters of a line that lists labels, and of one of its labels, at most.
const LABEL_LIST: usize = 80;
const LABEL: usize = 9;

static EQUATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"([^\s=＝，,；;、。（(）)]{1,16})\s*[=＝]\s*([^=＝，,；;、。（(）)\n]{1,24})")
});
static STANDS_FOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[\s，,；;（(“])[“「]?([QAqa问答問])[”」]?\s*(?:为|為|代表|指|即|是|——|—|-|–|：|:|stands for|is)\s*([^，,；;、。：:）)\n]{1,24})",
    )
});
static ABBREVIATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"([^\s，,。；;：:（(）)、]{1,24})\s*[（(]\s*(?:以下|下文|下)?(?:简称|簡稱|称|稱|hereinafter|hereafter)(?:为|為)?\s*[“"「『‘]?([^”"」』’）)]{1,12})[”"」』’]?\s*[）)]"#,
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

/// What is known about labels before any of them is read as a speaker's.
#[derive(Debug, Default)]
pub(super) struct Legend {
    /// The full name behind a label, by the label's key.
    pub(super) names: HashMap<String, String>,
    /// Who answers, by a cast list.
    pub(super) interviewee: Option<String>,
    /// Who asks, by a cast list.
    pub(super) interviewers: Vec<String>,
    /// Others who are listed as interviewed.
    pub(super) co_interviewees: Vec<String>,
    /// Lines (by position) that say this and nothing else.
    pub(super) lines: BTreeSet<usize>,
}

impl Legend {
    /// Reads what the lines at the top say, and adds the pairs (label, full name) that were `given`.
    pub(super) fn read(
        lines: &[Line],
        labels: &[Option<Label>],
        given: &[(String, String)],
    ) -> Self {
        let used = count_names(labels.iter().flatten());
        let mut legend = Self::default();
        for (label, name) in given {
            legend.pair(label, name, &used);
        }
        for line in lines.iter().take(REACH) {
            for found in ABBREVIATED.captures_iter(&line.text.to_string()) {
                legend.pair(&found[2], &found[1], &used);
            }
        }
        for (position, line) in lines.iter().enumerate().take(REACH) {
            let label = labels[position].as_ref();
            if line.set_apart.is_some() || legend.lines.contains(&position) {
                continue;
            }
            let listed = legend.listed_below(lines, position, label);
            if listed > 0 {
                legend.lines.extend(position..=position + listed);
                continue;
            }
            if legend.label_list(line, &used)
                || legend.cast_line(line, label, &used)
                || legend.equations(line, &used)
            {
                legend.lines.insert(position);
            } else if speaks(line, label) {
                break;
            }
        }
        legend
    }

    /// `嘉宾：`, and below it a list with a person in each item. Returns how many items there are.
    fn listed_below(&mut self, lines: &[Line], at: usize, label: Option<&Label>) -> usize {
        let role = label.filter(|label| label.length >= lines[at].chars().len());
        let Some(role) = role.map(|label| key(&label.name)) else { return 0 };
        let answers = LEXICON.interviewee_roles.contains(&role);
        if !answers && !LEXICON.interviewer_roles.contains(&role) {
            return 0;
        }
        let name = |line: &Line| {
            let name = name_at_start(line.chars(), "，,（(；;、：:—");
            (line.item && is_person(&name)).then_some(name)
        };
        let names: Vec<String> = lines[at + 1..].iter().map_while(name).collect();
        let listed = names.len();
        if !answers {
            self.interviewers.extend(names);
        } else if let [first, others @ ..] = names.as_slice() {
            self.interviewee.get_or_insert(first.clone());
            self.co_interviewees.extend_from_slice(others);
        }
        listed
    }

    /// `嘉宾：王坚（院士）`, `Q：《财经》`: a role or a letter, and who that is.
    fn cast_line(
        &mut self,
        line: &Line,
        label: Option<&Label>,
        used: &HashMap<String, usize>,
    ) -> bool {
        let Some(label) = label else { return false };
        let rest = trimmed(&line.chars()[label.length.min(line.chars().len())..]);
        let sentence =
            ends_with_stop(rest) || rest.iter().any(|c| matches!(c, '！' | '!' | '？' | '?'));
        let word = key(&label.name);
        let listed = listed_people(rest);
        if LEXICON.interviewee_roles.contains(&word) && !listed.is_empty() {
            let mut names = listed.into_iter();
            self.interviewee = self.interviewee.take().or_else(|| names.next());
            self.co_interviewees.extend(names);
            return true;
        }
        if rest.is_empty() || !is_title(rest, CAST_LINE) || sentence {
            return false;
        }
        let who = name_at_start(rest, "，,（(；;、/");
        let names_someone = names_someone(&who);
        let letter = ["q", "a", "问", "答"].contains(&word.as_str())
            && used.get(&word).is_some_and(|count| *count > 1);
        if letter && names_someone {
            self.pair(&label.name, &who, used);
        } else if greets(rest) && used.get(&word).is_some_and(|count| *count > 1) {
            return false;
        } else if LEXICON.interviewee_roles.contains(&word) && is_person(&who) {
            let names = rest
                .split(|c| "、/&".contains(*c))
                .map(|name| bare(&name.iter().collect::<String>()))
                .filter(|name| is_person(name));
            self.co_interviewees.extend(names.skip(1));
            self.interviewee.get_or_insert(who);
        } else if LEXICON.interviewer_roles.contains(&word)
            && (names_someone
                || could_be_a_name(&who)
                || who != label.name && used.contains_key(&key(&who)))
        {
            let names = rest
                .split(|c| "、/&".contains(*c))
                .map(|name| bare(&name.iter().collect::<String>()));
            let spoken = |name: &String| self::names_someone(name) || used.contains_key(&key(name));
            self.interviewers.push(who);
            self.interviewers.extend(names.skip(1).filter(spoken));
        } else {
            return false;
        }
        true
    }

    /// `問：記者　黃：黃遠輝`: labels that are used below, each with a colon and whom it stands for.
    fn label_list(&mut self, line: &Line, used: &HashMap<String, usize>) -> bool {
        let chars = line.chars();
        if chars.len() > LABEL_LIST || chars.iter().any(|c| "。？?！!".contains(*c)) {
            return false;
        }
        let mut starts: Vec<(usize, usize, String)> = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let found = label_at(chars, at, used);
            at = found.as_ref().map_or(at + 1, |(_, words, _)| *words);
            starts.extend(found);
        }
        let ends = starts.iter().skip(1).map(|(start, ..)| *start).chain([chars.len()]);
        let pairs: Vec<(&String, String)> = starts
            .iter()
            .zip(ends)
            .map(|((_, words, label), end)| {
                let who: String = trimmed(&chars[*words..end]).iter().collect();
                let who = without_nickname(who.trim_end_matches(['；', ';', '，', ',', '、']));
                (label, named_by_surname(label, &who).unwrap_or(who))
            })
            .filter(|(_, who)| !who.is_empty())
            .collect();
        let begins = starts.first().is_some_and(|(start, ..)| *start == 0);
        let all_name = pairs.iter().all(|(_, who)| names_someone(who));
        if !begins || pairs.len() != starts.len() || pairs.is_empty() || !all_name {
            return false;
        }
        // One pair alone may be a speaker who says a name.
        if pairs.len() == 1
            && (pairs[0].1.chars().count() < 2 || key(pairs[0].0) == key(&pairs[0].1))
        {
            return false;
        }
        let often = |label: &String| used.get(&key(label)).is_some_and(|count| *count > 2);
        if pairs.len() == 1 && !often(pairs[0].0) {
            return false;
        }
        for (label, who) in pairs {
            self.pair(label, &who, used);
        }
        true
    }

    /// `记者=Q，王坚=A`: whether the line gives pairs and is short enough to be nothing else.
    fn equations(&mut self, line: &Line, used: &HashMap<String, usize>) -> bool {
        let text = line.text.to_string();
        let mut found = false;
        for pair in EQUATION.captures_iter(&text) {
            found |= if used.contains_key(&key(&pair[1])) {
                self.pair(&pair[1], &pair[2], used)
            } else {
                self.pair(&pair[2], &pair[1], used)
            };
        }
        let is_title = is_title(line.chars(), CAST_LINE) && !is_question(line.chars());
        if is_title || super::aside::is_whole(line.chars()) {
            for pair in STANDS_FOR.captures_iter(&text) {
                let used_often = used.get(&key(&pair[1])).is_some_and(|count| *count > 1);
                found |=
                    used_often && names_someone(&pair[2]) && self.pair(&pair[1], &pair[2], used);
            }
        }
        found && line.chars().len() <= CAST_LINE
    }

    /// Notes that `label`, which lines begin with, means `name`.
    fn pair(&mut self, label: &str, name: &str, used: &HashMap<String, usize>) -> bool {
        let label = key(label);
        let chars: Vec<char> = name.trim().chars().collect();
        let known = used.contains_key(&label) && label != key(name) && is_plausible(&chars);
        if known {
            let name = bare(name.trim());
            self.names.entry(label).or_insert(name);
        }
        known
    }
}

/// A label that is used more than once in the text and begins at `at`: where it begins, where the words
/// after its colon begin, and the label.
fn label_at(
    chars: &[char],
    at: usize,
    used: &HashMap<String, usize>,
) -> Option<(usize, usize, String)> {
    let is_start = at == 0 || chars[at - 1].is_whitespace() || "；;，,、".contains(chars[at - 1]);
    if !is_start || !chars[at].is_alphanumeric() {
        return None;
    }
    let colon = chars[at..].iter().take(LABEL).position(|c| matches!(c, '：' | ':'))?;
    let label: String = chars[at..at + colon].iter().collect();
    let is_used = used.get(&key(&label)).is_some_and(|count| *count > 1);
    is_used.then(|| (at, at + colon + 1, label.trim().to_owned()))
}

/// The name before the first of the `marks`, without titles and posts.
fn name_at_start(words: &[char], marks: &str) -> String {
    let name: String = words.iter().take_while(|c| !marks.contains(**c)).collect();
    bare(name.trim())
}

/// The names in `林远，石匠；周小川，工程师`, if the words are such a list of at least two people.
fn listed_people(words: &[char]) -> Vec<String> {
    let entries: Vec<&[char]> = words.split(|c| matches!(c, '；' | ';')).collect();
    let name = |entry: &&[char]| {
        let name = name_at_start(entry, "，,（(—");
        (is_person(&name) && is_title(entry, CAST_LINE)).then_some(name)
    };
    let names: Option<Vec<String>> = entries.iter().map(name).collect();
    names.filter(|names| names.len() > 1).unwrap_or_default()
}

/// `林遠` of `守路人林遠`, for the label `林`.
fn named_by_surname(label: &str, who: &str) -> Option<String> {
    let mut letters = label.chars();
    let surname = letters.next().filter(|_| letters.next().is_none())?;
    let start = who.rfind(surname)?;
    let name = who.get(start..)?;
    is_person(name).then(|| name.to_owned())
}

/// `趙學高「阿趙」` without the nickname.
fn without_nickname(who: &str) -> String {
    let opening = who.find(['「', '『', '“', '"']).filter(|at| *at > 0);
    opening.and_then(|at| who.get(..at)).unwrap_or(who).trim().to_owned()
}

/// `王博士，您好`, which a host says, and no cast list.
fn greets(words: &[char]) -> bool {
    words.iter().any(|c| matches!(c, '您' | '你' | '好'))
}

/// `方舟`: two or three characters of which the first is a family name, though they are a word as well.
fn could_be_a_name(who: &str) -> bool {
    let folded = fold(who);
    let is_family_name = folded.first().is_some_and(|c| LEXICON.surnames.contains(c));
    (2..=3).contains(&folded.len()) && is_family_name && folded.iter().all(|c| is_han(*c))
}

/// Whether the words are a person's, a publication's or an asker's name.
fn names_someone(words: &str) -> bool {
    is_person(&bare(words.trim())) || class(words.trim()) == NameClass::Interviewer
}

/// Whether the line is speech: the cast list has ended.
fn speaks(line: &Line, label: Option<&Label>) -> bool {
    label.is_some_and(|label| {
        let rest = &line.chars()[label.length.min(line.chars().len())..];
        class(&label.name).is_known_speaker() && (is_question(rest) || !is_title(rest, CAST_LINE))
    })
}
