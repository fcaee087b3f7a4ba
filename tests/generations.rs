//! Generations of the index that are stale, damaged, locked or half-built, and folders that cannot be written.

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use retrieval::index::Generations;

use crate::support::program::{LIGHTHOUSE, Program, Run, files};

const QUESTION: &str = "颱風來的時候害怕嗎";

fn built() -> Program {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    program.run(["index"]).succeeded();
    program
}

fn served(program: &Program) -> String {
    fs::read_to_string(program.path("index/CURRENT")).unwrap().trim().to_owned()
}

/// Returns the numbered folders of the index.
fn folders(program: &Program) -> Vec<PathBuf> {
    let entries = fs::read_dir(program.path("index")).unwrap();
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Checks that the program answers, and that its standard error contains `notice`.
#[track_caller]
fn answers(program: &Program, notice: &str) {
    let run = program.run(["ask", QUESTION]).succeeded();
    assert!(run.stdout.contains("抱著燈坐了一夜"), "{run:#?}");
    assert!(run.stderr.contains(notice), "standard error should say `{notice}`: {run:#?}");
}

/// Adds an interview so long that building the index takes a while.
fn enlarge(program: &Program) {
    let mut text = LIGHTHOUSE.replace("slug = \"lighthouse\"", "slug = \"long\"");
    for number in 0..4_000 {
        write!(
            text,
            "\n《海風》：第{number}個問題是什麼？\n\n林海：第{number}個回答，說的是海。\n"
        )
        .unwrap();
    }
    program.write("corpus/long.txt", text);
}

/// Waits until `done` returns true, and panics if `child` ends before.
fn wait_until(child: &mut Child, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(child.try_wait().unwrap().is_none(), "the program ended too early");
        assert!(started.elapsed() < Duration::from_mins(2), "the program took too long");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_changed_corpus_is_indexed_again() {
    let program = built();
    program.write("corpus/lighthouse.txt", LIGHTHOUSE.replace("僵", "凍"));
    answers(&program, "the corpus has changed since the index was built; building it");
    answers(&program, "");
    assert_eq!(folders(&program).len(), 1, "the old generation should be removed");
}

#[test]
fn a_killed_build_leaves_the_old_generation_serving() {
    let program = built();
    let before = served(&program);
    enlarge(&program);
    let mut build =
        program.command().arg("index").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until(&mut build, || folders(&program).len() > 1);
    build.kill().unwrap();
    build.wait().unwrap();
    assert_eq!(served(&program), before);
    let index = Generations::new(&program.path("index")).open().unwrap();
    assert_eq!(index.library().passages().len(), 5);
    fs::remove_file(program.path("corpus/long.txt")).unwrap();
    answers(&program, "");
    program.run(["index"]).succeeded();
    assert_eq!(
        folders(&program).len(),
        1,
        "the next build should remove the folder of the killed one"
    );
}

#[test]
fn damage_of_any_file_is_noticed() {
    let program = built();
    let generations = Generations::new(&program.path("index"));
    let folder = generations.current().unwrap();
    let damages: [fn(&Path, &[u8]); 3] = [
        |path, bytes| fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        |path, _| fs::write(path, "").unwrap(),
        |path, _| fs::remove_file(path).unwrap(),
    ];
    for path in files(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with('.') {
            continue; // These are locks and notes of the search engine, which are not read for answers.
        }
        let bytes = fs::read(&path).unwrap();
        for damage in damages {
            damage(&path, &bytes);
            assert!(generations.open().is_err(), "damage of `{name}` was not noticed");
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert!(generations.open().is_ok());
}

#[test]
fn a_flipped_bit_never_changes_a_quotation() {
    let program = built();
    let generations = Generations::new(&program.path("index"));
    let folder = generations.current().unwrap();
    for path in files(&folder) {
        let bytes = fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by((bytes.len() / 16).max(1)) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            // If the index opens in spite of it, its words are the same, because they have a checksum.
            if let Ok(index) = generations.open() {
                let texts: String = index
                    .library()
                    .passages()
                    .iter()
                    .map(|passage| passage.text.as_str())
                    .collect();
                assert!(texts.contains("抱著燈坐了一夜"), "{}", path.display());
            }
        }
        fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn a_damaged_generation_or_pointer_is_reported_and_built_again() {
    let program = built();
    fs::write(Generations::new(&program.path("index")).current().unwrap().join("corpus.json"), "x")
        .unwrap();
    answers(&program, "`corpus.json` is damaged; building it");
    for pointer in [&b"nonsense"[..], b"", b"\xff\xfe", b"../../etc"] {
        program.write("index/CURRENT", pointer);
        answers(&program, "`CURRENT` is damaged; building it");
    }
    program.write("index/CURRENT", "00000099\n");
    answers(&program, "building it");
    fs::remove_file(program.path("index/CURRENT")).unwrap();
    answers(&program, "there is no index in `index`");
    answers(&program, "");
}

#[test]
fn an_index_of_another_format_is_reported_and_built_again() {
    let program = built();
    let manifest =
        Generations::new(&program.path("index")).current().unwrap().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["format"] = 0.into();
    fs::write(&manifest, json.to_string()).unwrap();
    answers(&program, "it has format 0");
}

#[test]
fn the_old_generation_answers_while_another_process_builds() {
    let program = built();
    let lock = File::create(program.path("index/LOCK")).unwrap();
    lock.lock().unwrap();
    program.run(["index"]).failed(1, &["another process is building", "`index`", "hint: "]);
    answers(&program, "");
    lock.unlock().unwrap();
    program.run(["index"]).succeeded();
}

#[test]
fn two_builds_at_once_leave_one_whole_index() {
    let program = built();
    enlarge(&program);
    let start = || {
        let mut command = program.command();
        command.arg("index").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let outputs = [start(), start()].map(|child| child.wait_with_output().unwrap());
    let succeeded = outputs.iter().filter(|output| output.status.success()).count();
    assert!(succeeded >= 1, "{outputs:#?}");
    for output in outputs.iter().filter(|output| !output.status.success()) {
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains("another process is building"), "{message}");
    }
    answers(&program, "");
    assert_eq!(folders(&program).len(), 1);
}

/// A file takes the place of the folder, so that not even root can write there.
#[test]
fn an_index_folder_that_cannot_be_written_is_named_in_the_message() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    program.write("index", "a file");
    for arguments in [&["index"][..], &["ask", QUESTION]] {
        program.run(arguments).failed(1, &["`index", "hint: "]);
    }
    let mut command = program.command();
    command.arg("index").env("WENJIAN__INDEX__DIR", "/proc/wenjian");
    Run::of(&mut command).failed(1, &["`/proc/wenjian", "hint: "]);
}

/// A limit on the size of files simulates a full disk: writing fails in the middle of a file.
#[test]
fn a_full_disk_is_reported_and_leaves_the_old_generation_serving() {
    let program = built();
    let before = served(&program);
    fs::copy(program.path("corpus/lighthouse.txt"), program.path("lighthouse.txt")).unwrap();
    enlarge(&program);
    let mut shell = std::process::Command::new("bash");
    let script =
        format!("trap '' XFSZ; ulimit -f 16; exec {} index", env!("CARGO_BIN_EXE_wenjian"));
    shell.current_dir(program.path("")).env("WENJIAN__SEARCH__ENCODER", "");
    shell.args(["-c", &script]);
    let run = Run::of(&mut shell).failed(1, &["index"]);
    assert!(run.stderr.contains("File too large"), "{run:?}");
    assert_eq!(served(&program), before);
    assert_eq!(folders(&program).len(), 1, "the folder of the failed build should be removed");
    fs::remove_file(program.path("corpus/long.txt")).unwrap();
    answers(&program, "");
}
