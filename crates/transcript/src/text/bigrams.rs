//! How likely a Chinese character is after another one, in general text.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The table; its first lines say how it is written.
const TABLE: &str = include_str!("../../lexicon/bigrams.txt");
/// Stands for the beginning of a clause, where no Chinese character precedes.
const START: char = '^';
/// Logarithm of the probability of a character that the table lacks.
const UNKNOWN: f32 = -17.0;
/// The least probability left to successors that are not listed.
const LEAST_REST: f32 = 0.02;

static BIGRAMS: LazyLock<Bigrams> = LazyLock::new(|| Bigrams::parse(TABLE));

struct Bigrams {
    characters: FxHashMap<char, Character>,
    /// Logarithm of the probability of the second character after the first.
    pairs: FxHashMap<(char, char), f32>,
}

/// Logarithms of probabilities.
struct Character {
    /// That a character of a text is this one.
    alone: f32,
    /// That it is followed by none of the listed successors.
    rest: f32,
}

/// Returns the natural logarithm of the probability that the Chinese character `next` follows
/// `before`, both folded. `None` stands for the beginning of a clause.
///
/// Successors that the table does not list share the probability that the listed ones leave, in
/// proportion to how frequent they are (Katz, "Estimation of probabilities from sparse data for the
/// language model component of a speech recognizer", 1987).
pub(super) fn log_probability(before: Option<char>, next: char) -> f32 {
    let Bigrams { characters, pairs } = &*BIGRAMS;
    let before = before.unwrap_or(START);
    if let Some(listed) = pairs.get(&(before, next)) {
        return *listed;
    }
    let alone = characters.get(&next).map_or(UNKNOWN, |c| c.alone);
    alone + characters.get(&before).map_or(0.0, |c| c.rest)
}

/// Returns the natural logarithm of how frequent a folded Chinese character is.
pub(super) fn frequency(c: char) -> f32 {
    BIGRAMS.characters.get(&c).map_or(UNKNOWN, |c| c.alone)
}

impl Bigrams {
    fn parse(table: &str) -> Self {
        let (mut characters, mut pairs) = (FxHashMap::default(), FxHashMap::default());
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut groups = line.split(' ');
            let first = groups.next().unwrap_or_default();
            let Some(c) = first.chars().next() else { continue };
            let mut listed = 0.0;
            for group in groups {
                let successors = group.trim_start_matches(|c: char| c.is_ascii_digit());
                let log_probability = logarithm(group);
                for next in successors.chars() {
                    pairs.insert((c, next), log_probability);
                    listed += log_probability.exp();
                }
            }
            let rest = (1.0 - listed).max(LEAST_REST).ln();
            characters.insert(c, Character { alone: logarithm(first.trim_start_matches(c)), rest });
        }
        Self { characters, pairs }
    }
}

/// Converts the number at the beginning of `text`, −2 log₂ p, to ln p.
fn logarithm(text: &str) -> f32 {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let halves: f32 = text.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0.0);
    -halves / 2.0 * std::f32::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_successors_have_their_probability_and_others_share_the_rest() {
        let bigrams = Bigrams::parse("# a comment\n一8 2个\n个4\n^0 4一");
        let close = |a: f32, b: f32| assert!((a - b).abs() < 1e-5, "{a} {b}");
        close(bigrams.pairs[&('一', '个')], 0.5_f32.ln());
        close(bigrams.characters[&'一'].alone, 0.0625_f32.ln());
        close(bigrams.characters[&'一'].rest, 0.5_f32.ln());
        close(bigrams.characters[&'^'].rest, 0.75_f32.ln());
    }

    #[test]
    fn usual_neighbours_are_likelier_than_unusual_ones() {
        assert!(log_probability(Some('那'), '段') > log_probability(Some('是'), '段'));
        assert!(log_probability(None, '我') > log_probability(None, '们'));
        assert!(log_probability(Some('䶮'), '䶮') < -15.0);
    }
}
