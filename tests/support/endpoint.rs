//! A fake OpenAI-compatible endpoint. It writes each byte of HTTP itself, so that it can misbehave.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Position among all requests, counted from 0.
    pub(crate) number: usize,
    /// Method and path, such as `POST /v1/chat/completions`.
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Value,
}

impl Request {
    /// Returns the message that describes the passage to the model.
    pub(crate) fn prompt(&self) -> &str {
        self.body["messages"][1]["content"].as_str().unwrap()
    }
}

/// How the endpoint responds to a request.
pub(crate) enum Response {
    /// The model answers with this text, and reports 100 tokens of input and 10 of output.
    Says(String),
    /// The model answers with this text, and reports no number of tokens.
    SaysWithoutUsage(String),
    /// A response with this status, these header lines and this body.
    Status(&'static str, &'static str, String),
    /// A successful response that is no chat completion.
    Garbage,
    /// A part of a response, after which the connection is closed.
    Half,
    /// No response for ten minutes.
    Silence,
}

/// A running endpoint. It runs until the test's process ends.
pub(crate) struct Endpoint {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Endpoint {
    /// Starts an endpoint that gives the responses that `respond` returns.
    pub(crate) fn new(respond: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let respond = Arc::new(respond);
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for connection in listener.incoming().filter_map(Result::ok) {
                let (seen, respond) = (Arc::clone(&seen), Arc::clone(&respond));
                std::thread::spawn(move || serve(&connection, &seen, respond.as_ref()));
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads one request and responds to it. A client that closes the connection is ignored.
fn serve(
    connection: &TcpStream,
    seen: &Mutex<Vec<Request>>,
    respond: &dyn Fn(&Request) -> Response,
) {
    let Some(mut request) = read(connection) else { return };
    {
        let mut seen = seen.lock().unwrap();
        request.number = seen.len();
        seen.push(request.clone());
    }
    let bytes = match respond(&request) {
        Response::Says(text) => {
            let usage = json!({"prompt_tokens": 100, "completion_tokens": 10});
            http("200 OK", "", &completion(&text, &usage))
        }
        Response::SaysWithoutUsage(text) => http("200 OK", "", &completion(&text, &Value::Null)),
        Response::Status(status, headers, body) => http(status, headers, &body),
        Response::Garbage => http("200 OK", "", "<html>busy</html>"),
        Response::Half => {
            let mut bytes = http("200 OK", "", &completion("half", &Value::Null));
            bytes.truncate(bytes.len() - 20);
            bytes
        }
        Response::Silence => {
            std::thread::sleep(Duration::from_mins(10));
            return;
        }
    };
    let mut connection = connection;
    let _ = connection.write_all(&bytes);
}

fn read(connection: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(connection);
    let mut target = String::new();
    reader.read_line(&mut target).ok()?;
    let (mut length, mut authorization) = (0, None);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).ok()?;
    let target = target.trim_end_matches(" HTTP/1.1\r\n").to_owned();
    Some(Request { number: 0, target, authorization, body })
}

fn completion(text: &str, usage: &Value) -> String {
    let message = json!({"role": "assistant", "content": text});
    json!({"choices": [{"index": 0, "message": message}], "usage": usage}).to_string()
}

fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}
