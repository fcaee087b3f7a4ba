//! `wenjian import`: transcripts as sites publish them are read and written into the corpus.

use encoding_rs::{BIG5, GB18030};
use serde_json::{Value, json};

use crate::support::program::{LIGHTHOUSE, Program, files, project};

const INTERVIEW: &str = "守路的人\n\n《山城週刊》：這條路有多長？\n林遠：十二公里，全是石頭，下雨的時候要走六個小時。\n《山城週刊》：修路的錢從哪裡來？\n林遠：一半是捐的。（笑）另一半也是捐的。\n";

fn understood(program: &Program, arguments: &[&str]) -> Value {
    let mut all = vec!["import", "--dry-run", "--json"];
    all.extend(arguments);
    program.run(all).succeeded().json()
}

#[test]
fn each_sample_is_read_as_expected() {
    let program = Program::bare();
    let folder = project().join("tests/data/transcripts");
    let expected = files(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let mut n_shapes = 0;
    for expected in expected {
        let transcript = expected.with_extension("");
        let mut found = understood(&program, &[transcript.to_str().unwrap()]);
        found.as_object_mut().unwrap().remove("repairs");
        let expected: Value = serde_json::from_slice(&std::fs::read(&expected).unwrap()).unwrap();
        assert_eq!(found, expected, "help: how `{}` was read", transcript.display());
        n_shapes += 1;
    }
    assert!(n_shapes >= 29, "some samples are missing: there are {n_shapes}");
}

#[test]
fn every_encoding_is_read_alike() {
    let program = Program::bare();
    let utf_16: Vec<u8> = INTERVIEW.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (big5, _, _) = BIG5.encode(INTERVIEW);
    let (gb18030, _, _) = GB18030.encode(INTERVIEW);
    program.write("utf-8.txt", INTERVIEW);
    let expected = understood(&program, &["utf-8.txt"]);
    assert_eq!(expected["title"], "守路的人");
    assert_eq!(expected["turns"][1]["asides"], json!(["（笑）"]));
    for (name, bytes) in
        [("utf-16.txt", utf_16.as_slice()), ("big5.txt", &*big5), ("gb18030.txt", &*gb18030)]
    {
        program.write(name, bytes);
        assert_eq!(understood(&program, &[name]), expected, "help: `{name}`");
    }
}

#[test]
fn options_supply_what_the_text_lacks() {
    let program = Program::bare();
    program.write("talk.txt", "Q：路有多长？\nA：十二公里。\nQ：谁修的？\nA：大家修的。\n");
    let bare = understood(&program, &["talk.txt"]);
    assert_eq!((&bare["title"], &bare["interviewee"]), (&Value::Null, &Value::Null));
    let told = understood(
        &program,
        &["talk.txt", "--interviewee", "林远", "--title", "守路的人", "--legend", "记者=Q"],
    );
    assert_eq!(told["title"], "守路的人");
    assert_eq!(told["interviewee"], "林远");
    assert_eq!(told["interviewers"], json!(["记者"]));
    assert_eq!(told["turns"], bare["turns"]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let program = Program::bare();
    program.write("talk.txt", INTERVIEW);
    program.run(["import", "--dry-run", "talk.txt"]).succeeded();
    program.run(["import", "--dry-run", "--json", "talk.txt"]).succeeded();
    assert!(!program.path("corpus").exists());
}

#[test]
fn an_imported_interview_is_kept_as_received_and_answers_questions() {
    let program = Program::bare();
    let (received, _, _) = BIG5.encode(INTERVIEW);
    program.write("talk.txt", &received);
    let shown = understood(&program, &["talk.txt"]);
    program
        .run([
            "import",
            "talk.txt",
            "--slug",
            "road",
            "--date",
            "2024-05",
            "--publisher",
            "《山城週刊》",
        ])
        .succeeded();
    assert_eq!(std::fs::read(program.path("corpus/received/road.txt")).unwrap(), &*received);
    let file = std::fs::read_to_string(program.path("corpus/road.txt")).unwrap();
    assert!(file.contains("林遠：一半是捐的。（笑）另一半也是捐的。"), "{file}");
    let again = understood(&program, &["corpus/road.txt"]);
    assert_eq!(again, shown, "the corpus file should be read as the dry run showed:\n{file}");
    let answer = program.run(["ask", "--json", "修路的錢從哪裡來"]).succeeded().json();
    assert_eq!(answer["quotes"][0]["passage"], "road/2.1");
    assert_eq!(answer["quotes"][0]["text"], "一半是捐的。另一半也是捐的。");
    assert_eq!(answer["quotes"][0]["interview"]["date"], "2024-05");
}

#[test]
fn repairs_are_reported_at_import_and_at_build() {
    let program = Program::bare();
    let damaged = "《山城週刊》:路有多長?\n林遠:可能是一個轉折點,但不是終結?!肮取辈粌H是我們不能借用的一個概念,而且不適應現在了。\n";
    program.write("talk.txt", damaged);
    let run = program.run(["import", "talk.txt", "--slug", "road"]).succeeded();
    let spot = "half-shift `?!肮取辈粌H` → `。“谷”不僅`";
    assert!(run.stderr.contains(&format!("talk.txt:2: {spot}")), "{run:#?}");
    assert!(run.stderr.contains("5 punctuation, 1 half-shift"), "{run:#?}");
    // A file that was imported is not repaired again when the index is built.
    let run = program.run(["index", "--repairs"]).succeeded();
    assert!(!run.stdout.contains('→') && !run.stderr.contains("repaired"), "{run:#?}");
    assert!(run.stdout.contains("1 repaired spots"), "{run:#?}");
    // A file that was put into the folder by hand is repaired at every build.
    program.write("corpus/by-hand.txt", damaged);
    let run = program.run(["index"]).succeeded();
    assert!(run.stderr.contains("1 half-shift") && run.stderr.contains("--repairs"), "{run:#?}");
    let run = program.run(["index", "--repairs"]).succeeded();
    assert!(run.stdout.contains(&format!("by-hand.txt:2: {spot}: a byte of GBK")), "{run:#?}");
    assert!(run.stdout.contains("guessed") && run.stdout.contains("% sure"), "{run:#?}");
}

#[test]
fn text_that_lost_bytes_to_a_wrong_encoding_is_refused() {
    let program = Program::bare();
    let (garbled, _) = encoding_rs::GBK.decode_without_bom_handling(INTERVIEW.as_bytes());
    program.write("garbled.txt", garbled.as_bytes());
    program
        .run(["import", "garbled.txt"])
        .failed(1, &["garbled.txt:1", "wrong encoding", "hint: "]);
}

#[test]
fn an_interview_is_overwritten_only_with_force() {
    let program = Program::bare();
    program.write("road.txt", INTERVIEW);
    program.run(["import", "road.txt"]).succeeded();
    program.run(["import", "road.txt"]).failed(1, &["corpus/road.txt", "--force"]);
    let longer = format!("{INTERVIEW}《山城週刊》：誰來守？\n林遠：我。\n");
    program.write("road.txt", &longer);
    program.run(["import", "road.txt", "--force"]).succeeded();
    let file = std::fs::read_to_string(program.path("corpus/road.txt")).unwrap();
    assert!(file.contains("林遠：我。"), "{file}");
    assert_eq!(
        files(&program.path("corpus")),
        [program.path("corpus/road.txt")],
        "no other file should be left"
    );
}

#[test]
fn an_interview_that_is_already_in_the_corpus_is_reported() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let body =
        LIGHTHOUSE.rsplit("+++").next().unwrap().replace("《海風》", "记者").replace('，', ",");
    program.write("copy.txt", body);
    let run = program.run(["import", "copy.txt"]).succeeded();
    assert!(run.stderr.contains("`lighthouse`") && run.stderr.contains("100 %"), "{run:#?}");
}

#[test]
fn an_import_from_standard_input_needs_a_slug() {
    let program = Program::bare();
    let text = "《山城周刊》：路有多长？\n林远：十二公里，都是石头。\n";
    program.run_with_input(&["import", "-"], text.as_bytes()).failed(1, &["--slug"]);
    program.run_with_input(&["import", "-", "--slug", "road"], text.as_bytes()).succeeded();
    assert!(program.path("corpus/received/road.txt").exists());
    let file = std::fs::read_to_string(program.path("corpus/road.txt")).unwrap();
    assert!(file.contains("title = \"《山城周刊》对话林远\"\ntitle_inferred = true"), "{file}");
}

#[test]
fn a_file_that_cannot_be_imported_is_reported_with_its_line() {
    let program = Program::bare();
    let refused = |name: &str, bytes: &[u8], parts: &[&str]| {
        program.write(name, bytes);
        program.run(["import", name]).failed(1, parts);
        assert!(!program.path("corpus").exists());
    };
    refused("empty.txt", b"", &["empty.txt:1", "empty"]);
    refused(
        "silent.txt",
        "山里有一条路。\n".as_bytes(),
        &["silent.txt:1", "nobody answers", "hint: "],
    );
    refused(
        "nameless.txt",
        "问：路呢？\n答：有。\n".as_bytes(),
        &["nameless.txt:1", "--interviewee"],
    );
    refused(
        "torn.txt",
        b"\xe9\x97\xae\xef\xbc\x9a\n\xe7\xad\x94\xff\xef\xbc\x9a\n",
        &["torn.txt:2", "UTF-8"],
    );
    refused("zero.txt", b"Q: a\nA: \0b\n", &["zero.txt:2"]);
    program.run(["import", "no-such-file.txt"]).failed(1, &["no-such-file.txt"]);
    program.run(["import", "nameless.txt", "--date", "May"]).failed(2, &["2025-02"]);
}
