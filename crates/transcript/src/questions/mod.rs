//! The questions file beside a transcript: what readers would ask of each of its passages.
//!
//! `<slug>.questions.toml` is a list of `[[passage]]` blocks with `id`, `origin`, `terms` and `questions`.
//! A passage has at most three blocks: an editor's, an operator's, who saw what people asked the bot, and a
//! model's, whose questions nobody has reviewed yet. A model's block without questions says that the model
//! was asked for this passage and that nothing is left to review.
//!
//! When a file is changed, its comments stay where they are.

mod block;
mod error;

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml_edit::{ArrayOfTables, DocumentMut, Item};

use super::atomic_file::write_atomically;
use super::overlay::Addition;
use super::{PassageId, QuestionOrigin, ReaderQuestions};
use crate::text::line_number;
use block::QuestionBlock;

pub use error::{Error, Fault, Problem};

/// The end of the name of a questions file, after the slug of its interview.
pub const SUFFIX: &str = ".questions.toml";

/// The comment at the top of a new file.
const HEADER: &str = "\
# Questions that readers would ask of each passage of this interview, and other words for what it is
# about. They help to find a passage; they are never shown as anybody's words. `origin` is `editor`,
# `operator` for what was added in the chat, or `model` for drafts that nobody has reviewed.
";

/// The key of the list of blocks.
const PASSAGE: &str = "passage";

/// The questions of one interview's passages, in reading order.
#[derive(Debug, Clone)]
pub struct Questions {
    /// The comment at the top of the file.
    header: String,
    /// The ids of the interview's passages, in reading order.
    passages: Vec<PassageId>,
    blocks: Vec<QuestionBlock>,
    /// White space and comments after the last block.
    trailing: String,
}

impl PartialEq for Questions {
    /// Compares the questions and terms, whatever comments and layout the files have.
    fn eq(&self, other: &Self) -> bool {
        self.passages == other.passages && self.reader_questions().eq(other.reader_questions())
    }
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
    /// Creates a file without questions for an interview with these passages, given in reading order.
    pub fn new(passages: &[PassageId]) -> Self {
        Self {
            header: HEADER.to_owned(),
            passages: passages.to_vec(),
            blocks: Vec::new(),
            trailing: String::new(),
        }
    }

    /// Reads the text of a file.
    pub fn read(text: &str, passages: &[PassageId]) -> Result<Self, Fault> {
        let line = |byte: usize| line_number(text, byte);
        let file: RawFile = toml::from_str(text).map_err(|error| Fault {
            line: line(error.span().map_or(0, |span| span.start)),
            problem: Problem::Syntax(error.message().to_owned()),
        })?;
        let (header, tables, trailing) = layout(text)?;
        let by_local: HashMap<&str, &PassageId> =
            passages.iter().map(|passage| (passage.local(), passage)).collect();
        let mut questions = Self { header, trailing, ..Self::new(passages) };
        for (raw, table) in file.passage.into_iter().zip(tables) {
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
            questions.insert(QuestionBlock::read(table, reader_questions));
        }
        Ok(questions)
    }

    /// Reads the file at `path`. If it does not exist, there are no questions yet.
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

    /// Writes the file at `path`. A reader sees either the old file or the new one, never a part.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        write_atomically(path, self.to_string().as_bytes()).map_err(|source| Error::Io {
            doing: "write",
            path: path.to_path_buf(),
            source,
        })
    }

    /// Returns the questions of all blocks, in reading order.
    pub fn reader_questions(&self) -> impl Iterator<Item = &ReaderQuestions> {
        self.blocks.iter().map(QuestionBlock::reader_questions)
    }

    /// Returns the questions of `passage` that `origin` wrote.
    pub fn of(&self, passage: &PassageId, origin: QuestionOrigin) -> Option<&ReaderQuestions> {
        self.reader_questions().find(|reader_questions| {
            reader_questions.passage == *passage && reader_questions.origin == origin
        })
    }

    /// Adds an operator's words to their passage, unless it has them. Returns false if the interview has no
    /// such passage.
    pub(super) fn add_operators(&mut self, addition: &Addition) -> bool {
        let Some(passage) = self.passages.iter().find(|id| id.as_str() == addition.passage) else {
            return false;
        };
        let words = vec![addition.words.clone()];
        let (questions, terms) =
            if addition.is_question { (words, Vec::new()) } else { (Vec::new(), words) };
        let is_known = self.of(passage, QuestionOrigin::Operator).is_some_and(|known| {
            let known = if addition.is_question { &known.questions } else { &known.terms };
            known.contains(&addition.words)
        });
        if !is_known {
            let (passage, origin) = (passage.clone(), QuestionOrigin::Operator);
            self.add(ReaderQuestions { passage, questions, terms, origin });
        }
        true
    }

    /// Adds questions and terms to the block of the same passage and origin, which is made if it does not
    /// exist.
    pub fn add(&mut self, reader_questions: ReaderQuestions) {
        self.insert(QuestionBlock::new(reader_questions));
    }

    /// Removes from the model's drafts for `passage` those with these numbers, which count from 1 over its
    /// questions and then its terms.
    pub fn strike(&mut self, passage: &PassageId, numbers: &[usize]) {
        let mut number = 0;
        let mut stays = |_: &String| {
            number += 1;
            !numbers.contains(&number)
        };
        if let Some(drafts) = self.drafts(passage) {
            drafts.change(|drafts| {
                drafts.questions.retain(&mut stays);
                drafts.terms.retain(stays);
            });
        }
    }

    /// Makes the model's drafts for `passage` the editor's own.
    pub fn keep(&mut self, passage: &PassageId) {
        let Some(drafts) = self.drafts(passage) else { return };
        let kept = drafts.change(|drafts| ReaderQuestions {
            questions: std::mem::take(&mut drafts.questions),
            terms: std::mem::take(&mut drafts.terms),
            passage: passage.clone(),
            origin: QuestionOrigin::Editor,
        });
        if !kept.is_empty() {
            self.add(kept);
        }
    }

    fn drafts(&mut self, passage: &PassageId) -> Option<&mut QuestionBlock> {
        self.blocks.iter_mut().find(|block| {
            let ReaderQuestions { passage: of, origin, .. } = block.reader_questions();
            of == passage && *origin == QuestionOrigin::Model
        })
    }

    /// Inserts a block at its place in the reading order, or adds it to the block of the same passage and
    /// origin.
    fn insert(&mut self, block: QuestionBlock) {
        let place = |block: &QuestionBlock| {
            let ReaderQuestions { passage, origin, .. } = block.reader_questions();
            let place = self.passages.iter().position(|other| other == passage);
            (place.unwrap_or(self.passages.len()), *origin)
        };
        let own = place(&block);
        let at = self.blocks.partition_point(|other| place(other) < own);
        match self.blocks.get(at).map(place) {
            Some(other) if other == own => self.blocks[at].add(block),
            _ => self.blocks.insert(at, block),
        }
    }
}

impl fmt::Display for Questions {
    /// Writes the text of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tables = self.blocks.iter().zip(0..).map(|(block, position)| {
            let mut table = block.table().clone();
            table.set_position(Some(position));
            table
        });
        let mut document = DocumentMut::new();
        document.insert(PASSAGE, Item::ArrayOfTables(tables.collect()));
        document.set_trailing(self.trailing.as_str());
        write!(f, "{}{document}", self.header)
    }
}

/// Reads from the text of a file what its questions and terms do not tell: the comment at the top, the
/// tables of the blocks with their comments, and what follows the last block.
fn layout(text: &str) -> Result<(String, ArrayOfTables, String), Fault> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| Fault {
        line: line_number(text, error.span().map_or(0, |span| span.start)),
        problem: Problem::Syntax(error.message().to_owned()),
    })?;
    let passages = document.remove(PASSAGE).map(Item::into_array_of_tables);
    let mut tables = passages.and_then(Result::ok).unwrap_or_default();
    let mut trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    // A comment at the top belongs to what follows it: the first block, or the end of the file.
    let first = tables.iter_mut().next();
    let above = first.as_ref().map_or(trailing.as_str(), |first| block::above(first)).to_owned();
    let mut lines = above.split_inclusive('\n').peekable();
    let mut header = String::new();
    while let Some(line) = lines.next_if(|line| line.starts_with('#')) {
        header.push_str(line);
    }
    let rest: String = lines.collect();
    match first {
        Some(first) => first.decor_mut().set_prefix(rest),
        None => trailing = rest,
    }
    Ok((header, tables, trailing))
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
        let text = include_str!("../../../../corpus/caijing-wangjian.questions.toml");
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
    fn comments_stay_where_they_are_when_a_file_is_changed() {
        let text = "# Top.\n\n# Ask Li.\n[[passage]]\nid = \"1.2\" # the second\norigin = \"model\"\n\
                    questions = [\n  \"a?\", # good\n  # doubtful\n  \"b?\",\n  \"c?\",\n  # more?\n]\n# End.\n";
        let mut questions = Questions::read(text, &passages()).unwrap();
        assert_eq!(questions.to_string(), text);
        questions.add(reader_questions(1, QuestionOrigin::Model, &["d?"], &["e"]));
        questions.add(reader_questions(2, QuestionOrigin::Model, &["f?"], &[]));
        questions.strike(&passages()[1], &[2]);
        let expected = "# Top.\n\n[[passage]]\nid = \"1.1\"\norigin = \"model\"\nterms = [\"e\"]\n\
                        questions = [\n  \"d?\",\n]\n\n# Ask Li.\n[[passage]]\nid = \"1.2\" # the second\n\
                        origin = \"model\"\nquestions = [\n  \"a?\", # good\n  # doubtful\n  \"c?\",\n  \
                        # more?\n  \"f?\",\n]\n# End.\n";
        assert_eq!(questions.to_string(), expected);
    }

    #[test]
    fn a_block_of_drafts_that_were_all_struck_stays_empty() {
        let text = block("1.1", "model", "\n  \"a?\",\n");
        let mut questions = Questions::read(&text, &passages()).unwrap();
        questions.strike(&passages()[0], &[1]);
        assert_eq!(questions.to_string(), block("1.1", "model", ""));
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
