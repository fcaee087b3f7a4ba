//! `wenjian mcp`, driven as a language model's client does: JSON-RPC, one object a line, over its standard
//! input and output.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::program::Program;

/// How long a response may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client and the server that it started, which is killed when this is dropped.
struct Session {
    process: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    last_id: u64,
}

impl Session {
    /// Starts the server for the project's corpus, and opens a session.
    fn open() -> Self {
        let mut command = Program::of_the_project().command();
        command.arg("mcp").env("WENJIAN__WEB__PUBLIC_URL", "https://quotes.example.org/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let stdin = process.stdin.take();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let mut session = Self { process, stdin, lines, last_id: 0 };
        let opened = session.result(
            "initialize",
            json!({
                "protocolVersion": "2025-06-18", "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            }),
        );
        assert_eq!(opened["serverInfo"]["name"], "wenjian");
        assert!(opened["instructions"].as_str().unwrap().contains("verbatim"), "{opened}");
        session.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        session
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    /// Sends a request and returns its response.
    fn request(&mut self, method: &str, params: impl Into<Value>) -> Value {
        let params: Value = params.into();
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("a response should come");
            let message: Value = serde_json::from_str(&line).expect("each line should be JSON");
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Sends a request and returns its result.
    fn result(&mut self, method: &str, params: impl Into<Value>) -> Value {
        let mut response = self.request(method, params);
        assert!(response["error"].is_null(), "{response}");
        response["result"].take()
    }

    /// Calls a tool that succeeds, and returns what it found.
    fn call(&mut self, tool: &str, arguments: impl Into<Value>) -> Value {
        let arguments: Value = arguments.into();
        let mut result = self.result("tools/call", json!({"name": tool, "arguments": arguments}));
        assert_eq!(result["isError"], false, "{result}");
        let text: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        let found = result["structuredContent"].take();
        assert_eq!(found, text, "older clients read the text");
        found
    }

    /// Calls a tool that fails, and returns what it says.
    fn failure(&mut self, tool: &str, arguments: impl Into<Value>) -> String {
        let arguments: Value = arguments.into();
        let result = self.result("tools/call", json!({"name": tool, "arguments": arguments}));
        assert_eq!(result["isError"], true, "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn tools_tell_the_model_to_quote_verbatim_and_to_link() {
    let mut session = Session::open();
    let tools = session.result("tools/list", json!({}));
    let tools = tools["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["search_quotes", "get_passage", "list_interviews"]);
    for tool in &tools[..2] {
        let description = tool["description"].as_str().unwrap();
        assert!(description.contains("verbatim") && description.contains("permalink"), "{tool}");
        assert_eq!(tool["annotations"]["readOnlyHint"], true);
    }
    let schema = &tools[0]["inputSchema"];
    assert_eq!((&schema["type"], &schema["required"]), (&json!("object"), &json!(["question"])));
    assert!(schema["properties"]["interview"]["description"].is_string(), "{schema}");
}

#[test]
fn quotations_are_slices_of_passages_with_their_sources() {
    let mut session = Session::open();
    let question = json!({"question": "硅谷为什么解释不了杭州？", "limit": 2});
    let found = session.call("search_quotes", question);
    assert_eq!(found["verdict"], "answer");
    let quotes = found["quotes"].as_array().unwrap();
    assert_eq!(quotes.len(), 2);
    for quote in quotes {
        let id = quote["passage_id"].as_str().unwrap();
        let passage = session.call("get_passage", json!({"passage_id": id}));
        let words = quote["quotation"].as_str().unwrap();
        assert!(passage["quotation"].as_str().unwrap().contains(words), "{quote}");
        assert!(quote["attribution"].as_str().unwrap().contains("《財經》"), "{quote}");
        assert_eq!(quote["speaker"], "王堅");
        assert!(!quote["source_question"].as_str().unwrap().is_empty());
        let link = quote["permalink"].as_str().unwrap();
        assert!(link.starts_with(&format!("https://quotes.example.org/i/{id}?r=")), "{link}");
        assert_eq!(passage["source_question"], quote["source_question"]);
        assert!(
            passage["next_passage_id"].is_string() || passage["previous_passage_id"].is_string()
        );
    }
    let nothing = session.call("search_quotes", json!({"question": "月亮是用什么奶酪做的？"}));
    assert_eq!((&nothing["verdict"], &nothing["quotes"]), (&json!("none"), &json!([])));
}

#[test]
fn interviews_are_listed_and_can_be_read_as_resources() {
    let mut session = Session::open();
    let listed = session.call("list_interviews", json!({}));
    let interview = &listed["interviews"][0];
    assert_eq!((&interview["passages"], &interview["interviewee"]), (&json!(52), &json!("王堅")));
    let resources = session.result("resources/list", json!({}));
    assert_eq!(resources["resources"][0]["uri"], interview["uri"]);
    let read = session.result("resources/read", json!({"uri": interview["uri"]}));
    let text = read["contents"][0]["text"].as_str().unwrap();
    assert_eq!(read["contents"][0]["mimeType"], "text/markdown");
    let slug = interview["interview"].as_str().unwrap();
    let id = format!("{slug}/3.1");
    let passage = session.call("get_passage", json!({"passage_id": id}));
    assert!(text.contains(&id) && text.contains(passage["quotation"].as_str().unwrap()));

    let within = json!({"question": "开源", "interview": slug});
    assert!(!session.call("search_quotes", within)["quotes"].as_array().unwrap().is_empty());
}

#[test]
fn a_wrong_call_says_what_to_do_and_does_not_end_the_session() {
    let mut session = Session::open();
    for (tool, arguments, hint) in [
        ("search_quotes", json!({}), "question"),
        ("search_quotes", json!({"question": " "}), "1 to 2000"),
        ("search_quotes", json!({"question": "杭".repeat(2001)}), "1 to 2000"),
        ("search_quotes", json!({"question": "杭州", "limit": 0}), "1 to 20"),
        ("search_quotes", json!({"question": "杭州", "limit": "many"}), "arguments"),
        ("search_quotes", json!({"question": "杭州", "interview": "../x"}), "list_interviews"),
        ("search_quotes", json!({"question": "杭州", "mood": "good"}), "mood"),
        ("get_passage", json!({"passage_id": "caijing-wangjian/999.1"}), "search_quotes"),
        ("list_interviews", json!({"page": 2}), "page"),
    ] {
        let said = session.failure(tool, arguments);
        assert!(said.contains(hint), "{tool}: {said}");
    }
    for (method, params) in [
        ("tools/call", json!({"name": "sing", "arguments": {}})),
        ("resources/read", json!({"uri": "wenjian://interviews/nothing"})),
        ("resources/read", json!({"uri": "file:///etc/passwd"})),
        ("no/such/method", json!({})),
    ] {
        let response = session.request(method, params);
        assert!(response["error"]["message"].is_string(), "{response}");
    }
    assert!(session.call("list_interviews", json!({}))["interviews"].is_array());
}

#[test]
fn the_server_ends_with_its_client() {
    let mut session = Session::open();
    session.stdin = None;
    assert!(session.process.wait().unwrap().success());
    assert!(session.lines.iter().next().is_none(), "nothing but responses should be printed");
}
