//! The command line: valid and invalid input, messages and exit codes.

use serde_json::{Value, json};

use crate::support::program::{LIGHTHOUSE, Program, Run};

fn lighthouse() -> Program {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    program.run(["index"]).succeeded();
    program
}

#[test]
fn index_prints_how_much_it_holds() {
    let run = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]).run(["index"]).succeeded();
    assert!(run.stdout.starts_with("1 interviews, 3 turns, 5 passages"), "{run:?}");
}

#[test]
fn the_first_question_builds_the_index_and_says_so() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let first = program.run(["ask", "颱風來的時候害怕嗎"]).succeeded();
    assert!(first.stderr.contains("building"), "{first:?}");
    assert!(first.stdout.contains("抱著燈坐了一夜"), "{first:?}");
    assert_eq!(program.run(["ask", "颱風來的時候害怕嗎"]).succeeded().stderr, "");
}

#[test]
fn an_answer_shows_the_question_the_words_the_speaker_and_the_source() {
    let run = lighthouse().run(["ask", "-n", "1", "颱風來的時候害怕嗎"]).succeeded();
    for part in ["《海風》：颱風來的時候，您害怕嗎？", "│ ", "林海", "守燈塔的人", "2024-05"]
    {
        assert!(run.stdout.contains(part), "no `{part}`: {run:#?}");
    }
    assert!(!run.stdout.contains('\u{1b}'), "there are no colours unless the output is a terminal");
}

#[test]
fn a_question_of_several_arguments_needs_no_quotation_marks() {
    let program = lighthouse();
    let json = program.run(["ask", "--json", "why", "typhoon", "颱風"]).succeeded().json();
    assert_eq!(json["question"], "why typhoon 颱風");
}

#[test]
fn the_json_of_an_answer_has_the_documented_keys() {
    let json = lighthouse().run(["ask", "--json", "颱風來的時候害怕嗎"]).succeeded().json();
    assert_eq!(
        keys(&json),
        [
            "elapsed_us",
            "nearest_questions",
            "question",
            "quotes",
            "reply",
            "searched",
            "talk",
            "verdict"
        ]
    );
    assert!(json["elapsed_us"].is_u64() && json["nearest_questions"].is_array());
    let quote = &json["quotes"][0];
    assert_eq!(
        keys(quote),
        ["excerpt", "interview", "matches", "passage", "question", "score", "speaker", "text"]
    );
    assert_eq!(quote["passage"], "lighthouse/2.1");
    assert_eq!(quote["question"], "颱風來的時候，您害怕嗎？");
    assert!(quote["score"].is_f64());
    assert_eq!(
        quote["interview"],
        json!({"slug": "lighthouse", "title": "守燈塔的人", "publisher": "《海風》", "date": "2024-05"})
    );
    assert_eq!(keys(&quote["excerpt"]), ["end", "start", "text"]);
    let scores: Vec<f64> = quotes(&json).map(|quote| quote["score"].as_f64().unwrap()).collect();
    assert!(
        scores.is_sorted_by(|one, next| one >= next),
        "quotes should be sorted by score: {scores:?}"
    );
}

#[test]
fn n_limits_the_number_of_quotes() {
    let program = lighthouse();
    for (options, most) in [(&["-n", "1"][..], 1), (&["-n", "5"], 5), (&[], 3)] {
        let run = program.run(["ask", "--json", "燈塔"].iter().chain(options)).succeeded();
        assert!(quotes(&run.json()).count() <= most, "{options:?}");
    }
    assert_eq!(quotes(&program.run(["ask", "--json", "颱風", "-n", "1"]).json()).count(), 1);
}

#[test]
fn the_script_option_changes_the_text_output_but_not_the_json() {
    let program = lighthouse();
    let shown = |script| {
        program.run(["ask", "-n", "1", "--script", script, "颱風來的時候害怕嗎"]).succeeded().stdout
    };
    assert!(shown("hans").contains("抱着灯坐了一夜") && shown("hans").contains("已轉成簡體"));
    assert!(shown("original").contains("抱著燈坐了一夜"));
    assert!(shown("auto").contains("抱著燈坐了一夜"), "the question is in Traditional Chinese");
    let stored = |script| {
        let run = program.run(["ask", "--json", "--script", script, "颱風來的時候害怕嗎"]);
        run.succeeded().json()["quotes"].clone()
    };
    assert_eq!(stored("hans"), stored("original"));
}

#[test]
fn a_question_without_words_is_answered_with_an_example_and_exit_code_0() {
    let program = lighthouse();
    for question in ["😀🎉", "？？！……", "「」", "…", "\u{200b}", "\u{1}", "- _ *"] {
        let run = program.run(["ask", "--", question]).succeeded();
        assert!(run.stdout.contains("请用文字提一个问题"), "{question:?}: {run:?}");
        let json = program.run(["ask", "--json", "--", question]).succeeded().json();
        assert_eq!((&json["verdict"], &json["quotes"]), (&json!("none"), &json!([])));
    }
}

#[test]
fn an_empty_question_is_an_error() {
    let program = lighthouse();
    for question in ["", "  ", "\n\t", "\u{3000}"] {
        program.run(["ask", question]).failed(1, &["the question is empty", "hint: "]);
        program.run(["ask", "--json", question]).failed(1, &["the question is empty"]);
    }
    program.run(["ask"]).failed(2, &["<QUESTION>"]);
}

#[test]
fn query_syntax_is_treated_as_text() {
    let program = lighthouse();
    for question in [
        "said:颱風 AND (害怕 OR \"",
        "颱風^2 +害怕 -燈塔",
        "[颱風 TO *}",
        "颱風~2 /.*/ \\",
        "' OR 1=1; --",
        "{颱風} <b>害怕</b>",
    ] {
        let json = program.run(["ask", "--json", question]).succeeded().json();
        assert_eq!(json["question"], question);
    }
    let json = program.run(["ask", "--json", "said:颱風^2 AND (害怕)"]).succeeded().json();
    assert_eq!(json["quotes"][0]["passage"], "lighthouse/2.1");
}

#[test]
fn a_question_of_100_000_characters_is_answered() {
    let program = lighthouse();
    let long = "typhoon".repeat(100_000 / 7);
    program.run(["ask", "--json", &long]).succeeded().json();
    let long = "颱風來的時候害怕嗎".to_owned() + &"，嗯".repeat(50_000);
    let run = program.run_with_input(&["chat"], long.as_bytes()).succeeded();
    assert!(!run.stdout.trim().is_empty(), "{}", run.stderr);
}

#[test]
fn chat_answers_each_line_of_its_input_and_ends_with_it() {
    let run = lighthouse().run_with_input(
        &["chat"],
        "颱風來的時候害怕嗎\r\n\n/full\n/source\n/nonsense\n/quit\n年輕人\n".as_bytes(),
    );
    let run = run.succeeded();
    assert!(run.stdout.contains("抱著燈坐了一夜"), "{run:?}");
    assert!(run.stdout.contains("《海風》") && run.stdout.contains("/nonsense"), "{run:?}");
    assert!(!run.stdout.contains("預報風浪"), "nothing should be read after /quit: {run:?}");
    assert!(
        !run.stdout.contains("问>"),
        "there should be no prompt unless the input is a terminal: {run:?}"
    );
}

#[test]
fn chat_survives_invalid_utf_8_and_control_characters() {
    let run = lighthouse().run_with_input(&["chat"], b"\xff\xfe\x00\n\0\n\xe9\xa2\n");
    assert!(run.succeeded().stdout.contains("请用文字提一个问题"));
    let run = lighthouse().run_with_input(&["chat"], "颱\0風來的時候害怕嗎\n".as_bytes());
    let run = run.succeeded();
    assert!(run.stdout.contains("抱著燈坐了一夜") && !run.stdout.contains('\0'), "{run:?}");
}

#[test]
fn more_is_refused_before_the_first_answer_and_after_the_last_passage() {
    let run = lighthouse().run_with_input(&["chat"], "/more\n/full\n/context\n".as_bytes());
    assert_eq!(run.succeeded().stdout.matches("还没有引文").count(), 3);
    let more = "颱風來的時候害怕嗎\n".to_owned() + &"/more\n".repeat(6);
    let run = lighthouse().run_with_input(&["chat"], more.as_bytes()).succeeded();
    assert!(run.stdout.contains("沒有更多"), "{run:?}");
}

#[test]
fn a_closed_output_pipe_is_no_error() {
    let program = lighthouse();
    for command in ["ask 燈塔", "ask --json 燈塔", "config", "index"] {
        let mut shell = std::process::Command::new("bash");
        shell.current_dir(program.path("")).env("WENJIAN__SEARCH__ENCODER", "").arg("-c");
        // `true` ends without reading, so that writing to the pipe fails.
        shell.arg(format!("sleep 0 | {} {command} | true", env!("CARGO_BIN_EXE_wenjian")));
        assert_eq!(Run::of(&mut shell).succeeded().stderr, "", "{command}");
    }
}

#[test]
fn a_missing_corpus_is_an_error_that_names_the_folder() {
    let program = Program::bare();
    for arguments in [&["index"][..], &["ask", "燈塔"], &["chat"]] {
        program.run(arguments).failed(1, &["the corpus cannot be used", "`corpus`"]);
    }
    assert!(!program.path("index").exists(), "no index should be made");
    program.write("corpus", "a file");
    program.run(["index"]).failed(1, &["`corpus`"]);
}

#[test]
fn an_invalid_setting_is_an_error_that_names_its_place() {
    let program = lighthouse();
    program.write("mine.toml", "[search]\ncandidates = \"many\"\n");
    let parts = ["mine.toml:2: `search.candidates`", "hint: "];
    program.run(["--config", "mine.toml", "ask", "燈塔"]).failed(1, &parts);
    program.run(["--config", "none.toml", "config"]).failed(1, &["`none.toml`"]);
    std::fs::create_dir(program.path("config")).unwrap();
    program.write("config/local.toml", "[index]\nfolder = \"x\"\n");
    let parts = ["config/local.toml:2: there is no setting `index.folder`", "[index] has dir"];
    program.run(["config"]).failed(1, &parts);
    let mut command = program.command();
    command.args(["--config", "/dev/null", "config"]).env("WENJIAN__LOG__FORMAT", "xml");
    Run::of(&mut command).failed(1, &["WENJIAN__LOG__FORMAT", "`text`", "`json`"]);
    let mut command = program.command();
    command.args(["--config", "/dev/null", "config"]).env("WENJIAN__LOG__LEVEL", "a=b=c");
    Run::of(&mut command).failed(1, &["`log.level`", "hint: "]);
}

#[test]
fn config_prints_a_file_that_can_be_used_as_settings() {
    let program = Program::bare();
    let mut command = program.command();
    command.arg("config").env("WENJIAN__INDEX__DIR", "elsewhere");
    let printed = Run::of(&mut command).succeeded().stdout;
    assert!(printed.contains("dir = \"elsewhere\""), "{printed}");
    program.write("printed.toml", &printed);
    let again = program.run(["--config", "printed.toml", "config"]).succeeded();
    assert_eq!(again.stdout, printed);
}

#[test]
fn unknown_commands_options_and_values_are_usage_errors() {
    let program = Program::bare();
    program.run(["sing"]).failed(2, &["sing"]);
    program.run(["ask", "--loud", "x"]).failed(2, &["--loud"]);
    program.run(["ask", "--script", "runes", "x"]).failed(2, &["runes", "`hans`"]);
    program.run(["ask", "-n", "few", "x"]).failed(2, &["few"]);
    assert!(program.run(["--version"]).succeeded().stdout.starts_with("wenjian "));
    for command in ["ask", "chat", "index", "config"] {
        assert!(program.run(["--help"]).succeeded().stdout.contains(command));
    }
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn quotes(answer: &Value) -> impl Iterator<Item = &Value> {
    answer["quotes"].as_array().unwrap().iter()
}
