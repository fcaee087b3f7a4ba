//! Pages that print each paragraph in two languages, one below the other: one language is kept.
//!
//! Lines are grouped into runs of one language. Where nearly all of them form pairs of runs with as many
//! lines each, of plausible lengths and with question marks in the same places, the second run of each
//! pair translates the first. A person who asks in one language and is answered in another forms pairs as
//! well, but there only the first of two lines asks.

use super::ending::is_question;
use super::line::{Line, SetApart};
use crate::text::is_han;

/// Why a translated paragraph is left out.
pub(crate) const TRANSLATION: &str = "it says the paragraph above in another language";

/// Pairs of lines from which on a page is taken to be bilingual.
const PAIRS: usize = 4;
/// Share of the lines that must stand in pairs, and of the pairs that must be alike.
const PAIRED: f64 = 0.75;
const ALIKE: f64 = 0.8;
/// Latin letters that stand for one Chinese character in a translation, at least and at most.
const LETTERS: std::ops::RangeInclusive<f64> = 1.2..=9.0;
/// Characters of a line that may stand in one language only, such as a name.
const SHORT: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineLanguage {
    Chinese,
    Latin,
}

/// Lines in one language without one in the other between them, by their positions.
struct Run {
    language: LineLanguage,
    lines: Vec<usize>,
}

/// Sets the translations apart, if the page is bilingual.
pub(super) fn set_apart(lines: &mut [Line]) {
    let runs = runs(lines);
    let of_first = |first: LineLanguage| {
        (first, pairs(&runs, first).map(|(run, _)| run.lines.len()).sum::<usize>())
    };
    let (latin, chinese) = (of_first(LineLanguage::Latin), of_first(LineLanguage::Chinese));
    let (first, paired) = if latin.1 >= chinese.1 { latin } else { chinese };
    let all: usize = runs.iter().map(|run| run.lines.len()).sum();
    if paired < PAIRS || (2 * paired) as f64 <= all as f64 * PAIRED {
        return;
    }
    let matched = pairs(&runs, first).flat_map(|(run, translation)| {
        run.lines.iter().copied().zip(translation.lines.iter().copied())
    });
    let alike = matched.filter(|(a, b)| are_alike(&lines[*a], &lines[*b], first)).count();
    if (alike as f64) < paired as f64 * ALIKE {
        return;
    }
    let translated: Vec<usize> = runs
        .windows(2)
        .filter(|pair| pair[0].language == first)
        .flat_map(|pair| pair[1].lines.iter().copied())
        .collect();
    for at in translated {
        lines[at].set_apart = Some(SetApart::Translation);
    }
}

fn runs(lines: &[Line]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(language) = language(line).filter(|_| line.set_apart.is_none()) else { continue };
        match runs.last_mut() {
            Some(run) if run.language == language => run.lines.push(at),
            _ => runs.push(Run { language, lines: vec![at] }),
        }
    }
    runs
}

/// The runs of the language `first` that a run of as many lines follows.
fn pairs(runs: &[Run], first: LineLanguage) -> impl Iterator<Item = (&Run, &Run)> {
    runs.windows(2).filter_map(move |pair| match pair {
        [run, next] if run.language == first && run.lines.len() == next.lines.len() => {
            Some((run, next))
        }
        _ => None,
    })
}

/// The language in which most of the line is written, if it is long enough to tell.
fn language(line: &Line) -> Option<LineLanguage> {
    let chinese = line.chars().iter().filter(|c| is_han(**c)).count();
    let latin = line.chars().iter().filter(|c| c.is_alphabetic() && !is_han(**c)).count();
    if chinese + latin < SHORT {
        None
    } else if chinese == 0 {
        Some(LineLanguage::Latin)
    } else {
        // A Chinese sentence may hold names in Latin letters, an English one hardly Chinese ones.
        (chinese * 3 >= latin).then_some(LineLanguage::Chinese)
    }
}

/// Whether the lines can say the same: both ask or neither does, and their lengths fit.
fn are_alike(line: &Line, translation: &Line, first: LineLanguage) -> bool {
    let (latin, chinese) = match first {
        LineLanguage::Latin => (line, translation),
        LineLanguage::Chinese => (translation, line),
    };
    let letters = latin.chars().iter().filter(|c| c.is_alphabetic()).count();
    let characters = chinese.chars().iter().filter(|c| c.is_alphanumeric()).count();
    is_question(line.chars()) == is_question(translation.chars())
        && LETTERS.contains(&(letters as f64 / characters.max(1) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::line::read;

    fn kept(text: &str) -> Vec<String> {
        let mut lines = read(text);
        set_apart(&mut lines);
        lines
            .iter()
            .filter(|line| line.set_apart.is_none())
            .map(|line| line.text.to_string())
            .collect()
    }

    #[test]
    fn the_first_of_two_languages_is_kept() {
        let text = "Q: Where does the road go?\n问：路通到哪里？\nA: Down to the river, and back.\n答：到河边，再回来。\nQ: Who built it?\n问：谁修的？\nA: The people of the valley did.\n答：谷里的人。\n";
        assert_eq!(
            kept(text),
            [
                "Q: Where does the road go?",
                "A: Down to the river, and back.",
                "Q: Who built it?",
                "A: The people of the valley did."
            ]
        );
        let first_chinese = text.lines().map(str::to_owned).collect::<Vec<_>>();
        let swapped: Vec<String> =
            first_chinese.chunks(2).flat_map(|pair| [pair[1].clone(), pair[0].clone()]).collect();
        assert_eq!(kept(&swapped.join("\n"))[0], "问：路通到哪里？");
    }

    #[test]
    fn paragraphs_may_be_translated_several_at_a_time() {
        let text = "Where does the road go?\nIt goes down to the river.\nThen it comes back again.\n路通到哪里？\n它通到河边。\n然后又回来。\nWho built the road?\nWe built it together.\n谁修的路？\n我们一起修的。\n";
        assert_eq!(kept(text).len(), 5);
    }

    #[test]
    fn questions_in_one_language_and_answers_in_another_are_both_kept() {
        let text = "Q: Where does the road go?\n答：到河边，再回来。\nQ: Who built the road?\n答：谷里的人一起修的。\nQ: How long is it?\n答：十二公里，全是石头。\nQ: Will it last?\n答：我看能用一百年。\n";
        assert_eq!(kept(text).len(), 8);
        let one = "问：路通到哪里？\n答：到河边。\n问：谁修的？\n答：Ada Marsh 修的。\n";
        assert_eq!(kept(one).len(), 4);
    }
}
