//! The word lists of `lexicon/speakers.toml`, folded for comparison.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::name_key::key;
use crate::text::fold;

/// The lists, loaded when first needed.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let lists: LexiconFile = toml::from_str(include_str!("../../lexicon/speakers.toml"))
        .expect("the word lists are compiled in and a test reads them");
    Lexicon::from(lists)
});

/// Who a word in a transcript stands for; every entry is a [`key`].
pub(super) struct Lexicon {
    pub(super) interviewers: HashSet<String>,
    pub(super) audiences: HashSet<String>,
    pub(super) interviewees: HashSet<String>,
    pub(super) narrators: HashSet<String>,
    pub(super) placeholders: HashSet<String>,
    pub(super) not_speakers: HashSet<String>,
    pub(super) credits: HashSet<String>,
    pub(super) interviewer_roles: HashSet<String>,
    pub(super) interviewee_roles: HashSet<String>,
    pub(super) titles: HashSet<String>,
    /// Longest first.
    pub(super) honorifics: Vec<String>,
    pub(super) media: Vec<String>,
    pub(super) publications: Vec<String>,
    pub(super) sections: HashSet<String>,
    pub(super) columns: HashSet<String>,
    pub(super) advertisements: HashSet<String>,
    pub(super) clause_marks: Vec<String>,
    pub(super) closings: Vec<String>,
    pub(super) references: Vec<String>,
    pub(super) invitations: Vec<String>,
    pub(super) boilerplate: Vec<String>,
    pub(super) insertions: Vec<String>,
    pub(super) counters: Vec<String>,
    pub(super) pagers: HashSet<String>,
    pub(super) captions: Vec<String>,
    pub(super) farewells: Vec<String>,
    pub(super) requests: Vec<String>,
    pub(super) interview_words: Vec<String>,
    pub(super) organisations: Vec<String>,
    pub(super) never_last: HashSet<char>,
    /// Folded, not keys: they are looked for in running text.
    pub(super) notes: Vec<Vec<char>>,
    pub(super) gestures: Vec<Vec<char>>,
    pub(super) surnames: HashSet<char>,
    pub(super) double_surnames: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconFile {
    interviewers: Vec<String>,
    audiences: Vec<String>,
    interviewees: Vec<String>,
    narrators: Vec<String>,
    placeholders: Vec<String>,
    media: Vec<String>,
    publications: Vec<String>,
    sections: Vec<String>,
    columns: Vec<String>,
    advertisements: Vec<String>,
    honorifics: Vec<String>,
    titles: Vec<String>,
    not_speakers: Vec<String>,
    clause_marks: Vec<String>,
    credits: Vec<String>,
    closings: Vec<String>,
    references: Vec<String>,
    invitations: Vec<String>,
    boilerplate: Vec<String>,
    insertions: Vec<String>,
    counters: Vec<String>,
    pagers: Vec<String>,
    captions: Vec<String>,
    farewells: Vec<String>,
    requests: Vec<String>,
    interview_words: Vec<String>,
    roles: Roles,
    asides: Asides,
    names: Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    interviewers: Vec<String>,
    interviewees: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asides {
    notes: Vec<String>,
    gestures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    surnames: String,
    organisations: Vec<String>,
    never_last: String,
    double_surnames: Vec<String>,
}

impl From<LexiconFile> for Lexicon {
    fn from(lists: LexiconFile) -> Self {
        let set = |words: Vec<String>| words.iter().map(|word| key(word)).collect();
        let longest_first = |words: Vec<String>| {
            let mut keys: Vec<String> = words.iter().map(|word| key(word)).collect();
            keys.sort_by_key(|key| std::cmp::Reverse(key.chars().count()));
            keys
        };
        let folded = |words: Vec<String>| words.iter().map(|word| fold(word)).collect();
        Self {
            interviewers: set(lists.interviewers),
            audiences: set(lists.audiences),
            interviewees: set(lists.interviewees),
            narrators: set(lists.narrators),
            placeholders: set(lists.placeholders),
            not_speakers: set(lists.not_speakers),
            credits: set(lists.credits),
            interviewer_roles: set(lists.roles.interviewers),
            interviewee_roles: set(lists.roles.interviewees),
            titles: set(lists.titles),
            honorifics: longest_first(lists.honorifics),
            media: longest_first(lists.media),
            sections: set(lists.sections),
            columns: set(lists.columns),
            advertisements: set(lists.advertisements),
            publications: longest_first(lists.publications),
            clause_marks: longest_first(lists.clause_marks),
            closings: longest_first(lists.closings),
            references: longest_first(lists.references),
            invitations: longest_first(lists.invitations),
            boilerplate: longest_first(lists.boilerplate),
            insertions: longest_first(lists.insertions),
            counters: longest_first(lists.counters),
            pagers: set(lists.pagers),
            captions: longest_first(lists.captions),
            farewells: longest_first(lists.farewells),
            requests: longest_first(lists.requests),
            interview_words: longest_first(lists.interview_words),
            organisations: longest_first(lists.names.organisations),
            never_last: fold(&lists.names.never_last).into_iter().collect(),
            notes: folded(lists.asides.notes),
            gestures: folded(lists.asides.gestures),
            surnames: fold(&lists.names.surnames)
                .into_iter()
                .filter(|c| !c.is_whitespace())
                .collect(),
            double_surnames: longest_first(lists.names.double_surnames),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read_and_folded() {
        assert!(LEXICON.interviewers.contains(&key("記者")));
        assert!(LEXICON.interviewees.contains("a"));
        assert!(LEXICON.surnames.contains(&'张'));
    }
}
