//! Drives a headless Chromium by the `WebDriver` protocol.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use ureq::Agent;

/// A browser with one page, which is closed when this is dropped.
pub(crate) struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
}

/// How the browser shows the page.
#[derive(Default)]
pub(crate) struct Look {
    pub(crate) dark: bool,
    /// Emulates a phone with a screen of 390 × 844 pixels.
    pub(crate) phone: bool,
    pub(crate) without_scripts: bool,
}

impl Browser {
    /// Opens a browser that prefers Simplified Chinese. If chromedriver is not installed, the test is
    /// [skipped] and this returns `None`.
    pub(crate) fn open(look: &Look) -> Option<Self> {
        let driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut driver) = driver else {
            skipped("chromedriver");
            return None;
        };
        let port = BufReader::new(driver.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver says its port");
        let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
        let url = format!("http://127.0.0.1:{port}/session");
        let session = call(&agent, &url, &capabilities(look))["sessionId"].clone();
        let session = format!("{url}/{}", session.as_str().expect("a session"));
        Some(Self { driver, agent, session })
    }

    pub(crate) fn visit(&self, url: &str) {
        call(&self.agent, &format!("{}/url", self.session), &json!({ "url": url }));
    }

    /// Runs `body` as the body of a function in the page, and returns its result.
    pub(crate) fn run(&self, body: &str) -> Value {
        let script = json!({ "script": body, "args": [] });
        call(&self.agent, &format!("{}/execute/sync", self.session), &script)
    }

    /// Runs `body` as the body of a function in the page, and returns what it passes to the callback
    /// in its last argument.
    pub(crate) fn run_async(&self, body: &str) -> Value {
        let script = json!({ "script": body, "args": [] });
        call(&self.agent, &format!("{}/execute/async", self.session), &script)
    }

    /// Returns the errors and warnings of the console, such as failed scripts and refused resources.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let entries = self.log("browser");
        entries.iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// Returns the addresses that the browser has requested.
    pub(crate) fn requests(&self) -> Vec<String> {
        let url = |entry: &Value| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &event["message"];
            (message["method"] == "Network.requestWillBeSent")
                .then(|| message["params"]["request"]["url"].as_str().unwrap().to_owned())
        };
        self.log("performance").iter().filter_map(url).collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let entries =
            call(&self.agent, &format!("{}/se/log", self.session), &json!({ "type": kind }));
        entries.as_array().unwrap().clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(look: &Look) -> Value {
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--accept-lang=zh-CN".to_owned(),
        format!("--blink-settings=preferredColorScheme={}", u8::from(!look.dark)),
    ];
    if !look.phone {
        arguments.push("--window-size=1280,900".to_owned());
    }
    let mut options = json!({
        "args": arguments,
        "prefs": { "profile.content_settings.exceptions.clipboard": { "*": { "setting": 1 } } },
    });
    if look.without_scripts {
        options["prefs"]["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    if look.phone {
        let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 2.0 });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    let always = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    json!({ "capabilities": { "alwaysMatch": always } })
}

fn call(agent: &Agent, url: &str, body: &Value) -> Value {
    let mut response = agent.post(url).send(body.to_string()).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert!(answer["value"]["error"].is_null(), "{url}: {answer}");
    answer["value"].clone()
}

/// Prints that a test is skipped because `what` is missing. With `WENJIAN_TEST_ALL=1` this is a failure.
pub(crate) fn skipped(what: &str) {
    assert!(std::env::var("WENJIAN_TEST_ALL").as_deref() != Ok("1"), "`{what}` is missing");
    eprintln!("skipped: `{what}` is missing");
}
