//! A fake Bot API server that is as strict as Telegram's and can be told to fail.
//!
//! It hands out updates by long polling or delivers them to a webhook, executes calls, refuses those
//! that Telegram would refuse, and records each call with its time.

mod ephemeral;
mod html;
mod methods;
mod multipart;
mod updates;
mod user;
mod webhook;
mod wire;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

pub(crate) use ephemeral::EphemeralMode;
pub(crate) use html::{Parsed, parse as parse_html};
pub(crate) use updates::{CHANNEL, FOREIGN, FORUM, GROUP, SUPERGROUP, USERNAME};
pub(crate) use webhook::Webhook;
use wire::{Fate, Wires};

/// How long a test waits for anything before it fails.
const PATIENCE: Duration = Duration::from_mins(1);
/// The only token that the server accepts.
pub(crate) const TOKEN: &str = "7000001:strict-fake-secret";

/// A handle to a running fake Bot API server.
#[derive(Clone)]
pub(crate) struct BotApi {
    inner: Arc<Inner>,
    url: String,
}

struct Inner {
    state: Mutex<State>,
    /// Notified after each update and each call.
    changed: Notify,
}

/// The state of the server.
struct State {
    me: Value,
    updates: VecDeque<Value>,
    next_update: i64,
    /// Number of the latest poll; older ones get a conflict.
    poll: u64,
    webhook: Option<Webhook>,
    courier: webhook::Courier,
    /// Status of each response to a delivery; `None` if there was no response.
    answers: Vec<Option<u16>>,
    chats: HashMap<i64, Value>,
    topics: HashSet<(i64, i64)>,
    admins: HashSet<(i64, i64)>,
    blocked: HashSet<i64>,
    migrated: HashMap<i64, i64>,
    /// Messages by chat and number: what the bot's messages show, and `None` for those of users.
    messages: HashMap<(i64, i64), Option<String>>,
    next_message: i64,
    inline_messages: HashMap<String, String>,
    presses: HashSet<String>,
    /// The chat and the user of each press, answered or not.
    pressed: HashMap<String, (i64, i64)>,
    ephemerals: EphemeralMode,
    /// Commands that only the bot sees, by chat, user and ephemeral id.
    ephemeral_commands: HashSet<(i64, i64, i64)>,
    /// What ephemeral messages of the bot show, by chat, user and ephemeral id.
    ephemeral_messages: HashMap<(i64, i64, i64), String>,
    inline_queries: HashSet<String>,
    /// Guest queries that were not answered, with the times at which they expire.
    guest_queries: HashMap<String, Instant>,
    /// Whether the server has guest mode, which came with version 10.0 of the Bot API.
    has_guest_mode: bool,
    /// Files that users sent, by file id.
    files: HashMap<String, Vec<u8>>,
    faults: Vec<(String, Fault)>,
    /// The failure of all calls other than `getUpdates` during an outage.
    outage: Option<Fault>,
    /// Events that are given as raw text, with the placeholders that their updates have instead.
    raw_events: Vec<(String, String)>,
    calls: Vec<Call>,
}

/// A call that the fake server has recorded.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// When the call arrived.
    pub(crate) at: Instant,
    /// Name of the method in lower case.
    pub(crate) method: String,
    /// Parameters as they were sent.
    pub(crate) params: Value,
    /// The parsed text, for methods that send one.
    pub(crate) text: Parsed,
    /// The file that was uploaded with the call.
    pub(crate) file: Option<Vec<u8>>,
    /// The response; `None` if the connection was cut before it.
    pub(crate) result: Option<Value>,
}

/// Why a call is refused.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    code: u16,
    description: String,
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

/// A failure of a call.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The call is refused with this code and description.
    Refuse(u16, &'static str),
    /// A proxy in between responds with this status and a page of its own.
    Page(u16, &'static str),
    /// The call is refused with 429 and this number of seconds to wait.
    TooMany(u64),
    /// The connection is cut before the call is executed.
    Reset,
    /// The connection is cut after the call was executed.
    ResetAfter,
    /// The response is sent, and nothing after it on the same connection.
    HalfClose,
    /// The response is delayed by this time.
    Slow(Duration),
    /// The first half of the response is sent, and the rest never.
    Stall,
    /// The first half of the response is sent, and then the connection is cut.
    BreakOff,
}

impl Refusal {
    fn new(code: u16, description: &str) -> Self {
        let description = description.to_owned();
        Self { code, description, retry_after: None, migrate_to_chat_id: None }
    }
}

impl State {
    fn new_message(&mut self, chat_id: i64, shown: impl Into<Option<String>>) -> i64 {
        self.next_message += 1;
        self.messages.insert((chat_id, self.next_message), shown.into());
        self.next_message
    }

    /// Returns the body of a poll, in which raw events replace their placeholders.
    fn with_raw_events(&self, body: String) -> String {
        let put = |body: String, (placeholder, raw): &(String, String)| {
            body.replace(&format!("\"{placeholder}\""), raw)
        };
        self.raw_events.iter().fold(body, put)
    }

    fn fault(&mut self, method: &str) -> Option<Fault> {
        match self.faults.iter().position(|(of, _)| of.eq_ignore_ascii_case(method)) {
            Some(at) => Some(self.faults.remove(at).1),
            None => self.outage.clone().filter(|_| method != "getupdates"),
        }
    }
}

impl BotApi {
    /// Starts a server on a free port.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            me: updates::me(),
            updates: VecDeque::new(),
            next_update: 500,
            poll: 0,
            webhook: None,
            courier: webhook::Courier::default(),
            answers: Vec::new(),
            chats: HashMap::new(),
            topics: HashSet::new(),
            admins: HashSet::new(),
            blocked: HashSet::new(),
            migrated: HashMap::new(),
            messages: HashMap::new(),
            next_message: 100,
            inline_messages: HashMap::new(),
            presses: HashSet::new(),
            pressed: HashMap::new(),
            ephemerals: EphemeralMode::Known,
            ephemeral_commands: HashSet::new(),
            ephemeral_messages: HashMap::new(),
            inline_queries: HashSet::new(),
            guest_queries: HashMap::new(),
            has_guest_mode: true,
            files: HashMap::new(),
            faults: Vec::new(),
            outage: None,
            raw_events: Vec::new(),
            calls: Vec::new(),
        };
        let inner = Arc::new(Inner { state: Mutex::new(state), changed: Notify::new() });
        let router = Router::new()
            .route("/{token}/{method}", post(serve))
            .route("/file/{token}/{*path}", get(download))
            .with_state(Arc::clone(&inner))
            .into_make_service_with_connect_info::<Fate>();
        tokio::spawn(async move { axum::serve(Wires(listener), router).await });
        Self::bring_updates(Arc::clone(&inner));
        Self { inner, url }
    }

    /// Numbers updates from `update_id` on, so that they differ from those of another server.
    pub(crate) fn number_from(self, update_id: i64) -> Self {
        self.state().next_update = update_id;
        self
    }

    /// Returns the address of the server.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Makes the next call of `method` fail. Several faults are used one after another.
    pub(crate) fn fail(&self, method: &str, fault: Fault) {
        self.state().faults.push((method.to_owned(), fault));
    }

    /// Makes all calls other than `getUpdates` fail from now on, or ends this with `None`.
    pub(crate) fn break_down(&self, fault: Option<Fault>) {
        self.state().outage = fault;
    }

    /// Returns all calls of `method` so far.
    pub(crate) fn calls(&self, method: &str) -> Vec<Call> {
        let state = self.state();
        state
            .calls
            .iter()
            .filter(|call| call.method.eq_ignore_ascii_case(method))
            .cloned()
            .collect()
    }

    /// Returns the messages that were sent to a chat successfully.
    pub(crate) fn sent_to(&self, chat_id: i64) -> Vec<Call> {
        self.state().calls.iter().filter(|call| call.is_message_to(chat_id)).cloned().collect()
    }

    /// Returns how many messages were sent to each chat successfully.
    pub(crate) fn messages_by_chat(&self) -> HashMap<i64, usize> {
        let mut counts = HashMap::new();
        for call in &self.state().calls {
            if let Some(chat) = call.params["chat_id"].as_i64()
                && call.is_message_to(chat)
            {
                *counts.entry(chat).or_default() += 1;
            }
        }
        counts
    }

    /// Waits for a call of `method` for which `is_it` returns true.
    pub(crate) async fn call_where(&self, method: &str, is_it: impl Fn(&Call) -> bool) -> Call {
        let found = self.until(|api| api.calls(method).into_iter().find(|call| is_it(call)));
        found.await.unwrap_or_else(|| {
            panic!("no such call of `{method}`; calls:\n{:#?}", self.state().calls)
        })
    }

    /// Waits for the `nth` message (from 0) that is sent to a chat.
    pub(crate) async fn message_to(&self, chat_id: i64, nth: usize) -> Call {
        let found = self.until(|api| {
            let state = api.state();
            let mut sent = state.calls.iter().filter(|call| call.is_message_to(chat_id));
            sent.nth(nth).cloned()
        });
        found.await.unwrap_or_else(|| {
            panic!("no message {nth} to {chat_id}; calls:\n{:#?}", self.state().calls)
        })
    }

    /// Waits until `find` finds something, and returns `None` if it does not within [`PATIENCE`].
    pub(crate) async fn until<T>(&self, find: impl Fn(&Self) -> Option<T>) -> Option<T> {
        let search = async {
            loop {
                let changed = self.inner.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if let Some(found) = find(self) {
                    return found;
                }
                changed.await;
            }
        };
        tokio::time::timeout(PATIENCE, search).await.ok()
    }

    /// Waits until the bot has confirmed all updates.
    pub(crate) async fn all_taken(&self) {
        let taken = self.until(|api| api.state().updates.is_empty().then_some(()));
        taken.await.expect("the bot should have confirmed all updates");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap()
    }
}

impl Call {
    /// Returns whether the call was successful.
    pub(crate) fn is_done(&self) -> bool {
        self.result.as_ref().is_some_and(|result| result["ok"] == json!(true))
    }

    fn is_message_to(&self, chat_id: i64) -> bool {
        self.method == "sendmessage" && self.params["chat_id"] == chat_id && self.is_done()
    }

    /// Returns the number of the message that was sent or edited.
    pub(crate) fn message_id(&self) -> i64 {
        let sent =
            || self.result.as_ref().and_then(|result| result["result"]["message_id"].as_i64());
        self.params["message_id"].as_i64().or_else(sent).unwrap()
    }

    /// Returns the buttons below the message, row by row.
    pub(crate) fn buttons(&self) -> Vec<Value> {
        let rows = self.params["reply_markup"]["inline_keyboard"].as_array();
        rows.into_iter().flatten().filter_map(Value::as_array).flatten().cloned().collect()
    }

    /// Returns the callback data of the button whose label contains `label`.
    pub(crate) fn press(&self, label: &str) -> String {
        let buttons = self.buttons();
        let has_label = |button: &&Value| button["text"].as_str().unwrap().contains(label);
        let button = buttons.iter().find(has_label);
        let data = button.and_then(|button| button["callback_data"].as_str());
        data.unwrap_or_else(|| panic!("no button `{label}` in {buttons:#?}")).to_owned()
    }

    /// Returns the callback data of a button that is shown after `⋯` was pressed, by the letter for its kind. Apart from
    /// this letter it is the data of `⋯`.
    pub(crate) fn press_behind(&self, kind: char) -> String {
        self.press("⋯").replacen("1a", &format!("1{kind}"), 1)
    }
}

async fn serve(
    Shared(inner): Shared<Arc<Inner>>,
    ConnectInfo(fate): ConnectInfo<Fate>,
    Path((token, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let at = Instant::now();
    let method = method.to_ascii_lowercase();
    if token != format!("bot{TOKEN}") {
        return envelope(&Err(Refusal::new(401, "Unauthorized"))).1;
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary =
        content_type.and_then(|kind| kind.strip_prefix("multipart/form-data; boundary="));
    let (params, file) = match boundary {
        Some(boundary) => match multipart::read(&body, boundary) {
            Some(form) => (form.params, form.file),
            None => return envelope(&Err(Refusal::new(400, "Bad Request: no form"))).1,
        },
        None if body.is_empty() => (json!({}), None),
        None => match serde_json::from_slice(&body) {
            Ok(params) => (params, None),
            Err(error) => return envelope(&Err(Refusal::new(400, &error.to_string()))).1,
        },
    };
    let fault = inner.state.lock().unwrap().fault(&method);
    let outcome = match &fault {
        Some(Fault::Refuse(code, description)) => Err(Refusal::new(*code, description)),
        Some(Fault::Page(code, page)) => Err(Refusal::new(*code, page)),
        Some(Fault::TooMany(seconds)) => Err(Refusal {
            retry_after: Some(*seconds),
            ..Refusal::new(429, "Too Many Requests: retry later")
        }),
        Some(Fault::Reset) => Err(Refusal::new(0, "never sent")),
        _ if method == "getupdates" => poll(&inner, &params).await,
        _ => methods::call(&mut inner.state.lock().unwrap(), &method, &params, file.as_deref()),
    };
    let (json, mut response) = envelope(&outcome);
    if let Some(Fault::Page(code, page)) = &fault {
        let code = StatusCode::from_u16(*code).unwrap();
        response = (code, [(CONTENT_TYPE, "text/html")], *page).into_response();
    } else if method == "getupdates" {
        let body = inner.state.lock().unwrap().with_raw_events(json.to_string());
        response = (response.status(), [(CONTENT_TYPE, "application/json")], body).into_response();
    }
    let is_cut = matches!(fault, Some(Fault::Reset));
    if method != "getupdates" {
        let text = methods::parsed_text(&params, "text").unwrap_or_default();
        let result = (!is_cut).then_some(json);
        inner.state.lock().unwrap().calls.push(Call { at, method, params, text, file, result });
    }
    inner.changed.notify_waiters();
    break_off(fault, &fate, response).await
}

/// Serves a file at the path that `getFile` returned.
async fn download(
    Shared(inner): Shared<Arc<Inner>>,
    ConnectInfo(fate): ConnectInfo<Fate>,
    Path((token, path)): Path<(String, String)>,
) -> Response {
    let fault = inner.state.lock().unwrap().fault("download");
    let id = path.strip_prefix("documents/").unwrap_or_default();
    let file = inner.state.lock().unwrap().files.get(id).cloned();
    let response = match file.filter(|_| token == format!("bot{TOKEN}")) {
        Some(bytes) => bytes.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    };
    break_off(fault, &fate, response).await
}

/// Makes the response fail as `fault` says.
async fn break_off(fault: Option<Fault>, fate: &Fate, response: Response) -> Response {
    match fault {
        Some(Fault::Reset | Fault::ResetAfter) => fate.reset(),
        Some(Fault::HalfClose) => fate.half_close(),
        Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
        Some(Fault::Stall) => fate.stall(),
        Some(Fault::BreakOff) => fate.break_off(),
        _ => {}
    }
    response
}

/// `getUpdates`: returns the updates from `offset` on, waiting up to `timeout` for one.
async fn poll(inner: &Inner, params: &Value) -> Result<Value, Refusal> {
    let number = {
        let mut state = inner.state.lock().unwrap();
        if state.webhook.is_some() {
            return Err(Refusal::new(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        state.poll += 1;
        if let Some(offset) = params["offset"].as_i64() {
            state.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
        }
        state.poll
    };
    inner.changed.notify_waiters();
    let limit = params["limit"].as_u64().unwrap_or(100).clamp(1, 100);
    let wait = Duration::from_secs(params["timeout"].as_u64().unwrap_or(0));
    let ready = async {
        loop {
            let changed = inner.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let state = inner.state.lock().unwrap();
                if state.poll != number {
                    return Err(Refusal::new(
                        409,
                        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                    ));
                }
                if !state.updates.is_empty() {
                    return Ok(());
                }
            }
            changed.await;
        }
    };
    if let Ok(Err(conflict)) = tokio::time::timeout(wait, ready).await {
        return Err(conflict);
    }
    let state = inner.state.lock().unwrap();
    let wanted = |update: &&Value| match params["allowed_updates"].as_array() {
        None => true,
        Some(kinds) => kinds.iter().any(|kind| update.get(kind.as_str().unwrap()).is_some()),
    };
    let limit = usize::try_from(limit).unwrap();
    Ok(state.updates.iter().filter(wanted).take(limit).cloned().collect())
}

fn envelope(outcome: &Result<Value, Refusal>) -> (Value, Response) {
    let (status, body) = match outcome {
        Ok(result) => (200, json!({"ok": true, "result": result})),
        Err(refusal) => {
            let mut body = json!({
                "ok": false, "error_code": refusal.code, "description": refusal.description,
            });
            if let Some(seconds) = refusal.retry_after {
                body["parameters"]["retry_after"] = json!(seconds);
            }
            if let Some(to) = refusal.migrate_to_chat_id {
                body["parameters"]["migrate_to_chat_id"] = json!(to);
            }
            (refusal.code, body)
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (body.clone(), (status, Json(body)).into_response())
}
