//! Parses calls with a file: `multipart/form-data` as the bot's client writes it.

use serde_json::{Map, Value, json};

/// The parameters of a call and the file that came with it.
pub(super) struct Form {
    pub(super) params: Value,
    pub(super) file: Option<Vec<u8>>,
}

/// Parses a body whose parts are separated by `boundary`. Returns `None` if it is malformed.
pub(super) fn read(body: &[u8], boundary: &str) -> Option<Form> {
    let delimiter = format!("--{boundary}");
    let mut params = Map::new();
    let mut file = None;
    let mut rest = after(body, delimiter.as_bytes())?;
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, format!("\r\n{delimiter}").as_bytes())?;
        let (own, next) = part.split_at(end);
        rest = after(next, delimiter.as_bytes())?;
        let split = find(own, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&own[..split]).ok()?;
        let content = &own[split + 4..];
        let name = attribute(head, "name")?;
        let value = match attribute(head, "filename") {
            Some(file_name) => {
                file = Some(content.to_vec());
                json!({"file_name": file_name, "bytes": content.len()})
            }
            None => text(std::str::from_utf8(content).ok()?),
        };
        params.insert(name, value);
    }
    (rest == b"--\r\n").then_some(Form { params: Value::Object(params), file })
}

/// Parses numbers and objects, which a form contains as text.
fn text(content: &str) -> Value {
    match serde_json::from_str(content) {
        Ok(value @ (Value::Number(_) | Value::Object(_))) => value,
        _ => json!(content),
    }
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!("; {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn after<'b>(body: &'b [u8], wanted: &[u8]) -> Option<&'b [u8]> {
    find(body, wanted).map(|at| &body[at + wanted.len()..])
}
