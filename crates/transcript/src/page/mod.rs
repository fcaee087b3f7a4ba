//! Pages and files to text in one form: a paragraph a line, with light marks for what the page shows
//! ([`crate::marks`]), and what the page says about itself.

mod content;
mod element;
mod feed;
mod header;
mod html;
mod markdown;
mod metadata;
mod segments;
mod speech;
mod subtitles;
mod writer;

use std::borrow::Cow;

use crate::Provenance;

/// A value and where on the page it was found.
pub(crate) type Sourced = Option<(String, Provenance)>;

/// What a page holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// The article's title, without the site's name.
    pub title: Sourced,
    /// The site or publication.
    pub site: Sourced,
    /// The date of publication, as `2025-02-28`.
    pub date: Sourced,
    /// The page's address.
    pub url: Sourced,
    /// Who answers, if the page's header says so.
    pub interviewee: Sourced,
    /// Who asks, if the page's header says so.
    pub interviewers: Vec<String>,
    /// Authors, description and keywords: they spell out names that the text abbreviates.
    pub about: Vec<String>,
    /// The article.
    pub text: String,
    /// How many lines of the file stand before the text, where its lines are those of the file.
    pub lines_before: usize,
}

/// Reads the file called `name` with the content `body`.
pub(crate) fn read(name: &str, body: &str) -> Page {
    let extension =
        name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    if subtitles::is_subtitles(body) {
        return Page { text: subtitles::read(body), ..Page::default() };
    }
    if feed::is_feed(body) {
        return feed::read(body);
    }
    let segments = match extension.as_str() {
        "csv" => segments::csv(body),
        "json" => segments::json(body),
        _ => None,
    };
    if let Some(text) = segments {
        return Page { text, ..Page::default() };
    }
    let is_markdown = matches!(extension.as_str(), "md" | "markdown" | "mdx" | "mkd");
    let is_html = matches!(extension.as_str(), "html" | "htm" | "xhtml");
    let (header, rest) = if is_markdown || is_html { header::split(body) } else { (None, body) };
    let page = if html::is_html(rest) || is_html && markup_comes_first(rest) {
        html::read(rest)
    } else if is_markdown || is_html {
        markdown::read(rest)
    } else {
        Page { text: body.to_owned(), ..Page::default() }
    };
    header.map_or(page.clone(), |header| header::apply(&header, page))
}

/// Whether the first thing in the text that is not a comment is a tag.
fn markup_comes_first(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some((_, after)) = rest.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")) {
        rest = after.trim_start();
    }
    rest.starts_with('<')
}

/// White space collapsed to single spaces.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn filled(value: impl Into<Cow<'static, str>>) -> Option<String> {
    let value = tidy(&value.into());
    (!value.is_empty()).then_some(value)
}
