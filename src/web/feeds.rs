//! The RSS feeds of new interviews and of a daily quotation, `sitemap.xml` and `robots.txt`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::App;
use super::day::CalendarDay;
use super::layout::notice;
use super::quotation::show;
use super::visitor::Visitor;
use crate::dialogue::{Engine, Listing, Permalink, ShownExcerpt};

/// How many daily quotations the feed holds: enough for a program that reads it once a week.
const DAYS: u64 = 7;
/// The day's number is multiplied by this odd number, so that the quotations of successive days come from distant parts
/// of the corpus.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'f> {
    title: &'f str,
    description: &'f str,
    language: &'static str,
    /// The absolute address of the feed.
    address: String,
    /// The absolute address of the pages.
    home: &'f str,
    items: Vec<Item>,
}

struct Item {
    title: String,
    description: String,
    url: String,
    /// The date in the form of RFC 2822.
    published: Option<String>,
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct SiteMap {
    addresses: Vec<String>,
}

/// Handles `/feed.xml`, the feed of interviews.
pub(super) async fn interviews(State(app): State<App>, visitor: Visitor) -> Response {
    let engine = app.service.engine();
    let item = |listing: Listing| Item {
        url: visitor.absolute(&format!("/i/{}", listing.slug)).unwrap_or_default(),
        title: listing.title,
        description: engine.lead_paragraph(&listing.slug, visitor.reader).unwrap_or(listing.source),
        published: None,
    };
    let items = engine.listings(visitor.reader).into_iter().map(item).collect();
    feed(&visitor, "/feed.xml", &visitor.phrases().web.feed, items)
}

/// Handles `/daily.xml`, the feed with a quotation for each of the last days.
pub(super) async fn daily(State(app): State<App>, visitor: Visitor) -> Response {
    let engine = app.service.engine();
    let today = CalendarDay::today();
    let days = (0..DAYS).map(|days| today.before(days));
    let item = |day| quotation_of(&engine, day, &visitor);
    let items = days.filter_map(item).collect();
    feed(&visitor, "/daily.xml", &visitor.phrases().web.daily, items)
}

/// Returns the quotation of a day. Everybody gets the same one as long as the corpus does not change.
fn quotation_of(engine: &Engine, day: CalendarDay, visitor: &Visitor) -> Option<Item> {
    let passages = engine.library().passages();
    let chance = day.number().wrapping_mul(STRIDE) >> 16;
    let at = chance.checked_rem(u64::try_from(passages.len()).ok()?)?;
    let passage = passages.get(usize::try_from(at).ok()?)?;
    let shown = ShownExcerpt::opening(passage);
    let address = Permalink::of(passage.id.clone()).range(shown.excerpt.clone());
    let card = show(engine, shown, visitor.reader)?;
    let excerpt = &card.passage()?.excerpt;
    Some(Item {
        title: card.attribution.line.clone(),
        description: excerpt.words.text.clone(),
        url: visitor.absolute(&address.to_string())?,
        published: Some(day.rfc_2822()),
    })
}

/// Returns the feed, or an error page if the server's public address is not set: addresses in a feed are absolute.
fn feed(visitor: &Visitor, path: &str, description: &str, items: Vec<Item>) -> Response {
    let (Some(address), Some(home)) = (visitor.absolute(path), visitor.absolute("/")) else {
        return notice(visitor, StatusCode::NOT_FOUND, &visitor.phrases().web.missing);
    };
    let feed = Feed {
        title: &visitor.phrases().web.name,
        description,
        language: visitor.language(),
        address,
        home: home.trim_end_matches('/'),
        items,
    };
    document("application/rss+xml; charset=utf-8", feed.render())
}

/// Handles `/sitemap.xml`, the list of pages for search engines.
pub(super) async fn site_map(State(app): State<App>, visitor: Visitor) -> Response {
    let mut paths = vec!["/".to_owned()];
    for listing in app.service.engine().listings(visitor.reader) {
        let interview = format!("/i/{}", listing.slug);
        let turns = (1..=listing.n_turns).map(|turn| format!("{interview}/{turn}"));
        paths.extend([interview.clone()].into_iter().chain(turns));
    }
    let addresses: Option<Vec<String>> = paths.iter().map(|path| visitor.absolute(path)).collect();
    let Some(addresses) = addresses else {
        return notice(&visitor, StatusCode::NOT_FOUND, &visitor.phrases().web.missing);
    };
    document("application/xml; charset=utf-8", SiteMap { addresses }.render())
}

/// Handles `/robots.txt`. Search engines may list the interviews but not the results of searches, which are without
/// number.
pub(super) async fn robots(visitor: Visitor) -> Response {
    let map = visitor.absolute("/sitemap.xml");
    let map = map.map(|address| format!("Sitemap: {address}\n")).unwrap_or_default();
    let rules = "User-agent: *\nDisallow: /search\nDisallow: /api/\nDisallow: /admin\n";
    document("text/plain; charset=utf-8", Ok(format!("{rules}{map}")))
}

fn document(kind: &'static str, content: Result<String, askama::Error>) -> Response {
    match content {
        Ok(content) => ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=3600")], content)
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a document could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
