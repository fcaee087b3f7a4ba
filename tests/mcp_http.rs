//! The server of the Model Context Protocol over HTTP: with the official Python SDK, and with requests that it must
//! refuse.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::browser::skipped;
use crate::support::program::project;
use crate::support::site::{Page, Site};

/// Settings that switch the server on.
const ON: (&str, &str) = ("WEB__MCP", "true");
const QUESTION: &str = "硅谷为什么解释不了杭州？";

/// Sends a request of the protocol, with more headers.
fn post(site: &Site, body: &str, headers: &[(&str, &str)]) -> Page {
    let accept = ("accept", "application/json, text/event-stream");
    let mut all = vec![accept, ("content-type", "application/json")];
    all.retain(|(name, _)| headers.iter().all(|(given, _)| given != name));
    all.extend_from_slice(headers);
    site.post("/mcp", &all, body)
}

/// Returns a request of the protocol with the number 1.
fn request(method: &str, params: impl Into<Value>) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params.into()}).to_string()
}

/// Asks with the official Python SDK, which opens a connection in this mode.
fn ask_with_sdk(site: &Site, mode: &str) -> Value {
    let url = format!("{}/mcp", site.url);
    let script = project().join("tests/data/mcp_client.py");
    let asked = Command::new("python3")
        .arg(script)
        .args([&url, mode, QUESTION])
        .env("PYTHONPATH", project().join("target/mcp-sdk"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&asked.stderr);
    assert!(asked.status.success(), "{said}");
    serde_json::from_slice(&asked.stdout).unwrap()
}

#[test]
fn the_official_sdk_finds_quotations_over_http() {
    if !project().join("target/mcp-sdk/mcp").is_dir() {
        skipped("target/mcp-sdk");
        return;
    }
    let site = Site::with(&[ON, ("WEB__PUBLIC_URL", "https://quotes.example.org")]);
    // `auto` asks the server which versions it knows; `legacy` opens a session, as older clients do.
    for mode in ["auto", "legacy"] {
        let received = ask_with_sdk(&site, mode);
        assert_eq!(received["server"], "wenjian", "help: mode `{mode}`");
        assert!(received["instructions"].as_str().unwrap().contains("verbatim"));
        let tools = json!(["search_quotes", "get_passage", "list_interviews"]);
        assert_eq!(received["tools"], tools);
        let quote = &received["quotes"]["quotes"][0];
        let id = quote["passage_id"].as_str().unwrap();
        let stored = site.get(&format!("/api/passages/{id}")).json();
        let words = quote["quotation"].as_str().unwrap();
        assert!(stored["text"].as_str().unwrap().contains(words), "{quote}");
        assert!(quote["permalink"].as_str().unwrap().starts_with("https://quotes.example.org/i/"));
        assert!(received["text"].as_str().unwrap().contains(words), "help: the resource");
        assert_eq!(received["is_error"], true);
    }
}

#[test]
fn every_request_is_complete_in_itself() {
    let site = Site::with(&[ON]);
    let arguments = json!({"question": QUESTION, "limit": 1});
    let call = request("tools/call", json!({"name": "search_quotes", "arguments": arguments}));
    let answered = post(&site, &call, &[]);
    assert_eq!(
        (answered.status, answered.header("content-type")),
        (200, "application/json".into())
    );
    let result = &answered.json()["result"]["structuredContent"];
    assert_eq!(result["verdict"], "answer");
    assert_eq!(result["quotes"].as_array().unwrap().len(), 1);
    assert_eq!(answered.header("mcp-session-id"), "");
    assert_eq!(site.get("/mcp").status, 405, "there is no stream to open");
}

#[test]
fn the_server_is_off_by_default() {
    let site = Site::start();
    let body = request("tools/list", json!({}));
    assert_eq!((post(&site, &body, &[]).status, site.get("/mcp").status), (404, 404));
}

#[test]
fn a_page_from_elsewhere_cannot_use_a_visitors_browser() {
    let site = Site::with(&[ON, ("WEB__PUBLIC_URL", "https://quotes.example.org")]);
    let body = request("tools/list", json!({}));
    let with = |name, value| post(&site, &body, &[(name, value)]).status;
    for host in ["localhost", "127.0.0.1:9", "[::1]:8080", "quotes.example.org"] {
        assert_eq!(with("host", host), 200, "help: host `{host}`");
    }
    for host in ["evil.example", "quotes.example.org.evil.example", "192.0.2.1"] {
        assert_eq!(with("host", host), 403, "help: host `{host}`");
    }
    assert_eq!(with("origin", "https://quotes.example.org"), 200);
    for origin in [
        "https://evil.example",
        "http://quotes.example.org",
        "https://quotes.example.org:8443",
        "http://localhost:3000",
        "null",
    ] {
        assert_eq!(with("origin", origin), 403, "help: origin `{origin}`");
    }
    // A form or an image of another page can send no JSON.
    assert_eq!(with("content-type", "text/plain"), 415);
    assert_eq!(with("accept", "text/html"), 406);
}

#[test]
fn unreadable_and_large_requests_are_refused() {
    let site = Site::with(&[ON]);
    for body in ["", "nonsense", "{}", "[]", r#"{"jsonrpc":"2.0","id":1,"method":7}"#] {
        let refused = post(&site, body, &[]);
        assert!((400..500).contains(&refused.status), "{body}: {}", refused.status);
    }
    let large = request("tools/call", json!({"name": "x".repeat(70_000)}));
    assert_eq!(post(&site, &large, &[]).status, 413);
    let unknown = post(&site, &request("no/such/method", json!({})), &[]);
    assert!(unknown.json()["error"]["message"].is_string(), "{}", unknown.text());
    assert_eq!(post(&site, &request("tools/list", json!({})), &[]).status, 200);
}

#[test]
fn a_client_over_its_limit_is_told_to_wait() {
    let site = Site::with(&[ON, ("WEB__RATE", "1"), ("WEB__BURST", "1")]);
    let body = request("tools/list", json!({}));
    let refused = Site::until("a refusal", || {
        let answered = post(&site, &body, &[]);
        (answered.status == 429).then_some(answered)
    });
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(refused.json()["error"].is_string());
}

#[test]
fn a_request_under_way_is_answered_when_the_server_stops() {
    let site = Site::with(&[ON]);
    let body = request("tools/list", json!({}));
    let (first, rest) = body.split_at(10);
    let mut stream = TcpStream::connect(site.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\naccept: application/json, text/event-stream\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body once a handler waits for it.
    let mut interim = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut interim).unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"));
    stream.write_all(first.as_bytes()).unwrap();
    site.signal("TERM");
    Site::until("the end of listening", || TcpStream::connect(site.address()).err());
    stream.write_all(rest.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(
        response.starts_with("HTTP/1.1 200") && response.contains("search_quotes"),
        "{response}"
    );
}
