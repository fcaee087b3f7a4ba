//! Transcripts that cannot be used, and the messages about them.

use crate::support::program::{LIGHTHOUSE, Program, Run};

/// Puts the file `name` beside the made-up interview, and checks that it cannot be used: the build
/// fails with a message that names the file and contains `parts`, and leaves no index; with
/// `--keep-going` the file is left out with the same message.
#[track_caller]
fn refused(name: &str, bytes: &[u8], parts: &[&str]) {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    program.write(&format!("corpus/{name}"), bytes);
    let mut named = vec![name];
    named.extend(parts);
    program.run(["index"]).failed(1, &named);
    program.run(["ask", "颱風來的時候害怕嗎"]).failed(1, &named);
    assert!(!program.path("index/CURRENT").exists(), "a failed build must not leave an index");
    let run = program.run(["index", "--keep-going"]).succeeded();
    assert!(run.stdout.starts_with("1 interviews, 3 turns, 5 passages"), "{run:#?}");
    for part in named {
        assert!(
            run.stderr.contains(part),
            "the message about the file should contain `{part}`: {run:#?}"
        );
    }
}

#[test]
fn an_empty_file_is_refused() {
    refused("empty.txt", b"", &[]);
    refused("blank.txt", "\n \n\u{3000}\n".as_bytes(), &[]);
}

#[test]
fn a_file_in_which_nobody_answers_is_refused() {
    let front = LIGHTHOUSE.split("一座燈塔").next().unwrap().replace("lighthouse", "silent");
    refused("silent.txt", front.as_bytes(), &[]);
    let questions = format!("{front}《海風》：您為什麼不說話？\n\n《海風》：還是不說嗎？\n");
    refused("silent.txt", questions.as_bytes(), &[]);
}

#[test]
fn two_files_with_the_same_slug_are_refused() {
    let other = LIGHTHOUSE.replace("燈塔", "小島");
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE), ("island.txt", &other)]);
    program.run(["index"]).failed(1, &["`lighthouse`", "island.txt", "lighthouse.txt"]);
}

#[test]
fn an_error_in_the_front_matter_is_reported_with_its_line() {
    let front = |lines: &str| format!("+++\nslug = \"broken\"\n{lines}\n+++\n\n問：？\n\n答：。\n");
    refused("broken.txt", front("title = \"no end").as_bytes(), &["broken.txt:3"]);
    refused("broken.txt", front("title = 7").as_bytes(), &["broken.txt:3"]);
    let parts = ["broken.txt:4", "`colour`", "`publisher`"];
    refused("broken.txt", front("title = \"t\"\ncolour = \"blue\"").as_bytes(), &parts);
    refused("broken.txt", front("slug = \"twice\"").as_bytes(), &["broken.txt:3"]);
    let open = "+++\nslug = \"broken\"\n\n問：？\n\n答：。\n";
    refused("broken.txt", open.as_bytes(), &["broken.txt:", "+++"]);
}

#[test]
fn bytes_that_cannot_be_decoded_are_reported_with_their_line() {
    let mut bytes = LIGHTHOUSE.replace("lighthouse", "torn").into_bytes();
    let line: usize = bytes.split(|byte| *byte == b'\n').take(12).map(|line| line.len() + 1).sum();
    bytes.splice(line..line, *b"\xe9\xff\xfe\xc0\x80 ");
    refused("torn.txt", &bytes, &["torn.txt:13"]);
}

#[test]
fn a_file_larger_than_max_bytes_is_refused() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let ask = |max_bytes: usize| {
        let mut command = program.command();
        let max_bytes = max_bytes.to_string();
        command.args(["ask", "颱風來的時候害怕嗎"]).env("WENJIAN__CORPUS__MAX_BYTES", max_bytes);
        Run::of(&mut command)
    };
    let length = LIGHTHOUSE.len();
    let least = (length - 1).to_string();
    ask(length - 1).failed(1, &["lighthouse.txt", "corpus.max_bytes", &least]);
    ask(length).succeeded();
}

#[test]
fn a_corpus_without_transcripts_is_an_error() {
    let program = Program::with(&[]);
    for arguments in [&["index"][..], &["ask", "燈塔"], &["chat"]] {
        program.run(arguments).failed(1, &["`corpus`", "hint: "]);
    }
    program.write("corpus/README.md", "no transcript");
    program.write("corpus/lighthouse.questions.toml", "");
    program.run(["index"]).failed(1, &["hint: "]);
}
