//! Webhook mode, in which Telegram delivers the updates. The web server passes them to a
//! [`WebhookEndpoint`], and acknowledges each when it is in the inbox.

use std::time::Duration;

use reqwest::Url;
use serde::Serialize;
use teloxide::requests::Payload;
use teloxide::types::True;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::api::{Api, derived};
use super::ingest::Ingest;
use super::retries::Retries;
use super::sanitize::{ALLOWED_UPDATES, update_id};
use super::{Error, Options};
use crate::secret::Secret;

/// How many updates may wait to be written into the inbox; more are refused at once.
const WAITING: usize = 256;
/// The most updates that are written at once.
const BATCH: usize = 100;
/// How long Telegram waits at most for an acknowledgement.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most characters that a secret may have.
const MAX_SECRET: usize = 256;
/// The path of the webhook unless an address or a path is set.
const PATH: &str = "/telegram";

/// Receives from the web server what Telegram delivers. It is a handle that is cheap to clone.
#[derive(Clone)]
pub struct WebhookEndpoint {
    path: String,
    secret: Secret,
    sender: mpsc::Sender<Delivery>,
}

/// The receiving end of a [`WebhookEndpoint`].
pub struct Deliveries {
    url: String,
    /// The secret parts of the address, which are masked where it is shown.
    token: Secret,
    secret: Secret,
    receiver: mpsc::Receiver<Delivery>,
}

/// Why a delivery is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// The body is not an update.
    Unreadable,
    /// The update may be accepted later: the queues are full, the store fails, or the bot
    /// is starting or stopping.
    Later,
}

/// An update, with the request that waits until it is stored.
struct Delivery {
    body: String,
    kept: oneshot::Sender<bool>,
}

/// Creates the endpoint that `options` describe. Its address is below `public_url`, unless
/// they name another one.
pub fn open(options: &Options, public_url: &str) -> Result<(WebhookEndpoint, Deliveries), Error> {
    let (url, path) = place(options, public_url)?;
    let secret = if options.webhook_secret.is_empty() {
        derived(&options.token, "webhook")
    } else {
        options.webhook_secret.clone()
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if secret.reveal().len() > MAX_SECRET || !secret.reveal().chars().all(is_plain) {
        return Err(Error::WebhookSecret);
    }
    let (sender, receiver) = mpsc::channel(WAITING);
    let token = options.token.clone();
    let deliveries = Deliveries { url, token, secret: secret.clone(), receiver };
    Ok((WebhookEndpoint { path, secret, sender }, deliveries))
}

/// Returns the address for Telegram, and the path on our server.
fn place(options: &Options, public_url: &str) -> Result<(String, String), Error> {
    let (own_url, own_path) = (options.webhook_url.trim(), options.webhook_path.as_str());
    let server = if own_url.is_empty() { public_url } else { own_url.trim_end_matches('/') };
    if server.is_empty() {
        return Err(Error::NoWebhookAddress);
    }
    let masked = |text: &str| options.token.masked_in(text);
    let address = Url::parse(server).map_err(|_| Error::WebhookUrl(masked(server)))?;
    // An address with a path is complete. Other addresses only name the server.
    let is_whole = !own_url.is_empty() && address.path() != "/";
    let path = match own_path {
        "" if is_whole => address.path(),
        "" => PATH,
        path => path,
    };
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "/-_.~%:".contains(c);
    let is_path = path.starts_with('/') && path.len() > 1 && path.chars().all(is_allowed);
    if !is_path || path.contains("/:") {
        return Err(Error::WebhookPath(masked(path)));
    }
    let url = if is_whole { server.to_owned() } else { format!("{server}{path}") };
    Ok((url, path.to_owned()))
}

impl WebhookEndpoint {
    /// Returns the path on the server, with a slash at its beginning.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns whether `secret` is the one that Telegram sends with each update.
    pub fn admits(&self, secret: &[u8]) -> bool {
        self.secret.is(secret)
    }

    /// Takes in the body of a request. When this returns `Ok`, the update is in the inbox,
    /// and may be acknowledged.
    pub async fn deliver(&self, body: &[u8]) -> Result<(), NotTaken> {
        let body = String::from_utf8_lossy(body).into_owned();
        let Some(update_id) = update_id(&body) else {
            let beginning: String = body.chars().take(40).collect();
            tracing::warn!(bytes = body.len(), beginning, "what was delivered is no update");
            return Err(NotTaken::Unreadable);
        };
        let (kept, is_kept) = oneshot::channel();
        if self.sender.try_send(Delivery { body, kept }).is_err() {
            tracing::debug!(
                update_id,
                "there is no room for an update; Telegram delivers it again"
            );
            return Err(NotTaken::Later);
        }
        match timeout(PATIENCE, is_kept).await {
            Ok(Ok(true)) => Ok(()),
            _ => Err(NotTaken::Later),
        }
    }
}

/// Tells Telegram where to deliver updates.
#[derive(Serialize)]
struct SetWebhook<'a> {
    url: &'a str,
    secret_token: &'a str,
    max_connections: u8,
    allowed_updates: &'static [&'static str],
}

impl Payload for SetWebhook<'_> {
    type Output = True;
    const NAME: &'static str = "SetWebhook";
}

/// Takes in deliveries until `stop` is ready. The webhook stays set, because another replica or the
/// next start will use it.
pub(super) async fn receive(
    api: &Api,
    ingest: &Ingest,
    (mut deliveries, max_connections): (Deliveries, u8),
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    tokio::pin!(stop);
    tokio::select! {
        set = announce(api, &deliveries, max_connections) => set?,
        () = &mut stop => return Ok(()),
    }
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            _ = deliveries.receiver.recv_many(&mut batch, BATCH) => {}
            () = &mut stop => return Ok(()),
        }
        if batch.is_empty() {
            // All handles to the endpoint were dropped: the web server has ended.
            return Ok(());
        }
        let (bodies, waiting): (Vec<String>, Vec<_>) =
            batch.drain(..).map(|delivery| (delivery.body, delivery.kept)).unzip();
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let may_forget = ingest.receive(&bodies).await;
        for (may_forget, kept) in may_forget.into_iter().zip(waiting) {
            // If Telegram has stopped waiting, it delivers the update again,
            // which is recognised then.
            let _ = kept.send(may_forget);
        }
    }
}

/// Sets the webhook, and repeats this as long as waiting can help. Setting
/// it again changes nothing.
async fn announce(api: &Api, deliveries: &Deliveries, max_connections: u8) -> Result<(), Error> {
    let url = deliveries.url.as_str();
    let secret_token = deliveries.secret.reveal();
    let webhook =
        SetWebhook { url, secret_token, max_connections, allowed_updates: &ALLOWED_UPDATES };
    let mut retries = Retries::default();
    loop {
        let result: Result<True, _> = api.call(&webhook).await;
        let Err(failure) = result else {
            // The path may contain the token, or a secret of its own.
            let server = Url::parse(url)
                .map_or_else(|_| String::new(), |url| url.origin().ascii_serialization());
            tracing::info!(server, "Telegram brings updates");
            return Ok(());
        };
        if let Some(why) = failure.refused_with(400) {
            let [url, why] = [url, why].map(|text| deliveries.token.masked_in(text));
            return Err(Error::Webhook { url, why });
        }
        sleep(retries.pause(api, &failure).await?).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a-secret_of-1-test";

    /// `url`, `path` and `secret` over the defaults.
    fn options([url, path, secret]: [&str; 3]) -> Options {
        let defaults: toml::Table = toml::from_str(crate::config::DEFAULTS).unwrap();
        let mut options: Options = defaults["telegram"].clone().try_into().unwrap();
        options.token = Secret::from("123:token".to_owned());
        options.webhook_url = url.to_owned();
        options.webhook_path = path.to_owned();
        options.webhook_secret = Secret::from(secret.to_owned());
        options
    }

    #[test]
    fn the_address_is_that_of_the_pages_or_ones_own() {
        for (url, path, expected) in [
            ("", "", ("https://a/telegram", "/telegram")),
            ("", "/my/hook", ("https://a/my/hook", "/my/hook")),
            ("https://b", "", ("https://b/telegram", "/telegram")),
            ("https://b:8443/", "/hook", ("https://b:8443/hook", "/hook")),
            ("https://b/123:abc", "", ("https://b/123:abc", "/123:abc")),
            ("https://b/outside", "/inside", ("https://b/outside", "/inside")),
        ] {
            let (told, own) = place(&options([url, path, SECRET]), "https://a").unwrap();
            assert_eq!((told.as_str(), own.as_str()), expected, "`{url}` `{path}`");
        }
    }

    #[test]
    fn what_cannot_be_an_address_or_a_secret_is_refused() {
        let refused = |own, public_url| open(&options(own), public_url).err().unwrap();
        assert!(matches!(refused(["", "", SECRET], ""), Error::NoWebhookAddress));
        assert!(matches!(refused(["b/hook", "", SECRET], "https://a"), Error::WebhookUrl(_)));
        assert!(matches!(refused(["", "", "with a space"], "https://a"), Error::WebhookSecret));
        for path in ["/", "hook", "/{hook}", "/a b", "/:hook"] {
            let error = refused(["", path, SECRET], "https://a");
            assert!(matches!(error, Error::WebhookPath(_)), "{path}");
        }
    }

    #[test]
    fn only_the_secret_opens() {
        let (endpoint, _deliveries) = open(&options(["", "", SECRET]), "https://a").unwrap();
        assert!(endpoint.admits(SECRET.as_bytes()));
        for other in ["", "a-secret_of-1-tes", "a-secret_of-1-test "] {
            assert!(!endpoint.admits(other.as_bytes()));
        }
    }

    #[test]
    fn without_a_secret_all_replicas_make_the_same_of_the_token() {
        let open = || open(&options(["", "", ""]), "https://a").unwrap().1.secret;
        assert_eq!(open().reveal(), open().reveal());
        assert_eq!(open().reveal().len(), 43);
        assert!(!open().reveal().contains("token"));
    }

    #[tokio::test]
    async fn what_nobody_takes_is_to_be_brought_again() {
        let (endpoint, deliveries) = open(&options(["", "", SECRET]), "https://a").unwrap();
        assert_eq!(endpoint.deliver(b"{").await, Err(NotTaken::Unreadable));
        assert_eq!(endpoint.deliver(b"[]").await, Err(NotTaken::Unreadable));
        drop(deliveries);
        assert_eq!(endpoint.deliver(br#"{"update_id":1}"#).await, Err(NotTaken::Later));
    }
}
