//! What programs read: RSS feeds of the interviews and of a quotation a day, the map of the site, and what robots may read.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::App;
use super::day::CalendarDay;
use super::layout::notice;
use super::page::show;
use super::visitor::Visitor;
use crate::dialogue::{Engine, Permalink, ShownExcerpt};
use retrieval::answer::opening;

/// Quotations in the daily feed: a reader that looks once a week misses none.
const DAYS: u64 = 7;
/// An odd number far from any power of two, so that the days' quotations come from all parts of the corpus.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'f> {
    title: &'f str,
    description: &'f str,
    language: &'static str,
    /// The whole address of the feed.
    address: String,
    /// The whole address of the pages.
    home: &'f str,
    items: Vec<Item>,
}

struct Item {
    title: String,
    description: String,
    url: String,
    /// As RFC 2822 writes it.
    published: Option<String>,
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct SiteMap {
    addresses: Vec<String>,
}

/// `/feed.xml`: the interviews.
pub(super) async fn interviews(State(app): State<App>, visitor: Visitor) -> Response {
    let engine = app.service.engine();
    let item = |listing: crate::dialogue::Listing| {
        let reading = engine.reading(&listing.slug, None, None, visitor.reader);
        let lead = reading.and_then(|reading| reading.lead.into_iter().next());
        Item {
            url: format!("{}/i/{}", app.options.public_url, listing.slug),
            title: listing.title,
            description: lead.unwrap_or(listing.source),
            published: None,
        }
    };
    let items = engine.listings(visitor.reader).into_iter().map(item).collect();
    feed(&app, &visitor, "/feed.xml", &visitor.phrases().web.feed, items)
}

/// `/daily.xml`: a quotation for each of the last days.
pub(super) async fn daily(State(app): State<App>, visitor: Visitor) -> Response {
    let engine = app.service.engine();
    let today = CalendarDay::today();
    let days = (0..DAYS).map(|days| today.before(days));
    let item = |day| quotation_of(&engine, day, &app.options.public_url, &visitor);
    let items = days.filter_map(item).collect();
    feed(&app, &visitor, "/daily.xml", &visitor.phrases().web.daily, items)
}

/// The quotation of a day: the same for everybody, as long as the corpus is the same.
fn quotation_of(
    engine: &Engine,
    day: CalendarDay,
    public_url: &str,
    visitor: &Visitor,
) -> Option<Item> {
    let passages = engine.library().passages();
    let chance = day.number().wrapping_mul(STRIDE) >> 16;
    let at = chance.checked_rem(u64::try_from(passages.len()).ok()?)?;
    let passage = passages.get(usize::try_from(at).ok()?)?;
    let shown = ShownExcerpt { key: passage.id.key(), excerpt: opening(passage).span() };
    let address = Permalink::of(passage.id.clone()).range(shown.excerpt.clone());
    let card = show(engine, shown, visitor.reader)?;
    let excerpt = &card.passage()?.excerpt;
    Some(Item {
        title: card.attribution.line.clone(),
        description: excerpt.words.text.clone(),
        url: format!("{public_url}{address}"),
        published: Some(day.rfc_2822()),
    })
}

/// A feed. Its addresses have to be whole, so without a public address there is none.
fn feed(app: &App, visitor: &Visitor, path: &str, description: &str, items: Vec<Item>) -> Response {
    let public_url = app.options.public_url.as_str();
    if public_url.is_empty() {
        return notice(visitor, StatusCode::NOT_FOUND, &visitor.phrases().web.missing);
    }
    let feed = Feed {
        title: &visitor.phrases().web.name,
        description,
        language: visitor.language(),
        address: format!("{public_url}{path}"),
        home: public_url,
        items,
    };
    document("application/rss+xml; charset=utf-8", feed.render())
}

/// `/sitemap.xml`: the pages that search engines may list.
pub(super) async fn site_map(State(app): State<App>, visitor: Visitor) -> Response {
    let public_url = app.options.public_url.as_str();
    if public_url.is_empty() {
        return notice(&visitor, StatusCode::NOT_FOUND, &visitor.phrases().web.missing);
    }
    let engine = app.service.engine();
    let mut addresses = vec![format!("{public_url}/")];
    for listing in engine.listings(visitor.reader) {
        let interview = format!("{public_url}/i/{}", listing.slug);
        let turns = (1..=listing.n_turns).map(|turn| format!("{interview}/{turn}"));
        addresses.extend([interview.clone()].into_iter().chain(turns));
    }
    document("application/xml; charset=utf-8", SiteMap { addresses }.render())
}

/// `/robots.txt`: pages may be listed, results of searches may not, because there is no end of them.
pub(super) async fn robots(State(app): State<App>) -> Response {
    let public_url = app.options.public_url.as_str();
    let map = if public_url.is_empty() {
        String::new()
    } else {
        format!("Sitemap: {public_url}/sitemap.xml\n")
    };
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
