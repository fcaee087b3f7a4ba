//! Finds the likeliest text that half-shifted GBK can have come from.
//!
//! A beam search over the received characters. A path is one account of them: it is out of step, the
//! lead byte of the next true character being already read, or in step again. It grows by all that
//! the damage can have done at each place, and is ranked by how likely its text is as Chinese. One of
//! the paths is that nothing was damaged at all.

use std::collections::HashMap;

use super::gbk::{LEADS, Pair, TABLE, TRAILS};
use crate::text::{LanguageModel, ModelState};

/// Paths kept at each character that are out of step, and those that are in step again: each kind by
/// itself, for a guess of the next lead costs less at first than a word begun in step.
const BEAM: usize = 256;
const BEAM_IN_STEP: usize = 64;
/// Paths that may be continued by guessing bytes, at each character.
const N_GUESSING: usize = 24;
/// Paths that may be continued by guessing a pair and one byte more: two or three guesses of the
/// pair's first character with all common leads.
const N_BOTH: usize = 100;
/// A path that is less likely than the best by this (natural logarithm) is given up.
const HOPELESS: f32 = 35.0;
/// How unlikely damage at a question mark is beforehand (natural logarithm).
const DAMAGE: f32 = -4.0;
/// The same, added where the first byte lost is not that of a full stop, as it nearly always is.
const NO_FULL_STOP: f32 = -6.0;
/// The same, added where a decoder gave up one byte of a pair without a character, not both.
const ONE_BYTE: f32 = -2.0;
/// The same, added where a decoder marked a pair without a character, and did not drop it in silence.
const MARKED_PAIR: f32 = -4.0;
/// What remains of the confidence for each pair that was lost in silence: where one was, whole words
/// may have gone with it that no one misses.
const AFTER_SILENT_LOSS: f64 = 0.85;
/// The same, where that pair took the rest of the first character: nothing is left to tell which it was.
const BLIND: f64 = 0.92;
/// Repaired text that is less likely than this a character is no Chinese, whatever was received.
const FLUENT: f32 = -8.5;
/// Characters read in step after which a path has plainly recovered.
const RECOVERED: usize = 4;

/// The likeliest account of a damaged spot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Account {
    /// The received characters that it replaces end here (exclusive).
    pub(super) end: usize,
    /// The true characters, and whether a byte of each was guessed.
    pub(super) text: Vec<(char, bool)>,
    /// Its share among all accounts, from 0 to 1.
    pub(super) confidence: f64,
}

/// A character that stands for a lost byte.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '?' | '？' | '\u{fffd}')
}

/// The likeliest account of a line from `mark` on, if it is that a byte was lost there and text read
/// one byte off.
pub(super) fn account(line: &[char], mark: usize, language: &LanguageModel) -> Option<Account> {
    let mut search = Search { line, language, nodes: Vec::new() };
    let (paths, read) = search.run(mark);
    search.best(&paths, mark, read)
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// The lead byte of the next true character has been read, or was lost and is guessed.
    Shifted { lead: u8, guessed: bool },
    /// In step since this received character.
    InStep { since: usize },
}

#[derive(Debug, Clone, Copy)]
struct Path {
    state: State,
    reading: ModelState,
    /// How likely the damage is that it supposes (natural logarithm).
    prior: f32,
    /// What the pairs leave of its confidence that it supposes to be lost in silence.
    trust: f64,
    /// The last character of its text.
    node: Option<usize>,
}

impl Path {
    fn score(&self) -> f32 {
        self.prior + self.reading.likelihood()
    }

    fn lead(&self) -> Option<(u8, bool)> {
        match self.state {
            State::Shifted { lead, guessed } => Some((lead, guessed)),
            State::InStep { .. } => None,
        }
    }

    /// Whether the next true character is a mark or among the 3,755 commonest simplified ones.
    fn is_at_common_lead(&self) -> bool {
        matches!(self.state, State::Shifted { lead: 0xa1 | 0xa3 | 0xb0..=0xd7, .. })
    }

    fn has_recovered(&self, at: usize) -> bool {
        matches!(self.state, State::InStep { since } if at >= since + RECOVERED)
    }
}

/// A character of a path's text; paths share their beginnings.
struct Node {
    before: Option<usize>,
    c: char,
    guessed: bool,
}

/// Paths that may go on with guessed bytes, and those that a guessed pair gives.
struct Guessing {
    shifted: Vec<Path>,
    pairs: Vec<Path>,
}

struct Search<'a> {
    line: &'a [char],
    language: &'a LanguageModel,
    nodes: Vec<Node>,
}

impl Search<'_> {
    /// The paths, best first, and how far they have read the line.
    fn run(&mut self, mark: usize) -> (Vec<Path>, usize) {
        let reading = self.reading(&self.line[..mark]);
        let start = Path {
            state: State::InStep { since: mark },
            reading,
            prior: 0.0,
            trust: 1.0,
            node: None,
        };
        let damaged =
            |lead| Path { state: State::Shifted { lead, guessed: true }, prior: DAMAGE, ..start };
        let mut paths: Vec<Path> = LEADS.map(damaged).collect();
        paths.push(self.read(&start, self.line[mark], false));
        for at in mark + 1..self.line.len() {
            let guessing = self.guessing(&paths, at);
            paths.extend(self.losses(&guessing, at));
            paths = self.consume(&paths, at);
            if is_mark(self.line[at]) {
                paths.extend(self.marked_losses(&guessing, at));
            }
            keep_both(&mut paths);
            if paths.iter().all(|path| path.has_recovered(at)) {
                return (paths, at + 1);
            }
        }
        let guessing = self.guessing(&paths, self.line.len());
        paths.extend(self.losses(&guessing, self.line.len()));
        paths.retain(|path| path.lead().is_none());
        for path in &mut paths {
            path.prior += path.reading.likelihood_at_line_end() - path.reading.likelihood();
        }
        keep(&mut paths, BEAM);
        (paths, self.line.len())
    }

    fn read(&mut self, path: &Path, c: char, guessed: bool) -> Path {
        let first_lost = path.node.is_none() && path.lead().is_some();
        let prior = path.prior + if first_lost && c != '。' { NO_FULL_STOP } else { 0.0 };
        self.nodes.push(Node { before: path.node, c, guessed });
        let node = self.nodes.len().checked_sub(1);
        Path { reading: path.reading.then(c, self.language), prior, node, ..*path }
    }

    /// The paths from which bytes are guessed before the character at `at`.
    fn guessing(&mut self, paths: &[Path], at: usize) -> Guessing {
        let mut shifted = shifted(paths);
        let pairs = self.lost_pair(&shifted);
        if self.line.get(at).is_none_or(|c| TABLE.encode(*c).is_none()) {
            shifted.extend(pairs.iter().filter(|path| path.is_at_common_lead()).take(N_BOTH));
        }
        Guessing { shifted, pairs }
    }

    /// What may have been lost in silence before the character at `at`.
    fn losses(&mut self, guessing: &Guessing, at: usize) -> Vec<Path> {
        let mut found = self.lost_trail(&guessing.shifted, at);
        found.extend(&guessing.pairs);
        found
    }

    /// What the mark at `at` may stand for.
    fn marked_losses(&mut self, guessing: &Guessing, at: usize) -> Vec<Path> {
        let pairs = guessing.pairs.iter();
        let marked = |path: &Path| Path {
            prior: path.prior + MARKED_PAIR,
            trust: path.trust / AFTER_SILENT_LOSS,
            ..*path
        };
        self.lost_trail(&guessing.shifted, at + 1).into_iter().chain(pairs.map(marked)).collect()
    }

    /// The trail of a true character, the text being in step from `at` on.
    fn lost_trail(&mut self, shifted: &[Path], at: usize) -> Vec<Path> {
        let next = self.line.get(at).and_then(|c| TABLE.encode(*c));
        let mut found = Vec::new();
        for trail in 0x80..=0xfe {
            let prior = match next {
                Some([lead, _]) if !TABLE.may_be_lost([trail, lead]) => continue,
                Some(_) => ONE_BYTE,
                None => 0.0,
            };
            for path in shifted {
                if let Some(c) = path.lead().and_then(|(lead, _)| TABLE.decode([lead, trail])) {
                    let path = self.read(path, c, true);
                    found.push(Path {
                        state: State::InStep { since: at },
                        prior: path.prior + prior,
                        ..path
                    });
                }
            }
        }
        keep(&mut found, BEAM);
        found
    }

    /// A pair that has no character: the trail of one true character and the lead of the next.
    fn lost_pair(&mut self, shifted: &[Path]) -> Vec<Path> {
        let mut ends = Vec::new();
        for (trail, leads) in TABLE.lossy() {
            for path in shifted {
                if let Some(c) = path.lead().and_then(|(lead, _)| TABLE.decode([lead, *trail])) {
                    let blind = if path.node.is_none() { BLIND } else { 1.0 };
                    let trust = path.trust * AFTER_SILENT_LOSS * blind;
                    ends.push((Path { trust, ..self.read(path, c, true) }, leads));
                }
            }
        }
        ends.sort_by(|a, b| b.0.score().total_cmp(&a.0.score()));
        ends.truncate(N_GUESSING);
        let begin = |lead: &u8| State::Shifted { lead: *lead, guessed: true };
        ends.iter()
            .flat_map(|(path, leads)| {
                leads.iter().map(move |lead| Path { state: begin(lead), ..*path })
            })
            .collect()
    }

    /// Reads the character at `at` in all ways that the paths allow.
    fn consume(&mut self, paths: &[Path], at: usize) -> Vec<Path> {
        let c = self.line[at];
        let pairs: Vec<Pair> = TABLE.encode(c).into_iter().chain(widened(c)).collect();
        let trail = u8::try_from(c).ok().filter(|c| TRAILS.contains(c));
        let mut found = Vec::with_capacity(2 * paths.len());
        for path in paths {
            let Some((lead, guessed)) = path.lead() else {
                found.push(self.read(path, c, false));
                continue;
            };
            for pair in &pairs {
                found.extend(self.shift(path, *pair, at));
            }
            if let Some(c) = trail.and_then(|trail| TABLE.decode([lead, trail])) {
                let path = self.read(path, c, guessed);
                found.push(Path { state: State::InStep { since: at + 1 }, ..path });
            }
        }
        found
    }

    /// The bytes of a received character as the trail of one true character and the lead of the
    /// next, or plain ASCII after it.
    fn shift(&mut self, path: &Path, [trail, next]: Pair, at: usize) -> Option<Path> {
        let (lead, guessed) = path.lead()?;
        let path = self.read(path, TABLE.decode([lead, trail])?, guessed);
        if next.is_ascii() {
            let path = self.read(&path, char::from(next), false);
            return Some(Path { state: State::InStep { since: at + 1 }, ..path });
        }
        LEADS
            .contains(&next)
            .then_some(Path { state: State::Shifted { lead: next, guessed: false }, ..path })
    }

    /// The account that the best path gives, unless it is that there was no damage.
    fn best(&self, paths: &[Path], mark: usize, read: usize) -> Option<Account> {
        let best = paths.first()?;
        let State::InStep { since } = best.state else { return None };
        if since <= mark + 1 {
            return None;
        }
        let mut shares: HashMap<String, f32> = HashMap::new();
        for path in paths {
            let text = self.text(path).into_iter().map(|(c, _)| c).collect();
            let share = (path.score() - best.score()).exp();
            shares.entry(text).and_modify(|other| *other = other.max(share)).or_insert(share);
        }
        let mut text = self.text(best);
        text.truncate(text.len().saturating_sub(read.saturating_sub(since)));
        if !self.is_fluent(&text, mark) {
            return None;
        }
        let share = f64::from(1.0 / shares.values().sum::<f32>());
        Some(Account { end: since, text, confidence: share * best.trust })
    }

    fn is_fluent(&self, text: &[(char, bool)], mark: usize) -> bool {
        let before = self.reading(&self.line[..mark]);
        let after = text.iter().fold(before, |reading, (c, _)| reading.then(*c, self.language));
        after.likelihood() - before.likelihood() > FLUENT * text.len() as f32
    }

    fn reading(&self, context: &[char]) -> ModelState {
        context.iter().fold(ModelState::default(), |reading, c| reading.then(*c, self.language))
    }

    fn text(&self, path: &Path) -> Vec<(char, bool)> {
        let mut text = Vec::new();
        let mut node = path.node;
        while let Some(Node { before, c, guessed }) = node.and_then(|node| self.nodes.get(node)) {
            text.push((*c, *guessed));
            node = *before;
        }
        text.reverse();
        text
    }
}

/// The full-width form that may have been narrowed to `c`.
fn widened(c: char) -> Option<Pair> {
    match c {
        ' ' => Some([0xa1, 0xa1]),
        '!'..='~' => Some([0xa3, u8::try_from(c).ok()? + 0x80]),
        _ => None,
    }
}

/// The paths that are out of step and likely enough to be worth a guess; at first all are alike.
fn shifted(paths: &[Path]) -> Vec<Path> {
    let mut shifted: Vec<Path> =
        paths.iter().filter(|path| path.lead().is_some()).copied().collect();
    let n = if shifted.iter().all(|path| path.node.is_none()) { shifted.len() } else { N_GUESSING };
    keep(&mut shifted, n);
    shifted
}

/// Keeps the best of each kind, best first.
fn keep_both(paths: &mut Vec<Path>) {
    let (mut shifted, mut in_step): (Vec<Path>, Vec<Path>) =
        paths.drain(..).partition(|path| path.lead().is_some());
    keep(&mut shifted, BEAM);
    keep(&mut in_step, BEAM_IN_STEP);
    paths.extend(shifted.into_iter().chain(in_step));
    keep(paths, BEAM + BEAM_IN_STEP);
}

/// Keeps the best `n`, best first, and none that is hopeless.
fn keep(paths: &mut Vec<Path>, n: usize) {
    paths.sort_by(|a, b| b.score().total_cmp(&a.score()));
    paths.truncate(n);
    if let Some(best) = paths.first().map(Path::score) {
        paths.retain(|path| path.score() > best - HOPELESS);
    }
}
