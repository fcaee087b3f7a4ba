//! Heads and feet of printed pages that stand between the lines of a text copied from them: the title of
//! the publication, and the number of the page.

use std::collections::{BTreeSet, HashMap};

use super::ending::ends_sentence;
use super::line::{Line, SetApart};
use super::name_key::key;

/// Characters of a head at most.
const HEAD: usize = 60;
/// Times that a head, or a number by itself, must stand in the text.
const HEADS: usize = 2;
const NUMBERS: usize = 3;
/// Digits of the number of a page at most.
const DIGITS: usize = 4;

/// Sets heads and feet of pages apart.
///
/// A line with a number and nothing else may be what somebody says, and a short line that recurs may be a
/// name. Both count as margins where they stand together, on several pages, with numbers that grow.
/// Without a head, the numbers must count up one by one and cut sentences in two.
pub(super) fn set_apart(lines: &mut [Line]) {
    let numbers: Vec<(usize, u32)> =
        (0..lines.len()).filter_map(|at| Some((at, page_number(lines[at].chars())?))).collect();
    let grows = numbers.windows(2).all(|pair| pair[0].1 < pair[1].1);
    if numbers.len() < HEADS || !grows {
        return;
    }
    let heads = heads(lines, &numbers);
    let is_headed = |at: usize| neighbours(lines, at).any(|next| heads.contains(&next));
    let is_headed = numbers.iter().filter(|(at, _)| is_headed(*at)).count() * 2 > numbers.len();
    let counts_up = numbers.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1);
    let cuts = numbers.iter().filter(|(at, _)| *at > 0 && !ends_sentence(lines[at - 1].chars()));
    let is_cutting = counts_up && numbers.len() >= NUMBERS && cuts.count() * 2 >= numbers.len();
    if is_headed || is_cutting {
        for at in heads.into_iter().chain(numbers.into_iter().map(|(at, _)| at)) {
            lines[at].set_apart.get_or_insert(SetApart::PageMargin);
        }
    }
}

fn page_number(chars: &[char]) -> Option<u32> {
    let is_number = chars.len() <= DIGITS && chars.iter().all(char::is_ascii_digit);
    is_number.then(|| chars.iter().collect::<String>().parse().ok())?
}

/// The short lines that recur beside numbers.
fn heads(lines: &[Line], numbers: &[(usize, u32)]) -> BTreeSet<usize> {
    let beside: BTreeSet<usize> =
        numbers.iter().flat_map(|(at, _)| neighbours(lines, *at)).collect();
    let mut by_text: HashMap<String, Vec<usize>> = HashMap::new();
    for at in beside.into_iter().filter(|at| lines[*at].chars().len() <= HEAD) {
        by_text.entry(key(&lines[at].text.to_string())).or_default().push(at);
    }
    by_text.into_values().filter(|lines| lines.len() >= HEADS).flatten().collect()
}

fn neighbours(lines: &[Line], at: usize) -> impl Iterator<Item = usize> {
    at.checked_sub(1).into_iter().chain(Some(at + 1).filter(|next| *next < lines.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::line::read;

    fn margins(text: &str) -> Vec<String> {
        let mut lines = read(text);
        set_apart(&mut lines);
        let apart = lines.iter().filter(|line| line.set_apart.is_some());
        apart.map(|line| line.text.to_string()).collect()
    }

    #[test]
    fn a_head_that_recurs_beside_growing_numbers_is_a_margin() {
        let text = "Q: Why?\nThe council\n12\nVALLEY REVIEW\nhad talked.\nQ: And then?\nWe built.\n13\nVALLEY REVIEW\nAll of us.";
        assert_eq!(margins(text), ["12", "VALLEY REVIEW", "13", "VALLEY REVIEW"]);
    }

    #[test]
    fn numbers_that_count_up_within_sentences_are_margins() {
        let text = "The council\n12\nhad talked for\n13\nten years and\n14\nthen we built.";
        assert_eq!(margins(text), ["12", "13", "14"]);
    }

    #[test]
    fn numbers_that_somebody_says_are_kept() {
        let none: [&str; 0] = [];
        assert_eq!(margins("Q: How many?\n4\nQ: And today?\n7\nQ: In all?\n11"), none);
        assert_eq!(margins("Q: How many?\n4\nQ: And today?\n2"), none);
    }
}
