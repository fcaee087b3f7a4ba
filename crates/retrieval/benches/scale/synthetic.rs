//! Interviews of any number, put together by a fixed rule, and questions to them.
//!
//! Words are made of the characters of general Chinese in their proportions, and occur as often as in
//! natural text (Zipf's law: the word of rank r in proportion to 1 / (r + 2.7)). So a few grams are in
//! nearly every passage and most are rare, which decides what a search costs. Each passage can be made
//! without the others, so that a question can be put to any of them.

use transcript::{Corpus, Interview, Paragraph, Part, Turn};

/// How often each character is written, in steps of powers of two.
const CHARACTERS: &str = include_str!("../../lexicon/frequencies.txt");
/// The number of different words.
const WORDS: usize = 60_000;
/// The number of passages of an interview.
const TURNS: usize = 20;
/// The number of sentences of a passage, and that of words of a sentence: about 200 characters in all.
const SENTENCES: usize = 10;
const WORDS_IN_SENTENCE: usize = 11;
/// Words of lower ranks are function words, which a question does not ask for.
const FIRST_SUBJECT: usize = 500;
/// The ways to ask for two or three words.
const QUESTIONS: [&str; 5] =
    ["{}为什么{}？", "请问他怎么看{}和{}的关系", "{}", "{}{}是不是{}", "關於{}他說過什麼，{}呢？"];

/// The words, with which any passage can be made.
pub(crate) struct Synthetic {
    words: Vec<String>,
    /// The sums of the weights of all words up to each.
    cumulative: Vec<f64>,
}

impl Synthetic {
    pub(crate) fn new() -> Self {
        let characters = Characters::read();
        let mut random = Random::new(1);
        let words = (0..WORDS).map(|rank| {
            let length =
                if rank < 150 { 1 } else { [2, 2, 2, 2, 2, 2, 3, 3, 4, 2][random.below(10)] };
            (0..length).map(|_| characters.draw(&mut random)).collect()
        });
        let words = words.collect();
        let weight = |rank: usize| 1.0 / (rank as f64 + 2.7);
        let cumulative = (0..WORDS).scan(0.0, |sum, rank| {
            *sum += weight(rank);
            Some(*sum)
        });
        Self { cumulative: cumulative.collect(), words }
    }

    /// Returns a corpus of `n_passages` passages.
    pub(crate) fn corpus(&self, n_passages: usize) -> Corpus {
        let interviews = (0..n_passages.div_ceil(TURNS)).map(|number| {
            let first = number * TURNS;
            let turns = (first..n_passages.min(first + TURNS)).map(|position| self.turn(position));
            Interview {
                slug: format!("talk-{number}"),
                title: self.sentence(&mut Random::new(number as u64 ^ 0x5eed)),
                interviewee: format!("Guest {number}"),
                interviewers: vec!["問".to_owned()],
                turns: turns.collect(),
                ..Interview::default()
            }
        });
        Corpus { interviews: interviews.collect(), ..Corpus::default() }
    }

    fn turn(&self, position: usize) -> Turn {
        let mut random = Random::new(position as u64 + 10);
        let text = (0..SENTENCES).map(|_| self.sentence(&mut random)).collect();
        let answer = Part::Answer(Paragraph::new(1, text));
        Turn {
            number: position % TURNS + 1,
            interviewer: "問".to_owned(),
            question: self.sentence(&mut random),
            parts: vec![answer],
        }
    }

    fn sentence(&self, random: &mut Random) -> String {
        let mut sentence = String::new();
        for at in 0..WORDS_IN_SENTENCE {
            sentence.push_str(&self.words[self.rank(random)]);
            if at == WORDS_IN_SENTENCE / 2 {
                sentence.push('，');
            }
        }
        sentence.push('。');
        sentence
    }

    /// Draws the rank of a word.
    fn rank(&self, random: &mut Random) -> usize {
        let all = self.cumulative.last().copied().unwrap_or_default();
        let drawn = random.share() * all;
        self.cumulative.partition_point(|sum| *sum <= drawn).min(WORDS - 1)
    }

    /// Returns `n` questions to the corpus of `n_passages` passages. Each has words of one passage that
    /// are no function words.
    pub(crate) fn questions(&self, n_passages: usize, n: usize) -> Vec<String> {
        let question = |number: usize| {
            let mut random = Random::new((number * n_passages / n) as u64 + 10);
            let ranks = (0..SENTENCES * WORDS_IN_SENTENCE).map(|_| self.rank(&mut random));
            let mut words = ranks.filter(|rank| *rank >= FIRST_SUBJECT).step_by(3);
            let mut question = QUESTIONS[number % QUESTIONS.len()].to_owned();
            while question.contains("{}") {
                let word = words.next().map_or("", |rank| self.words[rank].as_str());
                question = question.replacen("{}", word, 1);
            }
            question
        };
        (0..n).map(question).collect()
    }
}

/// The characters of general Chinese.
struct Characters {
    characters: Vec<char>,
    cumulative: Vec<f64>,
}

impl Characters {
    fn read() -> Self {
        let mut read = Self { characters: Vec::new(), cumulative: Vec::new() };
        let mut sum = 0.0;
        for line in CHARACTERS.lines().filter(|line| !line.starts_with('#')) {
            let Some((power, characters)) = line.split_once(' ') else { continue };
            let weight = power.parse::<f64>().map_or(0.0, f64::exp2);
            for character in characters.chars() {
                sum += weight;
                read.characters.push(character);
                read.cumulative.push(sum);
            }
        }
        read
    }

    fn draw(&self, random: &mut Random) -> char {
        let all = self.cumulative.last().copied().unwrap_or_default();
        let drawn = random.share() * all;
        let at = self.cumulative.partition_point(|sum| *sum <= drawn);
        self.characters.get(at).copied().unwrap_or('一')
    }
}

/// A fixed sequence of numbers (Vigna's `SplitMix64`).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Draws from 0 up to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }
}
