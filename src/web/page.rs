//! The reader pages: the list of interviews, whole interviews, and permanent links to a turn, a passage, or a range of
//! characters in it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};

use super::App;
use super::api::ErrorResponse;
use super::card::CardView;
use super::layout::{Frame, LinkPreview, PreviewImage, notice_with_links, render};
use super::link::{Link, image_path, search_path};
use super::query::PageQuery;
use super::quotation::{Marked, find, range, show};
use super::text_runs::{TextRun, runs};
use super::visitor::Visitor;
use crate::dialogue::{Button, Engine, Intent, Listing, ReadPart, ReadTurn, Reply, fill};
use crate::picture;
use transcript::text::Script;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    welcome: String,
    examples: Vec<Link>,
    interviews: Vec<(Link, String)>,
}

#[derive(Template)]
#[template(path = "interview.html")]
struct InterviewPage {
    frame: Frame,
    listing: Listing,
    /// The BCP 47 tag of the language and script of the quoted words.
    words: &'static str,
    lead: Vec<String>,
    turns: Vec<TurnView>,
}

#[derive(Template)]
#[template(path = "place.html")]
struct PassagePage {
    frame: Frame,
    whole: Link,
    words: &'static str,
    turns: Vec<TurnView>,
    card: Option<CardView>,
    previous: Option<String>,
    next: Option<String>,
}

/// A turn of an interview as the templates draw it.
struct TurnView {
    number: usize,
    href: String,
    interviewer: String,
    question: String,
    /// The question, shortened for the contents.
    short: String,
    parts: Vec<PartView>,
}

enum PartView {
    /// Words of the interviewee. Their name is given unless it is the same as for the part before.
    Answer {
        place: String,
        href: String,
        speaker: Option<String>,
        runs: Vec<TextRun>,
        open: bool,
    },
    Aside(String),
    Guest {
        speaker: String,
        text: String,
    },
    Heading(String),
}

/// Handles `/`.
pub(super) async fn home(State(app): State<App>, visitor: Visitor) -> Response {
    let engine = app.service.engine();
    let start = engine.handle(&Intent::Start, visitor.reader);
    let (welcome, examples) = match start {
        Reply::Welcome(welcome) => (welcome.text, welcome.examples),
        _ => (String::new(), Vec::new()),
    };
    let example = |button: Button| Link {
        href: visitor.link(&search_path(&button.label, None)),
        label: button.label,
    };
    let interview = |listing: Listing| {
        let link =
            Link { href: visitor.link(&format!("/i/{}", listing.slug)), label: listing.title };
        let values = [
            ("source", listing.source.as_str()),
            ("turns", &listing.n_turns.to_string()),
            ("passages", &listing.n_passages.to_string()),
        ];
        (link, fill(&visitor.phrases().source.interview, &values))
    };
    let mut frame = Frame::new(&visitor, visitor.phrases().web.name.clone(), "/");
    frame.offer_interviews(&engine, &visitor, None);
    render(&Home {
        frame,
        welcome,
        examples: examples.into_iter().map(example).collect(),
        interviews: engine.listings(visitor.reader).into_iter().map(interview).collect(),
    })
}

/// Handles `/i/SLUG`.
pub(super) async fn interview(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Response {
    let engine = app.service.engine();
    let Some(reading) = engine.reading(&slug, None, None, visitor.reader) else {
        return not_found(&engine, &visitor);
    };
    let path = format!("/i/{slug}");
    let mut frame = Frame::new(&visitor, reading.listing.title.clone(), &path);
    frame.offer_interviews(&engine, &visitor, Some(&slug));
    let description = reading.lead.first().unwrap_or(&reading.listing.source);
    frame.preview.description.clone_from(description);
    let words = language_of_words(&engine, &slug, reading.script);
    let turns = reading.turns.into_iter().map(|turn| TurnView::new(&visitor, &slug, turn, None));
    let turns = turns.collect();
    render(&InterviewPage { frame, listing: reading.listing, words, lead: reading.lead, turns })
}

/// Handles `/i/SLUG/TURN` and `/i/SLUG/TURN.PARAGRAPH`, the latter also with `?r=START-END`.
pub(super) async fn place(
    State(app): State<App>,
    visitor: Visitor,
    Path((slug, place)): Path<(String, String)>,
    PageQuery(marked): PageQuery<Marked>,
) -> Response {
    let engine = app.service.engine();
    let range = marked.r.as_deref().and_then(range);
    let found = find(&engine, &slug, &place, range.clone());
    let Some((turn, shown)) = found else { return not_found(&engine, &visitor) };
    // A whole passage is set off as a block. Only a range of characters is marked.
    let marked = shown.as_ref().filter(|_| range.is_some());
    let emphasis = marked.map(|shown| (shown.key, shown.excerpt.clone()));
    let open = shown.is_some().then_some(place.as_str());
    if turn == 0 && shown.is_some() {
        // The lead is shown at the top of its interview and has no page of its own.
        return Redirect::to(&(visitor.link(&format!("/i/{slug}")) + "#lead")).into_response();
    }
    let Some(reading) = engine.reading(&slug, Some(turn), emphasis.as_ref(), visitor.reader) else {
        return not_found(&engine, &visitor);
    };
    let quoted = shown.and_then(|shown| show(&engine, shown, visitor.reader));
    let card = quoted.as_ref().and_then(|card| CardView::of(&visitor, card));
    let path = card.as_ref().map_or(format!("/i/{slug}/{place}"), |card| card.path.clone());
    let number = fill(&visitor.phrases().web.turn, &[("turn", &turn.to_string())]);
    let title = format!("{} · {number}", reading.listing.title);
    let mut frame = Frame::new(&visitor, title.clone(), &path);
    frame.offer_interviews(&engine, &visitor, Some(&slug));
    let question = reading.turns.first().map(|turn| turn.question.clone()).unwrap_or_default();
    let height = quoted
        .filter(|_| visitor.has_pictures())
        .and_then(|card| picture::height(&card, &visitor.phrases().web.name));
    frame.preview = LinkPreview {
        title: format!("{} · {number}", reading.listing.source),
        description: card.as_ref().map_or(question, CardView::text),
        image: height.map(|height| PreviewImage {
            url: visitor.absolute_link(&image_path(&path)),
            width: picture::WIDTH,
            height,
        }),
        ..frame.preview
    };
    let beside = |turn: usize| visitor.link(&format!("/i/{slug}/{turn}"));
    let whole = format!("/i/{slug}");
    render(&PassagePage {
        frame,
        whole: Link {
            label: reading.listing.title,
            href: visitor.link(&whole) + "#t" + &turn.to_string(),
        },
        words: language_of_words(&engine, &slug, reading.script),
        turns: reading
            .turns
            .into_iter()
            .map(|turn| TurnView::new(&visitor, &slug, turn, open))
            .collect(),
        card,
        previous: (turn > 1).then(|| beside(turn - 1)),
        next: (turn < reading.listing.n_turns).then(|| beside(turn + 1)),
    })
}

/// Handles every address that has no page.
pub(super) async fn missing(State(app): State<App>, visitor: Visitor, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        return ErrorResponse::missing("such address").into_response();
    }
    not_found(&app.service.engine(), &visitor)
}

/// Returns a page that says that there is no such page, with links to the interviews.
fn not_found(engine: &Engine, visitor: &Visitor) -> Response {
    let link = |listing: Listing| Link {
        href: visitor.link(&format!("/i/{}", listing.slug)),
        label: listing.title,
    };
    let links = engine.listings(visitor.reader).into_iter().map(link).collect();
    notice_with_links(visitor, StatusCode::NOT_FOUND, &visitor.phrases().web.missing, links)
}

/// Returns the BCP 47 tag of the script in which the words of an interview are shown, `converted` or as stored.
fn language_of_words(engine: &Engine, slug: &str, converted: Option<Script>) -> &'static str {
    let library = engine.library();
    let stored = library.passages().iter().find(|passage| passage.id.slug() == slug);
    match converted.or(stored.and_then(|passage| library.script(passage))) {
        Some(Script::Hans) => "zh-Hans",
        Some(Script::Hant) => "zh-Hant",
        None => "zh",
    }
}

impl TurnView {
    /// Prepares a turn in which the passage at the place `open` is set off.
    fn new(visitor: &Visitor, slug: &str, turn: ReadTurn, open: Option<&str>) -> Self {
        let mut before: Option<String> = None;
        let part = |part| match part {
            ReadPart::Answer { place, quotation } => {
                let href = format!("/i/{slug}/{place}");
                let name = Some(quotation.speaker.clone());
                let speaker = if before == name { None } else { name.clone() };
                before = name;
                PartView::Answer {
                    href: visitor.link(&href),
                    speaker,
                    runs: runs(&quotation),
                    open: open == Some(place.as_str()),
                    place,
                }
            }
            ReadPart::Aside(text) => PartView::Aside(text),
            ReadPart::Guest { speaker, text } => {
                before = None;
                PartView::Guest { speaker, text }
            }
            ReadPart::Heading(text) => PartView::Heading(text),
        };
        Self {
            number: turn.number,
            href: visitor.link(&format!("/i/{slug}/{}", turn.number)),
            interviewer: turn.interviewer,
            short: turn.short_question,
            question: turn.question,
            parts: turn.parts.into_iter().map(part).collect(),
        }
    }
}
