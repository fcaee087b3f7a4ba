//! The optional search by meaning: a model that cannot be used is an error, and is never ignored.

use crate::support::program::{LIGHTHOUSE, Program, Run};

#[test]
fn a_model_that_cannot_be_used_is_an_error() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let mut command = program.command();
    command.args(["ask", "颱風"]).env("WENJIAN__SEARCH__DENSE_MODEL", "nowhere");
    let hint = if cfg!(feature = "dense") { "`nowhere`" } else { "--features dense" };
    Run::of(&mut command).failed(1, &["`search.dense_model`", hint]);
}
