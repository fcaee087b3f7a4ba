//! The sentence encoder: what happens without one, with a bad one, and with the default one.

use std::path::PathBuf;

use crate::support::program::{LIGHTHOUSE, Program, Run, project};

#[test]
fn without_an_encoder_the_program_works_and_says_so() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let config = program.run(["config"]).succeeded();
    assert!(config.stdout.contains("# There is no sentence encoder"), "{config:?}");
    program.run(["index"]).succeeded();
}

#[test]
fn an_encoder_that_cannot_be_used_is_an_error() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let mut command = program.command();
    command.env("WENJIAN__SEARCH__ENCODER", "nowhere").args(["ask", "灯塔"]);
    Run::of(&mut command).failed(1, &["`search.encoder`", "`nowhere`", "models/fetch"]);
}

#[test]
fn the_default_encoder_is_found_above_the_program() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let installed = tempfile::tempdir().unwrap();
    let models = installed.path().join("models/default");
    std::fs::create_dir_all(&models).unwrap();
    std::fs::create_dir(installed.path().join("bin")).unwrap();
    let binary = installed.path().join("bin/wenjian");
    std::fs::copy(env!("CARGO_BIN_EXE_wenjian"), &binary).unwrap();
    let mut command = std::process::Command::new(binary);
    command.current_dir(program.path("")).env_remove("WENJIAN__SEARCH__ENCODER").arg("config");
    let config = Run::of(&mut command).succeeded();
    let models = models.canonicalize().unwrap();
    assert!(config.stdout.contains(&format!("is the one in `{}`", models.display())), "{config:?}");
}

/// Returns the folder that `models/fetch` fills, and `None` if it was not run.
pub(crate) fn default_model() -> Option<PathBuf> {
    let folder = project().join("models/default");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var("WENJIAN_TEST_ALL").as_deref() != Ok("1"),
        "there is no `models/default`; hint: run `models/fetch`"
    );
    eprintln!("skipped: there is no `models/default`; hint: run `models/fetch`");
    None
}

#[test]
fn the_index_is_built_again_for_an_encoder_and_explains_what_it_finds() {
    let Some(folder) = default_model() else { return };
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    program.run(["index"]).succeeded();
    let explain = || {
        let mut command = program.command();
        command
            .env("WENJIAN__SEARCH__ENCODER", &folder)
            .args(["explain", "Who looks after the lamp?"]);
        Run::of(&mut command)
    };
    let first = explain().succeeded();
    assert!(first.stderr.contains("no vectors of the present encoder"), "{first:?}");
    assert!(first.stdout.contains("similarity 0."), "{first:?}");
    assert!(!explain().succeeded().stderr.contains("building"));
    // A program without the encoder still reads that index.
    program.run(["ask", "灯塔"]).succeeded();
}
