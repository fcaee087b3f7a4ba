//! Names and terms that are written in several ways: who asks with one finds the others.

use std::sync::LazyLock;

use super::phrase_matcher::PhraseMatcher;
use transcript::Name;
use transcript::text::{CharSpan, fold, is_han};

/// The names that every corpus shares.
static SHARED: LazyLock<Vec<Name>> = LazyLock::new(|| {
    Name::read(include_str!("../../lexicon/names.toml")).expect("a unit test reads names.toml")
});

/// Names, found in a question by any of their variants.
#[derive(Debug, Default)]
pub(super) struct NameVariants {
    names: Vec<Name>,
    variants: PhraseMatcher,
    /// The position in `names` of each variant.
    name_of: Vec<usize>,
}

/// Another way to write what was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variant<'n> {
    /// Where the typed variant stands in the question.
    pub(super) typed: CharSpan,
    /// The other variant.
    pub(super) text: &'n str,
    /// What it weighs beside the one that was typed.
    pub(super) strength: f32,
}

impl NameVariants {
    /// The shared names and `own`, those of a corpus, which come first where both have a variant.
    pub(super) fn new(own: &[Name]) -> Self {
        let names: Vec<Name> = own.iter().chain(&*SHARED).cloned().collect();
        let numbered = names.iter().enumerate();
        let (name_of, variants): (Vec<usize>, Vec<&str>) = numbered
            .flat_map(|(number, name)| {
                name.variants.iter().map(move |variant| (number, variant.as_str()))
            })
            .unzip();
        let variants = PhraseMatcher::new(variants);
        Self { names, variants, name_of }
    }

    /// The Chinese variants, for a segmenter to keep whole.
    pub(super) fn terms(&self) -> impl Iterator<Item = &str> {
        let variants = self.names.iter().flat_map(|name| &name.variants).map(String::as_str);
        variants.filter(|variant| variant.chars().all(is_han))
    }

    /// The other variants of the names in the `folded` question, except for names of which the
    /// corpus has the typed variant, as `is_known` tells.
    pub(super) fn of(&self, folded: &[char], is_known: impl Fn(&str) -> bool) -> Vec<Variant<'_>> {
        let mut variants = Vec::new();
        for found in self.variants.find(folded) {
            let typed: String = folded[found.span.clone()].iter().collect();
            if is_known(&typed) {
                continue;
            }
            let Name { variants: all, strength } = &self.names[self.name_of[found.phrase]];
            let others = all.iter().filter(|variant| fold(variant) != folded[found.span.clone()]);
            variants.extend(others.map(|text| Variant {
                typed: found.span.clone(),
                text,
                strength: *strength,
            }));
        }
        variants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(text: &str) -> Vec<String> {
        let names = NameVariants::new(&[]);
        let variants = names.of(&fold(text), |_| false);
        variants.iter().map(|variant| variant.text.to_owned()).collect()
    }

    #[test]
    fn a_name_brings_its_variants_in_any_script() {
        assert!(variants("矽谷行不行").contains(&"硅谷".to_owned()));
        assert!(variants("about Silicon Valley").contains(&"硅谷".to_owned()));
    }

    #[test]
    fn a_name_within_a_word_is_no_name() {
        assert!(variants("said plainly").is_empty());
    }

    #[test]
    fn a_known_name_needs_no_variant() {
        assert!(NameVariants::new(&[]).of(&fold("矽谷"), |_| true).is_empty());
    }

    #[test]
    fn a_name_of_the_corpus_comes_before_a_shared_one() {
        let own = Name { variants: vec!["矽谷".into(), "那個谷".into()], strength: 0.5 };
        let names = NameVariants::new(&[own]);
        let folded = fold("去矽谷");
        let variants = names.of(&folded, |_| false);
        assert_eq!(variants, [Variant { typed: 1..3, text: "那個谷", strength: 0.5 }]);
    }
}
