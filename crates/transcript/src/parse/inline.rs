//! Texts that lost their line ends: names stand within lines, after the end of a sentence.

use std::collections::HashMap;

use super::ending::ends_with_stop;
use super::label::{marked, prefix_end};
use super::line::Line;
use super::name::class;
use super::name_key::key;

/// Lines that a name must begin for it to begin a paragraph within a line as well.
const FREQUENT: usize = 3;
/// Names within lines that a text must have for its lines to be parted.
const NAMES: usize = 3;

/// Parts the lines before each name, if names stand within lines more often than at their starts, and at
/// least two of them recur, one of which is plainly a speaker's.
pub(super) fn part(lines: Vec<Line>) -> Vec<Line> {
    let found: Vec<Vec<(usize, String)>> = lines.iter().map(|line| names(line.chars())).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (_, name) in found.iter().flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let recurs = |name: &str| counts.get(name).is_some_and(|count| *count > 1);
    let speakers = counts.values().filter(|count| **count > 1).count();
    if !counts.keys().any(|name| recurs(name) && class(name).is_known_speaker()) {
        return lines;
    }
    let (starts, inner): (Vec<usize>, Vec<usize>) = found
        .iter()
        .flatten()
        .filter(|(_, name)| recurs(name))
        .map(|(at, _)| *at)
        .partition(|at| *at == 0);
    // Where most names begin lines, a frequent one within a line has lost its line end.
    let lost = speakers < 2 || inner.len() < NAMES || inner.len() < 2 * starts.len();
    let mut at_start: HashMap<&str, usize> = HashMap::new();
    for (_, name) in found.iter().flatten().filter(|(at, _)| *at == 0) {
        *at_start.entry(name).or_default() += 1;
    }
    let recurs = |name: &str| {
        recurs(name) && (!lost || at_start.get(name).is_some_and(|count| *count >= FREQUENT))
    };
    let cuts = lines.iter().zip(&found).map(|(line, names)| {
        let inner = names.iter().filter(|(at, name)| {
            *at > 0 && recurs(name) && (!lost || ends_with_stop(&line.chars()[..*at]))
        });
        inner.map(|(at, _)| *at).collect::<Vec<usize>>()
    });
    let cuts: Vec<Vec<usize>> = cuts.collect();
    lines.into_iter().zip(cuts).flat_map(|(line, cuts)| line.pieces(&cuts)).collect()
}

/// The keys of names before a colon that could speak, and where they begin: 0 for one that only
/// a time or a number stands before.
fn names(chars: &[char]) -> Vec<(usize, String)> {
    let start = prefix_end(chars);
    let opens = |at: usize| {
        let before = at.checked_sub(1).map(|before| chars[before]);
        before.is_none_or(|c| c.is_whitespace() || "。！？!?.…”」』）)】".contains(c))
            && chars[at].is_alphanumeric()
    };
    let name = |at: usize| {
        let label = marked(&chars[at..])?;
        (class(&label.name).may_speak())
            .then(|| (if at == start { 0 } else { at }, key(&label.name)))
    };
    (0..chars.len()).filter(|at| opens(*at)).filter_map(name).collect()
}
