//! A block of a questions file: the questions and terms of one passage, with the comments beside them.

use toml_edit::{Array, Table, Value, value};

use super::ReaderQuestions;

const QUESTIONS: &str = "questions";
const TERMS: &str = "terms";

/// A `[[passage]]` block.
#[derive(Debug, Clone)]
pub(super) struct QuestionBlock {
    /// The block as it is written in the file.
    table: Table,
    /// What the block says. The lists in `table` are kept equal to it.
    reader_questions: ReaderQuestions,
}

impl QuestionBlock {
    /// Creates a block that is written as editors write it: with one question a line.
    pub(super) fn new(reader_questions: ReaderQuestions) -> Self {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        table.insert("id", value(reader_questions.passage.local()));
        table.insert("origin", value(reader_questions.origin.as_str()));
        table.insert(TERMS, value(Array::new()));
        table.insert(QUESTIONS, value(Array::new()));
        let mut block = Self { table, reader_questions };
        block.update_table();
        block
    }

    /// Takes a block that was read from a file.
    pub(super) fn read(table: Table, reader_questions: ReaderQuestions) -> Self {
        Self { table, reader_questions }
    }

    pub(super) fn reader_questions(&self) -> &ReaderQuestions {
        &self.reader_questions
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// Changes the questions and terms, and returns what `change` returns.
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut ReaderQuestions) -> T) -> T {
        let result = change(&mut self.reader_questions);
        self.update_table();
        result
    }

    /// Adds the questions and terms of `other`, and the comments above it.
    pub(super) fn add(&mut self, other: Self) {
        let comments = above(&other.table).trim_start_matches('\n');
        let prefix = format!("{}{comments}", above(&self.table));
        self.table.decor_mut().set_prefix(prefix);
        self.change(|own| {
            own.questions.extend(other.reader_questions.questions);
            own.terms.extend(other.reader_questions.terms);
        });
    }

    fn update_table(&mut self) {
        update(&mut self.table, TERMS, &self.reader_questions.terms, " ", "");
        update(&mut self.table, QUESTIONS, &self.reader_questions.questions, "\n  ", "\n");
    }
}

/// Returns the white space and the comments above a table.
pub(super) fn above(table: &Table) -> &str {
    table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default()
}

/// Makes the list `key` equal to `texts`. Some of its items may be missing from `texts`, and `texts` may go
/// on with new ones. New items have `before` in front of them, and the list ends with `after`.
fn update(table: &mut Table, key: &str, texts: &[String], before: &str, after: &str) {
    if texts.is_empty() && !table.contains_key(key) {
        return;
    }
    let list = table.entry(key).or_insert_with(|| value(Array::new()));
    let Some(list) = list.as_array_mut() else { return };
    let mut texts = texts.iter().peekable();
    let mut kept = Array::new();
    // A comment belongs to the item after it. If that item goes, the comment moves to the next one.
    let mut comments = String::new();
    for mut item in list.iter().cloned() {
        let prefix = item.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        if texts.peek().is_some_and(|text| item.as_str() == Some(text)) {
            texts.next();
            let prefix = format!("{comments}{prefix}");
            comments.clear();
            item.decor_mut().set_prefix(prefix);
            kept.push_formatted(item);
        } else if prefix.contains('#') {
            comments.push_str(prefix.trim_end());
        }
    }
    comments.push_str(list.trailing().as_str().unwrap_or_default().trim_end());
    for text in texts {
        let prefix = if kept.is_empty() && after.is_empty() { "" } else { before };
        let prefix = format!("{comments}{prefix}");
        comments.clear();
        kept.push_formatted(Value::from(text.as_str()).decorated(prefix, ""));
    }
    let end = if kept.is_empty() && comments.is_empty() { "" } else { after };
    kept.set_trailing(format!("{comments}{end}"));
    kept.set_trailing_comma(!kept.is_empty() && !after.is_empty());
    *kept.decor_mut() = list.decor().clone();
    *list = kept;
}
