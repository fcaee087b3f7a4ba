//! Calls of the Bot API.
//!
//! The methods are teloxide's payloads, but the transport is our own. After a server error
//! teloxide's transport sleeps for ten seconds inside the call, which would hold up the chat. If it
//! cannot parse a response, it reports a sent message as failed, which would send it again.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use teloxide::requests::Payload;

use crate::secret::Secret;

/// Timeout of a call, without the time for which the call asks Telegram to wait.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Timeout of a call that uploads or downloads a file: 20 MB over a slow line.
const TRANSFER_TIMEOUT: Duration = Duration::from_mins(2);
/// Timeout for connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Derives a key for `purpose` from `token`. The key is always the same and does
/// not reveal the token.
pub(super) fn derived(token: &Secret, purpose: &str) -> Secret {
    let digest =
        Sha256::new().chain_update(token.reveal().trim()).chain_update([0]).chain_update(purpose);
    Secret::from(URL_SAFE_NO_PAD.encode(digest.finalize()))
}

/// The reason why a call failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("no answer from Telegram")]
    Network(#[source] reqwest::Error),
    #[error("Telegram refused: {0}")]
    Refused(Refusal),
    /// Telegram accepted the call, and the rest of its response did not arrive or makes no sense.
    #[error("Telegram accepted the call, but its response cannot be read: {0}")]
    ResponseLost(String),
    /// Telegram could not be reached until the answer was of no use any more.
    #[error("it came too late to be of use")]
    TooLate,
}

/// The response by which Telegram refuses a call.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// The error code in the response or, if there is none, the HTTP status.
    pub(super) code: u16,
    /// Telegram's description of the error, in English.
    pub(super) description: String,
    /// How many seconds to wait before the next call.
    pub(super) retry_after: Option<u64>,
    /// The id of the supergroup that the group was upgraded to.
    pub(super) migrate_to_chat_id: Option<i64>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.description)
    }
}

impl ApiError {
    /// Returns whether a call of `method` should be repeated after this failure.
    ///
    /// A message whose response was lost has most likely been sent, and would be sent twice; all other
    /// calls change nothing when they are repeated. A token that Telegram does not know (401, or 404 if
    /// it does not even look like a token) says nothing about the single call, so the call is repeated;
    /// the task that polls decides when to give up.
    pub(super) fn may_be_repeated(&self, method: &str) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Refused(refusal) => refusal.code >= 500 || matches!(refusal.code, 401 | 404),
            Self::ResponseLost(_) => !method.starts_with("Send"),
            Self::TooLate => false,
        }
    }

    /// Returns whether a message was surely not sent, and could be sent later. After a timeout or a broken connection
    /// nobody knows.
    pub(super) fn may_be_tried_later(&self) -> bool {
        match self {
            Self::Network(error) => error.is_connect(),
            // The gateway has passed the call on, and did not get the response in time.
            Self::Refused(refusal) if refusal.code == 504 => false,
            Self::Refused(refusal) => {
                refusal.code >= 500 || matches!(refusal.code, 401 | 404 | 429)
            }
            Self::ResponseLost(_) => false,
            Self::TooLate => true,
        }
    }

    /// Returns whether Telegram refused a message because the bot may not write to the chat any more.
    pub(super) fn says_that_chat_is_gone(&self) -> bool {
        const REASONS: [&str; 4] =
            ["chat not found", "not enough rights", "CHAT_WRITE_FORBIDDEN", "have no rights"];
        self.refused_with(403).is_some()
            || self
                .refused_with(400)
                .is_some_and(|why| REASONS.iter().any(|reason| why.contains(reason)))
    }

    /// Returns Telegram's description if it refused the call with `code`.
    pub(super) fn refused_with(&self, code: u16) -> Option<&str> {
        match self {
            Self::Refused(refusal) if refusal.code == code => Some(&refusal.description),
            _ => None,
        }
    }
}

/// The JSON object around the result of every call.
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

/// A pool of connections to the methods and files of one bot.
#[derive(Debug)]
pub(super) struct Api {
    client: Client,
    methods: SecretUrl,
    files: SecretUrl,
}

/// An address that contains the token, and so must not be shown.
struct SecretUrl(Url);

/// A file that goes with a call.
#[derive(Debug, Clone)]
pub(super) struct Attachment {
    pub(super) field: &'static str,
    /// The name under which Telegram shows the file.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Api {
    /// Returns `None` if `server` is not the address of an HTTP server.
    pub(super) fn new(server: &str, token: &Secret) -> Option<Self> {
        let mut methods = Url::parse(server).ok()?;
        let mut files = methods.clone();
        let bot = format!("bot{}", token.reveal().trim());
        methods.path_segments_mut().ok()?.pop_if_empty().push(&bot);
        files.path_segments_mut().ok()?.pop_if_empty().push("file").push(&bot);
        let client =
            Client::builder().connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true).build().ok()?;
        Some(Self { client, methods: SecretUrl(methods), files: SecretUrl(files) })
    }

    /// Calls a method and parses the fields of the result that `T` has. Other fields are ignored.
    pub(super) async fn call<P, T>(&self, payload: &P) -> Result<T, ApiError>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        let timeout = TIMEOUT + payload.timeout_hint().unwrap_or_default();
        // teloxide tells the two forms of one method apart by this ending.
        let url = self.methods.below([P::NAME.trim_end_matches("Inline")]);
        answer(P::NAME, self.client.post(url).timeout(timeout).json(payload)).await
    }

    /// Calls a method that takes a file, with `fields` as its other parameters.
    pub(super) async fn upload<T: DeserializeOwned>(
        &self,
        method: &'static str,
        fields: &[(&'static str, String)],
        attachment: &Attachment,
    ) -> Result<T, ApiError> {
        let part = Part::bytes(attachment.bytes.clone()).file_name(attachment.name.clone());
        let form =
            fields.iter().cloned().fold(Form::new(), |form, (name, value)| form.text(name, value));
        let url = self.methods.below([method]);
        let form = form.part(attachment.field, part);
        answer(method, self.client.post(url).timeout(TRANSFER_TIMEOUT).multipart(form)).await
    }

    /// Downloads the file at the path that `getFile` returned. Returns `None` if it has
    /// more than `limit` bytes.
    pub(super) async fn download(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, ApiError> {
        // The address contains the token.
        let network = |error: reqwest::Error| ApiError::Network(error.without_url());
        let url = self.files.below(path.split('/'));
        let request = self.client.get(url).timeout(TRANSFER_TIMEOUT);
        let mut response = request.send().await.map_err(network)?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            let code = if status >= 500 { status } else { 400 };
            let description = "no such file".to_owned();
            return Err(ApiError::Refused(Refusal { code, description, ..Refusal::default() }));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(network)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > limit {
                return Ok(None);
            }
        }
        Ok(Some(bytes))
    }
}

impl SecretUrl {
    /// Returns the address with `segments` appended to its path.
    fn below<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }
}

/// Sends a request and reads the answer.
async fn answer<T: DeserializeOwned>(
    method: &'static str,
    request: RequestBuilder,
) -> Result<T, ApiError> {
    let result = match request.send().await {
        Ok(response) => read(response).await,
        // The address contains the token.
        Err(error) => Err(ApiError::Network(error.without_url())),
    };
    count(method, result.as_ref().err());
    result
}

/// Reads a response to its end.
async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    let status = response.status().as_u16();
    // A proxy's own page has another content type.
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| {
        kind.to_str().is_ok_and(|kind| kind.trim_start().starts_with("application/json"))
    });
    match response.bytes().await.map_err(reqwest::Error::without_url) {
        Ok(body) => open(status, &body),
        Err(error) if status == 200 && is_json => Err(ApiError::ResponseLost(with_causes(&error))),
        Err(error) => Err(ApiError::Network(error)),
    }
}

/// Returns the message of an error and those of its causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Counts a call and what went wrong with it.
fn count(method: &'static str, failure: Option<&ApiError>) {
    metrics::counter!("wenjian_telegram_calls_total", "method" => method).increment(1);
    let Some(failure) = failure else { return };
    let kind = match failure {
        ApiError::Network(_) => "network",
        ApiError::ResponseLost(_) => "response_lost",
        ApiError::TooLate => "too_late",
        ApiError::Refused(refusal) => match refusal.code {
            429 => "too_many",
            403 => "forbidden",
            500.. => "server",
            _ => "refused",
        },
    };
    metrics::counter!("wenjian_telegram_errors_total", "method" => method, "kind" => kind)
        .increment(1);
}

/// Returns the result in a response, or the refusal.
fn open<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, ApiError> {
    let lost = |why: &str| Err(ApiError::ResponseLost(why.to_owned()));
    let refusal = match serde_json::from_slice::<Envelope<T>>(body) {
        Ok(Envelope { ok: true, result: Some(result), .. }) => return Ok(result),
        Ok(Envelope { ok: true, .. }) => return lost("it has no result"),
        Ok(envelope) => Refusal {
            code: envelope.error_code.unwrap_or(status),
            description: envelope.description.unwrap_or_default(),
            retry_after: envelope.parameters.retry_after,
            migrate_to_chat_id: envelope.parameters.migrate_to_chat_id,
        },
        Err(error) if is_success(body) => return lost(&error.to_string()),
        Err(error) => Refusal {
            // The response is not Telegram's: a proxy in between has answered.
            code: if status >= 500 { status } else { 502 },
            description: format!("not an answer of the Bot API: {error}"),
            ..Refusal::default()
        },
    };
    Err(ApiError::Refused(refusal))
}

/// Returns whether a body says that the call was executed, whatever its result looks like.
fn is_success(body: &[u8]) -> bool {
    serde_json::from_slice::<Envelope<IgnoredAny>>(body).is_ok_and(|envelope| envelope.ok)
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
            Err(ApiError::Refused(refusal)) => refusal,
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
        for status in [401, 403, 404, 429] {
            assert_eq!(refusal(status, "<html>sign in").code, 502, "{status} by a proxy");
            assert_eq!(refusal(status, r#"{"ok":false}"#).code, status, "{status} by Telegram");
        }
    }

    #[test]
    fn a_success_without_a_readable_result_is_not_repeated_for_messages() {
        for body in [r#"{"ok":true}"#, r#"{"ok":true,"result":{"message_id":"x"}}"#] {
            let failure = open::<Sent>(200, body.as_bytes()).unwrap_err();
            assert!(matches!(failure, ApiError::ResponseLost(_)), "{failure:?}");
            assert!(!failure.may_be_repeated("SendMessage") && failure.may_be_repeated("GetMe"));
        }
    }

    #[test]
    fn the_token_never_shows() {
        let token = Secret::from("123:secret".to_owned());
        let api = Api::new("http://localhost:1/", &token);
        assert!(!format!("{token:?} {api:?}").contains("secret"));
    }

    #[tokio::test]
    async fn not_even_in_an_error() {
        let api = Api::new("http://127.0.0.1:1", &Secret::from("123:secret".to_owned())).unwrap();
        let get_me = teloxide::payloads::GetMe::new();
        let error = api.call::<_, serde_json::Value>(&get_me).await.unwrap_err();
        let report = format!("{:?}", anyhow::Error::new(error));
        assert!(!report.contains("secret"), "{report}");
    }
}
