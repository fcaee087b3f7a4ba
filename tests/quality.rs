//! Floors for the quality of the search on the question sets in `tests/data`.
//!
//! Each floor is a little below what was measured, so that a change that costs several questions fails
//! here. `docs/retrieval.md` holds the figures themselves, and says how the sets were made.

use std::path::Path;

use crate::encoder::default_model;
use crate::support::program::{Program, Run, files, project};

/// Least or largest values of the shares that `wenjian eval --json` prints for a question set.
struct Floors {
    /// File name in `tests/data`.
    questions: &'static str,
    /// Shares that must be at least this large.
    at_least: &'static [(&'static str, f64)],
    /// Shares that must be at most this large.
    at_most: &'static [(&'static str, f64)],
}

/// Returns a folder with the project's interview, with or without its readers' questions.
fn interview(with_readers_questions: bool) -> Program {
    let program = Program::with(&[]);
    for path in files(&project().join("corpus")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if with_readers_questions || !name.ends_with(".questions.toml") {
            std::fs::copy(&path, program.path("corpus").join(name)).unwrap();
        }
    }
    program
}

/// Checks the shares that the program measures for each set of `floors`, and reports all violations at once.
#[track_caller]
fn check(program: &Program, encoder: &Path, floors: &[Floors]) {
    let mut violations = Vec::new();
    for Floors { questions, at_least, at_most } in floors {
        let mut command = program.command();
        command.env("WENJIAN__SEARCH__ENCODER", encoder).args(["eval", "--json"]);
        command.arg(project().join("tests/data").join(questions));
        let report = Run::of(&mut command).succeeded().json();
        let measured = |name: &str| {
            report[name].as_f64().unwrap_or_else(|| panic!("no `{name}` in the report: {report}"))
        };
        for (name, floor) in *at_least {
            if measured(name) < *floor {
                violations.push(format!("{questions}: {name} {} < {floor}", measured(name)));
            }
        }
        for (name, ceiling) in *at_most {
            if measured(name) > *ceiling {
                violations.push(format!("{questions}: {name} {} > {ceiling}", measured(name)));
            }
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn with_readers_questions_nearly_every_question_finds_its_passage() {
    let floors = [
        Floors {
            questions: "questions.jsonl",
            at_least: &[("hit@1", 0.94), ("hit@3", 0.98), ("answer_on_answerable", 0.82)],
            at_most: &[("none_on_answerable", 0.0), ("over_expect", 0.14)],
        },
        Floors {
            questions: "blind.jsonl",
            at_least: &[("hit@1", 0.94), ("hit@3", 0.97), ("answer_on_answerable", 0.74)],
            at_most: &[("none_on_answerable", 0.045), ("over_expect", 0.07)],
        },
        Floors {
            questions: "out-of-scope.jsonl",
            at_least: &[("none_on_out", 0.48)],
            at_most: &[("over_expect", 0.07)],
        },
    ];
    check(&interview(true), Path::new(""), &floors);
}

#[test]
fn without_readers_questions_most_questions_find_their_passage() {
    let floors = [
        Floors {
            questions: "questions.jsonl",
            at_least: &[("hit@1", 0.84), ("hit@3", 0.94), ("answer_on_answerable", 0.44)],
            at_most: &[("none_on_answerable", 0.03), ("over_expect", 0.067)],
        },
        Floors {
            questions: "blind.jsonl",
            at_least: &[("hit@1", 0.51), ("hit@3", 0.63), ("answer_on_answerable", 0.17)],
            at_most: &[("none_on_answerable", 0.24), ("over_expect", 0.1)],
        },
        Floors {
            questions: "out-of-scope.jsonl",
            at_least: &[("none_on_out", 0.49)],
            at_most: &[("over_expect", 0.15)],
        },
    ];
    check(&interview(false), Path::new(""), &floors);
}

#[test]
fn with_the_encoder_more_questions_find_their_passage() {
    let Some(encoder) = default_model() else { return };
    let with_questions = [
        Floors {
            questions: "questions.jsonl",
            at_least: &[("hit@1", 0.94), ("hit@3", 0.98), ("answer_on_answerable", 0.84)],
            at_most: &[("none_on_answerable", 0.0), ("over_expect", 0.14)],
        },
        Floors {
            questions: "blind.jsonl",
            at_least: &[("hit@1", 0.94), ("hit@3", 0.97), ("answer_on_answerable", 0.75)],
            at_most: &[("none_on_answerable", 0.045), ("over_expect", 0.11)],
        },
    ];
    check(&interview(true), &encoder, &with_questions);
    let without_questions = [
        Floors {
            questions: "blind.jsonl",
            at_least: &[("hit@1", 0.59), ("hit@3", 0.77), ("answer_on_answerable", 0.24)],
            at_most: &[("none_on_answerable", 0.19), ("over_expect", 0.1)],
        },
        Floors {
            questions: "out-of-scope.jsonl",
            at_least: &[("none_on_out", 0.5)],
            at_most: &[("over_expect", 0.13)],
        },
    ];
    check(&interview(false), &encoder, &without_questions);
}
