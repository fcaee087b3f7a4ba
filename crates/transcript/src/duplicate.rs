//! One talk from two sites: interviews that share much of what is answered.

use std::collections::HashSet;

use super::{Interview, Part};
use crate::text::fold;

/// Characters of a shingle: a run that two texts seldom share by chance.
const SHINGLE: usize = 8;
/// Share of the shorter interview's shingles that makes the other a near-duplicate.
const SHARED: f64 = 0.2;

/// The interviews that hold much of what is answered in `interview`: slug, and the share of the shorter
/// one's words that both hold, most first.
pub fn near_duplicates(interview: &Interview, others: &[Interview]) -> Vec<(String, f64)> {
    let own = shingles(interview);
    let mut found: Vec<(String, f64)> = others
        .iter()
        .filter(|other| other.slug != interview.slug)
        .map(|other| (other.slug.clone(), overlap(&own, &shingles(other))))
        .filter(|(_, shared)| *shared >= SHARED)
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

fn overlap(a: &HashSet<Vec<char>>, b: &HashSet<Vec<char>>) -> f64 {
    let shorter = a.len().min(b.len());
    if shorter == 0 { 0.0 } else { a.intersection(b).count() as f64 / shorter as f64 }
}

/// The runs of folded letters in the answers; marks and spaces differ from site to site.
fn shingles(interview: &Interview) -> HashSet<Vec<char>> {
    let answers =
        interview.turns.iter().flat_map(|turn| &turn.parts).filter_map(|part| match part {
            Part::Answer(paragraph) => Some(&paragraph.text),
            Part::Aside(_) | Part::Guest { .. } | Part::Heading(_) => None,
        });
    answers
        .flat_map(|text| {
            let letters: Vec<char> =
                fold(text).into_iter().filter(|c| c.is_alphanumeric()).collect();
            letters.windows(SHINGLE).map(<[char]>::to_vec).collect::<Vec<_>>()
        })
        .collect()
}
