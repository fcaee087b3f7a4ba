//! What a page says about itself: JSON-LD, Open Graph and other `<meta>` elements, the canonical
//! address, the window title and the headline.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::element::Attributes;
use super::{Page, filled};
use crate::{Provenance, dates, parse};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageLexicon {
    boilerplate: HashSet<String>,
    boilerplate_elements: HashSet<String>,
    captions: HashSet<String>,
    platforms: HashSet<String>,
    site_endings: Vec<String>,
}

static LISTS: LazyLock<PageLexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../lexicon/pages.toml"))
        .expect("the word lists are compiled in and a test reads them")
});

/// Whether an element with these classes is no part of the article.
pub(super) fn is_boilerplate(name: &str, classes: &str) -> bool {
    LISTS.boilerplate_elements.contains(name)
        || !matches!(name, "html" | "body" | "main" | "article")
            && holds(&LISTS.boilerplate, classes)
}

/// Whether an element with these classes holds the caption of a picture.
pub(super) fn is_caption(classes: &str) -> bool {
    holds(&LISTS.captions, classes)
}

/// Whether one of the classes' words, or two that follow each other, stand in the list.
fn holds(list: &HashSet<String>, classes: &str) -> bool {
    let words = words(classes);
    words.iter().any(|word| list.contains(word))
        || words.windows(2).any(|pair| list.contains(&pair.join(" ")))
}

/// `relatedPosts main-nav` as `related`, `posts`, `main`, `nav`.
fn words(classes: &str) -> Vec<String> {
    let mut parted = String::with_capacity(classes.len() + 8);
    let mut after_lower = false;
    for c in classes.chars() {
        if c.is_uppercase() && after_lower {
            parted.push(' ');
        }
        after_lower = c.is_lowercase();
        parted.extend(c.to_lowercase());
    }
    parted
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) window_title: Option<String>,
    structured: PageFields,
    meta: PageFields,
    about: Vec<String>,
}

#[derive(Debug, Default)]
struct PageFields {
    title: Option<String>,
    site: Option<String>,
    date: Option<String>,
    url: Option<String>,
}

impl Metadata {
    /// Takes what an element's attributes say.
    pub(super) fn element(&mut self, name: &str, attributes: &Attributes<'_>) {
        match name {
            "meta" => self.meta(attributes),
            "link"
                if attributes
                    .get("rel")
                    .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) =>
            {
                self.meta.url = attributes.get("href").and_then(filled).or(self.meta.url.take());
            }
            "time" if self.meta.date.is_none() => {
                self.meta.date = attributes.get("datetime").as_deref().and_then(dates::date_in);
            }
            _ => {}
        }
    }

    fn meta(&mut self, attributes: &Attributes<'_>) {
        let name = ["property", "name", "itemprop"].iter().find_map(|name| attributes.get(name));
        let Some((name, content)) = name.zip(attributes.get("content").and_then(filled)) else {
            return;
        };
        let slot = match name.to_lowercase().as_str() {
            "og:title" | "twitter:title" | "headline" => &mut self.meta.title,
            "og:site_name" | "application-name" => &mut self.meta.site,
            "og:url" => &mut self.meta.url,
            "article:published_time"
            | "og:release_date"
            | "datepublished"
            | "pubdate"
            | "publishdate"
            | "date"
            | "weibo: article:create_at"
            | "og:published_time" => {
                let Some(date) = dates::date_in(&content) else { return };
                self.meta.date.get_or_insert(date);
                return;
            }
            "author" | "article:author" | "description" | "og:description" | "keywords" => {
                self.about.push(content);
                return;
            }
            _ => return,
        };
        slot.get_or_insert(content);
    }

    /// Takes a script with structured data.
    pub(super) fn json_ld(&mut self, script: &str) {
        let Ok(value) = serde_json::from_str::<Value>(script) else { return };
        let graph = value.get("@graph").and_then(Value::as_array).cloned();
        let list = value.as_array().cloned();
        for item in graph.or(list).unwrap_or_else(|| vec![value]) {
            let text = |key: &str| {
                item.get(key).and_then(Value::as_str).map(str::to_owned).and_then(filled)
            };
            let Some(headline) = text("headline") else { continue };
            self.structured.title.get_or_insert(headline);
            if let Some(date) = text("datePublished").as_deref().and_then(dates::date_in) {
                self.structured.date.get_or_insert(date);
            }
            let publisher = item.pointer("/publisher/name").and_then(Value::as_str);
            if let Some(site) = publisher.map(str::to_owned).and_then(filled) {
                self.structured.site.get_or_insert(site);
            }
            self.about
                .extend(item.pointer("/author/name").and_then(Value::as_str).map(str::to_owned));
        }
    }

    /// The page without its text. `headlines` are its first-level headings, `before` the lines above
    /// the article.
    pub(super) fn page(self, headlines: &[String], before: &[String]) -> Page {
        let sourced =
            |value: Option<String>, source: Provenance| value.map(|value| (value, source));
        let site = sourced(self.structured.site, Provenance::StructuredData)
            .or(sourced(self.meta.site, Provenance::MetaElement))
            .filter(|(site, _)| !LISTS.platforms.contains(site));
        let name = site.as_ref().map(|(site, _)| site.as_str());
        let called = self.structured.title.or(self.meta.title).unwrap_or_default();
        let title = title(
            headlines,
            &called,
            &self.window_title.and_then(filled).unwrap_or_default(),
            name,
        );
        let byline = || before.iter().find_map(|line| dates::date_in(line));
        Page {
            title: title.map(|title| (title, Provenance::Headline)),
            date: sourced(self.structured.date, Provenance::StructuredData)
                .or(sourced(self.meta.date, Provenance::MetaElement))
                .or_else(|| sourced(byline(), Provenance::Byline)),
            url: sourced(self.meta.url.or(self.structured.url), Provenance::MetaElement)
                .filter(|(url, _): &(String, Provenance)| url.starts_with("http")),
            site,
            about: self.about,
            ..Page::default()
        }
    }
}

/// The headline, if it is part of what the page calls itself, or that without the site's name.
fn title(headlines: &[String], called: &str, window: &str, site: Option<&str>) -> Option<String> {
    let is_named = |headline: &&String| {
        let headline = parse::key(headline);
        !headline.is_empty()
            && (parse::key(called).contains(&headline) || parse::key(window).contains(&headline))
    };
    let called = if called.is_empty() { window } else { called };
    let only = || headlines.first().filter(|_| headlines.len() == 1 && called.is_empty()).cloned();
    headlines
        .iter()
        .find(is_named)
        .cloned()
        .or_else(only)
        .or_else(|| Some(without_site(called, site)))
        .filter(|title| !title.is_empty())
}

/// `标题_新浪财经_新浪网`, `标题 - 虎嗅网`.
fn without_site(title: &str, site: Option<&str>) -> String {
    let first = title.split('_').next().unwrap_or(title).trim();
    let Some((head, tail)) = first.rsplit_once(['|', '｜', '-', '–', '—']) else {
        return first.to_owned();
    };
    let known = site.is_some_and(|site| parse::key(site) == parse::key(tail))
        || parse::is_publication(tail.trim());
    let like_a_site = LISTS.site_endings.iter().any(|end| tail.trim().ends_with(end.as_str()));
    if known || like_a_site { without_site(head.trim(), site) } else { first.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read_and_classes_are_compared_word_by_word() {
        assert!(is_boilerplate("div", "relatedPosts") && is_boilerplate("div", "main-nav"));
        assert!(
            !is_boilerplate("div", "navy post-content") && !is_boilerplate("article", "comment")
        );
        assert!(is_caption("img-caption") && !is_caption("recaptioned"));
    }

    #[test]
    fn the_site_is_no_part_of_the_title() {
        assert_eq!(without_site("山路_新浪财经_新浪网", None), "山路");
        assert_eq!(without_site("山路 - 虎嗅网", None), "山路");
        assert_eq!(without_site("山路 - 谷底", None), "山路 - 谷底");
        assert_eq!(without_site("山路 - 谷底", Some("谷底")), "山路");
    }
}
