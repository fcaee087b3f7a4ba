//! `/admin/import`: an operator hands over a transcript, sees how each paragraph is read and why,
//! corrects roles and names, and imports it.
//!
//! Nothing is kept between the steps: the form carries the file and the corrections. It also carries a
//! token, because browsers send the operator's password along with forms of other sites.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::App;
use super::admin::refusal;
use super::layout::{Frame, notice, render};
use super::visitor::Visitor;
use crate::dialogue::{Phrases, WebImportPhrases, check_text, fill, reason_text};
use crate::reload::{Follower, TrialError, trial};
use crate::secret::Secret;
use transcript::{
    BlockRole, Correction, ExplainedBlock, FrontMatter, ParsedFile, is_date, is_slug,
};

/// The largest transcript that is taken, bytes. The form sends it back in base64 with every step.
const MAX_BYTES: usize = 4 << 20;
/// The largest form, bytes: the transcript, its paragraphs' roles and names, and what parts the fields.
pub(super) const MAX_FORM: usize = 32 << 20;
/// Paragraphs that are shown, which bounds the page.
const MAX_BLOCKS: usize = 5_000;

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    words: &'static WebImportPhrases,
    token: String,
    /// What came of the last step.
    message: Option<String>,
    /// Where the interview can be read that was imported.
    imported: Option<String>,
    review: Option<Review>,
}

/// A transcript as it was read.
struct Review {
    name: String,
    /// The file, in base64.
    received: String,
    fields: Vec<MetadataField>,
    confidence: String,
    checks: Vec<String>,
    speakers: Vec<String>,
    blocks: Vec<BlockRow>,
}

/// What is known about the interview, and can be changed.
struct MetadataField {
    name: &'static str,
    label: String,
    value: String,
}

/// A paragraph with its role.
struct BlockRow {
    number: usize,
    /// The role and the speaker as they were read, to tell what was changed.
    was: String,
    speaker: String,
    roles: Vec<RoleChoice>,
    class: &'static str,
    text: String,
    why: String,
}

struct RoleChoice {
    word: &'static str,
    label: String,
    is_chosen: bool,
}

/// What the form holds.
#[derive(Default)]
struct ImportForm {
    token: String,
    name: String,
    bytes: Vec<u8>,
    values: BTreeMap<String, String>,
    /// The role, the speaker, and both as they were, by the paragraph's number.
    roles: BTreeMap<usize, String>,
    speakers: BTreeMap<usize, String>,
    were: BTreeMap<usize, String>,
    is_final: bool,
}

/// `/admin/import`, empty.
pub(super) async fn form(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Response {
    if let Some(refused) = refusal(&app, &visitor, &headers) {
        return refused;
    }
    page(&app, &visitor, None, None, None)
}

/// Reads a transcript, or imports it.
pub(super) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    parts: Multipart,
) -> Response {
    if let Some(refused) = refusal(&app, &visitor, &headers) {
        return refused;
    }
    let words = &visitor.phrases().web_import;
    let form = match read_form(parts).await {
        Ok(form) => form,
        Err(error) => return notice(&visitor, error.status(), &error.body_text()),
    };
    let is_own = Secret::from(form_token(&app.options.admin_token)).is(&form.token);
    let Some(follower) = app.follower.clone().filter(|_| is_own) else {
        let message = if is_own { &words.no_store } else { &words.expired };
        return notice(&visitor, StatusCode::FORBIDDEN, message);
    };
    if form.bytes.is_empty() {
        return page(&app, &visitor, Some(words.nothing.clone()), None, None);
    }
    if form.bytes.len() > MAX_BYTES || form.bytes.len() as u64 > follower.reloader().max_bytes() {
        let limit = follower.reloader().max_bytes().min(MAX_BYTES as u64).to_string();
        let message = fill(&words.too_large, &[("limit", &limit)]);
        return page(&app, &visitor, Some(message), None, None);
    }
    let phrases = visitor.phrases();
    if form.is_final {
        return match import(&app, &follower, &form, phrases).await {
            Ok((message, slug)) => page(&app, &visitor, Some(message), Some(slug), None),
            Err(why) => {
                let review = review(&follower, form, phrases).await.ok();
                page(&app, &visitor, Some(why), None, review)
            }
        };
    }
    match review(&follower, form, phrases).await {
        Ok(review) => page(&app, &visitor, None, None, Some(review)),
        Err(why) => page(&app, &visitor, Some(why), None, None),
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    message: Option<String>,
    slug: Option<String>,
    review: Option<Review>,
) -> Response {
    let words = &visitor.phrases().web_import;
    render(&ImportPage {
        frame: Frame::new(visitor, words.title.clone(), "/admin/import"),
        words,
        token: form_token(&app.options.admin_token),
        message,
        imported: slug.map(|slug| visitor.link(&format!("/i/{slug}"))),
        review,
    })
}

/// What only pages of this site know, for as long as the operators' token is the same.
fn form_token(secret: &Secret) -> String {
    let hash = Sha256::digest(format!("import form\n{}", secret.reveal()));
    STANDARD.encode(hash)
}

async fn read_form(mut parts: Multipart) -> Result<ImportForm, MultipartError> {
    let mut form = ImportForm::default();
    let mut pasted = String::new();
    while let Some(part) = parts.next_field().await? {
        let field = part.name().unwrap_or_default().to_owned();
        if field == "file" {
            let name = part.file_name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await?;
            if !bytes.is_empty() {
                (form.name, form.bytes) = (name, bytes.to_vec());
            }
            continue;
        }
        let value = part.text().await?;
        match field.split_once('.') {
            Some((kind, number)) => {
                let Ok(number) = number.parse() else { continue };
                match kind {
                    "role" => form.roles.insert(number, value),
                    "speaker" => form.speakers.insert(number, value),
                    _ => form.were.insert(number, value),
                };
            }
            None => match field.as_str() {
                "token" => form.token = value,
                "name" => form.name = value,
                "text" => pasted = value,
                "received" => form.bytes = STANDARD.decode(value).unwrap_or_default(),
                "step" => form.is_final = value == "import",
                _ => {
                    form.values.insert(field, value.trim().to_owned());
                }
            },
        }
    }
    if form.bytes.is_empty() && !pasted.trim().is_empty() {
        (form.name, form.bytes) = ("pasted.md".to_owned(), pasted.into_bytes());
    }
    Ok(form)
}

impl ImportForm {
    /// What stands over what the file says.
    fn given(&self, words: &WebImportPhrases) -> Result<FrontMatter, String> {
        let value = |name: &str| self.values.get(name).filter(|value| !value.is_empty()).cloned();
        let checked = |name: &str, is_good: fn(&str) -> bool| match value(name) {
            Some(value) if !is_good(&value) => Err(fill(&words.bad_value, &[("value", &value)])),
            value => Ok(value),
        };
        let interviewers = value("interviewers").unwrap_or_default();
        let interviewers = interviewers.split(['、', ',', '，']).map(str::trim);
        Ok(FrontMatter {
            slug: checked("slug", is_slug)?,
            date: checked("date", is_date)?,
            title: value("title"),
            publisher: value("publisher"),
            url: value("url"),
            interviewee: value("interviewee"),
            interviewers: interviewers.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            ..FrontMatter::default()
        })
    }

    /// The paragraphs whose role or speaker was changed.
    fn corrections(&self) -> Vec<Correction> {
        let changed = self.roles.iter().filter_map(|(number, role)| {
            let speaker = self.speakers.get(number).map(|name| name.trim().to_owned());
            let speaker = speaker.unwrap_or_default();
            if self.were.get(number)? == &state(role, &speaker) {
                return None;
            }
            let role = BlockRole::from_word(role)?;
            Some(Correction { block: *number, role, speaker: Some(speaker) })
        });
        changed.collect()
    }
}

fn state(role: &str, speaker: &str) -> String {
    format!("{role}|{speaker}")
}

/// Reads the transcript, in a bounded process first, and shows it with the corrections.
async fn review(
    follower: &Follower,
    form: ImportForm,
    phrases: &'static Phrases,
) -> Result<Review, String> {
    let words = &phrases.web_import;
    let given = form.given(words)?;
    let reloader = follower.reloader().clone();
    let read = move || {
        trial(&form.name, &form.bytes, &given)?;
        let corrections = form.corrections();
        let read = reloader.read(&form.name, &form.bytes, &given).map(|mut file| {
            let before = file.explanation();
            file.correct(&corrections);
            (file, before)
        });
        Ok((form, read))
    };
    let (form, read) = finished(tokio::task::spawn_blocking(read).await, phrases)?;
    let (file, before) = read.map_err(|error| refused(&error, words))?;
    Ok(shown(&form, &file, &before, words))
}

/// Lays the transcript over the corpus. Returns what to say, and the slug.
async fn import(
    app: &App,
    follower: &Follower,
    form: &ImportForm,
    phrases: &'static Phrases,
) -> Result<(String, String), String> {
    let words = &phrases.web_import;
    let (given, corrections) = (form.given(words)?, form.corrections());
    let (reloader, name, bytes) =
        (follower.reloader().clone(), form.name.clone(), form.bytes.clone());
    let read = move || {
        trial(&name, &bytes, &given)?;
        Ok(reloader.preview(&name, &bytes, &given, &corrections))
    };
    let preview = finished(tokio::task::spawn_blocking(read).await, phrases)?;
    let imported = preview.map_err(|error| refused(&error, words))?.imported;
    let slug = imported.interview.slug.clone();
    let store = app.store.as_ref().ok_or_else(|| words.no_store.clone())?;
    // Operators who hold the token are not told apart.
    let kept = store.put_transcript(&slug, &imported.files(&form.bytes), store.person(0)).await;
    kept.map_err(|_| words.not_kept.clone())?;
    let said = match follower.catch_up().await {
        Ok(_) => fill(&words.done, &[("slug", &slug)]),
        Err(error) => fill(&words.not_built, &[("slug", &slug), ("error", &error.to_string())]),
    };
    Ok((said, slug))
}

/// The outcome of work on another thread.
fn finished<T>(
    outcome: Result<Result<T, TrialError>, tokio::task::JoinError>,
    phrases: &Phrases,
) -> Result<T, String> {
    match outcome {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(TrialError::TooCostly)) => Err(phrases.web_import.too_costly.clone()),
        Ok(Err(error)) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a transcript could not be read");
            Err(phrases.web.failed.clone())
        }
        // The panic hook has reported it.
        Err(_) => Err(phrases.web.failed.clone()),
    }
}

fn refused(error: &impl std::fmt::Display, words: &WebImportPhrases) -> String {
    fill(&words.refused, &[("why", &error.to_string())])
}

fn shown(
    form: &ImportForm,
    file: &ParsedFile,
    before: &[ExplainedBlock],
    words: &WebImportPhrases,
) -> Review {
    let front = &file.front;
    let field = |name, label: &String, value: Option<&String>| MetadataField {
        name,
        label: label.clone(),
        value: value.cloned().unwrap_or_default(),
    };
    let interviewers = front.interviewers.join("、");
    let given_slug = form.values.get("slug").or(front.slug.as_ref());
    let fields = vec![
        field("interviewee", &words.interviewee, front.interviewee.as_ref()),
        field("interviewers", &words.interviewers, Some(&interviewers)),
        field("title", &words.headline, front.title.as_ref()),
        field("publisher", &words.publisher, front.publisher.as_ref()),
        field("date", &words.date, front.date.as_ref()),
        field("url", &words.url, front.url.as_ref()),
        field("slug", &words.slug, given_slug),
    ];
    let (confidence, checks) = file.confidence();
    let blocks = file.explanation();
    let mut speakers: Vec<String> =
        blocks.iter().filter_map(|block| block.speaker.clone()).collect();
    speakers.sort();
    speakers.dedup();
    let rows = blocks.iter().zip(before).enumerate().take(MAX_BLOCKS);
    Review {
        name: form.name.clone(),
        received: STANDARD.encode(&form.bytes),
        fields,
        confidence: words.confidence.get(confidence.as_str()).cloned().unwrap_or_default(),
        checks: checks.iter().map(|check| check_text(check, words)).collect(),
        speakers,
        blocks: rows.map(|(number, (block, was))| row(number, block, was, words)).collect(),
    }
}

fn row(
    number: usize,
    block: &ExplainedBlock,
    was: &ExplainedBlock,
    words: &WebImportPhrases,
) -> BlockRow {
    let label = |role: BlockRole| {
        words.roles.get(role.as_str()).cloned().unwrap_or_else(|| role.to_string())
    };
    let choices = BlockRole::ALL.map(|role| RoleChoice {
        word: role.as_str(),
        label: label(role),
        is_chosen: role == block.role,
    });
    BlockRow {
        number,
        was: state(was.role.as_str(), was.speaker.as_deref().unwrap_or_default()),
        speaker: block.speaker.clone().unwrap_or_default(),
        roles: choices.into(),
        class: match block.role {
            BlockRole::Answer => "answer",
            BlockRole::Question => "question",
            _ => "other",
        },
        text: block.text.clone(),
        why: reason_text(block, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_is_a_correction() {
        let form = ImportForm {
            roles: BTreeMap::from([
                (0, "lead".into()),
                (1, "answer".into()),
                (2, "nonsense".into()),
            ]),
            speakers: BTreeMap::from([(1, " Ada ".into())]),
            were: BTreeMap::from([
                (0, "lead|".into()),
                (1, "question|Q".into()),
                (2, "lead|".into()),
            ]),
            ..ImportForm::default()
        };
        let speaker = Some("Ada".to_owned());
        assert_eq!(form.corrections(), [Correction { block: 1, role: BlockRole::Answer, speaker }]);
    }
}
