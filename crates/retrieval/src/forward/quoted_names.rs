//! Names of a corpus's own: what its texts set in quotation marks, or as a title, more than once.

use std::collections::HashMap;

use transcript::Corpus;
use transcript::text::{fold_char, tokenize};

/// Opening marks with the closing one of each.
const MARKS: [(char, char); 4] = [('“', '”'), ('「', '」'), ('『', '』'), ('《', '》')];
/// The most tokens of a name; longer ones are quoted sentences.
const LONGEST: usize = 8;
/// How often a name must be set in marks.
const TIMES: usize = 2;

/// The names of `corpus`, folded.
pub(super) fn quoted_names(corpus: &Corpus) -> Vec<String> {
    let mut times: HashMap<String, usize> = HashMap::new();
    for turn in corpus.interviews.iter().flat_map(|interview| &interview.turns) {
        let answers = turn.answers().map(|paragraph| paragraph.text.as_str());
        for name in answers.chain([turn.question.as_str()]).flat_map(quoted_in) {
            *times.entry(name).or_default() += 1;
        }
    }
    times.into_iter().filter(|(_, times)| *times >= TIMES).map(|(name, _)| name).collect()
}

fn quoted_in(text: &str) -> Vec<String> {
    let folded: Vec<char> = text.chars().collect();
    let mut names = Vec::new();
    for (at, c) in folded.iter().enumerate() {
        let Some((_, closing)) = MARKS.iter().find(|(opening, _)| opening == c) else { continue };
        let inside: Vec<char> =
            folded[at + 1..].iter().take_while(|c| *c != closing).map(|c| fold_char(*c)).collect();
        let tokens = tokenize(&inside);
        let in_one_piece = tokens.iter().skip(1).all(|token| token.joined);
        if (2..=LONGEST).contains(&tokens.len()) && in_one_piece {
            names.push(inside.into_iter().collect());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_in_one_piece() {
        assert_eq!(quoted_in("“飛天5K”和「雲棲小鎮」，“一句，話”"), ["飞天5k", "云栖小镇"]);
    }
}
