//! Starts `wenjian web` on a free port with its own index, and sends requests to it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;

use super::program::{Program, files, project};

/// How long a test waits for anything before it fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server, which is killed when this is dropped.
pub(crate) struct Site {
    process: Child,
    agent: Agent,
    program: Program,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    /// Address of the metrics, if they are enabled.
    metrics: Option<String>,
}

pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// Returns the value of a header. If it occurs several times, the values are joined by commas.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.iter().filter(|(known, _)| known == name);
        values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Site {
    /// Serves the project's corpus, without limits.
    pub(crate) fn start() -> Self {
        Self::with(&[("WEB__LIMITS", "off")])
    }

    /// Serves a copy of the project's corpus with these settings (`WEB__LIMITS`, …).
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let program = Program::with(&[]);
        for from in files(&project().join("corpus")) {
            program.write(
                &format!("corpus/{}", from.file_name().unwrap().display()),
                fs::read(&from).unwrap(),
            );
        }
        Self::over(program, settings)
    }

    /// Serves the corpus of `program` with these settings.
    pub(crate) fn over(program: Program, settings: &[(&str, &str)]) -> Self {
        let mut command = program.command();
        command.arg("web").env("WENJIAN__WEB__LISTEN", "127.0.0.1:0").stderr(Stdio::piped());
        for (key, value) in settings {
            command.env(format!("WENJIAN__{key}"), value);
        }
        let mut process = command.spawn().unwrap();
        let (url, metrics) = announced(&mut process);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        Self { process, agent, program, url, metrics }
    }

    /// Returns the host and the port of the server.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Returns the folder of the corpus that is served.
    pub(crate) fn corpus(&self) -> PathBuf {
        self.program.path("corpus")
    }

    pub(crate) fn get(&self, path: &str) -> Page {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.call().unwrap())
    }

    /// Sends a form with these fields as `multipart/form-data`; a field called `file` is a file `page.md`.
    pub(crate) fn post_form(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(String, String)],
    ) -> Page {
        const PARTED: &str = "----wenjian-test";
        let part = |(name, value): &(String, String)| {
            let file = if name == "file" { "; filename=\"page.md\"" } else { "" };
            format!(
                "--{PARTED}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
            )
        };
        let body: String = fields.iter().map(part).chain([format!("--{PARTED}--\r\n")]).collect();
        let kind = format!("multipart/form-data; boundary={PARTED}");
        let headers = [&[("content-type", kind.as_str())], headers].concat();
        self.post(path, &headers, &body)
    }

    /// Sends `body` with these headers.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let mut request = self.agent.post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.send(body).unwrap())
    }

    /// Returns the value of the metric `name`, which includes its labels.
    pub(crate) fn metric(&self, name: &str) -> Option<f64> {
        let url = self.metrics.as_ref().expect("`WEB__METRICS_LISTEN` is set");
        let page = self.agent.get(url).call().unwrap().body_mut().read_to_string().unwrap();
        let line = page.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse().ok()
    }

    /// Sends the server the signal with this name, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Calls `done` until it returns a value; `what` describes it in the failure message.
    pub(crate) fn until<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(value) = done() {
                return value;
            }
            assert!(started.elapsed() < PATIENCE, "{what} did not come in time");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Page {
    let headers = response.headers().iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Page {
        status: response.status().as_u16(),
        headers: headers.collect(),
        body: response.body_mut().read_to_vec().unwrap(),
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads the addresses of the pages and of the metrics from the server's messages. All messages go to the
/// test's output.
fn announced(process: &mut Child) -> (String, Option<String>) {
    let mut metrics = None;
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let url = loop {
        let line = lines.next().expect("the server ended").unwrap();
        eprintln!("{line}");
        if let Some(url) = line.strip_prefix("metrics on ") {
            metrics = Some(url.to_owned());
        }
        if let Some(url) = line.strip_prefix("reader pages on ") {
            break url.to_owned();
        }
    };
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("{line}")));
    (url, metrics)
}

/// Percent-encodes `text` for use in an address.
pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
