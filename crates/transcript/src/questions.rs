//! The questions file beside a transcript: what readers would ask of each of its passages.
//!
//! `<slug>.questions.toml` is a list of `[[passage]]` blocks with `id`, `origin`, `terms` and
//! `questions`. At most three blocks are of one passage: an editor's, an operator's, who saw what was
//! asked of the bot, and a model's, whose questions nobody has reviewed yet. A model's block without questions says that it was asked and nothing of
//! its answer is left to review. Comments before a block stay with it, those above the first line
//! that is no comment stay on top; comments inside a block are lost when the file is written.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::atomic_file::write_atomically;
use super::overlay::Addition;
use super::{PassageId, QuestionOrigin, ReaderQuestions};
use crate::text::line_number;

/// What follows the slug in a questions file's name.
pub const SUFFIX: &str = ".questions.toml";

/// What a new file says of itself.
const HEADER: &str = "\
# Questions that readers would ask of each passage of this interview, and other words for what it is
# about. They help to find a passage; they are never shown as anybody's words. `origin` is `editor`,
# `operator` for what was added in the chat, or `model` for drafts that nobody has reviewed.
";

/// What is wrong with a questions file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be read or written.
    #[error("cannot {doing} `{path}`: {source}")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// It is not as it must be.
    #[error("{}:{}: {}", .path.display(), .fault.line, .fault.problem)]
    Content {
        /// Which file.
        path: PathBuf,
        /// Where, and what.
        fault: Fault,
    },
}

/// A spot of a questions file that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong at a spot.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Not TOML, or not the keys and values that a block has.
    #[error(
        "{0}; hint: a block has `id`, `origin` (`editor`, `operator` or `model`), `terms` and `questions`"
    )]
    Syntax(String),
    /// The interview has no such passage.
    #[error("the interview has no passage `{id}`{}", hint(.known.as_ref()))]
    UnknownPassage {
        /// The id as written.
        id: String,
        /// The first and the last one that there are.
        known: Option<(String, String)>,
    },
    /// A question or a term says nothing.
    #[error("a question or a term is empty; hint: remove it")]
    Empty,
    /// A question or a term has a line break or another control character.
    #[error("a question or a term has a control character; hint: write it in one line")]
    ControlCharacter,
}

fn hint(known: Option<&(String, String)>) -> String {
    known.map_or(String::new(), |(first, last)| {
        format!("; hint: its passages are `{first}` to `{last}`")
    })
}

/// The questions of one interview's passages, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questions {
    header: String,
    /// The interview's passages in reading order.
    passages: Vec<PassageId>,
    blocks: Vec<QuestionBlock>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct QuestionBlock {
    /// Comment lines before it.
    note: String,
    reader_questions: ReaderQuestions,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    passage: Vec<RawBlock>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBlock {
    id: Spanned<String>,
    origin: QuestionOrigin,
    #[serde(default)]
    terms: Vec<Spanned<String>>,
    #[serde(default)]
    questions: Vec<Spanned<String>>,
}

impl Questions {
    /// No questions yet. `passages` are the interview's, in reading order.
    pub fn new(passages: &[PassageId]) -> Self {
        Self { header: HEADER.to_owned(), passages: passages.to_vec(), blocks: Vec::new() }
    }

    /// Reads a file's text.
    pub fn read(text: &str, passages: &[PassageId]) -> Result<Self, Fault> {
        let line = |byte: usize| line_number(text, byte);
        let file: RawFile = toml::from_str(text).map_err(|error| Fault {
            line: line(error.span().map_or(0, |span| span.start)),
            problem: Problem::Syntax(error.message().to_owned()),
        })?;
        let by_local: HashMap<&str, &PassageId> =
            passages.iter().map(|passage| (passage.local(), passage)).collect();
        let (header, notes) = comments(text);
        let mut notes = notes.into_iter();
        let mut questions = Self { header, ..Self::new(passages) };
        for raw in file.passage {
            let passage = by_local.get(raw.id.get_ref().as_str()).ok_or_else(|| Fault {
                line: line(raw.id.span().start),
                problem: unknown(raw.id.get_ref(), passages),
            })?;
            for text in raw.terms.iter().chain(&raw.questions) {
                check(text.get_ref())
                    .map_err(|problem| Fault { line: line(text.span().start), problem })?;
            }
            let plain = |texts: Vec<Spanned<String>>| {
                texts.into_iter().map(Spanned::into_inner).collect::<Vec<_>>()
            };
            let reader_questions = ReaderQuestions {
                passage: (*passage).clone(),
                questions: plain(raw.questions),
                terms: plain(raw.terms),
                origin: raw.origin,
            };
            questions
                .insert(QuestionBlock { note: notes.next().unwrap_or_default(), reader_questions });
        }
        Ok(questions)
    }

    /// Reads the file at `path`; where there is none, there are no questions yet.
    pub fn load(path: &Path, passages: &[PassageId]) -> Result<Self, Error> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::new(passages));
            }
            Err(source) => {
                return Err(Error::Io { doing: "read", path: path.to_path_buf(), source });
            }
        };
        Self::read(&text, passages)
            .map_err(|fault| Error::Content { path: path.to_path_buf(), fault })
    }

    /// Writes the file at `path`; whoever reads it meanwhile sees the old one or the new one.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        write_atomically(path, self.to_string().as_bytes()).map_err(|source| Error::Io {
            doing: "write",
            path: path.to_path_buf(),
            source,
        })
    }

    /// All blocks, in reading order.
    pub fn reader_questions(&self) -> impl Iterator<Item = &ReaderQuestions> {
        self.blocks.iter().map(|block| &block.reader_questions)
    }

    /// The block of `passage` by `origin`.
    pub fn of(&self, passage: &PassageId, origin: QuestionOrigin) -> Option<&ReaderQuestions> {
        self.reader_questions().find(|reader_questions| {
            reader_questions.passage == *passage && reader_questions.origin == origin
        })
    }

    /// Adds an operator's words to their passage, once. False where the interview has no such passage.
    pub(super) fn add_operators(&mut self, addition: &Addition) -> bool {
        let Some(passage) = self.passages.iter().find(|id| id.as_str() == addition.passage) else {
            return false;
        };
        let mut reader_questions = ReaderQuestions {
            passage: passage.clone(),
            questions: Vec::new(),
            terms: Vec::new(),
            origin: QuestionOrigin::Operator,
        };
        let of = |reader_questions: &mut ReaderQuestions| {
            let words = if addition.is_question {
                &mut reader_questions.questions
            } else {
                &mut reader_questions.terms
            };
            let is_new = !words.contains(&addition.words);
            if is_new {
                words.push(addition.words.clone());
            }
            is_new
        };
        let known = self.of(passage, QuestionOrigin::Operator).cloned();
        if known.is_none_or(|mut known| of(&mut known)) {
            of(&mut reader_questions);
            self.add(reader_questions);
        }
        true
    }

    /// Adds to the block of the same passage and origin, or makes it.
    pub fn add(&mut self, reader_questions: ReaderQuestions) {
        self.insert(QuestionBlock { note: String::new(), reader_questions });
    }

    /// Drops from the model's drafts for `passage` those with these numbers, counted from 1 over its
    /// questions and then its terms.
    pub fn strike(&mut self, passage: &PassageId, numbers: &[usize]) {
        if let Some(drafts) = self.drafts(passage) {
            let mut number = 0;
            let mut stays = |_: &String| {
                number += 1;
                !numbers.contains(&number)
            };
            drafts.questions.retain(&mut stays);
            drafts.terms.retain(stays);
        }
    }

    /// Makes the model's drafts for `passage` the editor's own.
    pub fn keep(&mut self, passage: &PassageId) {
        if let Some(drafts) = self.drafts(passage) {
            let kept = ReaderQuestions {
                questions: std::mem::take(&mut drafts.questions),
                terms: std::mem::take(&mut drafts.terms),
                passage: passage.clone(),
                origin: QuestionOrigin::Editor,
            };
            if !kept.is_empty() {
                self.add(kept);
            }
        }
    }

    fn drafts(&mut self, passage: &PassageId) -> Option<&mut ReaderQuestions> {
        let mut all = self.blocks.iter_mut().map(|block| &mut block.reader_questions);
        all.find(|reader_questions| {
            reader_questions.passage == *passage && reader_questions.origin == QuestionOrigin::Model
        })
    }

    fn insert(&mut self, block: QuestionBlock) {
        let place = |reader_questions: &ReaderQuestions| {
            let place =
                self.passages.iter().position(|passage| *passage == reader_questions.passage);
            let by = match reader_questions.origin {
                QuestionOrigin::Editor => 0,
                QuestionOrigin::Operator => 1,
                QuestionOrigin::Model => 2,
            };
            (place.unwrap_or(self.passages.len()), by)
        };
        let own = place(&block.reader_questions);
        let at = self.blocks.partition_point(|other| place(&other.reader_questions) < own);
        match self.blocks.get_mut(at) {
            Some(same)
                if same.reader_questions.passage == block.reader_questions.passage
                    && same.reader_questions.origin == block.reader_questions.origin =>
            {
                same.note.push_str(&block.note);
                same.reader_questions.questions.extend(block.reader_questions.questions);
                same.reader_questions.terms.extend(block.reader_questions.terms);
            }
            _ => self.blocks.insert(at, block),
        }
    }
}

/// The file's text.
impl fmt::Display for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.header)?;
        for QuestionBlock { note, reader_questions } in &self.blocks {
            let origin = match reader_questions.origin {
                QuestionOrigin::Editor => "editor",
                QuestionOrigin::Operator => "operator",
                QuestionOrigin::Model => "model",
            };
            let terms: Vec<String> =
                reader_questions.terms.iter().map(|term| quoted(term)).collect();
            writeln!(f, "\n{note}[[passage]]\nid = {}", quoted(reader_questions.passage.local()))?;
            writeln!(f, "origin = {}\nterms = [{}]", quoted(origin), terms.join(", "))?;
            if reader_questions.questions.is_empty() {
                writeln!(f, "questions = []")?;
                continue;
            }
            writeln!(f, "questions = [")?;
            for question in &reader_questions.questions {
                writeln!(f, "  {},", quoted(question))?;
            }
            writeln!(f, "]")?;
        }
        Ok(())
    }
}

/// A TOML string; the texts have no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn unknown(id: &str, passages: &[PassageId]) -> Problem {
    let local = |passage: &PassageId| passage.local().to_owned();
    let known = passages.first().map(local).zip(passages.last().map(local));
    Problem::UnknownPassage { id: id.to_owned(), known }
}

/// Whether `text` can be a question or a term.
pub fn check(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        Err(Problem::Empty)
    } else if text.chars().any(char::is_control) {
        Err(Problem::ControlCharacter)
    } else {
        Ok(())
    }
}

/// The comment lines on top, and those before each block.
fn comments(text: &str) -> (String, Vec<String>) {
    let mut lines = text.lines().peekable();
    let mut header = String::new();
    while let Some(line) = lines.next_if(|line| line.starts_with('#')) {
        header.push_str(line);
        header.push('\n');
    }
    let mut notes = Vec::new();
    let mut note = String::new();
    for line in lines {
        match line.trim() {
            "[[passage]]" => notes.push(std::mem::take(&mut note)),
            comment if comment.starts_with('#') => {
                note.push_str(comment);
                note.push('\n');
            }
            "" => {}
            _ => note.clear(),
        }
    }
    (header, notes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passages() -> Vec<PassageId> {
        [(1, 1), (1, 2), (2, 1), (10, 1)]
            .map(|(turn, paragraph)| PassageId::new("talk", turn, paragraph, None))
            .to_vec()
    }

    fn block(id: &str, origin: &str, question: &str) -> String {
        format!("[[passage]]\nid = \"{id}\"\norigin = \"{origin}\"\nquestions = [{question}]\n")
    }

    fn fault(text: &str) -> (usize, String) {
        let fault = Questions::read(text, &passages()).unwrap_err();
        (fault.line, fault.problem.to_string())
    }

    fn reader_questions(
        paragraph: usize,
        origin: QuestionOrigin,
        questions: &[&str],
        terms: &[&str],
    ) -> ReaderQuestions {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        ReaderQuestions {
            passage: PassageId::new("talk", 1, paragraph, None),
            questions: own(questions),
            terms: own(terms),
            origin,
        }
    }

    #[test]
    fn the_first_interviews_file_is_written_as_it_was_read() {
        let text = include_str!("../../../corpus/caijing-wangjian.questions.toml");
        let ids = text.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'));
        let passages: Vec<PassageId> = ids
            .filter_map(|id| id.split_once('.'))
            .map(|(turn, paragraph)| {
                let number = |digits: &str| digits.parse().unwrap();
                PassageId::new("caijing-wangjian", number(turn), number(paragraph), None)
            })
            .collect();
        assert_eq!(Questions::read(text, &passages).unwrap().to_string(), text);
    }

    #[test]
    fn a_passage_has_an_editors_and_a_models_block_in_reading_order() {
        let text = [
            block("10.1", "model", "\"c?\""),
            block("2.1", "model", "\"b?\""),
            block("2.1", "editor", "\"a?\""),
            block("2.1", "model", "\"d?\""),
        ]
        .concat();
        let questions = Questions::read(&text, &passages()).unwrap();
        let order: Vec<_> = questions
            .reader_questions()
            .map(|of| (of.passage.local(), of.origin, of.questions.concat()))
            .collect();
        assert_eq!(
            order,
            [
                ("2.1", QuestionOrigin::Editor, "a?".to_owned()),
                ("2.1", QuestionOrigin::Model, "b?d?".to_owned()),
                ("10.1", QuestionOrigin::Model, "c?".to_owned())
            ]
        );
    }

    #[test]
    fn comments_on_top_and_before_a_block_stay() {
        let text =
            format!("# Top.\n\n# Ask Li.\n{}", block("1.1", "editor", "\n  \"a?\",\n # lost\n"));
        let written = Questions::read(&text, &passages()).unwrap().to_string();
        assert!(written.starts_with("# Top.\n\n# Ask Li.\n[[passage]]\n"), "{written}");
        assert!(!written.contains("lost"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let (line, problem) =
            fault(&[block("1.1", "editor", ""), block("3.9", "editor", "")].concat());
        assert_eq!(
            (line, problem.as_str()),
            (6, "the interview has no passage `3.9`; hint: its passages are `1.1` to `10.1`")
        );
        let (line, problem) = fault("\n[[passage]]\nid = \"1.1\"\norigin = \"editor\"\nnote = 1\n");
        assert!(line == 5 && problem.contains("`note`"), "{line}: {problem}");
        let (line, problem) = fault("[[passage]]\nid = \"1.1\"\norigin = \"robot\"\n");
        assert!(line == 3 && problem.contains("robot"), "{line}: {problem}");
        assert_eq!(fault(&block("1.1", "editor", "\n\"a?\",\n\" \"")).0, 6);
        assert_eq!(fault(&block("1.1", "editor", "\"a\\nb\"")).0, 4);
        assert_eq!(fault("[[passage]]\nid = ").0, 2);
    }

    #[test]
    fn drafts_are_struck_by_number_and_kept_as_the_editors() {
        let mut questions = Questions::new(&passages());
        questions.add(reader_questions(1, QuestionOrigin::Editor, &["a?"], &[]));
        questions.add(reader_questions(1, QuestionOrigin::Model, &["b?", "c?"], &["d", "e"]));
        let passage = &passages()[0];
        questions.strike(passage, &[1, 4, 9]);
        questions.keep(passage);
        assert_eq!(
            questions.of(passage, QuestionOrigin::Editor),
            Some(&reader_questions(1, QuestionOrigin::Editor, &["a?", "c?"], &["d"]))
        );
        assert_eq!(
            questions.of(passage, QuestionOrigin::Model),
            Some(&reader_questions(1, QuestionOrigin::Model, &[], &[])),
            "a model that was asked is not asked again"
        );
    }

    #[test]
    fn a_file_is_saved_and_loaded_and_none_is_no_questions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("talk.questions.toml");
        let mut questions = Questions::load(&path, &passages()).unwrap();
        questions.add(reader_questions(2, QuestionOrigin::Model, &["a?"], &["b"]));
        questions.save(&path).unwrap();
        assert_eq!(Questions::load(&path, &passages()).unwrap(), questions);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(
            texts in prop::collection::vec("[ -~一-三\\\\\"']{0,8}x", 0..4),
            paragraph in 1_usize..3,
        ) {
            let mut questions = Questions::new(&passages());
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            questions.add(reader_questions(paragraph, QuestionOrigin::Model, &texts, &texts));
            questions.add(reader_questions(1, QuestionOrigin::Editor, &["a?"], &texts));
            prop_assert_eq!(Questions::read(&questions.to_string(), &passages()), Ok(questions));
        }

        #[test]
        fn reading_never_panics(text in "(\\[\\[passage\\]\\]|id = \"1.1\"|origin = \"model\"|\\n|#|questions = \\[|\"|\\]|\\PC){0,30}") {
            let _ = Questions::read(&text, &passages());
        }
    }
}
