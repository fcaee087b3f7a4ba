//! Requests chat completions from an OpenAI-compatible endpoint, and retries temporary failures.
//!
//! The two objects that are needed have types of their own here. The crate `async-openai` would bring a
//! second version of `reqwest`, beside the one that Telegram's library uses, and its own retries.

use std::error::Error as _;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::{Response, StatusCode, Url, header};
use serde::{Deserialize, Serialize};

use super::{Error, Options};

/// The longest wait between two attempts. If the server asks for a longer one, the request has failed.
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// Number of characters of an error response that are shown.
const SHOWN: usize = 200;

/// The reason why a passage got no draft.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// There was no response, or it was incomplete.
    #[error("no answer from the model: {0}")]
    Transport(String),
    /// The endpoint responded with an error status.
    #[error("the model's endpoint responded with {status}: {body}")]
    Status {
        status: StatusCode,
        /// The beginning of the response's body, with the key masked.
        body: String,
    },
    /// The response is not a usable answer.
    #[error("the model's answer is not usable: {0}")]
    Answer(String),
}

impl DraftError {
    /// Returns whether all other requests would fail for the same reason.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Status { status, .. }
            if [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND]
                .contains(status))
    }

    /// Returns whether the failure may be temporary, so that another attempt makes sense.
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

/// Counts of requests and tokens, including failed attempts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// The number of requests, including those that failed.
    pub requests: u64,
    /// Number of answers that did not report their tokens.
    pub unreported: u64,
    /// Number of input tokens, as reported.
    pub tokens_in: u64,
    /// Number of output tokens, as reported.
    pub tokens_out: u64,
}

/// A client for the endpoint.
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
    message: ChoiceMessage,
}

#[derive(Deserialize)]
struct ChoiceMessage {
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
    failure: DraftError,
    wait: Option<Duration>,
}

impl From<DraftError> for Attempt {
    fn from(failure: DraftError) -> Self {
        Self { failure, wait: None }
    }
}

impl Client {
    /// Creates a client for the endpoint in `options`.
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
            return Err(invalid(
                "the address does not begin with `http://` or `https://`".to_owned(),
            ));
        }
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(options.timeout_seconds.get()))
            .build()
            .map_err(|error| invalid(error.to_string()))?;
        Ok(Self { http, url, options: options.clone(), spent: Mutex::default() })
    }

    /// Returns the number of requests to send at the same time.
    pub(super) fn concurrency(&self) -> usize {
        self.options.concurrency.get()
    }

    /// Returns the number of questions to ask for per passage.
    pub(super) fn questions(&self) -> usize {
        self.options.questions.get()
    }

    /// Returns the counts so far.
    pub fn spent(&self) -> Spent {
        *self.spent.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Sends the messages to the model and parses its answer with `read`. Temporary failures, including an
    /// answer that `read` refuses, are retried.
    pub async fn ask<T>(
        &self,
        system: &str,
        user: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, DraftError> {
        let mut backoff = Duration::from_millis(self.options.retry_wait_ms);
        let mut left = self.options.attempts.get();
        loop {
            left -= 1;
            let answer = self.complete(system, user).await;
            let attempt = match answer {
                Ok(text) => match read(&text) {
                    Ok(value) => return Ok(value),
                    Err(why) => Attempt::from(DraftError::Answer(why)),
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
            .map_err(|error| DraftError::Answer(format!("it is no chat completion: {error}")))?;
        self.count(|spent| match &completion.usage {
            Some(usage) => {
                spent.tokens_in += usage.prompt_tokens;
                spent.tokens_out += usage.completion_tokens;
            }
            None => spent.unreported += 1,
        });
        let content = completion.choices.into_iter().next().and_then(|first| first.message.content);
        content.ok_or_else(|| DraftError::Answer("it is empty".to_owned()).into())
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
        Attempt { failure: DraftError::Status { status, body }, wait }
    }

    fn count(&self, change: impl FnOnce(&mut Spent)) {
        change(&mut self.spent.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

/// Returns the error with its causes, but without the address, which may contain a password.
fn transport(error: reqwest::Error) -> Attempt {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    DraftError::Transport(text).into()
}
