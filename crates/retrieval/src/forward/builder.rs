//! Reads the texts of a corpus, and writes them as a forward index.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use transcript::text::{Token, fold, sentences, tokenize};
use transcript::{Corpus, Passage, PassageId};
use zerocopy::little_endian::{U32, U64};

use super::array::{ListsBuilder, write_array};
use super::gram_table::{Frequencies, GramTable, LearntGram, learnt_gram, renumbered};
use super::quoted_names::quoted_names;
use super::statistics::{Field, PerField, Sizes};
use super::text::APART;
use super::{ForwardIndex, Text, TokenId};

/// The texts of a corpus, read and counted.
#[derive(Default)]
pub(crate) struct ForwardIndexBuilder {
    terms: FxHashMap<Box<str>, TokenId>,
    frequencies: FxHashMap<LearntGram, Frequencies>,
    sizes: PerField<Sizes>,
    passages: TextsBuilder,
    questions: TextsBuilder,
    titles: TextsBuilder,
    /// Each text is a sentence.
    expansions: TextsBuilder,
    sources: ListsBuilder<U32>,
    quoted_names: Vec<String>,
    /// The grams of the text that is being counted.
    grams: Vec<LearntGram>,
}

/// The texts of one field, one list for each.
#[derive(Default)]
struct TextsBuilder {
    tokens: ListsBuilder<U32>,
    sentence_ends: ListsBuilder<U32>,
}

/// One text.
#[derive(Default)]
struct LearntText {
    tokens: Vec<U32>,
    sentence_ends: Vec<U32>,
}

impl LearntText {
    fn as_text(&self) -> Text<'_> {
        Text { tokens: &self.tokens, sentence_ends: &self.sentence_ends }
    }
}

impl ForwardIndexBuilder {
    /// Reads the `passages` of `corpus` and what belongs to them.
    pub(crate) fn of(corpus: &Corpus, passages: &[Passage]) -> Self {
        let mut builder = Self { quoted_names: quoted_names(corpus), ..Self::default() };
        let mut sources: HashMap<&PassageId, Vec<usize>> = HashMap::new();
        for (position, questions) in corpus.reader_questions.iter().enumerate() {
            sources.entry(&questions.passage).or_default().push(position);
        }
        let titles: Vec<LearntText> = corpus
            .interviews
            .iter()
            .map(|interview| {
                let title = [Some(interview.title.as_str()), interview.publisher.as_deref()];
                builder.learn_list(title.into_iter().flatten())
            })
            .collect();
        titles.iter().for_each(|title| builder.titles.push(title));
        for passage in passages {
            let sources = sources.remove(&passage.id).unwrap_or_default();
            let expansion =
                sources.iter().flat_map(|source| corpus.reader_questions[*source].texts());
            let text = builder.learn_text(&passage.text);
            let question = builder.learn_text(corpus.question(passage));
            let expansion = builder.learn_list(expansion);
            builder.count(&text, Field::Passage);
            builder.count(&question, Field::Question);
            builder.count(&titles[passage.interview], Field::Title);
            builder.count(&expansion, Field::Expansion);
            builder.passages.push(&text);
            builder.questions.push(&question);
            builder.expansions.push(&expansion);
            builder.sources.push(sources.iter().map(|source| U32::new(*source as u32)));
        }
        builder
    }

    /// Reads a running text, sentence by sentence.
    fn learn_text(&mut self, text: &str) -> LearntText {
        let mut learnt = LearntText::default();
        let folded = fold(text);
        let tokens = tokenize(&folded);
        self.learn(&folded, &tokens, &mut learnt.tokens);
        let characters: Vec<char> = text.chars().collect();
        let ends = sentences(&characters).into_iter().map(|sentence| sentence.end);
        let ends = ends.map(|end| tokens.partition_point(|token| token.span.start < end));
        learnt.sentence_ends = ends.map(|end| U32::new(end as u32)).collect();
        learnt
    }

    /// Reads texts, each of which counts as a sentence.
    fn learn_list<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> LearntText {
        let mut learnt = LearntText::default();
        for text in texts {
            let folded = fold(text);
            self.learn(&folded, &tokenize(&folded), &mut learnt.tokens);
            learnt.sentence_ends.push(U32::new(learnt.tokens.len() as u32));
        }
        learnt
    }

    fn learn(&mut self, folded: &[char], tokens: &[Token], learnt: &mut Vec<U32>) {
        learnt.extend(tokens.iter().map(|token| {
            let term: String = folded[token.span.clone()].iter().collect();
            let next = self.terms.len() as TokenId;
            let id = *self.terms.entry(term.into_boxed_str()).or_insert(next);
            U32::new(if token.joined { id } else { id | APART })
        }));
    }

    /// Counts `text`, that of one more passage in `field`.
    fn count(&mut self, text: &LearntText, field: Field) {
        self.grams.clear();
        self.grams.extend(text.as_text().grams().map(learnt_gram));
        self.grams.sort_unstable();
        self.grams.dedup();
        for gram in &self.grams {
            *self.frequencies.entry(*gram).or_default().get_mut(field) += 1;
        }
        let sizes = self.sizes.get_mut(field);
        sizes.documents += 1;
        sizes.tokens += text.tokens.len() as u64;
        sizes.sentences += text.sentence_ends.len() as u64;
    }

    /// Writes the forward index.
    pub(crate) fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        let terms = self.sort_terms();
        let grams = GramTable::new(&terms, std::mem::take(&mut self.frequencies));
        let mut lists = ListsBuilder::default();
        terms.iter().for_each(|term| lists.push(term.bytes()));
        lists.write(out)?;
        grams.write(out)?;
        for field in Field::ALL {
            let Sizes { documents, tokens, sentences } = *self.sizes.get(field);
            write_array(out, &[documents, tokens, sentences].map(U64::new))?;
        }
        for texts in [&self.passages, &self.questions, &self.titles] {
            texts.tokens.write(out)?;
            texts.sentence_ends.write(out)?;
        }
        self.write_expansions(&grams, out)?;
        grams.write_sounds(&terms, out)?;
        let mut names = ListsBuilder::default();
        self.quoted_names.iter().for_each(|name| names.push(name.bytes()));
        names.write(out)
    }

    /// Returns the terms, sorted, and gives each token the number of its term among them.
    fn sort_terms(&mut self) -> Vec<Box<str>> {
        let mut terms: Vec<(Box<str>, TokenId)> =
            std::mem::take(&mut self.terms).into_iter().collect();
        terms.sort_unstable();
        let mut numbers = vec![0; terms.len()];
        for (number, (_, learnt)) in (0..).zip(&terms) {
            numbers[*learnt as usize] = number;
        }
        for texts in
            [&mut self.passages, &mut self.questions, &mut self.titles, &mut self.expansions]
        {
            texts.tokens.for_each(|token| {
                let (learnt, apart) = (token.get() & !APART, token.get() & APART);
                *token = U32::new(numbers[learnt as usize] | apart);
            });
        }
        let frequencies = std::mem::take(&mut self.frequencies).into_iter();
        self.frequencies = frequencies
            .map(|(gram, frequencies)| (renumbered(gram, &numbers), frequencies))
            .collect();
        terms.into_iter().map(|(term, _)| term).collect()
    }

    /// Inverts the expansion texts of each passage, and writes them.
    fn write_expansions(&self, grams: &GramTable, out: &mut dyn Write) -> io::Result<()> {
        let mut lists: [ListsBuilder<U32>; 4] = Default::default();
        for position in 0..self.expansions.tokens.len() {
            let text = self.expansions.text(position);
            let ends: Vec<usize> = text.sentence_ends().collect();
            let mut places: Vec<(u32, usize)> = text
                .grams()
                .map(|end| {
                    (grams.number(&end), ends.partition_point(|text_end| *text_end <= end.at))
                })
                .collect();
            places.sort_unstable();
            places.dedup();
            let by_gram = || places.chunk_by(|(one, _), (other, _)| one == other);
            let starts = by_gram().scan(0, |start, places| {
                *start += places.len();
                Some(*start - places.len())
            });
            let starts = starts.chain([places.len()]);
            let lengths =
                std::iter::once(&0).chain(&ends).zip(&ends).map(|(start, end)| end - start);
            let number = |number: usize| U32::new(number as u32);
            lists[0].push(by_gram().map(|places| U32::new(places[0].0)));
            lists[1].push(starts.map(number));
            lists[2].push(places.iter().map(|(_, text)| number(*text)));
            lists[3].push(lengths.map(number));
        }
        lists.iter().chain([&self.sources]).try_for_each(|list| list.write(out))
    }
}

impl ForwardIndex {
    /// Returns the forward index of `passages`, those of `corpus`, in memory.
    pub(crate) fn in_memory(corpus: &Corpus, passages: &[Passage]) -> Self {
        let mut bytes = Vec::new();
        let written = ForwardIndexBuilder::of(corpus, passages).write(&mut bytes);
        let opened = written.ok().and_then(|()| Self::open(Arc::new(bytes)));
        opened.expect("a vector takes all bytes, and what was written can be read")
    }
}

impl TextsBuilder {
    fn push(&mut self, text: &LearntText) {
        self.tokens.push(text.tokens.iter().copied());
        self.sentence_ends.push(text.sentence_ends.iter().copied());
    }

    fn text(&self, number: usize) -> Text<'_> {
        Text { tokens: self.tokens.list(number), sentence_ends: self.sentence_ends.list(number) }
    }
}

#[cfg(test)]
impl ForwardIndex {
    /// Returns the forward index of one interview with these answers.
    pub(crate) fn of_texts(texts: &[&str]) -> Self {
        Self::sample(texts, &[])
    }

    /// Returns the forward index of one passage with these expansion texts.
    pub(crate) fn of_expansion(texts: &[&str]) -> Self {
        Self::sample(&["。"], texts)
    }

    fn sample(texts: &[&str], expansion: &[&str]) -> Self {
        use transcript::{Interview, QuestionOrigin, ReaderQuestions};

        let interview = Interview { slug: "talk".to_owned(), ..Interview::default() };
        let passage = |(at, text): (usize, &&str)| Passage {
            id: PassageId::new("talk", 1, at + 1, None),
            interview: 0,
            turn: 1,
            paragraph: at + 1,
            text: (*text).to_owned(),
            repairs: Vec::new(),
        };
        let passages: Vec<Passage> = texts.iter().enumerate().map(passage).collect();
        let questions = ReaderQuestions {
            passage: passages[0].id.clone(),
            questions: expansion.iter().map(|text| (*text).to_owned()).collect(),
            terms: Vec::new(),
            origin: QuestionOrigin::Editor,
        };
        let corpus = Corpus {
            interviews: vec![interview],
            reader_questions: vec![questions],
            ..Corpus::default()
        };
        Self::in_memory(&corpus, &passages)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the values are exact")]
mod tests {
    use super::*;

    fn ends(text: Text<'_>) -> Vec<usize> {
        text.sentence_ends().collect()
    }

    #[test]
    fn a_text_is_cut_into_sentences_and_a_list_into_its_items() {
        let forward = ForwardIndex::of_texts(&["灯亮。塔高不高？高。"]);
        assert_eq!(ends(forward.passage(0)), [2, 6, 7]);
        let forward = ForwardIndex::of_expansion(&["灯亮。塔高", "高"]);
        assert_eq!(forward.expansion(0).lengths().collect::<Vec<_>>(), [4, 1]);
    }

    #[test]
    fn statistics_count_texts_and_not_occurrences() {
        let forward = ForwardIndex::of_texts(&["灯灯灯", "灯塔。塔"]);
        let statistics = forward.statistics().passage;
        let frequency = |first, second| {
            forward.gram(first, second).map(|gram| statistics.document_frequency(gram.id))
        };
        assert_eq!(frequency("灯", None), Some(2));
        assert_eq!(frequency("塔", None), Some(1));
        assert_eq!(frequency("灯", Some("灯")), Some(1));
        assert_eq!(frequency("灯", Some("塔")), Some(1));
        assert_eq!(frequency("塔", Some("塔")), None, "a mark parts them");
        assert_eq!(frequency("船", None), None);
        assert_eq!(statistics.n_documents(), 2);
        assert_eq!(statistics.average_length(), 3.0);
        assert_eq!(statistics.average_sentence(), 2.0);
    }

    #[test]
    fn the_grams_of_a_text_are_found_again() {
        let forward = ForwardIndex::of_texts(&["看 Grok3，看灯塔"]);
        let text = forward.passage(0);
        let tokens: Vec<TokenId> = text.tokens().map(|(token, _)| token).collect();
        let known = |first, second| forward.gram(first, second).unwrap();
        assert_eq!(known("grok", None).first, tokens[1]);
        let pair = known("grok", Some("3"));
        assert_eq!((pair.first, pair.second), (tokens[1], Some(tokens[2])));
        assert!(forward.gram("3", Some("看")).is_none(), "a mark parts them");
        assert_eq!(forward.latin_terms().collect::<Vec<_>>(), ["grok"]);
    }

    #[test]
    fn pairs_are_found_by_their_sound() {
        let forward = ForwardIndex::of_texts(&["灯塔上，等他。看塔"]);
        let pairs: Vec<[char; 2]> = forward.pairs_sounding_like('登', '踏').collect();
        assert_eq!(pairs, [['灯', '塔'], ['等', '他']]);
        assert_eq!(forward.pairs_sounding_like('海', '踏').count(), 0);
        assert_eq!(forward.pairs_sounding_like('a', '踏').count(), 0);
    }

    #[test]
    fn expansion_texts_hold_the_grams_within_them_and_none_across_their_bounds() {
        let forward = ForwardIndex::of_expansion(&["看灯", "塔高", "灯灯"]);
        let texts = forward.expansion(0);
        let gram = |first, second| forward.gram(first, second).map(|gram| gram.id);
        let lamp = gram("灯", None).unwrap();
        assert_eq!(texts.holding(lamp).collect::<Vec<_>>(), [0, 2], "each text once");
        assert!(texts.text_holds(1, gram("塔", None).unwrap()));
        assert!(gram("灯", Some("塔")).is_none());
        assert_eq!(forward.expansion_sources(0).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn other_bytes_are_refused() {
        let mut bytes = Vec::new();
        let builder = ForwardIndexBuilder::of(&Corpus::default(), &[]);
        builder.write(&mut bytes).unwrap();
        assert!(ForwardIndex::open(Arc::new(bytes.clone())).is_some());
        assert!(ForwardIndex::open(Arc::new(bytes[..bytes.len() - 1].to_vec())).is_none());
        bytes.push(0);
        assert!(ForwardIndex::open(Arc::new(bytes)).is_none());
        assert!(ForwardIndex::open(Arc::new(Vec::new())).is_none());
    }
}
