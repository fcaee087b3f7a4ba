//! Webhooks: delivers updates to an address, and repeats each delivery until it is accepted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep_until;

use super::{BotApi, Inner, Refusal, State};

/// How long a delivery may take. Telegram allows a minute, but tests have less time.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The pause after the first failure, and the longest pause. It doubles after each failure;
/// Telegram's pauses are longer.
const BACKOFF: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(800)];

/// The webhook that the bot has set.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) max_connections: usize,
    pub(crate) allowed_updates: Vec<String>,
}

/// Updates that are being delivered, and those that wait after a failure, with the number of failures and the
/// time of the next attempt.
#[derive(Default)]
pub(super) struct Courier {
    under_way: HashSet<i64>,
    failed: HashMap<i64, (u32, Instant)>,
}

impl BotApi {
    /// Returns the webhook, if one is set.
    pub(crate) fn webhook(&self) -> Option<Webhook> {
        self.state().webhook.clone()
    }

    /// Sets a webhook, as another program might have done.
    pub(crate) fn set_webhook_to(&self, url: &str) {
        set(&mut self.state(), &json!({"url": url})).unwrap();
    }

    /// Returns the number of deliveries that were answered with `status`.
    pub(crate) fn delivered_with(&self, status: u16) -> usize {
        self.state().answers.iter().filter(|answer| **answer == Some(status)).count()
    }

    /// Waits until more than `before` deliveries were answered with 503.
    pub(crate) async fn refused_beyond(&self, before: usize) {
        let found = self.until(|api| (api.delivered_with(503) > before).then_some(()));
        found.await.unwrap_or_else(|| panic!("no 503 in {:?}", self.state().answers));
    }

    /// Delivers updates for as long as the test runs.
    pub(super) fn bring_updates(inner: Arc<Inner>) {
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().unwrap();
        tokio::spawn(async move {
            loop {
                let changed = inner.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                let (ready, next) = inner.state.lock().unwrap().due();
                for (webhook, update) in ready {
                    tokio::spawn(bring(Arc::clone(&inner), client.clone(), webhook, update));
                }
                match next {
                    Some(next) => tokio::select! {
                        () = changed => {}
                        () = sleep_until(next.into()) => {}
                    },
                    None => changed.await,
                }
            }
        });
    }
}

impl State {
    /// Returns the updates to deliver now, and when to look again if nothing happens before.
    fn due(&mut self) -> (Vec<(Webhook, Value)>, Option<Instant>) {
        let Some(webhook) = self.webhook.clone() else { return (Vec::new(), None) };
        let (now, mut next, mut ready) = (Instant::now(), None::<Instant>, Vec::new());
        for update in &self.updates {
            let id = update["update_id"].as_i64().unwrap();
            let is_wanted = webhook.allowed_updates.is_empty()
                || webhook.allowed_updates.iter().any(|kind| update.get(kind).is_some());
            if !is_wanted || self.courier.under_way.contains(&id) {
                continue;
            }
            if let Some((_, until)) = self.courier.failed.get(&id)
                && *until > now
            {
                next = Some(next.map_or(*until, |next| next.min(*until)));
                continue;
            }
            if self.courier.under_way.len() >= webhook.max_connections {
                break;
            }
            self.courier.under_way.insert(id);
            ready.push((webhook.clone(), update.clone()));
        }
        (ready, next)
    }
}

async fn bring(inner: Arc<Inner>, client: reqwest::Client, webhook: Webhook, update: Value) {
    let update_id = update["update_id"].as_i64().unwrap();
    let mut request = client.post(&webhook.url).json(&update);
    if !webhook.secret.is_empty() {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", &webhook.secret);
    }
    let status = request.send().await.ok().map(|response| response.status().as_u16());
    let is_taken = status.is_some_and(|status| (200..300).contains(&status));
    {
        let mut state = inner.state.lock().unwrap();
        state.answers.push(status);
        state.courier.under_way.remove(&update_id);
        if is_taken {
            state.updates.retain(|update| update["update_id"] != json!(update_id));
            state.courier.failed.remove(&update_id);
        } else {
            let (failed, until) =
                state.courier.failed.entry(update_id).or_insert((0, Instant::now()));
            let [first, last] = BACKOFF;
            *until = Instant::now() + (first * 2_u32.pow((*failed).min(8))).min(last);
            *failed += 1;
        }
    }
    inner.changed.notify_waiters();
}

pub(super) fn set(state: &mut State, params: &Value) -> Result<Value, Refusal> {
    let bad = |why: &str| Refusal::new(400, &format!("Bad Request: {why}"));
    let url = params["url"].as_str().ok_or_else(|| bad("`url` is no text"))?;
    if url.is_empty() {
        state.webhook = None;
        return Ok(json!(true));
    }
    // Telegram accepts only https. This server also accepts http on the same machine.
    if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
        return Err(bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let secret = params["secret_token"].as_str().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if secret.len() > 256 || !secret.chars().all(is_plain) {
        return Err(bad("secret token contains unallowed characters"));
    }
    let max_connections = params["max_connections"].as_u64().unwrap_or(40);
    if !(1..=100).contains(&max_connections) {
        return Err(bad("bad webhook: max_connections"));
    }
    let kinds = params["allowed_updates"].as_array().cloned().unwrap_or_default();
    state.webhook = Some(Webhook {
        url: url.to_owned(),
        secret: secret.to_owned(),
        max_connections: usize::try_from(max_connections).unwrap(),
        allowed_updates: kinds.iter().map(|kind| kind.as_str().unwrap().to_owned()).collect(),
    });
    Ok(json!(true))
}
