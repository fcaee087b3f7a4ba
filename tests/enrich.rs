//! `wenjian enrich`: drafts of readers' questions are requested over HTTP, filtered, written and reviewed.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use serde_json::json;

use crate::support::endpoint::{Endpoint, Request, Response};
use crate::support::program::{LIGHTHOUSE, Program, Run};

const FILE: &str = "corpus/lighthouse.questions.toml";
/// The id of each passage, in order, with a phrase from it and a question on its subject.
const PASSAGES: [(&str, &str, &str); 5] = [
    ("1.1", "船需要有人等它", "为什么一天也不肯离开灯塔?"),
    ("1.2", "機器裝上以後", "装了自动的灯还要擦玻璃吗?"),
    ("2.1", "第一年颱風", "台风吹破窗户那一夜怎么过的?"),
    ("3.1", "預報風浪的網頁", "预报风浪的网页是谁做的?"),
    ("3.2", "我教他們看雲", "谁教谁看云,谁教谁用电脑?"),
];

fn program() -> Program {
    Program::with(&[("lighthouse.txt", LIGHTHOUSE)])
}

/// Returns a `wenjian enrich` that uses `endpoint` and hardly waits between attempts.
fn command(program: &Program, endpoint: &Endpoint) -> Command {
    let mut command = program.command();
    command
        .arg("enrich")
        .env("WENJIAN__ENRICH__URL", endpoint.url())
        .env("WENJIAN__ENRICH__MODEL", "tiny")
        .env("WENJIAN__ENRICH__RETRY_WAIT_MS", "1");
    command
}

fn enrich(program: &Program, endpoint: &Endpoint) -> Run {
    Run::of(&mut command(program, endpoint))
}

/// Returns the position in [`PASSAGES`] of the passage that `request` is about.
fn passage_of(request: &Request) -> usize {
    PASSAGES.iter().position(|(_, phrase, _)| request.prompt().contains(phrase)).unwrap()
}

/// Returns a usable answer to `request`.
fn good(request: &Request) -> Response {
    let (_, _, question) = PASSAGES[passage_of(request)];
    Response::Says(json!({"questions": [question], "terms": ["灯塔"]}).to_string())
}

fn file(program: &Program) -> String {
    std::fs::read_to_string(program.path(FILE)).unwrap_or_default()
}

/// Returns the questions in the file by passage and origin.
fn questions(program: &Program) -> BTreeMap<(String, String), Vec<String>> {
    let table: toml::Table = file(program).parse().unwrap();
    let blocks = table.get("passage").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let blocks = blocks.iter().map(|block| {
        let questions = block["questions"].as_array().unwrap().iter().map(text).collect();
        ((text(&block["id"]), text(&block["origin"])), questions)
    });
    blocks.collect()
}

fn of(program: &Program, id: &str, origin: &str) -> Vec<String> {
    questions(program).remove(&(id.to_owned(), origin.to_owned())).unwrap_or_default()
}

#[test]
fn without_an_endpoint_the_message_names_the_setting() {
    program().run(["enrich"]).failed(1, &["`enrich.url`", "hint"]);
}

#[test]
fn every_passage_gets_drafts_of_origin_model() {
    let (program, endpoint) = (program(), Endpoint::new(good));
    let run = enrich(&program, &endpoint).succeeded();
    for (id, _, question) in PASSAGES {
        assert_eq!(of(&program, id, "model"), [question]);
    }
    assert!(run.stdout.contains("5 passages: 5 questions and 5 terms"), "{run:#?}");
    assert!(run.stdout.contains("5 requests, 500 tokens in, 50 tokens out"), "{run:#?}");
    let requests = endpoint.requests();
    assert!(requests.iter().all(|request| request.target == "POST /v1/chat/completions"));
    assert!(requests.iter().all(|request| request.body["model"] == "tiny"));
    assert!(requests.iter().all(|request| request.authorization.is_none()));
}

#[test]
fn a_drafted_question_helps_to_find_its_passage() {
    let program = program();
    let endpoint = Endpoint::new(|request| match passage_of(request) {
        2 => Response::Says(
            json!({"questions": ["台风那夜吓坏了吗?", "颶風 hurricane 害怕"]}).to_string(),
        ),
        _ => good(request),
    });
    enrich(&program, &endpoint).succeeded();
    let answer = program.run(["ask", "--json", "hurricane"]).succeeded().json();
    assert_eq!(answer["quotes"][0]["passage"], "lighthouse/2.1");
}

#[test]
fn a_second_run_makes_no_requests() {
    let (program, endpoint) = (program(), Endpoint::new(good));
    enrich(&program, &endpoint).succeeded();
    let before = file(&program);
    enrich(&program, &endpoint).succeeded();
    assert_eq!(endpoint.requests().len(), 5);
    assert_eq!(file(&program), before);
}

#[test]
fn drafts_on_another_subject_and_repeats_are_dropped() {
    let program = program();
    program.write(
        FILE,
        "# Mine.\n\n[[passage]]\nid = \"1.1\"\norigin = \"editor\"\nquestions = [\n  \"为什么留在灯塔?\",\n]\n",
    );
    let endpoint = Endpoint::new(|request| match passage_of(request) {
        0 => Response::Says(
            json!({"questions": [
                "為什麼留在燈塔",
                "为什么一天也不肯离开?",
                "为什么一天也不肯离开!",
                "量子比特如何纠错?",
                "他怎么看?",
                "Why did he never leave?",
            ]})
            .to_string(),
        ),
        1 => Response::Says(
            json!({"questions": ["量子比特如何纠错?", "股票多少钱?", "Why quantum?"]}).to_string(),
        ),
        _ => good(request),
    });
    let run = enrich(&program, &endpoint).succeeded();
    assert_eq!(
        of(&program, "1.1", "editor"),
        ["为什么留在灯塔?"],
        "questions by the editor should be kept"
    );
    assert_eq!(
        of(&program, "1.1", "model"),
        ["为什么一天也不肯离开?", "Why did he never leave?"],
        "an English draft should be kept if others of its answer are on the subject"
    );
    assert!(
        of(&program, "1.2", "model").is_empty(),
        "nothing should be kept of an answer that is on another subject altogether"
    );
    assert!(file(&program).starts_with("# Mine.\n"));
    assert!(run.stdout.contains("dropped 5 off the subject, 2 repeats"), "{run:#?}");
}

#[test]
fn a_passage_whose_drafts_were_all_dropped_is_not_requested_again() {
    let program = program();
    let endpoint =
        Endpoint::new(|_| Response::Says(json!({"questions": ["量子比特?"]}).to_string()));
    enrich(&program, &endpoint).succeeded();
    enrich(&program, &endpoint).succeeded();
    assert_eq!(endpoint.requests().len(), 5);
}

#[test]
fn temporary_faults_are_retried() {
    let program = program();
    let endpoint = Endpoint::new(|request| match request.number {
        0 => Response::Status("429 Too Many Requests", "retry-after: 0\r\n", "slow down".into()),
        1 => Response::Status("500 Internal Server Error", "", "oops".into()),
        2 => Response::Garbage,
        3 => Response::Half,
        4 => Response::Says("I cannot do that.".into()),
        5 => Response::Silence,
        6 => Response::SaysWithoutUsage("{\"questions\": [".into()),
        _ => good(request),
    });
    let mut command = command(&program, &endpoint);
    command.env("WENJIAN__ENRICH__ATTEMPTS", "8").env("WENJIAN__ENRICH__TIMEOUT_SECONDS", "5");
    let run = Run::of(&mut command).succeeded();
    assert_eq!(questions(&program).len(), 5);
    assert_eq!(endpoint.requests().len(), 12);
    assert!(run.stdout.contains("12 requests, 600 tokens in, 60 tokens out (1 "), "{run:#?}");
}

#[test]
fn a_retry_after_of_a_day_is_neither_waited_for_nor_ignored() {
    let program = program();
    let endpoint = Endpoint::new(|_| {
        Response::Status("429 Too Many Requests", "retry-after: 86400\r\n", "come back".into())
    });
    let mut command = command(&program, &endpoint);
    let run = Run::of(command.env("WENJIAN__ENRICH__CONCURRENCY", "1"));
    assert_eq!(
        endpoint.requests().len(),
        3,
        "the program should neither wait for a day nor ask again at once"
    );
    assert!(run.stderr.contains("429") && run.stderr.contains("come back"), "{run:#?}");
}

#[test]
fn a_refused_request_does_not_stop_the_other_passages() {
    let program = program();
    let endpoint = Endpoint::new(|request| match passage_of(request) {
        1 => Response::Status("400 Bad Request", "", "too long".into()),
        _ => good(request),
    });
    let run = enrich(&program, &endpoint);
    assert_eq!(questions(&program).len(), 4);
    assert!(run.stderr.contains("`lighthouse/1.2`") && run.stderr.contains("too long"), "{run:#?}");
    assert!(run.stdout.contains("4 passages"), "{run:#?}");
}

#[test]
fn a_refused_key_ends_the_run_and_is_never_printed() {
    let program = program();
    let endpoint = Endpoint::new(|request| {
        let said = format!("wrong: {}", request.authorization.as_deref().unwrap_or_default());
        Response::Status("401 Unauthorized", "", said)
    });
    let mut command = command(&program, &endpoint);
    command.env("WENJIAN__ENRICH__KEY", "sk-secret").env("WENJIAN__ENRICH__CONCURRENCY", "1");
    command.env("WENJIAN__LOG__LEVEL", "trace");
    let run = Run::of(&mut command);
    assert_eq!(endpoint.requests().len(), 1);
    assert_eq!(endpoint.requests()[0].authorization.as_deref(), Some("Bearer sk-secret"));
    assert!(run.stderr.contains("401") && run.stderr.contains("`enrich.key`"), "{run:#?}");
    let settings = command.get_envs().fold(program.command(), |mut config, (name, value)| {
        config.env(name, value.unwrap());
        config
    });
    let config = Run::of({ settings }.arg("config")).succeeded();
    for text in [run.stdout, run.stderr, config.stdout, config.stderr] {
        assert!(!text.contains("sk-secret"), "{text}");
    }
}

#[test]
fn a_dead_endpoint_ends_the_run_after_three_passages() {
    let program = program();
    let endpoint = Endpoint::new(|_| Response::Half);
    let mut command = command(&program, &endpoint);
    command.env("WENJIAN__ENRICH__ATTEMPTS", "2");
    let run = Run::of(&mut command);
    assert!(run.stderr.contains("3 passages in a row failed"), "{run:#?}");
    assert!(!program.path(FILE).exists());
}

#[test]
fn a_run_that_was_killed_is_resumed_by_the_next() {
    let program = program();
    let (third, reached) = std::sync::mpsc::channel();
    let third = Mutex::new(third);
    let endpoint = Endpoint::new(move |request| {
        if request.number == 2 {
            third.lock().unwrap().send(()).unwrap();
            return Response::Silence;
        }
        good(request)
    });
    let mut killed = command(&program, &endpoint);
    killed.env("WENJIAN__ENRICH__CONCURRENCY", "1").stdout(Stdio::null()).stderr(Stdio::null());
    let mut killed = killed.spawn().unwrap();
    reached.recv().unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(questions(&program).len(), 2);
    enrich(&program, &endpoint).succeeded();
    assert_eq!(questions(&program).len(), 5);
    assert_eq!(endpoint.requests().len(), 2 + 1 + 3);
}

#[test]
fn drafts_are_made_only_for_the_interviews_that_are_named() {
    let (program, endpoint) = (program(), Endpoint::new(good));
    program.write("corpus/other.txt", LIGHTHOUSE.replace("\"lighthouse\"", "\"other\""));
    let mut named = command(&program, &endpoint);
    Run::of(named.arg("other")).succeeded();
    assert!(!program.path(FILE).exists());
    let mut unknown = command(&program, &endpoint);
    Run::of(unknown.arg("nobody")).failed(1, &["`nobody`", "lighthouse, other"]);
}

#[test]
fn an_editor_reviews_drafts_passage_by_passage() {
    let (program, endpoint) = (program(), Endpoint::new(good));
    enrich(&program, &endpoint).succeeded();
    let run = program.run_with_input(&["enrich", "--review"], b"\n1\nwhat?\nx\ns\nq\n").succeeded();
    assert_eq!(of(&program, "1.1", "editor"), [PASSAGES[0].2], "kept");
    assert!(of(&program, "1.2", "editor").is_empty(), "its question should have been struck");
    assert!(file(&program).contains("id = \"1.2\"\norigin = \"editor\"\nterms = [\"灯塔\"]"));
    assert!(!questions(&program).contains_key(&("2.1".to_owned(), "editor".to_owned())));
    assert_eq!(
        of(&program, "3.1", "model"),
        [PASSAGES[3].2],
        "a passage that was skipped should keep its drafts"
    );
    assert!(run.stdout.contains("#1 为什么一天也不肯离开灯塔?"), "{run:#?}");
    assert!(run.stdout.contains("3 drafts kept, 3 struck, 4 waiting"), "{run:#?}");
    enrich(&program, &endpoint).succeeded();
    assert_eq!(
        endpoint.requests().len(),
        5,
        "passages that were reviewed should not be drafted again"
    );
    let rest = program.run(["enrich", "--review"]).succeeded();
    assert!(rest.stdout.contains("lighthouse/3.2") && !rest.stdout.contains("lighthouse/1.1"));
    assert!(rest.stdout.contains("0 drafts kept, 0 struck, 4 waiting"), "{rest:#?}");
}

#[test]
fn a_review_can_be_done_with_options_alone() {
    let (program, endpoint) = (program(), Endpoint::new(good));
    enrich(&program, &endpoint).succeeded();
    let before = file(&program);
    for wrong in ["lighthouse/9.9", "lighthouse/1.1#3", "lighthouse/1.1#x"] {
        program.run(["enrich", "--review", "--keep-all", "--strike", wrong]).failed(1, &[wrong]);
    }
    assert_eq!(file(&program), before, "nothing should be written if an option is wrong");
    program.run(["enrich", "--review", "--strike", "lighthouse/1.1#2"]).succeeded();
    assert_eq!(of(&program, "1.1", "model"), [PASSAGES[0].2], "the other drafts should still wait");
    let run =
        program.run(["enrich", "--review", "--keep-all", "--strike", "lighthouse/3.1"]).succeeded();
    assert!(run.stdout.contains("7 drafts kept, 2 struck, 0 waiting"), "{run:#?}");
    assert_eq!(of(&program, "3.2", "editor"), [PASSAGES[4].2]);
    assert!(of(&program, "3.1", "editor").is_empty());
}

#[test]
fn an_error_in_a_questions_file_is_reported_with_its_line() {
    let program = program();
    program.write(FILE, "[[passage]]\nid = \"4.1\"\norigin = \"editor\"\nquestions = [\"a?\"]\n");
    program.run(["index"]).failed(1, &["lighthouse.questions.toml:2:", "`4.1`", "`3.2`"]);
    program.write(FILE, "[[passage]]\nid = \"1.1\"\norigin = \"editor\"\nanswers = [\"a?\"]\n");
    program.run(["index"]).failed(1, &["lighthouse.questions.toml:4:", "`answers`"]);
}
