//! Chat completions of an OpenAI-compatible endpoint, asked again where that may help.
//!
//! Own types for the two objects that are needed: async-openai, the client crate that is kept best,
//! would bring a second HTTP client (its reqwest is not the one that Telegram's library uses) and its
//! own idea of when to ask again.

use std::error::Error as _;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::{Response, StatusCode, Url, header};
use serde::{Deserialize, Serialize};

use super::{Error, Options};

/// The longest wait between two attempts: a server that wants more is better asked another day.
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// Characters of a refusal that are shown.
const SHOWN: usize = 200;

/// Why a passage got no draft.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No answer came, or not all of it.
    #[error("no answer from the model: {0}")]
    Transport(String),
    /// An answer came that says no.
    #[error("the model's endpoint answered {status}: {body}")]
    Status {
        /// The HTTP status.
        status: StatusCode,
        /// The beginning of what it said, the key masked.
        body: String,
    },
    /// An answer came that is none.
    #[error("the model's answer is not usable: {0}")]
    Answer(String),
}

impl Failure {
    /// Whether everything else would be refused as well.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Status { status, .. }
            if [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND]
                .contains(status))
    }

    fn may_pass(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Answer(_) => true,
            Self::Status { status, .. } => {
                status.is_server_error()
                    || [StatusCode::REQUEST_TIMEOUT, StatusCode::CONFLICT].contains(status)
                    || *status == StatusCode::TOO_MANY_REQUESTS
            }
        }
    }
}

/// What was asked of the endpoint, failed attempts included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests sent.
    pub requests: u64,
    /// Answers that did not say what they cost.
    pub unreported: u64,
    /// Tokens that were read, as reported.
    pub tokens_in: u64,
    /// Tokens that were written, as reported.
    pub tokens_out: u64,
}

/// An endpoint.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    url: Url,
    options: Options,
    spent: Mutex<Spent>,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: [Message<'a>; 2],
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Answer,
}

#[derive(Deserialize)]
struct Answer {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

/// A failed attempt, and how long the server asks to wait before the next.
struct Attempt {
    failure: Failure,
    wait: Option<Duration>,
}

impl From<Failure> for Attempt {
    fn from(failure: Failure) -> Self {
        Self { failure, wait: None }
    }
}

impl Client {
    /// The endpoint that `options` name.
    pub fn new(options: &Options) -> Result<Self, Error> {
        for (name, value) in [("url", &options.url), ("model", &options.model)] {
            if value.trim().is_empty() {
                return Err(Error::NotConfigured(name));
            }
        }
        let invalid = |why: String| Error::Url { url: options.url.clone(), why };
        let address = format!("{}/chat/completions", options.url.trim().trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|error| invalid(error.to_string()))?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(invalid("it is not of the web".to_owned()));
        }
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(options.timeout_seconds.get()))
            .build()
            .map_err(|error| invalid(error.to_string()))?;
        Ok(Self { http, url, options: options.clone(), spent: Mutex::default() })
    }

    /// Requests at a time.
    pub(super) fn concurrency(&self) -> usize {
        self.options.concurrency.get()
    }

    /// Questions to ask for, a passage.
    pub(super) fn questions(&self) -> usize {
        self.options.questions.get()
    }

    /// What was spent so far.
    pub fn spent(&self) -> Spent {
        *self.spent.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Asks the model and has its answer read by `read`; asks again where the failure may pass.
    pub async fn ask<T>(
        &self,
        system: &str,
        user: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let mut backoff = Duration::from_millis(self.options.retry_wait_ms);
        let mut left = self.options.attempts.get();
        loop {
            left -= 1;
            let answer = self.complete(system, user).await;
            let attempt = match answer {
                Ok(text) => match read(&text) {
                    Ok(value) => return Ok(value),
                    Err(why) => Attempt::from(Failure::Answer(why)),
                },
                Err(attempt) => attempt,
            };
            let wait = attempt.wait.unwrap_or(backoff);
            if left == 0 || !attempt.failure.may_pass() || wait > LONGEST_WAIT {
                return Err(attempt.failure);
            }
            tracing::warn!("{}; trying again in {wait:?}", attempt.failure);
            tokio::time::sleep(wait).await;
            backoff = (backoff * 2).min(LONGEST_WAIT);
        }
    }

    async fn complete(&self, system: &str, user: &str) -> Result<String, Attempt> {
        let messages =
            [Message { role: "system", content: system }, Message { role: "user", content: user }];
        let mut request = self
            .http
            .post(self.url.clone())
            .json(&Request { model: self.options.model.trim(), messages });
        if !self.options.key.is_empty() {
            request = request.bearer_auth(self.options.key.reveal());
        }
        self.count(|spent| spent.requests += 1);
        let response = request.send().await.map_err(transport)?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        let body = response.bytes().await.map_err(transport)?;
        let completion: Completion = serde_json::from_slice(&body)
            .map_err(|error| Failure::Answer(format!("it is no chat completion: {error}")))?;
        self.count(|spent| match &completion.usage {
            Some(usage) => {
                spent.tokens_in += usage.prompt_tokens;
                spent.tokens_out += usage.completion_tokens;
            }
            None => spent.unreported += 1,
        });
        let content = completion.choices.into_iter().next().and_then(|first| first.message.content);
        content.ok_or_else(|| Failure::Answer("it is empty".to_owned()).into())
    }

    async fn refusal(&self, response: Response) -> Attempt {
        let status = response.status();
        let wait = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| Some(Duration::from_secs(value.to_str().ok()?.trim().parse().ok()?)));
        let body = response.text().await.unwrap_or_default();
        let body: String = self.options.key.masked_in(&body).chars().take(SHOWN).collect();
        let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
        Attempt { failure: Failure::Status { status, body }, wait }
    }

    fn count(&self, change: impl FnOnce(&mut Spent)) {
        change(&mut self.spent.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

/// The error with its causes, without the address, which may hold a password.
fn transport(error: reqwest::Error) -> Attempt {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    Failure::Transport(text).into()
}
