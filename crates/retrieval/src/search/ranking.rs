//! A question with the passages that were found for it, and what supports the best of them.

use super::collection::Collection;
use super::evidence::Evidence;
use super::expansion;
use super::gram::Gram;
use super::hit::{Features, Hit};
use super::matcher::Matcher;
use super::meaning::Nearness;
use super::options::Options;
use super::query::Query;
use super::query_reader::QueryReader;
use super::rerank::Scorer;
use super::score::{by_words, combined};
use super::support::Support;
use super::weights::Weights;
use crate::Library;
use crate::forward::{ForwardIndex, KnownGram, PerField, Text};
use crate::index::WeightedGram;
use transcript::Passage;
use transcript::text::{CharSpan, each_gram, fold, tokenize};

/// The number of grams that candidates are looked up by. The lightest grams say little and stand in
/// most passages, so that they cost the most: of 4,221 questions to 1,104 passages one was answered
/// worse without them.
const PROPOSED: usize = 24;

/// A question with the passages that were found for it, best first.
pub struct Ranking<'s> {
    collection: &'s Collection,
    reader: &'s QueryReader,
    options: &'s Options,
    query: Query,
    /// The query's grams, where the corpus knows them.
    known: Vec<Option<KnownGram>>,
    matcher: Matcher,
    weights: PerField<Weights>,
    encoder: Option<&'s str>,
    hits: Vec<Hit>,
}

impl<'s> Ranking<'s> {
    pub(super) fn new(
        collection: &'s Collection,
        reader: &'s QueryReader,
        options: &'s Options,
        query: Query,
    ) -> Self {
        let known: Vec<_> = query.grams.iter().map(|gram| collection.known(gram)).collect();
        let statistics = collection.forward.statistics();
        let weights = statistics.map(|field| Weights::new(&query, &known, &field));
        let matcher = Matcher::new(&known);
        let (encoder, hits) = (None, Vec::new());
        Self { collection, reader, options, query, known, matcher, weights, encoder, hits }
    }

    /// The library that was searched.
    pub fn library(&self) -> &'s Library {
        &self.collection.library
    }

    fn forward(&self) -> &'s ForwardIndex {
        &self.collection.forward
    }

    /// The fingerprint of the encoder that took part, if one did.
    pub fn encoder(&self) -> Option<&str> {
        self.encoder
    }

    /// Scores `candidates`, whose `nearness` of meaning is known where there is an `encoder`.
    pub(super) fn score(
        &mut self,
        candidates: Vec<usize>,
        encoder: Option<&'s str>,
        nearness: Option<&Nearness>,
    ) {
        self.encoder = encoder;
        let whole = self.weights.passage.total();
        let forward = self.forward();
        let mut scorer = Scorer::new(&self.matcher, self.query.grams.len());
        let mut sums = Vec::new();
        let mut hits: Vec<Hit> = Vec::with_capacity(candidates.len());
        for position in candidates {
            let interview = self.library().passages()[position].interview;
            let passage = scorer.text(forward.passage(position), &self.weights.passage);
            let texts = forward.expansion(position);
            let expansion =
                expansion::score(texts, &self.known, &self.weights.expansion, &mut sums);
            let features = Features {
                passage: passage.whole,
                sentence: passage.sentence,
                window: passage.window,
                question: scorer.whole(forward.question(position), &self.weights.question),
                title: scorer.whole(forward.title(interview), &self.weights.title),
                expansion_best: expansion.best,
                expansion_all: expansion.all,
                best_expansion: expansion.which,
                nearness: nearness.map_or(0.0, |nearness| whole * nearness.scores[position]),
                similarity: nearness.map_or(0.0, |nearness| nearness.similarities[position]),
                has_expansion: !texts.is_empty(),
                is_of_named_speaker: self.query.named_interviews.binary_search(&interview).is_ok(),
            };
            let score = combined(&features, self.options);
            if score > 0.0 {
                hits.push(Hit { position, score, features });
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.position.cmp(&b.position)));
        self.hits = hits;
    }

    /// What was found, best first.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Whether the question says anything that can be looked up.
    pub fn asks_something(&self) -> bool {
        !self.query.grams.is_empty()
    }

    /// What supports the best hit; `None` if there is no hit.
    pub fn support(&self) -> Option<Support> {
        self.hits.first().map(|best| self.support_of(best))
    }

    /// What supports the one of the first `n` hits that the words of the question speak for most. With
    /// an encoder this may be another than the best hit; `None` if there is no hit.
    pub fn support_by_words(&self, n: usize) -> Option<Support> {
        let words = |hit: &&Hit| by_words(&hit.features, self.options);
        let first = self.hits.iter().take(n);
        first.max_by(|a, b| words(a).total_cmp(&words(b))).map(|hit| self.support_of(hit))
    }

    /// What supports `best`. Near duplicates of its passage are the same answer from another source, not
    /// rivals, so the margin is taken over the first other hit that is none of them.
    fn support_of(&self, best: &Hit) -> Support {
        let same = self.library().near_duplicates(best.position);
        let forward = self.forward();
        let said = self.held([forward.passage(best.position), forward.question(best.position)]);
        let texts = forward.expansion(best.position);
        let expanded = |number: usize| self.known[number].is_some_and(|gram| texts.holds(gram.id));
        let together = |number: usize| said[number] || expanded(number);
        let which = best.features.best_expansion;
        let best_expansion =
            |number: usize| self.known[number].is_some_and(|gram| texts.text_holds(which, gram.id));
        let is_word = |gram: &Gram| gram.word_share > 0.0 && gram.text().chars().count() > 1;
        let passage = &self.weights.passage;
        let is_rival = |hit: &&Hit| hit.position != best.position && !same.contains(&hit.position);
        let next = self.hits.iter().find(is_rival);
        let next_score = next.map_or(0.0, |next| next.score);
        let similarities = self.hits.iter().map(|hit| hit.features.similarity);
        Support {
            together: self.share(passage, &|_| true, &together),
            words: self.share(passage, &is_word, &together),
            sentence: f64::from(best.features.sentence / passage.total()),
            expansion_recall: self.share(&self.weights.expansion, &|_| true, &best_expansion),
            expansion_precision: expansion::precision(texts, which, &self.known),
            has_expansion: best.features.has_expansion,
            margin: f64::from(((best.score - next_score) / best.score).max(0.0)),
            score: f64::from(by_words(&best.features, self.options)),
            similarity: f64::from(best.features.similarity),
            best_similarity: f64::from(similarities.fold(-1.0, f32::max)),
            n_tokens: self.query.n_tokens,
        }
    }

    /// The share of the weight of the grams `among`, as typed, that are `held` or whose alternatives
    /// are; 1 where there are none.
    fn share(
        &self,
        weights: &Weights,
        among: &dyn Fn(&Gram) -> bool,
        held: &dyn Fn(usize) -> bool,
    ) -> f64 {
        let weight = |number: usize| weights.of(number);
        let (mut part, mut total) = (0.0, 0.0);
        for (number, gram) in self.query.grams.iter().enumerate().take(self.query.n_counting()) {
            if among(gram) {
                total += weight(number);
                part += weight(number) * self.query.held(number, held, &weight);
            }
        }
        if total > 0.0 { f64::from(part / total).min(1.0) } else { 1.0 }
    }

    /// The words of the question that the interviews use, and those that they do not, as ranges of
    /// the question `text` as typed. A word counts as used where a variant of it is.
    pub fn words(&self, text: &str) -> (Vec<CharSpan>, Vec<CharSpan>) {
        let folded = fold(text);
        let (said, unsaid): (Vec<_>, Vec<_>) =
            self.query.words.iter().partition(|word| self.is_said(&folded, word));
        (said.into_iter().cloned().collect(), unsaid.into_iter().cloned().collect())
    }

    fn is_said(&self, folded: &[char], word: &CharSpan) -> bool {
        let says =
            |number: usize| self.known[number].is_some_and(|gram| self.collection.says(gram.id));
        let word_folded = &folded[word.clone()];
        let tokens = tokenize(word_folded);
        let terms: Vec<String> =
            tokens.iter().map(|token| word_folded[token.span.clone()].iter().collect()).collect();
        let is_typed_said = each_gram(&tokens).all(|gram| {
            let second = (gram.len() > 1).then(|| terms[gram.end - 1].as_str());
            let known = self.forward().gram(&terms[gram.start], second);
            known.is_some_and(|known| self.collection.says(known.id))
        });
        is_typed_said
            || self
                .query
                .typed_within(word)
                .into_iter()
                .any(|number| self.query.held(number, &says, &|_| 1.0) >= 1.0 && !says(number))
    }

    /// Returns which grams of the query any of `texts` holds, by their numbers.
    fn held<const N: usize>(&self, texts: [Text<'_>; N]) -> Vec<bool> {
        let mut held = vec![false; self.known.len()];
        let mut found = Vec::new();
        for text in texts {
            self.matcher.find(text, &mut found);
            found.iter().for_each(|occurrence| held[usize::from(occurrence.gram)] = true);
        }
        held
    }

    /// How the question matches a hit's passage, sentence by sentence. Where the passage was found by
    /// an expansion text rather than by its own words, that text counts as well.
    pub fn evidence(&self, hit: &Hit, passage: &Passage) -> Evidence {
        let own = Evidence::new(&passage.text, &self.query, &self.weights.passage);
        if hit.features.expansion_best <= hit.features.sentence {
            return own;
        }
        let Some(text) = self.best_expansion(hit) else { return own };
        let query = self.reader.read(self.collection, text, None);
        let implied = Self::new(self.collection, self.reader, self.options, query);
        own.joined_by(&Evidence::new(&passage.text, &implied.query, &implied.weights.passage))
    }

    /// The grams of the question, and where `hit` holds each.
    pub fn grams(&self, hit: &Hit) -> Vec<ExplainedGram> {
        let forward = self.forward();
        let passage = self.held([forward.passage(hit.position)]);
        let question = self.held([forward.question(hit.position)]);
        let expansion = forward.expansion(hit.position);
        let numbered = self.query.grams.iter().zip(&self.known).enumerate();
        numbered
            .map(|(number, (gram, known))| ExplainedGram {
                text: gram.text(),
                strength: gram.strength,
                weight: self.weights.passage.of(number),
                in_passage: passage[number],
                in_question: question[number],
                in_expansion: known.is_some_and(|known| expansion.holds(known.id)),
            })
            .collect()
    }

    /// The expansion text of `hit` that matches best.
    pub fn best_expansion(&self, hit: &Hit) -> Option<&'s str> {
        self.collection.expansion_text(hit.position, hit.features.best_expansion)
    }

    /// The words of the question in any passage.
    pub fn marks(&self, passage: &Passage) -> Vec<CharSpan> {
        Evidence::new(&passage.text, &self.query, &self.weights.passage).matches
    }

    /// The grams to look candidates up by: those that weigh most.
    pub(super) fn proposed(&self) -> Vec<WeightedGram> {
        let weight = |number| self.weights.passage.of(number);
        let mut numbers: Vec<usize> = (0..self.query.grams.len()).collect();
        numbers.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
        numbers.truncate(PROPOSED);
        let grams = numbers.into_iter().map(|number| WeightedGram {
            gram: self.query.grams[number].text(),
            weight: weight(number),
        });
        grams.collect()
    }
}

/// A gram of a question in the light of a hit.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedGram {
    pub text: String,
    /// 1 as typed, below 1 for what may have been meant.
    pub strength: f32,
    /// What it weighs in passages.
    pub weight: f32,
    /// The passage holds it.
    pub in_passage: bool,
    /// The interviewer's question holds it.
    pub in_question: bool,
    /// An expansion text holds it.
    pub in_expansion: bool,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::search::{AllPassages, Searcher};
    use transcript::{Corpus, Interview, Paragraph, Part, Turn};

    /// A searcher over one interview with these answers.
    fn searcher(answers: &[&str]) -> Searcher {
        let paragraph = |(number, text): (usize, &&str)| {
            let text = (*text).to_owned();
            Part::Answer(Paragraph::new(number + 1, text))
        };
        let turn = Turn {
            number: 1,
            interviewer: "問".to_owned(),
            question: "後來呢？".to_owned(),
            parts: answers.iter().enumerate().map(paragraph).collect(),
        };
        let interview =
            Interview { slug: "talk".to_owned(), turns: vec![turn], ..Interview::default() };
        let corpus = Corpus { interviews: vec![interview], ..Corpus::default() };
        Searcher::new(Arc::new(Library::new(corpus).unwrap()), Options::SAMPLE)
    }

    #[track_caller]
    fn assert_near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
    }

    #[test]
    fn the_passage_that_holds_more_of_the_question_comes_first() {
        let searcher = searcher(&["海很大。", "灯很亮。", "灯塔很高。"]);
        let ranking = searcher.search(&AllPassages(3), "灯塔", None).unwrap();
        let found: Vec<usize> = ranking.hits().iter().map(|hit| hit.position).collect();
        assert_eq!(found, [2, 1], "a passage without any gram of the question is no hit");
    }

    #[test]
    fn of_equal_passages_the_earlier_comes_first() {
        let searcher = searcher(&["灯塔很高。", "灯塔很高。"]);
        let ranking = searcher.search(&AllPassages(2), "灯塔", None).unwrap();
        let found: Vec<usize> = ranking.hits().iter().map(|hit| hit.position).collect();
        assert_eq!(found, [0, 1]);
        assert_near(ranking.support().unwrap().margin, 0.0);
    }

    #[test]
    fn support_is_the_share_of_the_weight_that_the_best_hit_holds() {
        let searcher = searcher(&["灯塔很高。", "海很大。"]);
        let whole = searcher.search(&AllPassages(2), "灯塔", None).unwrap().support().unwrap();
        assert_near(whole.together, 1.0);
        assert_near(whole.words, 1.0);
        assert_near(whole.margin, 1.0);
        assert_eq!((whole.n_tokens, whole.has_expansion), (2, false));
        // Neither 船 nor its pair with 塔 is in the best passage.
        let ranking = searcher.search(&AllPassages(2), "灯塔船", None).unwrap();
        let grams = ranking.grams(&ranking.hits()[0]);
        let weight = |held: bool| -> f32 {
            grams.iter().filter(|gram| gram.in_passage == held).map(|gram| gram.weight).sum()
        };
        let expected = f64::from(weight(true) / (weight(true) + weight(false)));
        assert!(expected < 1.0);
        assert_near(ranking.support().unwrap().together, expected);
    }

    #[test]
    fn candidates_are_looked_up_by_the_heaviest_grams() {
        let searcher = searcher(&["灯塔很高。"]);
        let question = "灯塔看守人讲述风暴夜里船只怎样平安回到港口边上的故事";
        let ranking = searcher.search(&AllPassages(1), question, None).unwrap();
        let proposed = ranking.proposed();
        assert_eq!(proposed.len(), PROPOSED);
        assert!(proposed.windows(2).all(|pair| pair[0].weight >= pair[1].weight));
    }

    #[test]
    fn words_of_the_question_are_used_or_missing() {
        let searcher = searcher(&["灯塔很高。"]);
        let question = "灯塔和飞船";
        let ranking = searcher.search(&AllPassages(1), question, None).unwrap();
        let slice = |span: &CharSpan| -> String {
            question.chars().skip(span.start).take(span.len()).collect()
        };
        let (used, missing) = ranking.words(question);
        assert_eq!(used.iter().map(slice).collect::<Vec<_>>(), ["灯塔"]);
        assert_eq!(missing.iter().map(slice).collect::<Vec<_>>(), ["飞船"]);
    }
}
