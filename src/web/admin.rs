//! The `/admin` page with statistics for operators, and the check of the operators' token.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::App;
use super::layout::{Frame, notice, render};
use super::visitor::Visitor;
use crate::store::{Day, QuestionReport};

/// How many days the statistics cover.
const DAYS: u32 = 30;
/// Width and height of the plot, in units of its SVG.
const PLOT: (i64, i64) = (620, 160);

#[derive(Template)]
#[template(path = "admin.html")]
struct AdminPage {
    frame: Frame,
    interviews: usize,
    passages: usize,
    fingerprint: String,
    /// `None` if the store does not answer.
    report: Option<QuestionReport>,
    plot: String,
}

/// Handles `/admin`. The page exists only if a token is set. Requests have to carry the token, either as the password
/// of any user name (HTTP Basic) or as a bearer token.
pub(super) async fn page(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Response {
    if let Some(refused) = refusal(&app, &visitor, &headers) {
        return refused;
    }
    let report = match &app.store {
        // The store has logged why, if it fails.
        Some(store) => store.report(DAYS).await.ok(),
        None => None,
    };
    let engine = app.service.engine();
    render(&AdminPage {
        frame: Frame { is_listed: false, ..Frame::new(&visitor, "Admin".to_owned(), "/admin") },
        interviews: engine.library().corpus().interviews.len(),
        passages: engine.library().passages().len(),
        fingerprint: engine.index().manifest().fingerprint.clone(),
        plot: report.as_ref().map(|report| plot(&report.days)).unwrap_or_default(),
        report,
    })
}

/// Returns the answer to a request that does not carry the operators' token.
pub(super) fn refusal(app: &App, visitor: &Visitor, headers: &HeaderMap) -> Option<Response> {
    let token = &app.options.admin_token;
    if token.is_empty() {
        return Some(notice(visitor, StatusCode::NOT_FOUND, &visitor.phrases().web.missing));
    }
    if given(headers).is_some_and(|given| token.is(&given)) {
        return None;
    }
    let challenge = [(WWW_AUTHENTICATE, "Basic realm=\"wenjian\", charset=\"UTF-8\"")];
    Some((StatusCode::UNAUTHORIZED, challenge, "a token is needed\n").into_response())
}

/// Returns the token that a request carries.
fn given(headers: &HeaderMap) -> Option<String> {
    let (scheme, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.trim().to_owned());
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (_, password) = decoded.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| password.to_owned())
}

/// Draws a bar for each day, split by verdict, as the content of an SVG.
fn plot(days: &[Day]) -> String {
    let (Some(last), Some(most)) =
        (days.last(), days.iter().map(|day| day.answer + day.related + day.none).max())
    else {
        return String::new();
    };
    let (width, height) = PLOT;
    let step = width / (i64::from(DAYS) + 1);
    let mut bars = String::new();
    for day in days {
        let x = width - (last.number - day.number + 1) * step;
        let mut top = height;
        let parts = [("answer", day.answer), ("related", day.related), ("none", day.none)];
        for (class, count) in parts {
            let tall = count * height / most.max(1);
            top -= tall;
            // Writing to a string cannot fail.
            let _ = write!(
                bars,
                r#"<rect class="{class}" x="{x}" y="{top}" width="{}" height="{tall}"><title>{class}: {count}</title></rect>"#,
                step - 3,
            );
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn a_token_is_a_password_or_a_bearer_token() {
        let basic = format!("Basic {}", STANDARD.encode("anybody:the:token"));
        assert_eq!(given(&headers(&basic)).as_deref(), Some("the:token"));
        assert_eq!(given(&headers("bearer abc")).as_deref(), Some("abc"));
        assert_eq!(given(&headers("Basic ???")), None);
        assert_eq!(given(&HeaderMap::new()), None);
    }

    #[test]
    fn bars_stay_within_the_plot() {
        let day = |number| Day { number, answer: 7, related: 2, none: number };
        let bars = plot(&(100..131).map(day).collect::<Vec<_>>());
        assert_eq!(bars.matches("<rect").count(), 31 * 3);
        assert!(!bars.contains("=\"-"), "{bars}");
        assert_eq!(plot(&[]), "");
    }
}
