//! Names and terms with their variants: who asks with one finds the others.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

use transcript::Name;
use transcript::text::{fold, is_han};

/// The names that every corpus shares.
static SHARED: LazyLock<Vec<Name>> = LazyLock::new(|| {
    Name::read(include_str!("../../lexicon/names.toml")).expect("a unit test reads names.toml")
});

/// Names, found in a question by any of their variants.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// Folded variants, with the number of their name.
    by_variant: FxHashMap<Vec<char>, usize>,
    names: Vec<Name>,
    longest: usize,
}

impl Lexicon {
    /// The shared names and `own`, those of a corpus, which come first where both have a variant.
    pub(super) fn new(own: &[Name]) -> Self {
        let names: Vec<Name> = own.iter().chain(&*SHARED).cloned().collect();
        let mut by_variant = FxHashMap::default();
        for (number, name) in names.iter().enumerate() {
            for variant in &name.variants {
                by_variant.entry(fold(variant)).or_insert(number);
            }
        }
        let longest = by_variant.keys().map(Vec::len).max().unwrap_or(0);
        Self { by_variant, names, longest }
    }

    /// The Chinese variants, for a segmenter to keep whole.
    pub(super) fn terms(&self) -> impl Iterator<Item = &str> {
        let variants = self.names.iter().flat_map(|name| &name.variants).map(String::as_str);
        variants.filter(|variant| variant.chars().all(is_han))
    }

    /// The other variants of the names in `text`, but for those that are `known` as they are typed.
    pub(super) fn variants(&self, text: &str, known: impl Fn(&str) -> bool) -> Vec<Variant<'_>> {
        let folded = fold(text);
        let mut variants = Vec::new();
        let mut at = 0;
        while at < folded.len() {
            let longest = self.longest.min(folded.len() - at);
            let found = (1..=longest).rev().find_map(|length| {
                let end = at + length;
                let number = self.by_variant.get(&folded[at..end])?;
                (is_edge(&folded, at) && is_edge(&folded, end)).then_some((end, *number))
            });
            let Some((end, number)) = found else {
                at += 1;
                continue;
            };
            let typed: String = folded[at..end].iter().collect();
            if !known(&typed) {
                let Name { variants: all, strength } = &self.names[number];
                let others = all.iter().filter(|variant| fold(variant) != folded[at..end]);
                variants.extend(others.map(|text| Variant { text, strength: *strength }));
            }
            at = end;
        }
        variants
    }
}

/// Another way to write a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Variant<'l> {
    pub(super) text: &'l str,
    /// What it weighs beside the one that was typed.
    pub(super) strength: f32,
}

/// Whether no Latin word is cut at `at`.
fn is_edge(text: &[char], at: usize) -> bool {
    let letter = |c: &char| c.is_alphabetic() && !is_han(*c);
    at == 0 || !text.get(at).is_some_and(letter) || !letter(&text[at - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_brings_its_variants_in_any_script() {
        let lexicon = Lexicon::new(&[]);
        let variants = |text: &str| -> Vec<String> {
            lexicon
                .variants(text, |_| false)
                .iter()
                .map(|variant| variant.text.to_owned())
                .collect()
        };
        assert!(variants("矽谷行不行").contains(&"硅谷".to_owned()));
        assert!(variants("about Silicon Valley").contains(&"硅谷".to_owned()));
        assert!(variants("said plainly").is_empty(), "`ai` within a word is no name");
        assert!(lexicon.variants("矽谷", |_| true).is_empty(), "what is known needs no variant");
    }
}
