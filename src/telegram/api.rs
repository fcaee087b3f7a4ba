//! Calls of the Bot API.
//!
//! The methods are teloxide's payloads; the transport is ours. teloxide's sleeps ten seconds inside
//! a call that met a server error, and takes a sent message for a failed call when it cannot read
//! all of the answer: one would hold a chat up, the other send everything twice.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use teloxide_core::requests::Payload;

/// The longest a call may take, beside the time for which it asks Telegram to wait.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A key: the bot's, or Telegram's to our web server. It never shows.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Whether `given` is it; takes as long whatever it is.
    pub(super) fn is(&self, given: &[u8]) -> bool {
        let [own, given] = [self.0.as_bytes(), given].map(Sha256::digest);
        !self.is_empty() && bool::from(own.as_slice().ct_eq(given.as_slice()))
    }

    /// Another key, which tells nothing of this one; always the same for one `purpose`.
    pub(super) fn derive(&self, purpose: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(self.0.trim())
            .chain_update([0])
            .chain_update(purpose)
            .finalize();
        Self(URL_SAFE_NO_PAD.encode(digest))
    }

    /// For whom it is meant.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(token)
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { "***" })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// No answer came.
    #[error("no answer from Telegram")]
    Network(#[source] reqwest::Error),
    /// Telegram refused.
    #[error("Telegram refused: {0}")]
    Refused(Refusal),
}

/// What Telegram says when it refuses.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// As of HTTP.
    pub(super) code: u16,
    /// For developers, in English.
    pub(super) description: String,
    /// Seconds to wait.
    pub(super) retry_after: Option<u64>,
    /// The supergroup that the group became.
    pub(super) migrate_to_chat_id: Option<i64>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.description)
    }
}

impl Failure {
    /// It may go well the next time.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Refused(refusal) => refusal.code >= 500,
        }
    }

    /// Telegram's words, where it refused with `code`.
    pub(super) fn refused_with(&self, code: u16) -> Option<&str> {
        match self {
            Self::Refused(refusal) if refusal.code == code => Some(&refusal.description),
            _ => None,
        }
    }
}

/// What wraps every answer.
#[derive(Deserialize)]
struct Envelope<T> {
    ok: bool,
    result: Option<T>,
    error_code: Option<u16>,
    description: Option<String>,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

/// A connection pool to one bot's methods.
#[derive(Debug)]
pub(super) struct Api {
    client: Client,
    methods: Methods,
}

/// The address of the methods, which holds the token.
struct Methods(Url);

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Api {
    /// `None` if `server` is no address of an HTTP server.
    pub(super) fn new(server: &str, token: &Token) -> Option<Self> {
        let mut methods = Url::parse(server).ok()?;
        methods.path_segments_mut().ok()?.pop_if_empty().push(&format!("bot{}", token.0.trim()));
        let client =
            Client::builder().connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true).build().ok()?;
        Some(Self { client, methods: Methods(methods) })
    }

    /// Calls a method and reads of its answer what `T` asks for.
    pub(super) async fn call<P, T>(&self, payload: &P) -> Result<T, Failure>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        let mut url = self.methods.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // teloxide tells the two forms of one method apart by this ending.
            segments.push(P::NAME.trim_end_matches("Inline"));
        }
        let timeout = TIMEOUT + payload.timeout_hint().unwrap_or_default();
        let request = self.client.post(url).timeout(timeout).json(payload);
        let answer = async {
            let response = request.send().await?;
            Ok((response.status().as_u16(), response.bytes().await?))
        };
        let answer: reqwest::Result<_> = answer.await;
        let result = match answer {
            Ok((status, body)) => open(status, &body),
            // The address holds the token.
            Err(error) => Err(Failure::Network(error.without_url())),
        };
        count(P::NAME, result.as_ref().err());
        result
    }
}

/// Counts a call, and what went wrong with it.
fn count(method: &'static str, failure: Option<&Failure>) {
    metrics::counter!("wenjian_telegram_calls_total", "method" => method).increment(1);
    let Some(failure) = failure else { return };
    let kind = match failure {
        Failure::Network(_) => "network",
        Failure::Refused(refusal) => match refusal.code {
            429 => "too_many",
            403 => "forbidden",
            500.. => "server",
            _ => "refused",
        },
    };
    metrics::counter!("wenjian_telegram_errors_total", "method" => method, "kind" => kind)
        .increment(1);
}

/// Takes the result out of its envelope.
fn open<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, Failure> {
    let refusal = match serde_json::from_slice::<Envelope<T>>(body) {
        Ok(Envelope { ok: true, result: Some(result), .. }) => return Ok(result),
        Ok(envelope) => Refusal {
            code: envelope.error_code.unwrap_or(status),
            description: envelope.description.unwrap_or_default(),
            retry_after: envelope.parameters.retry_after,
            migrate_to_chat_id: envelope.parameters.migrate_to_chat_id,
        },
        Err(error) => Refusal {
            // Something between us and Telegram answered.
            code: if status < 300 { 502 } else { status },
            description: format!("not an answer of the Bot API: {error}"),
            ..Refusal::default()
        },
    };
    Err(Failure::Refused(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Sent {
        message_id: i32,
    }

    fn refusal(status: u16, body: &str) -> Refusal {
        match open::<Sent>(status, body.as_bytes()) {
            Err(Failure::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_is_read_as_far_as_it_is_needed() {
        let body = r#"{"ok":true,"result":{"message_id":4,"hologram":{"type":"new"}}}"#;
        assert_eq!(open::<Sent>(200, body.as_bytes()).unwrap().message_id, 4);
    }

    #[test]
    fn a_refusal_says_why_and_what_to_do() {
        let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3}}"#;
        let refusal = refusal(429, body);
        assert_eq!((refusal.code, refusal.retry_after), (429, Some(3)));
    }

    #[test]
    fn what_a_proxy_says_is_no_success() {
        assert_eq!(refusal(200, "<html>welcome").code, 502);
        assert_eq!(refusal(504, "<html>timeout").code, 504);
    }

    #[test]
    fn the_token_never_shows() {
        let token = Token::from("123:secret".to_owned());
        let api = Api::new("http://localhost:1/", &token);
        assert!(!format!("{token} {token:?} {api:?}").contains("secret"));
    }

    #[tokio::test]
    async fn not_even_in_an_error() {
        let api = Api::new("http://127.0.0.1:1", &Token::from("123:secret".to_owned())).unwrap();
        let get_me = teloxide_core::payloads::GetMe::new();
        let error = api.call::<_, serde_json::Value>(&get_me).await.unwrap_err();
        let report = format!("{:?}", anyhow::Error::new(error));
        assert!(!report.contains("secret"), "{report}");
    }
}
