//! A question as it is looked up: the grams that say something of its subject.

use std::ops::Range;

use super::general_language::general_frequency;
use super::gram::Gram;
use super::phrase_matcher::PhraseMatcher;
use transcript::text::{CharSpan, Segmenter, Token, each_gram, tokenize};

/// The number of tokens of a question that are looked at. People type far fewer; it bounds the work
/// that a pasted article makes.
const MAX_TOKENS: usize = 160;
/// The number of grams of a question with all that it may have meant.
const MAX_GRAMS: usize = 1000;

/// A question, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    /// The number of its tokens that count.
    pub(super) n_tokens: usize,
    /// Its grams, each once: first those that were typed, then those that may have been meant.
    pub(super) grams: Vec<Gram>,
    /// How many of its grams were typed.
    n_typed: usize,
    /// Where each typed gram stands in the question, by its number; a repeated gram has several.
    places: Vec<(usize, CharSpan)>,
    /// Its dictionary words of two characters and more: where they stand in the question as typed.
    pub(super) words: Vec<CharSpan>,
    /// What may have been meant in place of typed grams.
    alternatives: Vec<Alternative>,
    /// The interviews of the speakers whom the question names, by their positions in the corpus.
    pub(super) named_interviews: Vec<usize>,
}

/// Grams that may have been meant in place of others; both by their numbers.
#[derive(Debug, Clone)]
struct Alternative {
    typed: Vec<usize>,
    meant: Vec<usize>,
}

impl Query {
    /// Reads the `folded` question. Question words and the spans in `names` (the speakers' names,
    /// whose words are searched anyway) are left out; if nothing else is left, the names count.
    pub(super) fn new(
        folded: &[char],
        question_words: &PhraseMatcher,
        names: &[CharSpan],
        segmenter: &Segmenter,
    ) -> Self {
        let question_words: Vec<CharSpan> =
            question_words.find(folded).into_iter().map(|found| found.span).collect();
        let dropped: Vec<CharSpan> = names.iter().chain(&question_words).cloned().collect();
        let kept = kept(folded, &dropped);
        let kept = if kept.is_empty() { self::kept(folded, &question_words) } else { kept };
        Self::of_tokens(folded, &kept, segmenter)
    }

    /// The same with the grams of `other`, which weigh `strength` of their own weight. Grams that are
    /// there already keep the weight that they have.
    pub(super) fn widened_by(mut self, other: Self, strength: f32) -> Self {
        for gram in other.grams {
            self.add(Gram { strength: gram.strength * strength, ..gram });
        }
        self
    }

    /// Adds `meant` as what may have been meant by the typed grams with the numbers `typed`.
    pub(super) fn add_alternative(
        &mut self,
        typed: Vec<usize>,
        meant: impl IntoIterator<Item = Gram>,
    ) {
        let meant: Vec<usize> = meant.into_iter().filter_map(|gram| self.add(gram)).collect();
        if !meant.is_empty() && !typed.is_empty() {
            self.alternatives.push(Alternative { typed, meant });
        }
    }

    /// Adds a gram if it is new and there is room, and returns its number.
    fn add(&mut self, gram: Gram) -> Option<usize> {
        let known = self.grams.iter().position(|known| known.is_same(&gram));
        if known.is_none() && self.grams.len() < MAX_GRAMS {
            self.grams.push(gram);
            return Some(self.grams.len() - 1);
        }
        known
    }

    /// The number of grams, from the first, that make up the whole that is asked: those that were
    /// typed, for what may have been meant comes in their place. Where nothing was typed that counts
    /// (only the topic goes on), all of them.
    pub(super) fn n_counting(&self) -> usize {
        if self.n_typed > 0 { self.n_typed } else { self.grams.len() }
    }

    /// The grams that were typed.
    pub(super) fn typed(&self) -> &[Gram] {
        &self.grams[..self.n_typed]
    }

    /// The numbers of the typed grams that lie within `span` of the question.
    pub(super) fn typed_within(&self, span: &CharSpan) -> Vec<usize> {
        let within = |place: &CharSpan| span.start <= place.start && place.end <= span.end;
        let mut numbers: Vec<usize> = self
            .places
            .iter()
            .filter(|(_, place)| within(place))
            .map(|(number, _)| *number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// How far the gram `number` is held by what `holds`: 1 if it is, else the largest share of an
    /// alternative in its place that is held, by `weight`.
    pub(super) fn held(
        &self,
        number: usize,
        holds: &dyn Fn(usize) -> bool,
        weight: &dyn Fn(usize) -> f32,
    ) -> f32 {
        if holds(number) {
            return 1.0;
        }
        let share = |alternative: &Alternative| {
            let sum = |numbers: &mut dyn Iterator<Item = &usize>| -> f32 {
                numbers.map(|number| weight(*number)).sum()
            };
            let all = sum(&mut alternative.meant.iter());
            let held = sum(&mut alternative.meant.iter().filter(|number| holds(**number)));
            if all > 0.0 { held / all } else { 0.0 }
        };
        let replacing = self.alternatives.iter().filter(|other| other.typed.contains(&number));
        replacing.map(share).fold(0.0, f32::max)
    }

    fn of_tokens(folded: &[char], kept: &[Token], segmenter: &Segmenter) -> Self {
        let terms: Vec<String> =
            kept.iter().map(|token| folded[token.span.clone()].iter().collect()).collect();
        let words = words(folded, kept, segmenter);
        let mut query = Self { n_tokens: kept.len(), ..Self::default() };
        for word in words.iter().filter(|word| word.len() > 1 || terms[word.start].len() > 3) {
            query.words.push(kept[word.start].span.start..kept[word.end - 1].span.end);
        }
        let mut ranges: Vec<Range<usize>> = each_gram(kept).collect();
        // All tokens come before all pairs, so that the numbers of tokens do not depend on joins.
        ranges.sort_by_key(Range::len);
        for range in ranges {
            let gram = gram(&terms[range.clone()], word_share(&range, &words));
            let span = kept[range.start].span.start..kept[range.end - 1].span.end;
            if let Some(number) = query.add(gram) {
                query.places.push((number, span));
            }
        }
        query.n_typed = query.grams.len();
        query
    }
}

/// The gram of one or two terms.
fn gram(terms: &[String], word_share: f32) -> Gram {
    let (first, second) = (terms[0].clone(), terms.get(1).cloned());
    let general_frequency = general_frequency(&first, second.as_deref(), word_share > 0.0);
    Gram { first, second, word_share, general_frequency, strength: 1.0 }
}

/// Which share of a dictionary word the tokens of `range` are.
fn word_share(range: &Range<usize>, words: &[Range<usize>]) -> f32 {
    let word = words.iter().find(|word| word.start <= range.start && range.end <= word.end);
    word.map_or(0.0, |word| match (word.len(), range.len()) {
        (1, _) | (2, 2) => 1.0,
        (length, 2) => 1.0 / (length - 1) as f32,
        _ => 0.0,
    })
}

/// The tokens of `folded` outside `dropped`; tokens on both sides of a gap are not joined.
fn kept(folded: &[char], dropped: &[CharSpan]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    let mut is_after_gap = true;
    let mut tokens = tokenize(folded);
    tokens.truncate(MAX_TOKENS);
    for token in tokens {
        let within = |span: &CharSpan| span.start <= token.span.start && token.span.end <= span.end;
        if dropped.iter().any(within) {
            is_after_gap = true;
        } else {
            kept.push(Token { joined: token.joined && !is_after_gap, ..token });
            is_after_gap = false;
        }
    }
    kept
}

/// The dictionary words among `tokens`, as ranges of them.
fn words(folded: &[char], tokens: &[Token], segmenter: &Segmenter) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let run = 1 + tokens[start + 1..].iter().take_while(|token| token.joined).count();
        let from = tokens[start].span.start;
        let to = tokens[start + run - 1].span.end;
        for word in segmenter.words(&folded[from..to]) {
            let within = |token: &Token| {
                word.start + from <= token.span.start && token.span.end <= word.end + from
            };
            let first = start
                + tokens[start..start + run].iter().take_while(|token| !within(token)).count();
            let length =
                tokens[first..start + run].iter().take_while(|token| within(token)).count();
            if length > 0 {
                words.push(first..first + length);
            }
        }
        start += run;
    }
    words
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the values are exact")]
mod tests {
    use super::*;
    use transcript::text::fold;

    fn query(text: &str) -> Query {
        let folded = fold(text);
        let question_words = PhraseMatcher::new([
            "请问",
            "怎么看",
            "啊",
            "为什么",
            "what",
            "does",
            "think",
            "about",
        ]);
        let names = PhraseMatcher::new(["王堅", "Wang Jian"]);
        let names: Vec<CharSpan> =
            names.find(&folded).into_iter().map(|found| found.span).collect();
        Query::new(&folded, &question_words, &names, &Segmenter::new(["云栖小镇"]))
    }

    fn grams(text: &str) -> Vec<String> {
        query(text).grams.iter().map(Gram::text).collect()
    }

    #[test]
    fn question_words_politeness_and_the_name_carry_no_weight() {
        assert_eq!(grams("请问王坚怎么看开源啊"), ["开", "源", "开源"]);
        assert_eq!(grams("What does Wang Jian think about chips?"), ["chips"]);
    }

    #[test]
    fn latin_words_are_dropped_whole_or_not_at_all() {
        assert_eq!(grams("whatever"), ["whatever"]);
    }

    #[test]
    fn a_name_alone_is_asked_for() {
        assert_eq!(grams("王堅"), ["王", "坚", "王坚"]);
    }

    #[test]
    fn dropped_words_part_their_neighbours() {
        assert!(!grams("硅谷为什么不行").contains(&"谷不".to_owned()));
    }

    #[test]
    fn a_pasted_article_is_bounded() {
        assert!(grams(&"长文".repeat(50_000)).len() < 10);
    }

    #[test]
    fn a_pair_within_a_longer_word_is_an_even_share_of_it() {
        let query = query("云栖小镇");
        let share = |text: &str| {
            query.grams.iter().find(|gram| gram.text() == text).map(|gram| gram.word_share)
        };
        assert_eq!(share("云栖"), Some(1.0 / 3.0));
        assert_eq!(share("云"), Some(0.0));
    }

    #[test]
    fn an_alternative_counts_in_place_of_what_was_typed() {
        let mut query = query("云息小镇");
        let typed = query.typed_within(&(0..2));
        assert_eq!(typed.len(), 3, "two characters and their pair");
        let meant = gram(&["云".to_owned(), "栖".to_owned()], 1.0);
        query.add_alternative(typed, [meant]);
        let meant = query.grams.len() - 1;
        let pair = query.grams.iter().position(|gram| gram.text() == "云息").unwrap();
        let held = |holds: &dyn Fn(usize) -> bool| query.held(pair, holds, &|_| 1.0);
        assert_eq!(held(&|number| number == meant), 1.0);
        assert_eq!(held(&|number| number == pair), 1.0);
        assert_eq!(held(&|_| false), 0.0);
        let other = query.grams.iter().position(|gram| gram.text() == "小镇").unwrap();
        assert_eq!(query.held(other, &|number| number == meant, &|_| 1.0), 0.0);
    }

    #[test]
    fn what_is_there_already_keeps_its_weight() {
        let widened = query("开源").widened_by(query("开源社区"), 0.4);
        let strength = |text: &str| {
            widened.grams.iter().find(|gram| gram.text() == text).map(|gram| gram.strength)
        };
        assert_eq!(strength("开源"), Some(1.0));
        assert_eq!(strength("社区"), Some(0.4));
    }
}
