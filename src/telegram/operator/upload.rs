//! Transcripts that operators send. A transcript is downloaded, read as by `wenjian import`, and
//! shown. When the operator confirms it, every replica adds it to its corpus.

use std::cmp::Reverse;

use teloxide::types::Document;

use super::super::context::{BotContext, line};
use super::super::effects::{Effect, Then};
use super::super::user_request::UpdateOrigin;
use super::{OperatorButton, key, page, short};
use crate::dialogue::{Phrases, check_text, fill, is_set_aside, reason_text};
use crate::reload::{Preview, TrialError, trial};
use crate::store::{MessageAt, Upload};
use transcript::{ExplainedBlock, FrontMatter, ParsedFile, Turn, is_date, is_slug};

/// The largest file that a bot can download from Telegram, in bytes.
const MAX_DOWNLOAD: u64 = 20_000_000;
/// The most near duplicates, paragraphs that are not quoted, and things to check that are shown.
const NEAR: usize = 3;
const SET_ASIDE: usize = 3;
const CHECKS: usize = 5;

impl BotContext {
    /// Downloads a transcript, and returns a message that shows how it is read.
    pub(super) async fn receive(
        &self,
        origin: &UpdateOrigin,
        document: &Document,
        caption: String,
        phrases: &Phrases,
    ) -> Effect {
        let words = &phrases.telegram.operator.import;
        let reply = |words: &str| Effect::reply(origin, line(words));
        let limit = self.follower.reloader().max_bytes().min(MAX_DOWNLOAD);
        let too_large = fill(&words.too_large, &[("limit", &limit.to_string())]);
        // If Telegram does not tell the size, teloxide sets the largest number.
        let size = document.file.size;
        if size != u32::MAX && u64::from(size) > limit {
            return reply(&too_large);
        }
        let bytes = match self.outbox.fetch(&document.file.id, limit).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return reply(&too_large),
            Err(failure) => {
                return reply(&fill(&words.no_download, &[("why", &failure.to_string())]));
            }
        };
        let name = document.file_name.clone().unwrap_or_default();
        let upload = Upload { name, known: caption, bytes };
        let preview = match self.preview(&upload, phrases).await {
            Ok(preview) => preview,
            Err(why) => return reply(&why),
        };
        let buttons = vec![
            key(&words.yes, OperatorButton::Import(true)),
            key(&words.no, OperatorButton::Import(false)),
        ];
        let draft = page(&understood(&preview, phrases), vec![buttons]);
        let then = Then::KeepUpload { upload, sorry: line(&phrases.telegram.not_kept) };
        Effect::Send { to: origin.destination(), draft, then }
    }

    /// Imports or discards the transcript of a message, and returns a message about the result.
    pub(super) async fn settle_upload(
        &self,
        origin: &UpdateOrigin,
        at: MessageAt,
        is_wanted: bool,
        phrases: &Phrases,
    ) -> String {
        let words = &phrases.telegram.operator.import;
        let upload = match self.store.upload(at).await {
            Ok(Some(upload)) => upload,
            Ok(None) => return words.gone.clone(),
            Err(_) => return phrases.telegram.not_kept.clone(),
        };
        let said = if is_wanted {
            self.import(origin, &upload, phrases).await
        } else {
            Ok(fill(&words.dropped, &[("slug", &upload.name)]))
        };
        if said.is_ok() {
            // If this fails, the transcript is kept until it expires. Importing it
            // again would change nothing.
            let _ = self.store.drop_upload(at).await;
        }
        said.unwrap_or_else(|why| why)
    }

    /// Adds a transcript to the corpus and serves it.
    async fn import(
        &self,
        origin: &UpdateOrigin,
        upload: &Upload,
        phrases: &Phrases,
    ) -> Result<String, String> {
        let words = &phrases.telegram.operator.import;
        // The transcript is read again, because the corpus may have changed since it was shown.
        let imported = self.preview(upload, phrases).await?.imported;
        let slug = &imported.interview.slug;
        let files = imported.files(&upload.bytes);
        let person = self.store.person(origin.sender_id);
        let kept = self.store.put_transcript(slug, &files, person).await;
        kept.map_err(|_| phrases.telegram.not_kept.clone())?;
        Ok(match self.follower.catch_up().await {
            Ok(_) => {
                let passages = self.service.engine().library().passages().len().to_string();
                fill(&words.done, &[("slug", slug), ("passages", &passages)])
            }
            Err(error) => fill(&words.not_built, &[("slug", slug), ("error", &error.to_string())]),
        })
    }

    /// Reads a transcript. Fails with a message for the operator.
    async fn preview(&self, upload: &Upload, phrases: &Phrases) -> Result<Preview, String> {
        let words = &phrases.telegram.operator.import;
        let refused = |why: &str| fill(&words.refused, &[("why", why)]);
        let given = known(&upload.known)
            .map_err(|line| fill(&words.caption, &[("line", &short(&line))]))?;
        let (reloader, upload) = (self.follower.reloader().clone(), upload.clone());
        // This runs on another thread, because the repair of a long text takes a while.
        let read = move || {
            trial(&upload.name, &upload.bytes, &given)?;
            Ok(reloader.preview(&upload.name, &upload.bytes, &given, &[]))
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(Ok(preview))) => Ok(preview),
            Ok(Err(TrialError::TooCostly)) => Err(words.too_costly.clone()),
            Ok(Err(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "an upload could not be read");
                Err(phrases.answer.failed.clone())
            }
            Ok(Ok(Err(error))) => Err(refused(&error.to_string())),
            // The panic hook has reported it.
            Err(_) => Err(phrases.answer.failed.clone()),
        }
    }
}

/// Returns the message that shows a transcript before it is imported.
fn understood(preview: &Preview, phrases: &Phrases) -> Vec<String> {
    let words = &phrases.telegram.operator.import;
    let Preview { imported, replaces, near } = preview;
    let (interview, reading) = (&imported.interview, &imported.reading);
    let passages = interview.passage_ids().len().to_string();
    let speakers = [
        ("slug", interview.slug.as_str()),
        ("interviewee", &short(&interview.interviewee)),
        ("interviewers", &short(&interview.interviewers.join("、"))),
    ];
    let mut lines = vec![fill(&words.heading, &speakers)];
    let date = interview.date.as_ref().map(|date| &date.text);
    let source = [interview.publisher.as_ref(), Some(&interview.title), date];
    let source: Vec<&str> = source.into_iter().flatten().map(String::as_str).collect();
    lines.push(short(&source.join(" · ")));
    let turns = interview.turns.len().to_string();
    lines.push(fill(&words.size, &[("turns", &turns), ("passages", &passages)]));
    let count = |keep: &dyn Fn(bool, bool) -> bool| {
        let repairs = reading.repairs.iter();
        repairs.filter(|repair| keep(repair.applied, repair.guessed)).count().to_string()
    };
    let repairs = [
        ("repairs", count(&|applied, _| applied)),
        ("guessed", count(&|applied, guessed| applied && guessed)),
        ("left", count(&|applied, _| !applied)),
    ];
    if !reading.repairs.is_empty() {
        let repairs = repairs.each_ref().map(|(name, count)| (*name, count.as_str()));
        lines.push(fill(&words.repairs, &repairs));
    }
    lines.push(words.opening.clone());
    lines.extend(opening(imported.interview.turns.first(), &interview.interviewee));
    if *replaces {
        lines.push(fill(&words.replaces, &[("slug", &interview.slug)]));
    }
    lines.extend(near.iter().take(NEAR).map(|(slug, share)| {
        fill(&words.near, &[("share", &format!("{:.0}", share * 100.0)), ("slug", slug)])
    }));
    lines.extend(explained(reading, phrases));
    lines
}

/// Returns how sure the reading is, what to compare with the source, and what is left out of it and why.
fn explained(reading: &ParsedFile, phrases: &Phrases) -> Vec<String> {
    let (words, page) = (&phrases.telegram.operator.import, &phrases.web_import);
    let mut lines = Vec::new();
    let blocks = reading.explanation();
    let mut set_aside: Vec<&ExplainedBlock> = blocks.iter().filter(|b| is_set_aside(b)).collect();
    if !set_aside.is_empty() {
        lines.push(fill(&words.not_quoted, &[("count", &set_aside.len().to_string())]));
        set_aside.sort_by_key(|block| Reverse(block.text.len()));
        let longest = set_aside.into_iter().take(SET_ASIDE);
        lines.extend(
            longest.map(|block| format!("{} — {}", short(&block.text), reason_text(block, page))),
        );
    }
    let (confidence, checks) = reading.confidence();
    lines.extend(page.confidence.get(confidence.as_str()).cloned());
    if !checks.is_empty() {
        lines.push(words.findings.clone());
        let checks = checks.iter().take(CHECKS);
        lines.extend(checks.map(|check| format!("• {}", short(&check_text(check, page)))));
    }
    lines
}

/// Returns the first question and the beginning of its answer, with the names of the speakers.
fn opening(turn: Option<&Turn>, interviewee: &str) -> Vec<String> {
    let Some(turn) = turn else { return Vec::new() };
    let answer = turn.answers().next();
    let answer = answer.map(|paragraph| format!("{interviewee}：{}", short(&paragraph.text)));
    let question = format!("{}：{}", turn.interviewer, short(&turn.question));
    std::iter::once(question).chain(answer).collect()
}

/// Parses the caption of a transcript, which may have lines such as `interviewee: 王堅`.
///
/// # Errors
/// The line that says something else.
fn known(caption: &str) -> Result<FrontMatter, String> {
    let mut known = FrontMatter::default();
    for line in caption.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once([':', '：', '=']).ok_or(line)?;
        let value = value.trim().to_owned();
        let is_good = match name.trim().to_ascii_lowercase().as_str() {
            _ if value.is_empty() => false,
            "slug" => is_slug(&value),
            "date" => is_date(&value),
            "title" | "publisher" | "url" | "interviewee" | "interviewer" => true,
            _ => false,
        };
        if !is_good {
            return Err(line.to_owned());
        }
        match name.trim().to_ascii_lowercase().as_str() {
            "slug" => known.slug = Some(value),
            "date" => known.date = Some(value),
            "title" => known.title = Some(value),
            "publisher" => known.publisher = Some(value),
            "url" => known.url = Some(value),
            "interviewee" => known.interviewee = Some(value),
            _ => known.interviewers.push(value),
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_says_what_the_file_does_not() {
        let said = known("Slug: talk\n\n interviewee：王堅\ninterviewer=記者\ninterviewer: 主持人")
            .unwrap();
        assert_eq!(
            (said.slug.as_deref(), said.interviewee.as_deref()),
            (Some("talk"), Some("王堅"))
        );
        assert_eq!(said.interviewers, ["記者", "主持人"]);
        assert_eq!(known("").unwrap(), FrontMatter::default());
        for wrong in ["新的訪談", "slug: No Slug", "date: May", "colour: red", "title:"] {
            assert_eq!(known(wrong), Err(wrong.to_owned()));
        }
    }
}
