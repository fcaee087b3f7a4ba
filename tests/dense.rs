//! Likeness of meaning: an option that must not fail silently.

use crate::support::program::{LIGHTHOUSE, Program, Run};

#[test]
fn a_model_that_cannot_be_used_stops_the_start() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let mut command = program.command();
    command.args(["ask", "颱風"]).env("WENJIAN__SEARCH__DENSE_MODEL", "nowhere");
    let hint = if cfg!(feature = "dense") { "`nowhere`" } else { "--features dense" };
    Run::of(&mut command).failed(1, &["`search.dense_model`", hint]);
}
